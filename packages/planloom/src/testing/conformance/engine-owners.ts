// Stories about the owner and the readers of a run. In: a stage. Out: stories with two engines, of which one stays.
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { LIMITS } from "../../limits.js";
import { call, eventsOf, asTimePasses, latch, logOf, requestOf, soundChain, storyTool, until } from "./parts.js";
import { matches } from "./matches.js";
import type { EngineNeed, OpenScene, Scene } from "./scene.js";
import { stories } from "./story.js";

const ELSEWHERE = "another-host/1/1/0";

/** A run whose only step waits for a latch, driven by an engine. */
async function held(scene: OpenScene) {
  const gate = latch<string>();
  const wait = storyTool("wait", "none", () => gate.passed);
  const s = await scene({ tools: [wait] });
  const engine = await s.engine();
  const runId = await s.start(engine, { plan: { steps: [call("a", "wait")] } });
  await until("it is called", () => wait.open() === 1);
  return { s, engine, runId, gate, wait };
}

async function takenBy(s: Scene, runId: string, holder: string): Promise<number | undefined> {
  const owner = await s.store.owner(runId);
  return s.store.claim(runId, owner?.epoch ?? 0, holder, s.clock.now() + LIMITS.leaseMs);
}

export const ownersStories = stories<OpenScene, EngineNeed>(({ about, story, storyNeeding }) => {
  about("delete", () => {
    story("is refused while the run is driven; then it takes all of the run away", async (scene) => {
      const { s, engine, runId, gate } = await held(scene);
      await rejects(engine.delete(runId), { code: "RUN_OWNED" });
      gate.open("done");
      await s.ended(engine, runId);
      await engine.delete(runId);
      await rejects(engine.load(runId), { code: "RUN_UNKNOWN" });
      await rejects(engine.delete(runId), { code: "RUN_UNKNOWN" });
    });
  });

  about("owners", () => {
    storyNeeding(
      "processes",
      "one engine drives a run; another is refused for as long as the first lives",
      async (scene) => {
        const { s, engine, runId, gate, wait } = await held(scene);
        const other = await s.engine();
        await rejects(other.drive(runId, "RESUMED"), { code: "RUN_OWNED" });
        await s.clock.advance(4 * LIMITS.leaseMs - 1_000);
        await rejects(other.drive(runId, "RESUMED"), { code: "RUN_OWNED" });
        gate.open("done");
        equal((await s.ended(engine, runId)).answering.answer, "done");
        equal(wait.calls.length, 1);
      },
    );

    storyNeeding(
      "processes",
      "a run id that a dead process claimed without an event can still be started",
      async (scene) => {
        const s = await scene({ tools: [storyTool("look", "none")] });
        const engine = await s.engine();
        const request = requestOf(s.services, { plan: { steps: [call("a", "look")] } }, "monday");
        equal(await s.store.claim("monday", 0, ELSEWHERE, s.clock.now() + LIMITS.leaseMs), 1);
        await rejects(engine.start(request), { code: "RUN_EXISTS" });
        await s.clock.advance(LIMITS.leaseMs);
        equal(await engine.start(request), "monday");
        equal((await s.ended(engine, "monday")).answering.answer, "look");
        // If two engines start the run at the same time, or one after the other, only one of them starts it.
        await rejects(engine.start(request), { code: "RUN_EXISTS" });
        await s.store.claim("tuesday", 0, ELSEWHERE, 0);
        const both = await Promise.allSettled(
          [engine, await s.engine()].map((one) => one.start({ ...request, runId: "tuesday" })),
        );
        deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
      },
    );

    story("another engine continues a run after its engine was closed", async (scene) => {
      const { s, engine, runId, gate } = await held(scene);
      const result = s.ended(engine, runId);
      const rejected = rejects(result, { code: "ENGINE_CLOSED" });
      await engine.close();
      await rejected;
      const other = await s.engine();
      await other.drive(runId, "RESUMED");
      gate.open("done");
      equal((await s.ended(other, runId)).answering.answer, "done");
      const log = await logOf(s.store, runId);
      deepEqual(
        eventsOf(log, "run.resumed").map(({ data }) => data),
        [{ epoch: 2, reason: { code: "RESUMED" }, released: true }],
      );
      ok(soundChain(log));
    });

    storyNeeding("processes", "a run of a silent owner elsewhere is taken over only after its lease", async (scene) => {
      const { s, engine, runId, gate } = await held(scene);
      await engine.close();
      await takenBy(s, runId, ELSEWHERE);
      const other = await s.engine();
      await rejects(other.drive(runId, "RESUMED"), { code: "RUN_OWNED" });
      await s.clock.advance(LIMITS.leaseMs);
      await other.drive(runId, "RESUMED");
      gate.open("done");
      equal((await s.ended(other, runId)).answering.answer, "done");
    });

    story("an engine that lost its run stops at its next event, and tells every caller", async (scene) => {
      const { s, engine, runId, gate } = await held(scene);
      const result = s.ended(engine, runId);
      const rejected = rejects(result, { code: "STORE_FENCED" });
      await takenBy(s, runId, ELSEWHERE);
      const before = await s.log(runId);
      gate.open("too late");
      await rejected;
      deepEqual(await s.log(runId), before);
      await rejects(engine.stopped(runId), { code: "STORE_FENCED" });
      matches(await s.store.owner(runId), { holder: ELSEWHERE });
    });

    story("driving a run that is driven here already, or that has ended, changes nothing", async (scene) => {
      const { s, engine, runId, gate } = await held(scene);
      await engine.drive(runId, "RESUMED");
      gate.open("done");
      await s.ended(engine, runId);
      const log = await s.log(runId);
      await engine.drive(runId, "RESUMED");
      await (await s.engine()).drive(runId, "RESUMED");
      deepEqual(await s.log(runId), log);
      equal(eventsOf(log, "run.resumed").length, 0);
    });

    story("two calls to drive a run in one engine share it", async (scene) => {
      const { s, engine, runId, gate } = await held(scene);
      await engine.close();
      const other = await s.engine();
      await Promise.all([other.drive(runId, "RESUMED"), other.drive(runId, "RESUMED")]);
      gate.open("done");
      equal((await s.ended(other, runId)).answering.answer, "done");
      equal(eventsOf(await s.log(runId), "run.resumed").length, 1);
    });

    story("a run id can be used once", async (scene) => {
      const { s, engine, runId } = await held(scene);
      const again = engine.start({ runId, started: (await s.log(runId))[0]!.data as never });
      await rejects(again, { code: "RUN_EXISTS" });
    });
  });

  about("readers", () => {
    story("follow a run that another engine drives until it has ended", async (scene) => {
      const { s, engine, runId, gate } = await held(scene);
      const reader = await s.engine();
      const seen: string[] = [];
      const reading = (async () => {
        for await (const event of reader.events(runId, { follow: true })) seen.push(event.type);
      })();
      await until("the reader has caught up", () => seen.includes("step.started"));
      gate.open("done");
      await asTimePasses(s.clock, Promise.all([reading, s.ended(engine, runId)]));
      deepEqual(
        seen,
        (await s.log(runId)).map(({ type }) => type),
      );
      equal(seen.at(-1), "run.completed");
    });

    story("of a run that has ended stop at its end", async (scene) => {
      const { s, engine, runId, gate } = await held(scene);
      gate.open("done");
      const {
        log: { seq },
      } = await s.ended(engine, runId);
      for (const fromSeq of [seq, seq + 1, seq + 100]) {
        const types: string[] = [];
        for await (const event of engine.events(runId, { fromSeq, follow: true })) types.push(event.type);
        deepEqual(types, fromSeq === seq ? ["run.completed"] : []);
      }
    });

    story("that stop early leave nothing open", async (scene) => {
      const { s, engine, runId } = await held(scene);
      const stop = new AbortController();
      const reading = (async () => {
        for await (const event of engine.events(runId, { follow: true, signal: stop.signal })) void event;
        return "left";
      })();
      stop.abort();
      equal(await asTimePasses(s.clock, reading), "left");
    });

    story("of an unknown run get an error", async (scene) => {
      const s = await scene({});
      const engine = await s.engine();
      const unknown = { code: "RUN_UNKNOWN" };
      await rejects(engine.load("nobody"), unknown);
      await rejects(engine.drive("nobody", "RESUMED"), unknown);
      await rejects(engine.send("nobody", { type: "cancel", reason: "" }, { by: "a" }), unknown);
      for (const fromSeq of [1, 5]) {
        const first = engine.events("nobody", { fromSeq, follow: true })[Symbol.asyncIterator]().next();
        await rejects(first, unknown);
      }
    });
  });
});
