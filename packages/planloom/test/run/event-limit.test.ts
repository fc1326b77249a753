// A run whose log is full: it fails, after what runs has been drained, and people may still cancel it. The log is made
// long by its number alone: a million real events would tell nothing more.
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { documentOf } from "../../src/loom/document.js";
import { endOf, errorOf } from "../../src/run/status.js";
import { given, start, type Story } from "../../src/testing/given-when-then.js";
import { call, ended, returned, TOOLS } from "./parts.js";

const begun = (steps: readonly object[], settings: object = {}) =>
  given(start({ plan: { steps, answer: { value: "done" } }, tools: TOOLS, settings }));

/** The log as it is, with so many events left before it is full. */
function nearlyFull(story: Story, left: number): Story {
  story.run.log.seq = LIMITS.eventsPerRun - left;
  return story;
}

const fails = (story: Story) => {
  expect(errorOf(story.run)).toMatchObject({
    code: "EVENT_LIMIT",
    retryable: false,
    params: { limit: LIMITS.eventsPerRun },
  });
};

describe("a run with too many events", () => {
  test("begins nothing more, waits for what runs, and records its outcome before it fails", () => {
    const steps = [{ id: "a", tool: "pay", with: { x: 1 } }, call("b"), call("c")];
    const story = nearlyFull(begun(steps, { concurrency: 2 }), 1);
    story.when(returned("call/b/1")).then("step.completed", "log.full");
    expect(endOf(story.run)?.how).toBeUndefined();
    const paid = returned("call/a/1", "paid", ["pay"]);
    story.when(paid).then(["step.completed", { step: "a", output: "paid" }], "execution.completed", "run.failed");
    fails(story);
    expect(documentOf(story.run).steps.map(({ status }) => status)).toStrictEqual([
      "completed",
      "completed",
      "pending",
    ]);
  });

  test("is not full one event earlier", () => {
    const story = nearlyFull(begun([call("a"), call("b", { dependsOn: ["a"] })]), 2);
    story.when(returned("call/a/1")).then("step.completed", "step.started", "log.full");
  });

  test("tries nothing again, and says why", () => {
    const story = nearlyFull(begun([call("a")]), 0);
    const reason = { code: "NOTHING_STARTS", because: "log-full" };
    story
      .when(ended("call/a/1"))
      .then("log.full", ["step.failed", { decision: "fail", reason }], "execution.completed", "run.failed");
  });

  test("keeps a call in doubt that ends after that", () => {
    const story = nearlyFull(begun([{ id: "a", tool: "pay", with: { x: 1 } }]), 0);
    story.when(ended("call/a/1", "timeout")).then("log.full", "step.unknown", "execution.completed", "run.failed");
    fails(story);
  });

  test("can still be cancelled", () => {
    const story = nearlyFull(begun([call("a"), call("b")], { concurrency: 1 }), 0);
    story.when({ type: "cancel", reason: "enough" }).then("log.full", "cancel.requested");
    story.when(ended("call/a/1", "abort")).then("step.cancelled", ["run.cancelled", { comment: "enough" }]);
  });

  test("fails while it plans or waits for a person, too: refused commands fill a log as well", () => {
    const planning = nearlyFull(given(start({ goal: "a goal" })), 1);
    planning.when({ type: "approve", hash: "x" }).then("input.refused", "log.full", "run.failed");
    fails(planning);
    const waiting = nearlyFull(begun([{ id: "q", ask: "Well?" }], { approval: "always" }), 1);
    waiting.when({ type: "approve", hash: "x" }).then("input.refused", "log.full", "run.failed");
    fails(waiting);
  });
});
