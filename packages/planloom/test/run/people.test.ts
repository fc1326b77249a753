import { describe, expect, it } from "vitest";
import { check } from "../../src/plan/check/check.js";
import { errorOf, isWaiting, statusOf } from "../../src/run/status.js";
import { given, start, type LooseInput } from "../../src/testing/given-when-then.js";
import { call, ended, returned, TOOLS } from "./parts.js";

const answer = { value: "done" };
const DAY = 24 * 60 * 60_000;

function planned(key: string, steps: readonly object[]): LooseInput {
  const plan = check({ steps, answer }, { tools: TOOLS }, { goal: "g" });
  if (!plan.ok) throw new Error(JSON.stringify(plan.findings));
  return { type: "planned", key, plan, usage: { calls: 1, inputTokens: 10, outputTokens: 5 } };
}

describe("approval of a plan", () => {
  const always = (steps: readonly object[] = [call("a")]) =>
    start({ plan: { steps, answer }, tools: TOOLS, settings: { approval: "always" } });

  it("holds the run until the plan is approved by its hash", () => {
    const story = given()
      .when(always())
      .then("run.started", "plan.proposed", ["approval.requested", { subject: "plan", expiresAt: DAY }]);
    expect(statusOf(story.run)).toBe("awaiting-approval");
    expect(isWaiting(story.run)).toBe(true);
    const { hash } = story.run.planning.plans[0]!;
    story
      .when({ type: "approve", hash, comment: "fine" })
      .then(["approval.granted", { hash, comment: "fine" }], "step.started");
  });

  it("under `effects` asks only for plans that may act", () => {
    const policy = { settings: { approval: "effects" } } as const;
    given()
      .when(start({ plan: { steps: [call("a")], answer }, tools: TOOLS, ...policy }))
      .then("run.started", "plan.proposed", "step.started");
    given()
      .when(start({ plan: { steps: [{ id: "p", tool: "pay" }], answer }, tools: TOOLS, ...policy }))
      .then("run.started", "plan.proposed", "approval.requested");
  });

  it("refuses a hash that is not pending, and a second yes", () => {
    const story = given(always([call("a"), call("b")]));
    story.when({ type: "approve", hash: "0".repeat(64) }).then(["input.refused", { code: "STALE_HASH" }]);
    const { hash } = story.run.planning.plans[0]!;
    story.given({ type: "approve", hash });
    story.when({ type: "approve", hash }).then(["input.refused", { code: "ALREADY_APPROVED" }]);
  });

  it("expires, and a late answer changes nothing", () => {
    const story = given(always());
    const { hash } = story.run.planning.plans[0]!;
    story.when({ type: "clock", at: DAY - 1 }).then();
    story
      .when({ type: "approve", hash, at: DAY })
      .then(["approval.denied", { cause: "expired" }], "run.failed", ["input.refused", { code: "RUN_ENDED" }]);
    expect(errorOf(story.run)).toMatchObject({ code: "APPROVAL_EXPIRED" });
  });

  it("a clock that was set back revives no approval, and proves none", () => {
    const past = given(always());
    const { hash } = past.run.planning.plans[0]!;
    past.when({ type: "pause", reason: "", at: DAY - 1 }).then("run.paused");
    past.given({ type: "unpause", reason: "", at: DAY + 1 });
    past.when({ type: "approve", hash, at: 10 }).then(["input.refused", { code: "RUN_ENDED" }]);

    const behind = given(always());
    const waiting = behind.run.planning.plans[0]!.hash;
    behind.given({ type: "pause", reason: "", at: 60_000 });
    behind
      .when({ type: "approve", hash: waiting, at: 1_000 })
      .then(["input.refused", { code: "CLOCK_BEHIND", params: { behindMs: 59_000 } }]);
    behind.given({ type: "unpause", reason: "", at: 1_001 });
    behind
      .when({ type: "approve", hash: waiting, at: 1_002 })
      .then(["input.refused", { code: "CLOCK_BEHIND", params: { behindMs: 58_998 } }]);
    behind.when({ type: "approve", hash: waiting, at: 58_000 }).then("approval.granted", "step.started");
  });

  it("a rejection leads to another plan that knows the feedback, and is shown again", () => {
    const story = given(start({ goal: "g", tools: TOOLS, settings: { approval: "always" } }));
    const ask = story.owed()[0]!.key;
    story.when(planned(ask, [call("a")])).then("plan.proposed", "approval.requested");
    story.when({ type: "reject", comment: "use b" }).then(["approval.denied", { cause: "rejected", comment: "use b" }]);
    expect(story.owed()).toMatchObject([{ kind: "plan", rejected: [{ comment: "use b" }] }]);
    story
      .when(planned(story.owed()[0]!.key, [call("b")]))
      .then(
        ["plan.proposed", { revision: 2, cause: "rejection" }],
        ["approval.requested", { reason: { code: "EARLIER_REJECTED" } }],
      );
  });

  it("ends after too many rejections, and at once where there is no planner", () => {
    const story = given(start({ goal: "g", settings: { approval: "always", rejections: 0 } }));
    story.given(planned(story.owed()[0]!.key, [call("a")]));
    story.when({ type: "reject", comment: "no" }).then("approval.denied", "run.failed");
    expect(errorOf(story.run)).toMatchObject({ code: "REJECTED" });
    const models = { planner: null, executor: null, synthesizer: null };
    given(start({ plan: { steps: [call("a")], answer }, tools: TOOLS, settings: { approval: "always" }, models }))
      .when({ type: "reject", comment: "no" })
      .then("approval.denied", "run.failed");
  });

  it("cancelling while it waits denies it", () => {
    given(always())
      .when({ type: "cancel", reason: "" })
      .then(["approval.denied", { cause: "cancelled" }], "cancel.requested", "run.cancelled");
  });
});

