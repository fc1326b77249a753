// The answer of a run that has failed, from what it has done: given a failure, when an answer is still wanted, then it
// is requested or given once, it is marked as partial, and the run stays failed.
import { describe, expect, it } from "vitest";
import type { Json } from "../../src/plan/json.js";
import { NO_USAGE } from "../../src/plan/usage.js";
import type { Budget, Settings } from "../../src/run/settings.js";
import { endOf, statusOf } from "../../src/run/status.js";
import { given, start, type LooseInput, type Story } from "../../src/testing/given-when-then.js";
import { call, fails as endsBadly, returned as returnsAt, TOOLS } from "./parts.js";

const NO_BUDGET: Budget = { modelCalls: null, tokens: null, costUsd: null, wallMs: null };
const MODELS = { planner: null, executor: "executor", synthesizer: "synthesizer" };
const WITHOUT = { ...MODELS, synthesizer: null };
const once = { retry: { attempts: 1 } };
const STEPS = [call("a"), { ...call("b"), ...once }, { ...call("c"), dependsOn: ["a", "b"] }];
const PARTIAL = { answerOnFailure: "partial" } as const;
const USAGE = { calls: 1, inputTokens: 10, outputTokens: 5 };

const returned = (step: string, output: Json): LooseInput => returnsAt(`call/${step}/1`, output);
const fails = (step: string): LooseInput => endsBadly(`call/${step}/1`);

interface Facts {
  readonly settings?: Partial<Settings>;
  readonly models?: typeof MODELS | typeof WITHOUT;
  readonly answer?: object;
}

const begun = ({ settings = PARTIAL, models = MODELS, answer }: Facts = {}): LooseInput =>
  start({ plan: { steps: STEPS, ...(answer && { answer }) }, tools: TOOLS, settings, models });

/** The first step has finished, the second has failed for good. */
const failed = (facts: Facts = {}): Story => given(begun(facts), returned("a", { n: 1 })).when(fails("b"));

const answers: LooseInput = { type: "answered", key: "answer/1", answer: "Only a.", usage: USAGE };
const CAUSE = { step: "b" };

function asksAnswer(facts: Facts = {}): LooseInput {
  const input = begun(facts);
  if (input.type !== "start") throw new Error("begun makes a start");
  const { settings, models } = input.started;
  return { type: "answer", settings, models, by: "ann" };
}

