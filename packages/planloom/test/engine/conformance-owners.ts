// Who drives a run, and who may read it. In: a stage. Out: tests.
// Separate because these stories need two engines and end with one.
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { call, eventsOf, inTime, latch, logOf, requestOf, soundChain, toolNamed, until } from "./parts.js";
import type { OpenScene, Scene } from "./scene.js";

const ELSEWHERE = "another-host/1/1/0";

/** A run whose only step waits for a latch, driven by an engine. */
async function held(scene: OpenScene) {
  const gate = latch<string>();
  const wait = toolNamed("wait", "none", () => gate.passed);
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

export function ownersConformance(name: string, scene: OpenScene): void {
  describe(`${name}: owners`, () => {
    test("one engine drives a run; another is refused for as long as the first lives", async () => {
      const { s, engine, runId, gate, wait } = await held(scene);
      const other = await s.engine();
      await expect(other.drive(runId, "too")).rejects.toMatchObject({ code: "RUN_OWNED" });
      await s.clock.advance(4 * LIMITS.leaseMs - 1_000);
      await expect(other.drive(runId, "too")).rejects.toMatchObject({ code: "RUN_OWNED" });
      gate.open("done");
      expect((await s.ended(engine, runId)).answer).toBe("done");
      expect(wait.calls).toHaveLength(1);
    });

    test("an id that a process claimed before it died, and wrote nothing under, may still be started", async () => {
      const s = await scene({ tools: [toolNamed("look", "none")] });
      const engine = await s.engine();
      const request = requestOf(s.world, { plan: { steps: [call("a", "look")] } }, "monday");
      expect(await s.store.claim("monday", 0, ELSEWHERE, s.clock.now() + LIMITS.leaseMs)).toBe(1);
      await expect(engine.start(request)).rejects.toMatchObject({ code: "RUN_EXISTS" });
      await s.clock.advance(LIMITS.leaseMs);
      expect(await engine.start(request)).toBe("monday");
      expect((await s.ended(engine, "monday")).answer).toBe("look");
      // Of two that try it at the same time, and of two that come one after the other, one starts it.
      await expect(engine.start(request)).rejects.toMatchObject({ code: "RUN_EXISTS" });
      await s.store.claim("tuesday", 0, ELSEWHERE, 0);
      const both = await Promise.allSettled(
        [engine, await s.engine()].map((one) => one.start({ ...request, runId: "tuesday" })),
      );
      expect(both.map(({ status }) => status).sort()).toStrictEqual(["fulfilled", "rejected"]);
    });

    test("after it was closed another goes on", async () => {
      const { s, engine, runId, gate } = await held(scene);
      const result = s.ended(engine, runId);
      const rejected = expect(result).rejects.toMatchObject({ code: "ENGINE_CLOSED" });
      await engine.close();
      await rejected;
      const other = await s.engine();
      await other.drive(runId, "resumed");
      gate.open("done");
      expect((await s.ended(other, runId)).answer).toBe("done");
      const log = await logOf(s.store, runId);
      expect(eventsOf(log, "run.resumed").map(({ data }) => data)).toStrictEqual([
        { epoch: 2, reason: "resumed", released: true },
      ]);
      expect(soundChain(log)).toBe(true);
    });

    test("where a holder elsewhere gives no sign of life, its lease must run out first", async () => {
      const { s, engine, runId, gate } = await held(scene);
      await engine.close();
      await takenBy(s, runId, ELSEWHERE);
      const other = await s.engine();
      await expect(other.drive(runId, "too early")).rejects.toMatchObject({ code: "RUN_OWNED" });
      await s.clock.advance(LIMITS.leaseMs);
      await other.drive(runId, "in time");
      gate.open("done");
      expect((await s.ended(other, runId)).answer).toBe("done");
    });

    test("an engine that lost its run stops at its next event, and says so whenever it is asked", async () => {
      const { s, engine, runId, gate } = await held(scene);
      const result = s.ended(engine, runId);
      const rejected = expect(result).rejects.toMatchObject({ code: "STORE_FENCED" });
      await takenBy(s, runId, ELSEWHERE);
      const before = await s.log(runId);
      gate.open("too late");
      await rejected;
      expect(await s.log(runId)).toStrictEqual(before);
      await expect(engine.stopped(runId)).rejects.toMatchObject({ code: "STORE_FENCED" });
      expect(await s.store.owner(runId)).toMatchObject({ holder: ELSEWHERE });
    });

    test("driving what one drives, or what has ended, changes nothing", async () => {
      const { s, engine, runId, gate } = await held(scene);
      await engine.drive(runId, "again");
      gate.open("done");
      await s.ended(engine, runId);
      const log = await s.log(runId);
      await engine.drive(runId, "again");
      await (await s.engine()).drive(runId, "again");
      expect(await s.log(runId)).toStrictEqual(log);
      expect(eventsOf(log, "run.resumed")).toHaveLength(0);
    });

    test("two who want to drive the same run in one engine do so together", async () => {
      const { s, engine, runId, gate } = await held(scene);
      await engine.close();
      const other = await s.engine();
      await Promise.all([other.drive(runId, "one"), other.drive(runId, "two")]);
      gate.open("done");
      expect((await s.ended(other, runId)).answer).toBe("done");
      expect(eventsOf(await s.log(runId), "run.resumed")).toHaveLength(1);
    });

    test("a run id is given once", async () => {
      const { s, engine, runId } = await held(scene);
      const again = engine.start({ runId, started: (await s.log(runId))[0]!.data as never });
      await expect(again).rejects.toMatchObject({ code: "RUN_EXISTS" });
    });
  });

  describe(`${name}: readers`, () => {
    test("follow a run that another engine drives until it has ended", async () => {
      const { s, engine, runId, gate } = await held(scene);
      const reader = await s.engine();
      const seen: string[] = [];
      const reading = (async () => {
        for await (const event of reader.events(runId, { follow: true })) seen.push(event.type);
      })();
      await until("the reader has caught up", () => seen.includes("step.started"));
      gate.open("done");
      await inTime(s.clock, Promise.all([reading, s.ended(engine, runId)]));
      expect(seen).toStrictEqual((await s.log(runId)).map(({ type }) => type));
      expect(seen.at(-1)).toBe("run.completed");
    });

    test("who have read to the end of a run that ended need not wait", async () => {
      const { s, engine, runId, gate } = await held(scene);
      gate.open("done");
      const { seq } = await s.ended(engine, runId);
      for (const fromSeq of [seq, seq + 1, seq + 100]) {
        const types: string[] = [];
        for await (const event of engine.events(runId, { fromSeq, follow: true })) types.push(event.type);
        expect(types).toStrictEqual(fromSeq === seq ? ["run.completed"] : []);
      }
    });

    test("who stop are let go", async () => {
      const { s, engine, runId } = await held(scene);
      const stop = new AbortController();
      const reading = (async () => {
        for await (const event of engine.events(runId, { follow: true, signal: stop.signal })) void event;
        return "left";
      })();
      stop.abort();
      expect(await inTime(s.clock, reading)).toBe("left");
    });

    test("of a run that is not there are told so", async () => {
      const s = await scene({});
      const engine = await s.engine();
      const unknown = { code: "RUN_UNKNOWN" };
      await expect(engine.load("nobody")).rejects.toMatchObject(unknown);
      await expect(engine.drive("nobody", "")).rejects.toMatchObject(unknown);
      await expect(engine.send("nobody", { type: "cancel", reason: "" }, { by: "a" })).rejects.toMatchObject(unknown);
      for (const fromSeq of [1, 5]) {
        const first = engine.events("nobody", { fromSeq, follow: true })[Symbol.asyncIterator]().next();
        await expect(first).rejects.toMatchObject(unknown);
      }
    });
  });
}
