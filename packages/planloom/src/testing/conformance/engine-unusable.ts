// Stories about calls that act and return what cannot be used: they stand as made, and nothing repeats them.
// In: a stage. Out: stories.
import { deepEqual, equal } from "node:assert/strict";
import type { Command } from "../../run/command.js";
import { endOf, statusOf } from "../../run/status.js";
import { scriptedModel } from "../scripted-model.js";
import { call, eventsOf, latch, outcomeOf, storyTool, until, type RecordedTool } from "./parts.js";
import { matches } from "./matches.js";
import type { OpenScene } from "./scene.js";
import { stories } from "./story.js";

/** Acts, and returns what no log can hold; from the `sound`-th call on it returns "paid". */
const paying = (effects: "once" | "idempotent", sound = Infinity): RecordedTool => {
  const pay: RecordedTool = storyTool("pay", effects, () => (pay.calls.length >= sound ? "paid" : 7n));
  return pay;
};

const PLAN = { steps: [call("p", "pay", { retry: { attempts: 3 } })] };
const settle = (verdict: "use" | "again" | "fail", output?: string): Command => {
  const said = { type: "settle", step: "p", verdict } as const;
  return output === undefined ? said : { ...said, output };
};

export const unusableStories = stories<OpenScene>(({ about, story }) => {
  for (const effects of ["once", "idempotent"] as const) {
    about(`a call that acts (${effects}), whose output cannot be used`, () => {
      story("waits for a person, also after a takeover, and is not made again", async (scene) => {
        const pay = paying(effects);
        const s = await scene({ tools: [pay] });
        const engine = await s.engine();
        const runId = await s.start(engine, { plan: PLAN });
        equal((await engine.stopped(runId)).why, "waiting");
        await engine.close();

        const other = await s.engine();
        await other.drive(runId, "RESUMED");
        const { run } = await other.stopped(runId);
        equal(statusOf(run), "needs-attention");
        deepEqual(await outcomeOf(other, runId), { p: ["unusable", null] });
        matches(eventsOf(await s.log(runId), "step.unusable"), [
          { data: { tool: "pay", output: "7", partial: true, error: { code: "BAD_OUTPUT" } } },
        ]);
        deepEqual(await other.send(runId, settle("use", "paid by hand"), { by: "ann" }), { ok: true });
        equal((await s.ended(other, runId)).answering.answer, "paid by hand");
        equal(pay.calls.length, 1);
      });

      story("is made again only if a person orders it, with the same key", async (scene) => {
        const pay = paying(effects, 2);
        const s = await scene({ tools: [pay] });
        const engine = await s.engine();
        const runId = await s.start(engine, { plan: PLAN });
        await engine.stopped(runId);
        deepEqual(await engine.send(runId, settle("again"), { by: "ann" }), { ok: true });
        equal((await s.ended(engine, runId)).answering.answer, "paid");
        deepEqual([pay.calls.length, new Set(pay.calls.map(({ key }) => key)).size], [2, 1]);
      });

      story("and is stopped by a cancel counts as made, if it returns in time", async (scene) => {
        const gate = latch<void>();
        const pay = storyTool("pay", effects, async () => {
          await gate.passed;
          return 7n;
        });
        const s = await scene({ tools: [pay] });
        const engine = await s.engine();
        const runId = await s.start(engine, { plan: PLAN });
        await until("it is called", () => pay.open() === 1);
        await engine.send(runId, { type: "cancel", reason: "enough" }, { by: "ann" });
        gate.open();
        equal(endOf(await s.ended(engine, runId))?.how, "cancelled");
        deepEqual(await outcomeOf(engine, runId), { p: ["unusable", null] });
      });

      story("is not made again by a model that asks for it again", async (scene) => {
        const pay = paying(effects);
        const model = scriptedModel((_request, index) =>
          index < 2 ? { toolCalls: [{ name: "pay", args: { x: "a" } }] } : "done",
        );
        const s = await scene({ tools: [pay], executor: model });
        const engine = await s.engine();
        const run = await s.play(engine, { plan: { steps: [{ id: "p", agent: "Pay.", tools: ["pay"] }] } });
        deepEqual([run.answering.answer, pay.calls.length], ["done", 1]);
      });
    });
  }

  about("a call without effects whose output cannot be used", () => {
    story("fails like a call with an error of its tool", async (scene) => {
      const look = storyTool("look", "none", () => 7n);
      const s = await scene({ tools: [look] });
      const run = await s.play(await s.engine(), { plan: { steps: [call("a", "look")] } });
      equal(endOf(run)?.how, "failed");
      equal(look.calls.length, 1);
    });
  });
});
