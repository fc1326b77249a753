// Reviews: after each step the planner is asked whether the rest still makes sense, and nothing starts until it has
// said so.
import { describe, expect, it } from "vitest";
import { endOf } from "../../src/run/status.js";
import type { LooseInput, Story } from "../../src/testing/given-when-then.js";
import { call, ended, fails, keysOwed, plans, replanning, returned, USAGE } from "./parts.js";

const each = { replan: "each-step" } as const;
const openReview = (story: Story) => keysOwed(story).find((key) => key.startsWith("review/"));

function reviewed(story: Story, verdict: "go on" | "replan", text = "because"): LooseInput {
  const key = openReview(story);
  if (key === undefined) throw new Error("no review is open");
  return { type: "reviewed", key, verdict, text, usage: USAGE };
}

const chain = [call("a"), call("b", { dependsOn: ["a"] }), call("c", { dependsOn: ["b"] })];

describe("a review after each step", () => {
  it("holds the next step until the rest is found sound", () => {
    const story = replanning(chain, each).when(returned("call/a/1")).then("step.completed");
    expect(story.owed()).toMatchObject([{ kind: "review", key: "review/1", attempt: 1 }]);
    story
      .when(reviewed(story, "go on"))
      .then(["plan.reviewed", { verdict: "go on", decision: "go on" }], ["step.started", { step: "b" }]);
    expect(story.run.usage.planner).toEqual(USAGE);
  });

  it("is not made after the last step, nor under the other modes, nor without a planner", () => {
    const story = replanning(chain.slice(0, 1), each).when(returned("call/a/1"));
    expect(endOf(story.run)?.how).toBe("completed");
    for (const replan of ["never", "on-failure"] as const) {
      const other = replanning(chain, { replan });
      other.when(returned("call/a/1")).then("step.completed", "step.started");
    }
  });

  it("is made once at a time: steps that finish meanwhile are looked at together, afterwards", () => {
    const story = replanning([call("a"), call("b"), call("c"), call("d", { dependsOn: ["a"] })], each);
    story.given(returned("call/a/1"), returned("call/b/1"), returned("call/c/1"));
    expect(keysOwed(story)).toEqual(["review/1"]);
    story.when(reviewed(story, "go on")).then("plan.reviewed");
    expect(keysOwed(story)).toEqual(["review/2"]);
    story.when(reviewed(story, "go on")).then("plan.reviewed", ["step.started", { step: "d" }]);
  });

  it("is not made for each item, but for the fan-out", () => {
    const steps = [call("each", { forEach: "${{ [1, 2] }}" }), call("b", { dependsOn: ["each"] })];
    const story = replanning(steps, each).when(returned("call/each/0/1")).then("step.completed");
    expect(openReview(story)).toBeUndefined();
    story.given(returned("call/each/1/1"));
    expect(openReview(story)).toBe("review/1");
  });

  it("follows a step that failed and was skipped: what waits for it does not start before", () => {
    const steps = [call("a", { onFailure: "skip", optional: true }), ...chain.slice(1)];
    const story = replanning(steps, each).when(fails("call/a/1"));
    story.then(["step.failed", { decision: "skip" }], ["step.skipped", { cause: "failure", review: true }]);
    expect(keysOwed(story)).toEqual(["review/1"]);
    story.when(reviewed(story, "go on")).then("plan.reviewed", ["step.started", { step: "b" }]);
  });

  it("follows a fan-out of which an item failed and was skipped, once", () => {
    const steps = [call("each", { forEach: "${{ [1, 2] }}", onFailure: "skip" }), call("b", { dependsOn: ["each"] })];
    const story = replanning(steps, each).when(returned("call/each/0/1")).when(fails("call/each/1/1"));
    story.then("step.failed", ["step.skipped", { item: 1, review: undefined }], ["step.completed", { review: true }]);
    expect(keysOwed(story)).toEqual(["review/1"]);
  });

  it("does not follow a step that its condition leaves out", () => {
    const story = replanning([call("a", { when: "${{ 1 > 2 }}" }), call("b", { dependsOn: ["a"] })], each);
    expect([keysOwed(story), story.run.planning.reviews]).toEqual([["call/b/1"], 0]);
  });

  it("lets retries that are due, and arguments that were filled in, wait", () => {
    const story = replanning([call("a"), call("b"), call("c", { dependsOn: ["a"] })], each);
    story.given(ended("call/b/1"), returned("call/a/1"));
    story.when({ type: "clock", at: 9_000 }).then();
    story
      .when({ ...reviewed(story, "go on"), at: 9_000 })
      .then("plan.reviewed", ["step.started", { step: "b" }], ["step.started", { step: "c" }]);
  });

  it("that answers `replan` leads to a new plan for the rest, and finished steps are kept", () => {
    const story = replanning(chain, each).given(returned("call/a/1"));
    const failed: readonly never[] = [];
    story
      .when(reviewed(story, "replan", "a found nothing"))
      .then(
        ["plan.reviewed", { decision: "replan" }],
        [
          "replan.requested",
          { mode: "full", cause: "review", failed, reason: { code: "REVIEWED", text: "a found nothing" } },
        ],
      );
    story
      .when(plans(story, [call("a"), call("z", { dependsOn: ["a"] })]))
      .then(["plan.proposed", { cause: "replan", kept: [{ step: "a" }] }], ["step.started", { step: "z" }]);
    expect(story.run.planning.replans).toBe(1);
  });

  it("drains what runs before that", () => {
    const story = replanning([call("a"), call("b"), call("c", { dependsOn: ["a"] })], each).given(returned("call/a/1"));
    story.when(reviewed(story, "replan")).then("plan.reviewed");
    story.when(returned("call/b/1")).then("step.completed", "replan.requested");
    expect(keysOwed(story).filter((key) => key.startsWith("review/"))).toEqual([]);
  });

  it.each([
    ["used up", { replans: 0 }, { code: "REPLANS_USED", of: 0 }],
    ["too dear", { replanTokens: 1 }, { code: "REPLAN_TOKENS", limit: 1 }],
  ])("goes on where replans are %s, and says so", (_why, settings, reason) => {
    const story = replanning(chain, { ...each, ...settings }).given(returned("call/a/1"));
    story
      .when(reviewed(story, "replan"))
      .then(["plan.reviewed", { verdict: "replan", decision: "go on" }], "step.started");
    expect(story.events[0]!.data).toMatchObject({ text: "because", reason });
  });

  it("that gives no verdict is tried again, and in the end fails the run", () => {
    const story = replanning(chain, { ...each, roleAttempts: 2 }).given(returned("call/a/1"));
    const error = { code: "PROVIDER_FAILED", text: "cut", retryable: true };
    story
      .when({ type: "review-failed", key: "review/1", error, usage: USAGE })
      .then(["review.failed", { decision: "retry", retryAt: 1_000 }]);
    expect(story.owed()).toMatchObject([{ kind: "review", key: "review/2", attempt: 2, notBefore: 1_000 }]);
    story
      .when({ type: "review-failed", key: "review/2", error, usage: USAGE })
      .then(["review.failed", { decision: "fail" }], "execution.completed", "run.failed");
    expect(story.run).toMatchObject({ mode: { how: "failed", error, cause: { role: "reviewer" } } });
    expect(story.run.usage.planner.calls).toBe(2);
  });

  it("is dropped when a step fails for good meanwhile: the plan is another one anyway", () => {
    const story = replanning([call("a"), call("b"), call("c", { dependsOn: ["a"] })], each).given(returned("call/a/1"));
    const late = reviewed(story, "replan");
    story.when(fails("call/b/1")).then(["step.failed", { decision: "patch" }], "replan.requested");
    expect(openReview(story)).toBeUndefined();
    story.when(late).then();
    story
      .when(plans(story, [call("a"), call("n"), call("c", { dependsOn: ["a"] })]))
      .then("plan.proposed", "step.started", "step.started");
  });

  it("is dropped when nothing is left to review", () => {
    const story = replanning([call("a"), call("b")], each).given(returned("call/a/1"));
    expect(openReview(story)).toBeDefined();
    story.when(returned("call/b/1"));
    story.then("step.completed", "execution.completed", "answer.written", "run.completed");
  });

  it("is not asked for while the run drains, fails, or is cancelled", () => {
    const wide = [call("a"), call("b"), call("c"), call("d", { dependsOn: ["a"] })];
    const draining = replanning(wide, each).given(fails("call/a/1"), returned("call/b/1"));
    const failing = replanning([call("a", { onFailure: "fail" }), ...wide.slice(1)], each).given(
      fails("call/a/1"),
      returned("call/b/1"),
    );
    const cancelled = replanning(wide, each).given({ type: "cancel", reason: "enough" }, returned("call/b/1"));
    for (const story of [draining, failing, cancelled]) expect(openReview(story)).toBeUndefined();
  });

  it("an answer that comes while the planner is asked gives no review either", () => {
    const steps = [call("a"), { id: "q", ask: "Which?" }, call("b", { dependsOn: ["q"] })];
    const story = replanning(steps, each).given(fails("call/a/1")).when({ type: "respond", step: "q", value: "this" });
    story.then("step.completed");
    expect(keysOwed(story)).toHaveLength(1);
  });
});
