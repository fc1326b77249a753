// Stories about tools that are not what they were, or not there, when another process goes on with a run: what was
// approved is what runs, and a process that lacks a tool records nothing. In: a stage. Out: stories.
import { deepEqual, equal, rejects } from "node:assert/strict";
import { createInventory } from "../../tools/inventory.js";
import type { Tool } from "../../tools/tool.js";
import { endOf, statusOf } from "../../run/status.js";
import { call, eventsOf, outcomeOf, storyTool } from "./parts.js";
import { matches } from "./matches.js";
import type { OpenScene, Scene } from "./scene.js";
import { stories } from "./story.js";

const ASK = { id: "q", ask: "Go on?", with: {}, output: "string" };
const PLAN = { steps: [ASK, call("p", "pay", { dependsOn: ["q"] })] };
const YES = { type: "respond", step: "q", value: "yes" } as const;

/** A run that waits for an answer, and whose process has gone. */
async function left(s: Scene): Promise<string> {
  const engine = await s.engine();
  const runId = await s.start(engine, { plan: PLAN });
  equal((await engine.stopped(runId)).why, "waiting");
  await engine.close();
  return runId;
}

const withTools = (...tools: readonly Tool[]) => ({ inventory: createInventory(tools) });

export const toolsStories = stories<OpenScene>(({ about, story }) => {
  about("a tool that has changed since the plan was recorded", () => {
    story("waits for a person who sees the difference, and acts once", async (scene) => {
      const [was, is] = [storyTool("pay", "none"), storyTool("pay", "once")];
      const s = await scene({ tools: [was] });
      const runId = await left(s);
      const other = await s.engine(withTools(is));
      deepEqual(await other.send(runId, YES, { by: "ann" }), { ok: true });
      const { run } = await other.stopped(runId);
      deepEqual([statusOf(run), is.calls.length], ["awaiting-approval", 0]);
      const [asked] = eventsOf(await s.log(runId), "approval.requested");
      matches(asked?.data.reason, {
        code: "TOOL_CHANGED",
        changes: [{ tool: "pay", differences: [{ field: "effects", was: "none", is: "once" }] }],
      });
      await other.send(runId, { type: "approve", hash: asked!.data.hash }, { by: "ann" });
      equal(endOf(await s.ended(other, runId))?.how, "completed");
      deepEqual([was.calls.length, is.calls.length], [0, 1]);
    });

    story("goes on without a person if it only reads", async (scene) => {
      const [was, is] = [storyTool("pay", "none"), storyTool("pay", "none", () => 7)];
      const s = await scene({ tools: [was] });
      const runId = await left(s);
      const other = await s.engine(withTools({ ...is, spec: { ...is.spec, description: "Says it better." } }));
      await other.send(runId, YES, { by: "ann" });
      await s.ended(other, runId);
      deepEqual(await outcomeOf(other, runId), { q: ["completed", "yes"], p: ["completed", 7] });
      equal(eventsOf(await s.log(runId), "tool.changed").length, 1);
    });
  });

  about("a process that lacks a tool of a run", () => {
    story("records nothing, and another process goes on", async (scene) => {
      const pay = storyTool("pay", "once");
      const s = await scene({ tools: [pay] });
      const runId = await left(s);
      const before = await s.log(runId);
      const other = await s.engine(withTools());
      await rejects(other.drive(runId, "RESUMED"), { code: "PROCESS_LACKS" });
      await rejects(other.send(runId, YES, { by: "ann" }), { code: "PROCESS_LACKS" });
      deepEqual([await s.log(runId), await s.store.take(runId, 0)], [before, []]);

      const right = await s.engine();
      deepEqual(await right.send(runId, YES, { by: "ann" }), { ok: true });
      equal(endOf(await s.ended(right, runId))?.how, "completed");
      equal(pay.calls.length, 1);
    });

    story("may record a command for another process, and may cancel the run", async (scene) => {
      const s = await scene({ tools: [storyTool("pay", "once")] });
      const runId = await left(s);
      const other = await s.engine(withTools());
      deepEqual(await other.send(runId, YES, { by: "ann", record: "only" }), { ok: true });
      deepEqual(await other.send(runId, { type: "cancel", reason: "enough" }, { by: "ann" }), { ok: true });
      equal(endOf(await s.ended(other, runId))?.how, "cancelled");
    });
  });
});