describe("approval of a call", () => {
  const plan = { steps: [call("a"), { id: "p", tool: "ask_first", with: { x: "${{ a }}" } }], answer };
  it("shows the concrete arguments, and starts the call once approved", () => {
    const story = given(start({ plan, tools: TOOLS }));
    story
      .when(returned("call/a/1", 42))
      .then("step.completed", ["approval.requested", { subject: { step: "p" }, args: { x: 42 } }]);
    const [hash] = [...story.run.approvals.pending.keys()];
    story
      .when({ type: "approve", hash: hash! })
      .then("approval.granted", ["step.started", { step: "p", args: { x: 42 } }]);
    story.when(ended("call/p/1")).then("step.failed", "step.retrying");
    story.when({ type: "clock", at: 5_000 }).then(["step.started", { attempt: 2 }]);
  });
  it("a rejected call fails by the step's policy", () => {
    given(start({ plan, tools: TOOLS }), returned("call/a/1", 42))
      .when({ type: "reject", comment: "too much" })
      .then("approval.denied", ["step.failed", { step: "p", decision: "fail" }], "execution.completed", "run.failed");
  });
});

describe("ask", () => {
  const plan = {
    steps: [
      call("a"),
      { id: "q", ask: "How many?", output: "number", with: { seen: "${{ a }}" } },
      call("b", { with: { n: "${{ q }}" } }),
    ],
    answer,
  };
  it("waits for a typed answer from a person", () => {
    const story = given(start({ plan, tools: TOOLS }));
    story
      .when(returned("call/a/1", [1]))
      .then("step.completed", ["step.suspended", { on: "ask", question: "How many?", data: { seen: [1] } }]);
    expect(statusOf(story.run)).toBe("needs-attention");
    story.when({ type: "respond", step: "q", value: "three" }).then(["input.refused", { code: "ANSWER_TYPE" }]);
    story
      .when({ type: "respond", step: "q", value: 3 })
      .then(["step.completed", { output: 3 }], ["step.started", { args: { n: 3 } }]);
    story.when({ type: "respond", step: "q", value: 4 }).then(["input.refused", { code: "NOT_ASKED" }]);
    story.when({ type: "respond", step: "nobody", value: 4 }).then(["input.refused", { code: "UNKNOWN_STEP" }]);
  });
});

