// A pause at every phase of a run: nothing begins, what is under way goes on, time and people still count.
import { describe, expect, it } from "vitest";
import { HELD, isWaiting, statusOf } from "../../src/run/status.js";
import { given, start, type LooseInput, type Story } from "../../src/testing/given-when-then.js";
import {
  call,
  checked,
  ended,
  fails,
  keysOwed,
  plans,
  replanning,
  returned,
  spec,
  TOOLS,
  USAGE,
  waiting,
} from "./parts.js";

const pause: LooseInput = { type: "pause", reason: "lunch" };
const unpause: LooseInput = { type: "unpause", reason: "" };
/** What an engine would begin now. */
const begun = (story: Story) =>
  story
    .owed()
    .filter(({ kind }) => !(story.run.paused && HELD.has(kind)))
    .map(({ key }) => key);
const models = { planner: "planner", executor: "executor", synthesizer: "writer" };

describe("a paused run", () => {
  it("says so, waits for a person, and is paused once", () => {
    const story = replanning([call("a")])
      .when(pause)
      .then(["run.paused", { comment: "lunch" }]);
    expect(statusOf(story.run)).toBe("paused");
    story.when(pause).then(["input.refused", { code: "ALREADY_PAUSED" }]);
    story.when(unpause).then(["run.unpaused", { comment: "" }]);
    story.when(unpause).then(["input.refused", { code: "NOT_PAUSED" }]);
    expect(statusOf(story.run)).toBe("running");
  });

  it("while planning: a request that has begun ends, no step starts", () => {
    const story = given(start({ goal: "g" }), pause);
    expect(isWaiting(story.run)).toBe(true);
    expect(begun(story)).toEqual([]);
    story.when(plans(story, [call("a")])).then("plan.proposed");
    expect(keysOwed(story)).toEqual([]);
    story.when(unpause).then("run.unpaused", "step.started");
  });

  it("while it runs: calls go on, are recorded, and nothing follows", () => {
    const story = replanning([call("a"), call("b", { dependsOn: ["a"] })]).given(pause);
    expect(isWaiting(story.run)).toBe(false);
    story.when(returned("call/a/1")).then("step.completed");
    expect(isWaiting(story.run)).toBe(true);
    story.when(unpause).then("run.unpaused", ["step.started", { step: "b" }]);
  });

  it("while a retry is due: it waits for the end of the pause", () => {
    const story = replanning([call("a")]).given(ended("call/a/1"), pause);
    expect(isWaiting(story.run)).toBe(true);
    story.when({ type: "clock", at: 60_000 }).then();
    story.when({ ...unpause, at: 70_000 }).then("run.unpaused", ["step.started", { attempt: 2 }]);
  });

  it("while arguments are filled in: the call waits, and is begun with them", () => {
    const mail = spec("mail", "once", {
      input: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
    });
    const plan = { steps: [{ id: "m", tool: "mail", fill: "Greet." }], answer: { value: 1 } };
    const story = given(start({ plan, tools: [mail] }), pause);
    const filled: LooseInput = { type: "filled", key: "fill/call/m/1", args: { text: "hi" }, usage: USAGE };
    story.when(filled).then("step.filled");
    expect(story.run.execution.running).toBe(0);
    story.when(unpause).then("run.unpaused", ["step.started", { step: "m", args: { text: "hi" } }]);
    expect(story.run.usage.executor.calls).toBe(1);
  });

  it("while it waits for approval: it can be given, and begins nothing; it expires", () => {
    const settings = { approval: "always", approvalMs: 1_000 } as const;
    const story = replanning([call("a")], settings).given(pause);
    story.when({ type: "approve", hash: waiting(story) }).then("approval.granted");
    story.when(unpause).then("run.unpaused", "step.started");
    const late = replanning([call("a")], settings).given(pause);
    late.when({ type: "clock", at: 1_000 }).then(["approval.denied", { cause: "expired" }], "run.failed");
  });

  it("while a person is asked: answers count, and so does settling a doubt", () => {
    const steps = [{ id: "q", ask: "Which?" }, { id: "p", tool: "pay", with: {} }, call("b", { dependsOn: ["q"] })];
    const story = replanning(steps).given(ended("call/p/1", "timeout"), pause);
    story.when({ type: "respond", step: "q", value: "this" }).then("step.completed");
    story.when({ type: "settle", step: "p", verdict: "not-happened" }).then("step.resolved");
    story.when(unpause).then("run.unpaused", ["step.started", { step: "b" }], ["step.started", { step: "p" }]);
  });

  it("during a review: none is begun", () => {
    const story = replanning([call("a"), call("b", { dependsOn: ["a"] })], { replan: "each-step" });
    story.given(pause, returned("call/a/1"));
    expect(begun(story)).toEqual([]);
    expect(isWaiting(story.run)).toBe(true);
    story.when(unpause).then("run.unpaused");
    expect(begun(story)).toEqual(["review/1"]);
  });

  it("when a step has failed: the planner is asked after the pause", () => {
    const story = replanning([call("a")])
      .given(pause)
      .when(fails("call/a/1"))
      .then(["step.failed", { decision: "patch" }]);
    story.when(unpause).then("run.unpaused", "replan.requested");
  });

  it("when a step has failed for good: the run fails all the same", () => {
    replanning([call("a", { onFailure: "fail" })])
      .given(pause)
      .when(fails("call/a/1"))
      .then("step.failed", "execution.completed", "run.failed");
  });

  it("before the answer: the last step is recorded, the answer is due after the pause", () => {
    const story = given(start({ plan: { steps: [call("a")] }, tools: TOOLS, models }), pause);
    story.when(returned("call/a/1")).then("step.completed");
    story.when(unpause).then("run.unpaused", "execution.completed");
    story.given(pause);
    expect(begun(story)).toEqual([]);
    story
      .when({ type: "answered", key: "answer/1", answer: "so", usage: USAGE })
      .then("answer.written", "run.completed");
  });

  it("can be cancelled, edited and given another goal", () => {
    replanning([call("a")])
      .given(pause, { type: "cancel", reason: "" })
      .when(ended("call/a/1", "abort"))
      .then("step.cancelled", "run.cancelled");
    const edited = replanning([call("a")], { approval: "always" }).given(pause);
    edited
      .when({ type: "edit", hash: waiting(edited), plan: checked([call("b")]) })
      .then("approval.denied", "plan.proposed", "approval.requested");
    edited
      .given({ type: "approve", hash: waiting(edited) })
      .when(unpause)
      .then("run.unpaused", ["step.started", { step: "b" }]);
    const other = replanning([call("a")])
      .given(pause)
      .when({ type: "goal", goal: "another", reason: "" })
      .then("goal.changed");
    other.when(returned("call/a/1")).then("step.completed");
    other.when(unpause).then("run.unpaused", ["replan.requested", { cause: "goal" }]);
  });

  it("a run that ends or is being cancelled is not paused", () => {
    replanning([call("a")])
      .given({ type: "cancel", reason: "" })
      .when(pause)
      .then(["input.refused", { code: "RUN_CANCELLING" }]);
    replanning([call("a")])
      .given(returned("call/a/1"))
      .when(pause)
      .then(["input.refused", { code: "RUN_ENDED" }]);
  });

  it("starts without the pause after a retry", () => {
    const story = replanning([call("a", { onFailure: "fail" })]).given(pause, fails("call/a/1"));
    const {
      request: { settings, models: roles },
    } = story.run;
    story.when({ type: "retry", settings, models: roles }).then("run.reopened", "step.started");
    expect(statusOf(story.run)).toBe("running");
  });
});