describe("a run that fails and is to answer from what is done", () => {
  it("asks the synthesizer, and stays failed", () => {
    const story = failed();
    story.then(
      ["step.failed", { decision: "fail" }],
      ["execution.completed", { answer: "none", completed: 1 }],
      ["answer.requested", { cause: CAUSE }],
    );
    expect(statusOf(story.run)).toBe("answering");
    expect(story.owed()).toMatchObject([{ kind: "answer", key: "answer/1" }]);
    story
      .when(answers)
      .then(["answer.written", { partial: true, answer: "Only a." }], ["run.failed", { cause: CAUSE }]);
    expect(endOf(story.run)).toMatchObject({ how: "failed", cause: CAUSE });
    expect(story.run.answering).toMatchObject({ answer: "Only a.", partial: true });
    expect(story.run.usage.synthesizer).toEqual(USAGE);
  });

  it("gives the finished outputs if there is no synthesizer", () => {
    failed({ models: WITHOUT }).then(
      "step.failed",
      "execution.completed",
      ["answer.written", { partial: true, answer: { a: { n: 1 } } }],
      "run.failed",
    );
  });

  it("gives the value of the plan if all that it refers to is done, else asks", () => {
    const value = { value: "${{ a }}", onFailure: "partial" };
    failed({ settings: {}, answer: value }).then(
      "step.failed",
      "execution.completed",
      ["answer.written", { partial: true, answer: { n: 1 } }],
      "run.failed",
    );
    const other = { value: "${{ c }}", onFailure: "partial" };
    failed({ settings: {}, answer: other }).then("step.failed", "execution.completed", "answer.requested");
  });

  it("does what the plan says, whatever the settings say", () => {
    failed({ answer: { onFailure: "none" } }).then("step.failed", "execution.completed", "run.failed");
    failed({ settings: {}, answer: { onFailure: "partial" } }).then(
      "step.failed",
      "execution.completed",
      "answer.requested",
    );
    failed({ settings: {} }).then("step.failed", "execution.completed", "run.failed");
  });

  it("has nothing to answer if nothing is done", () => {
    const first = given(begun()).when(fails("b"));
    // The other step still runs.
    first.then("step.failed");
    first.when(fails("a")).then("step.failed", "execution.completed", "run.failed");
  });

  it("fails as it had failed if the synthesizer gives nothing, after its retries", () => {
    const story = failed();
    const gives = (key: string, retryable: boolean): LooseInput => ({
      type: "answer-failed",
      key,
      error: { code: "PROVIDER_FAILED", retryable },
      usage: NO_USAGE,
    });
    story.when(gives("answer/1", true)).then(["answer.failed", { decision: "retry" }]);
    story
      .when(gives("answer/2", false))
      .then(["answer.failed", { decision: "fail" }], ["run.failed", { cause: CAUSE }]);
    expect(story.run.answering.answer).toBeUndefined();
  });

  it("pays for no answer where the budget is used up", () => {
    const budget = { ...NO_BUDGET, modelCalls: 0 };
    const story = failed({ settings: { ...PARTIAL, budget } });
    const wants = { type: "reserve", key: "answer/1", spent: NO_USAGE, model: "synthesizer" } as const;
    story
      .when({ ...wants, inputTokens: 10, outputTokens: 10 })
      .then(["budget.exhausted", { limit: "modelCalls" }], ["run.failed", { cause: CAUSE }]);
    expect(story.run.answering.answer).toBeUndefined();
    expect(story.owed()).toEqual([]);
  });

  it("asks for no answer once the time is up", () => {
    const budget = { ...NO_BUDGET, wallMs: 1_000 };
    const story = given(begun({ settings: { ...PARTIAL, budget } }), returned("a", { n: 1 }));
    story.when({ type: "clock", at: 1_000 }).then(["budget.exhausted", { stops: true }]);
    story.when({ ...fails("b"), at: 1_001 });
    expect(story.events.map(({ type }) => type)).not.toContain("answer.requested");
    expect(endOf(story.run)).toMatchObject({ how: "failed", error: { code: "BUDGET_EXHAUSTED" } });
  });

  it("is cancelled and paused like any other run, and asks nothing else meanwhile", () => {
    const story = failed();
    story.when({ type: "pause", reason: "" }).then("run.paused");
    story.when({ type: "unpause", reason: "" }).then("run.unpaused");
    story.when({ type: "respond", step: "b", value: 1 }).then(["input.refused", { code: "RUN_FAILING" }]);
    story.when({ type: "goal", goal: "Other", reason: "" }).then(["input.refused", { code: "RUN_FAILING" }]);
  });

  it("is cancelled without an answer", () => {
    const story = failed();
    story.when({ type: "cancel", reason: "" }).then("cancel.requested", "run.cancelled");
    expect(story.when(answers).events).toEqual([]);
  });
});

describe("an answer that is asked for after the end", () => {
  it("is written once, and the run stays failed", () => {
    const story = failed({ settings: {} });
    story
      .when(asksAnswer())
      .then(["run.reopened", { stage: "answer", restarted: [], from: null }], ["answer.requested", { cause: CAUSE }]);
    story.when(answers).then(["answer.written", { partial: true }], ["run.failed", { cause: CAUSE }]);
    story.when(asksAnswer()).then(["input.refused", { code: "NO_PARTIAL_ANSWER", params: { because: "answered" } }]);
  });

  it("keeps all that a retry needs", () => {
    const story = failed({ settings: {} });
    story.given(asksAnswer(), answers);
    const input = asksAnswer();
    if (input.type !== "answer") throw new Error("asksAnswer makes an answer");
    story
      .when({ ...input, type: "retry" })
      .then(["run.reopened", { stage: "execution" }], ["step.started", { step: "b" }]);
    expect(story.run.answering).toEqual({ requests: 1, critiques: 0 });
  });

  it("needs no model if there is no synthesizer", () => {
    const story = failed({ settings: {}, models: WITHOUT });
    story
      .when(asksAnswer({ models: WITHOUT }))
      .then("run.reopened", ["answer.written", { partial: true }], "run.failed");
  });

  it("is refused for a run that has not failed, that has done nothing, or whose budget is used up", () => {
    const refused = (story: Story, code: string, params?: object) =>
      story.when(asksAnswer()).then(["input.refused", params === undefined ? { code } : { code, params }]);
    refused(given(begun()), "RUN_NOT_ENDED");
    refused(given(begun(), { type: "cancel", reason: "" }, fails("a"), fails("b")), "RUN_ENDED");
    const nothing = given(begun({ settings: {} }), fails("a"), fails("b"));
    refused(nothing, "NO_PARTIAL_ANSWER", { because: "nothing-done" });
    const spent = failed({ settings: {} });
    const input = asksAnswer({ settings: { budget: { ...NO_BUDGET, modelCalls: 0 } } });
    const params = { because: "budget", limit: "modelCalls" };
    spent.when(input).then(["input.refused", { code: "NO_PARTIAL_ANSWER", params }]);
  });
});
