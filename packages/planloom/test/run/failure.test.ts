import { describe, expect, it } from "vitest";
import { documentOf } from "../../src/loom/document.js";
import type { Ending } from "../../src/run/event.js";
import { endOf, errorOf, statusOf } from "../../src/run/status.js";
import { given, start } from "../../src/testing/given-when-then.js";
import { call, ended, returned, spec, TOOLS } from "./parts.js";

const run = (steps: readonly object[], more: object = {}) =>
  start({ plan: { steps, answer: { value: "done" } }, tools: TOOLS, ...more });
const TOOL_OF = { none: "look", idempotent: "put", once: "pay" } as const;

describe("endings of a call", () => {
  const table: readonly [Ending, keyof typeof TOOL_OF, string][] = [
    ["tool-error", "none", "step.failed"],
    ["tool-error", "idempotent", "step.failed"],
    ["tool-error", "once", "step.failed"],
    ["thrown", "none", "step.failed"],
    ["thrown", "idempotent", "step.failed"],
    ["thrown", "once", "step.unknown"],
    ["timeout", "none", "step.failed"],
    ["timeout", "idempotent", "step.failed"],
    ["timeout", "once", "step.unknown"],
    ["abort", "none", "step.failed"],
    ["abort", "idempotent", "step.failed"],
    ["abort", "once", "step.unknown"],
    ["in-doubt", "none", "step.unknown"],
  ];
  it.each(table)("%s of a tool with effects %s gives %s", (ending, effects, type) => {
    const story = given(run([{ id: "a", tool: TOOL_OF[effects], with: { x: 1 } }])).when(ended("call/a/1", ending));
    expect(story.events[0]!.type).toBe(type);
    if (type === "step.unknown") expect(statusOf(story.run)).toBe("needs-attention");
  });

  it("repeats a call with the same key", () => {
    const story = given(run([{ id: "a", tool: "put", with: { x: 1 } }]));
    const first = story.owed()[0];
    story.given(ended("call/a/1", "timeout"), { type: "clock", at: 5_000 });
    expect(story.owed()[0]).toMatchObject({ attempt: 2, effectKey: (first as { effectKey: string }).effectKey });
  });

  it("gives the key neither the attempt nor the revision, but the arguments", () => {
    const keyOf = (x: number) =>
      (given(run([{ id: "a", tool: "put", with: { x } }])).owed()[0] as { effectKey: string }).effectKey;
    expect(keyOf(1)).toBe(keyOf(1));
    expect(keyOf(1)).not.toBe(keyOf(2));
  });
});

