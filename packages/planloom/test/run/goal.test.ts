// Another goal, at every phase of a run: what runs is drained, what has finished is kept, and a plan for it is asked
// for.
import { describe, expect, it } from "vitest";
import { given, start, type LooseInput } from "../../src/testing/given-when-then.js";
import { LIMITS } from "../../src/limits.js";
import { call, ended, fails, keysOwed, plans, replanning, returned, TOOLS, USAGE, waiting } from "./parts.js";

const goal = (text = "another goal", reason = "I thought again"): LooseInput => ({ type: "goal", goal: text, reason });
const pay = (id: string, more: object = {}) => ({ id, tool: "pay", with: { x: 1 }, ...more });

describe("another goal", () => {
  it("while planning: the planner is asked again, and its reply to the old goal is ignored", () => {
    const story = given(start({ goal: "g" }));
    const late = plans(story, [call("a")]);
    story.when(goal()).then(["goal.changed", { goal: "another goal" }]);
    expect(story.run.request.goal).toBe("another goal");
    story.when(late).then();
    story.when(plans(story, [call("b")])).then(["plan.proposed", { cause: "goal", revision: 1 }], "step.started");
  });

  it("while it runs: nothing starts, what runs ends, and the new plan says what is kept, dropped and added, and why", () => {
    const steps = [call("a"), call("b"), call("c", { dependsOn: ["a"] })];
    const story = replanning(steps).given(returned("call/a/1", "A"));
    story.when(goal()).then("goal.changed");
    story.when(returned("call/b/1")).then("step.completed");
    const reason = { code: "GOAL_CHANGED", comment: "I thought again" };
    story
      .when(returned("call/c/1"))
      .then("step.completed", ["replan.requested", { mode: "full", cause: "goal", reason }]);
    const next = [call("a"), call("b"), call("c", { dependsOn: ["a"] }), call("d", { with: { x: "${{ a }}" } })];
    const kept = [{ step: "a" }, { step: "b" }, { step: "c" }];
    story
      .when(plans(story, next))
      .then(
        ["plan.proposed", { cause: "goal-change", reason, kept, dropped: [], added: ["d"], changed: [] }],
        ["step.started", { args: { x: "A" } }],
      );
    expect(story.run.planning.replans).toBe(0);
  });

  it("may have the same plan as before", () => {
    const story = replanning([call("a"), { id: "q", ask: "Which?" }]).given(returned("call/a/1"), goal());
    story
      .when(plans(story, [call("a"), { id: "q", ask: "Which?" }]))
      .then(["plan.proposed", { cause: "goal-change" }], "step.suspended");
  });

  it("while a plan waits for approval: that plan cannot be approved any more", () => {
    const story = replanning([pay("p")], { approval: "effects" });
    const hash = waiting(story);
    story.when(goal()).then(["approval.denied", { cause: "superseded", hash }], "goal.changed", "replan.requested");
    story.when({ type: "approve", hash }).then(["input.refused", { code: "NOTHING_TO_APPROVE" }]);
  });

  it("a call of a plan that nobody approved counts as new: the next plan needs approval", () => {
    const story = replanning([pay("p"), call("a")], { approval: "effects" }).given(goal());
    story
      .when(plans(story, [pay("p"), call("a"), call("b")]))
      .then(
        ["plan.proposed", { added: ["b"], changed: [] }],
        ["approval.requested", { reason: { code: "MAY_ACT", tools: ["pay"] } }],
      );
    expect(story.run.execution.running).toBe(0);
    story
      .given(goal("a third one"))
      .when(plans(story, [pay("p")]))
      .then("plan.proposed", "approval.requested");
  });

  it("does not undo a rejection: the next plan is shown, although it has no effects", () => {
    const story = replanning([pay("p")], { approval: "effects" });
    story.given({ type: "reject", comment: "no" });
    story.given(plans(story, [pay("q")]), goal());
    story
      .when(plans(story, [call("b")]))
      .then("plan.proposed", ["approval.requested", { reason: { code: "EARLIER_REJECTED" } }]);
  });

  it("while a person is asked and an outcome is unknown: both stay until there is a plan", () => {
    const steps = [{ id: "q", ask: "Which?" }, pay("p")];
    const story = replanning(steps).given(ended("call/p/1", "timeout"));
    story.when(goal()).then("goal.changed", "replan.requested");
    story.when({ type: "respond", step: "q", value: "this" }).then("step.completed");
    story.when(plans(story, [call("b")])).then("plan.invalid");
    story
      .when(plans(story, [...steps, call("b")]))
      .then(["plan.proposed", { kept: [{ step: "q" }, { step: "p" }] }], ["step.started", { step: "b" }]);
    story.when({ type: "settle", step: "p", verdict: "happened", output: 1 }).then("step.resolved", "step.completed");
  });

  it("while the answer is written: the work goes on", () => {
    const models = { planner: "planner", executor: "executor", synthesizer: "writer" };
    const story = given(start({ plan: { steps: [call("a")] }, tools: TOOLS, models }), returned("call/a/1"));
    story.when(goal()).then("goal.changed", ["replan.requested", { cause: "goal" }]);
    story.when({ type: "answered", key: "answer/1", answer: "old", usage: USAGE }).then();
    story.when(plans(story, [call("a"), call("b")])).then("plan.proposed", ["step.started", { step: "b" }]);
    story
      .when(returned("call/b/1"))
      .then("step.completed", ["execution.completed", { total: 2, completed: 2 }], "answer.written", "run.completed");
  });

  it("while a patch is planned: a full plan is requested instead of the patch", () => {
    const story = replanning([call("a"), { id: "q", ask: "Which?" }]).given(fails("call/a/1"));
    const late = plans(story, [call("n")]);
    story.when(goal()).then("goal.changed");
    expect(story.owed()).toMatchObject([
      { kind: "person" },
      { kind: "plan", replan: { mode: "full", cause: "goal", failed: [{ step: "a" }] } },
    ]);
    story.when(late).then();
    story
      .when(plans(story, [call("n")]))
      .then(["plan.proposed", { cause: "goal-change", dropped: ["a", "q"] }], "step.started");
  });

  it("while what runs is drained for a patch: one plan for both", () => {
    const story = replanning([call("a"), call("b")]).given(fails("call/a/1"), goal());
    story
      .when(fails("call/b/1"))
      .then("step.failed", [
        "replan.requested",
        { mode: "full", cause: "goal", failed: [{ step: "a" }, { step: "b" }] },
      ]);
    expect(story.run.planning.replans).toBe(0);
  });

  it("while a review is open: it is not wanted any more", () => {
    const story = replanning([call("a"), call("b", { dependsOn: ["a"] })], { replan: "each-step" }).given(
      returned("call/a/1"),
    );
    expect(keysOwed(story)).toEqual(["review/1"]);
    story.when(goal()).then("goal.changed", "replan.requested");
    expect(keysOwed(story)).toHaveLength(1);
  });

  it("also where the run does not replan after failures: a person wants it", () => {
    const story = replanning([call("a")], { replan: "never", replans: 0 }).given(goal());
    story.when(returned("call/a/1")).then("step.completed", "replan.requested");
  });

  it.each<[string, LooseInput[], LooseInput]>([
    ["RUN_FAILING", [fails("call/a/1")], goal()],
    ["RUN_CANCELLING", [{ type: "cancel", reason: "" }], goal()],
    ["SAME_GOAL", [], goal(" a goal ")],
    ["GOAL_INVALID", [], goal("  ")],
    ["GOAL_INVALID", [], goal("x".repeat(LIMITS.goalChars + 1))],
  ])("is refused: %s", (code, before, change) => {
    const story = replanning([call("a", { onFailure: "fail" }), call("b")]).given(...before);
    story.when(change).then(["input.refused", { code }]);
  });

  it("is refused without a planner, and after the end", () => {
    const models = { planner: null, executor: null, synthesizer: null };
    const story = given(start({ plan: { steps: [call("a")], answer: { value: 1 } }, tools: TOOLS, models }));
    story.when(goal()).then(["input.refused", { code: "NO_PLANNER" }]);
    story
      .given(returned("call/a/1"))
      .when(goal())
      .then(["input.refused", { code: "RUN_ENDED" }]);
  });

  it("changed twice, the last one counts", () => {
    const story = replanning([call("a")]).given(goal("one"), goal("two"));
    story.when(returned("call/a/1")).then("step.completed", "replan.requested");
    story.when(goal("three")).then("goal.changed");
    expect(story.owed().filter(({ kind }) => kind === "plan")).toHaveLength(1);
    expect(story.run.request.goal).toBe("three");
  });
});
