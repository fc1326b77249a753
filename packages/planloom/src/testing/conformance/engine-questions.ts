// Tools that ask a person during their calls. In: a stage. Out: stories.
import { deepEqual, equal } from "node:assert/strict";
import { LIMITS } from "../../limits.js";
import { statusOf } from "../../run/status.js";
import { asTimePasses, call, eventsOf, ONCE_TRIED, soundChain, storyTool } from "./parts.js";
import { matches } from "./matches.js";
import type { EngineNeed, OpenScene } from "./scene.js";
import { stories } from "./story.js";

/** Asks twice, and gives both answers. */
const asker = () =>
  storyTool("pay", "once", async (_, { ask }) => [
    await ask({ question: "How much?", type: "number" }),
    await ask({ question: "To whom?" }),
  ]);

const plan = { steps: [call("p", "pay")] };

export const questionsStories = stories<OpenScene, EngineNeed>(({ about, story, storyNeeding }) => {
  about("questions of tools", () => {
    story("a call waits for each answer, and goes on with its key and attempt", async (scene) => {
      const pay = asker();
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan });
      const { run, why } = await engine.stopped(runId);
      deepEqual([why, statusOf(run), pay.open()], ["waiting", "needs-attention", 0]);
      // No time limit of the call runs while a person thinks.
      await s.clock.advance(2 * LIMITS.toolTimeoutMs);
      const wrong = await engine.send(runId, { type: "respond", step: "p", value: "much" }, { by: "ann" });
      matches(wrong, { ok: false, code: "ANSWER_TYPE" });
      await engine.send(runId, { type: "respond", step: "p", value: 3 }, { by: "ann" });
      equal((await engine.stopped(runId)).why, "waiting");
      await engine.send(runId, { type: "respond", step: "p", value: "Bob" }, { by: "bob" });
      deepEqual((await s.ended(engine, runId)).answering.answer, [3, "Bob"]);
      deepEqual(
        pay.calls.map(({ attempt }) => attempt),
        [1, 1, 1],
      );
      equal(new Set(pay.calls.map(({ key }) => key)).size, 1);
      const log = await s.log(runId);
      deepEqual(
        eventsOf(log, "step.answered").map(({ by, data }) => [by, data.number, data.value]),
        [
          ["ann", 1, 3],
          ["bob", 2, "Bob"],
        ],
      );
      soundChain(log);
    });

    story("a question expires, and the call is not in doubt", async (scene) => {
      const s = await scene({ tools: [asker()] });
      const engine = await s.engine();
      const steps = [call("p", "pay", ONCE_TRIED)];
      const runId = await s.start(engine, { plan: { steps }, settings: { approvalMs: 60_000 } });
      equal((await engine.stopped(runId)).why, "waiting");
      const ended = engine.stopped(runId, { untilEnd: true });
      await s.clock.advance(60_000);
      await asTimePasses(s.clock, ended);
      matches(eventsOf(await s.log(runId), "step.failed")[0]!.data, { error: { code: "ASK_EXPIRED" } });
    });

    story("another engine goes on where the tool asked", async (scene) => {
      const pay = asker();
      const s = await scene({ tools: [pay] });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan });
      await engine.stopped(runId);
      await engine.close();
      for (const value of [3, "Bob"]) {
        const other = await s.engine();
        deepEqual(await other.send(runId, { type: "respond", step: "p", value }, { by: "ann" }), { ok: true });
        await other.stopped(runId);
        await other.close();
      }
      const reader = await s.engine();
      deepEqual((await reader.load(runId)).answering.answer, [3, "Bob"]);
      equal(pay.calls.length, 3);
    });

    storyNeeding("processes", "an answer reaches the engine that drives the run", async (scene) => {
      const pay = asker();
      const s = await scene({ tools: [pay] });
      const [engine, other] = [await s.engine(), await s.engine()];
      const runId = await s.start(engine, { plan });
      await engine.stopped(runId);
      for (const value of [3, "Bob"]) {
        const said = other.send(runId, { type: "respond", step: "p", value }, { by: "ann" });
        deepEqual(await asTimePasses(s.clock, said), { ok: true });
        await engine.stopped(runId);
      }
      deepEqual((await s.ended(engine, runId)).answering.answer, [3, "Bob"]);
      equal(pay.calls.length, 3);
    });
  });
});