describe("the failure flow", () => {
  it("retries after 1, 2 and 4 s (up to 10 % later), then fails with the reason", () => {
    const story = given(run([call("a")]));
    let at = 0;
    for (const delay of [1_000, 2_000, 4_000]) {
      const attempt = delay === 1_000 ? 1 : delay === 2_000 ? 2 : 3;
      story.when(ended(`call/a/${attempt}`, "tool-error", { at })).then("step.failed", "step.retrying");
      const { retryAt } = story.events[1]!.data as { retryAt: number };
      expect(retryAt - at).toBeGreaterThanOrEqual(delay);
      expect(retryAt - at).toBeLessThanOrEqual(delay * 1.1);
      story.when({ type: "clock", at: retryAt - 1 }).then();
      story.when({ type: "clock", at: retryAt }).then(["step.started", { attempt: attempt + 1 }]);
      at = retryAt;
    }
    story
      .when(ended("call/a/4", "tool-error", { at }))
      .then(
        ["step.failed", { decision: "fail", reason: { code: "ATTEMPTS_USED", of: 4 } }],
        "execution.completed",
        "run.failed",
      );
  });

  it("honours a server's retry-after", () => {
    given(run([call("a")]))
      .when(ended("call/a/1", "tool-error", { retryAfterMs: 30_000 }))
      .then("step.failed", ["step.retrying", { retryAt: 30_000 }]);
  });

  it("waits as usual where a server's retry-after is no number: a log could not hold it", () => {
    const story = given(run([call("a")])).when(ended("call/a/1", "tool-error", { retryAfterMs: Number.NaN }));
    expect((story.events[1]!.data as { retryAt: number }).retryAt).toBeGreaterThanOrEqual(1_000);
  });

  it("does not retry what would not help", () => {
    given(run([call("a")]))
      .when(ended("call/a/1", "tool-error", { retryable: false }))
      .then(["step.failed", { reason: { code: "NOT_RETRYABLE" } }], "execution.completed", "run.failed");
  });

  it("goes on without an optional step, after its one attempt", () => {
    given(run([call("a", { optional: true }), call("b", { dependsOn: ["a"] })]))
      .when(ended("call/a/1"))
      .then(
        ["step.failed", { decision: "skip" }],
        ["step.skipped", { cause: "failure" }],
        ["step.started", { step: "b" }],
      );
  });

  it("drains the siblings of a failed step, records them, starts and retries nothing more", () => {
    const story = given(run([call("a"), call("b"), call("c"), call("d", { dependsOn: ["b"] })]));
    story.when(ended("call/a/1", "tool-error", { retryable: false })).then(["step.failed", { step: "a" }]);
    story.when(returned("call/b/1", 7)).then(["step.completed", { step: "b", output: 7 }]);
    story
      .when(ended("call/c/1"))
      .then(
        ["step.failed", { step: "c", decision: "fail" }],
        ["execution.completed", { completed: 1, failed: 2 }],
        "run.failed",
      );
  });

  it("lets a due retry go before steps that became ready", () => {
    const story = given(run([call("a"), call("b"), call("c")], { settings: { concurrency: 1 } }), ended("call/a/1"));
    expect(story.owed().map(({ key }) => key)).toEqual(["wait/retry", "call/b/1"]);
    story
      .when({ ...returned("call/b/1"), at: 2_000 })
      .then("step.completed", ["step.started", { step: "a", attempt: 2 }]);
  });
});

describe("recovery", () => {
  const recovered = (epoch = 2) => ({ type: "recovered", epoch, reason: { code: "RESUMED" } }) as const;

  it("lets an open call without lasting effects go on as the same attempt", () => {
    const story = given(run([call("a"), { id: "b", tool: "put" }]))
      .when(recovered())
      .then(["run.resumed", { epoch: 2 }]);
    expect(story.owed().map(({ key }) => key)).toEqual(["call/a/1", "call/b/1"]);
  });

  it("asks about an open call with once effects", () => {
    const story = given(run([{ id: "p", tool: "pay" }]));
    story.when(recovered()).then("run.resumed", ["step.unknown", { step: "p", tool: "pay" }]);
    expect(story.owed().map(({ kind }) => kind)).toEqual(["person"]);
  });

  it("ends a call that keeps killing its process", () => {
    const story = given(run([call("a")]), recovered(2), recovered(3), recovered(4));
    story
      .when(recovered(5))
      .then("run.resumed", ["step.failed", { decision: "fail" }], "execution.completed", "run.failed");
    expect(errorOf(story.run)).toMatchObject({ code: "POISON_STEP" });
  });

  it("counts crashes apart from errors: a retry resets them", () => {
    const story = given(run([call("a")]), recovered(2), recovered(3), ended("call/a/1"), { type: "clock", at: 5_000 });
    story.given(recovered(4), recovered(5));
    expect(endOf(story.run)?.how).toBeUndefined();
  });
});