describe("planning", () => {
  const findings = [
    { code: "CYCLE", severity: "error", where: { pointer: "/steps" }, text: { message: "m", fix: "f" } },
  ] as const;
  const usage = { calls: 1, inputTokens: 3, outputTokens: 2 };
  const invalid = (key: string): LooseInput => ({ type: "plan-invalid", key, draft: "{}", findings, usage });

  it("hands findings back to the planner, and gives up after the last round", () => {
    const story = given(start({ goal: "g", settings: { repairRounds: 1 } }));
    story.when(invalid(story.owed()[0]!.key)).then(["plan.invalid", { round: 0 }]);
    expect(story.owed()).toMatchObject([{ kind: "plan", round: 1, invalid: { draft: "{}", findings } }]);
    story.when(invalid(story.owed()[0]!.key)).then(["plan.invalid", { round: 1 }], "run.failed");
    expect(errorOf(story.run)).toMatchObject({ code: "PLAN_INVALID" });
    expect(story.run.usage.planner).toEqual({ calls: 2, inputTokens: 6, outputTokens: 4 });
  });

  const found = (key: string, ...codes: readonly string[]): LooseInput => ({
    ...{ type: "plan-invalid", key, draft: "{}", usage },
    findings: codes.map((code) => ({ ...findings[0], code, severity: code === "UNUSED" ? "warning" : "error" })),
  });

  it.each([
    [
      "repeats itself",
      [
        ["CYCLE", "EMPTY"],
        ["CYCLE", "EMPTY"],
        ["EMPTY", "CYCLE", "UNUSED"],
      ],
      3,
    ],
    ["only adds mistakes", [["CYCLE"], ["CYCLE", "EMPTY"], ["CYCLE", "EMPTY", "TYPE"]], 3],
    ["goes back and forth", [["CYCLE"], ["EMPTY"], ["CYCLE"], ["EMPTY"], ["CYCLE"]], 5],
  ])("gives up early when the planner %s", (_, rounds, count) => {
    const story = given(start({ goal: "g" }));
    for (const codes of rounds.slice(0, -1)) story.when(found(story.owed()[0]!.key, ...codes)).then("plan.invalid");
    story.when(found(story.owed()[0]!.key, ...rounds.at(-1)!)).then("plan.invalid", "run.failed");
    expect(errorOf(story.run)).toMatchObject({
      code: "PLAN_INVALID",
      params: { rounds: count, why: "nothing-improved" },
    });
    expect(story.owed()).toEqual([]);
  });

  it("counts from 0 in another planning", () => {
    const story = given(start({ goal: "g" }));
    story.when(found(story.owed()[0]!.key, "CYCLE")).then("plan.invalid");
    story.given({ type: "goal", goal: "another", reason: "r" });
    story.when(found(story.owed()[0]!.key, "CYCLE")).then(["plan.invalid", { round: 0 }]);
    expect(story.owed()).toMatchObject([{ kind: "plan", round: 1 }]);
  });

  it("hands on to the next round how the planner was asked", () => {
    const story = given(start({ goal: "g" }));
    const asking = { offered: { tools: 80, of: 500 }, wanted: [["mail"]] };
    story.when({ ...invalid(story.owed()[0]!.key), asking } as LooseInput).then(["plan.invalid", { asking }]);
    expect(story.owed()).toMatchObject([{ kind: "plan", invalid: { asking } }]);
  });

  it("asks again after a passing failure, not before its time", () => {
    const story = given(start({ goal: "g" }));
    const error = { code: "PROVIDER_RATE_LIMITED", text: "slow down", retryable: true, retryAfterMs: 9_000 };
    story
      .when({ type: "plan-failed", key: story.owed()[0]!.key, error, usage })
      .then(["plan.failed", { decision: "retry", retryAt: 9_000 }]);
    expect(story.owed()).toMatchObject([{ kind: "plan", attempt: 2, notBefore: 9_000 }]);
  });

  it("fails at once where trying again would not help", () => {
    const story = given(start({ goal: "g" }));
    const error = { code: "PROVIDER_UNAUTHORIZED", text: "no key", retryable: false };
    story.when({ type: "plan-failed", key: story.owed()[0]!.key, error, usage }).then("plan.failed", "run.failed");
  });

  it("the answer is asked for again after a passing failure", () => {
    const models = { planner: null, executor: null, synthesizer: "s" };
    const story = given(start({ plan: { steps: [call("a")] }, tools: TOOLS, models }), returned("call/a/1"));
    expect(story.owed()).toMatchObject([{ kind: "answer", attempt: 1 }]);
    const error = { code: "PROVIDER_FAILED", text: "cut", retryable: true };
    story.when({ type: "answer-failed", key: "answer/1", error, usage }).then(["answer.failed", { decision: "retry" }]);
    story.when({ type: "answered", key: "answer/2", answer: "42", usage }).then("answer.written", "run.completed");
    expect(story.run.usage.synthesizer.calls).toBe(2);
  });
});
