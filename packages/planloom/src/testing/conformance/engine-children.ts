// Stories about sub-plans: steps that are runs of their own. Only for engines with `children`. In: a stage. Out: stories.
import { deepEqual, equal, ok } from "node:assert/strict";
import { endOf, isEnded } from "../../run/status.js";
import { call, eventsOf, latch, storyTool, until, asTimePasses } from "./parts.js";
import type { EngineNeed, OpenScene } from "./scene.js";
import { stories } from "./story.js";

const sub = { steps: [{ id: "sub", plan: "Look." }] };
const planner = () => Promise.resolve({ steps: [call("look", "look")] });

export const childrenStories = stories<OpenScene, EngineNeed>(({ about, storyNeeding }) => {
  about("sub-plans", () => {
    storyNeeding("children", "a child run is started once, and its answer is the output of the step", async (scene) => {
      const look = storyTool("look", "none", () => "seen");
      const s = await scene({ tools: [look], planner });
      const engine = await s.engine();
      const run = await s.play(engine, { plan: sub });
      equal(run.answering.answer, "seen");
      const [told] = eventsOf(await s.log(run.id), "step.delegated");
      const child = await engine.load(told!.data.run);
      equal(endOf(child)?.how, "completed");
      deepEqual(child.request.within?.runId, run.id);
      equal(look.calls.length, 1);
    });

    storyNeeding("children", "a cancel of the run above cancels its child run, and awaits its end", async (scene) => {
      const gate = latch();
      const look = storyTool("look", "none", async (_, { signal }) => {
        signal.addEventListener("abort", () => gate.open(), { once: true });
        await gate.passed;
        return "late";
      });
      const s = await scene({ tools: [look], planner });
      const engine = await s.engine();
      const runId = await s.start(engine, { plan: sub });
      await until("the child looks", () => look.calls.length === 1);
      await engine.send(runId, { type: "cancel", reason: "enough" }, { by: "ann" });
      const run = await asTimePasses(s.clock, s.ended(engine, runId));
      equal(endOf(run)?.how, "cancelled");
      ok(isEnded(await engine.load(`${runId}.sub`)));
    });
  });
});