describe("an unknown outcome", () => {
  const unknown = () =>
    given(
      run([{ id: "p", tool: "pay", output: "{ id: string }" }, call("b", { dependsOn: ["p"] })]),
      ended("call/p/1", "thrown"),
    );

  it("is settled by what was said of it, not by what was said of an earlier one", () => {
    const settle = { type: "settle", step: "p", verdict: "not-happened" } as const;
    unknown()
      .when({ ...settle, doubt: 1 })
      .then("step.resolved", "step.started")
      .given(ended("call/p/1", "timeout"))
      .when({ ...settle, doubt: 1 })
      .then(["input.refused", { code: "STALE_DOUBT" }])
      .when({ ...settle, doubt: 2 })
      .then("step.resolved", "step.started");
  });

  it("is settled as happened, with its output", () => {
    unknown()
      .when({ type: "settle", step: "p", verdict: "happened", output: { id: "r1" } })
      .then("step.resolved", ["step.completed", { output: { id: "r1" } }], ["step.started", { step: "b" }]);
  });
  it("refuses an output of the wrong type", () => {
    unknown()
      .when({ type: "settle", step: "p", verdict: "happened", output: 3 })
      .then(["input.refused", { code: "ANSWER_TYPE" }]);
  });
  it("refuses an output that the tool cannot have given", () => {
    const output = { type: "number" };
    const tools = [spec("charge", "once", { output })];
    const story = given(start({ plan: { steps: [{ id: "p", tool: "charge" }], answer: { value: 1 } }, tools }));
    story.given(ended("call/p/1", "thrown"));
    story
      .when({ type: "settle", step: "p", verdict: "happened", output: "abc" })
      .then(["input.refused", { code: "ANSWER_TYPE" }]);
    story
      .when({ type: "settle", step: "p", verdict: "happened", output: 5 })
      .then("step.resolved", "step.completed", "execution.completed", "answer.written", "run.completed");
  });
  it("is settled as not happened: then the call is made", () => {
    unknown()
      .when({ type: "settle", step: "p", verdict: "not-happened" })
      .then("step.resolved", ["step.started", { step: "p", attempt: 1 }]);
  });
  it("is given up", () => {
    unknown()
      .when({ type: "settle", step: "p", verdict: "abort" })
      .then("step.resolved", ["step.failed", { decision: "fail" }], "execution.completed", "run.failed");
  });
  it("lets siblings go on meanwhile", () => {
    const story = given(
      run([{ id: "p", tool: "pay" }, call("a"), call("b", { dependsOn: ["a"] })]),
      ended("call/p/1", "timeout"),
    );
    story.when(returned("call/a/1")).then("step.completed", ["step.started", { step: "b" }]);
  });
});

describe("cancel", () => {
  const cancel = { type: "cancel", reason: "not needed" } as const;
  it("stops what runs, waits for its ending, and starts nothing", () => {
    const story = given(run([call("a"), call("b", { dependsOn: ["a"] })]))
      .when(cancel)
      .then(["cancel.requested", { comment: "not needed" }]);
    expect(story.owed()).toMatchObject([{ kind: "call" }, { kind: "stop", target: "call/a/1" }]);
    story.when(ended("call/a/1", "abort")).then(["step.cancelled", { step: "a" }], "run.cancelled");
  });
  it("records an output that still arrives", () => {
    given(run([call("a"), call("b", { dependsOn: ["a"] })]), cancel)
      .when(returned("call/a/1", 1))
      .then("step.completed", "run.cancelled");
  });
  it("leaves no step that looks as if it were at work", () => {
    const asks = { id: "q", ask: "Which?", forEach: "${{ [1, 2] }}" };
    const story = given(run([asks, call("a")]), cancel, ended("call/a/1", "abort"));
    const { status, steps } = documentOf(story.run);
    expect(status).toBe("cancelled");
    expect(steps.map((step) => [step.status, step.items?.map((item) => item.status)])).toEqual([
      ["cancelled", ["cancelled", "cancelled"]],
      ["cancelled", undefined],
    ]);
  });
  it.each([["put"], ["pay"]])("leaves an aborted call of %s in doubt", (tool) => {
    given(run([{ id: "p", tool }]), cancel)
      .when(ended("call/p/1", "abort"))
      .then("step.unknown", "run.cancelled");
  });
  it("ends a run at once where nothing runs, and is refused the second time", () => {
    given(start({ goal: "g" }))
      .when(cancel)
      .then("cancel.requested", "run.cancelled");
    given(run([call("a")]), cancel)
      .when(cancel)
      .then(["input.refused", { code: "ALREADY_CANCELLING" }]);
  });
});
