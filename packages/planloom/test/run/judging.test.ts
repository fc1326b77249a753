// Stories about outputs that a model judges by an `expect` in prose. In: outcomes of calls and of the judge. Out: facts.
import { describe, expect, it } from "vitest";
import type { ToolSpec } from "../../src/plan/tool-spec.js";
import type { Settings } from "../../src/run/settings.js";
import { estimatePlan } from "../../src/plan/estimate/estimate.js";
import { NO_HISTORY } from "../../src/plan/estimate/history.js";
import { requirementsOf } from "../../src/run/decide/requirements.js";
import { judgingModels } from "../../src/run/judge-role.js";
import { RunSamples } from "../../src/run/view/samples.js";
import { replay } from "../../src/run/log/replay.js";
import { NO_USAGE } from "../../src/plan/usage.js";
import type { RunEvent } from "../../src/run/event.js";
import { start, Story, type LooseInput } from "../../src/testing/given-when-then.js";
import { call, ended, keysOwed, returned, TOOLS, USAGE } from "./parts.js";

const EXPECT = "It names its source.";
const judgedStep = (more: object = {}) => call("a", { expect: EXPECT, retry: { attempts: 2 }, ...more });

/** A story that keeps all its events, to decide them again. */
class Logged extends Story {
  readonly log: RunEvent[] = [];
  override when(input: LooseInput): this {
    super.when(input);
    this.log.push(...this.events);
    return this;
  }
}

function story(
  steps: readonly object[],
  more: { settings?: Partial<Settings>; tools?: readonly ToolSpec[]; executor?: null } = {},
): Logged {
  const { settings = {}, tools = TOOLS, executor = "small" } = more;
  const models = { planner: null, executor, synthesizer: null };
  return new Logged().given(start({ plan: { steps, answer: { value: "done" } }, tools, settings, models }));
}

const verdict = (key: string, met: boolean, text = "It does."): LooseInput => ({
  ...{ type: "judged", key, verdict: met ? "met" : "not-met", text, usage: USAGE },
});
const noVerdict = (key: string, retryable = true): LooseInput => ({
  ...{ type: "judge-failed", key, error: { code: "BROKEN", text: "it broke", retryable }, usage: USAGE },
});

/** Each decision is made again as it was. */
function sound({ log }: Logged): void {
  expect(replay(log).differences).toEqual([]);
}

describe("an output with an expect in prose", () => {
  it("is in the log before it is judged, and completes the step when the judge says yes", () => {
    const run = story([judgedStep()]);
    run
      .when({ ...returned("call/a/1", "text"), usage: USAGE } as LooseInput)
      .then(["step.judging", { attempt: 1, output: "text", judge: "executor", usage: USAGE }]);
    expect(keysOwed(run)).toEqual(["judge/call/a/1/1"]);
    run
      .when(verdict("judge/call/a/1/1", true))
      .then(
        ["step.judged", { verdict: "met", text: "It does.", usage: USAGE }],
        ["step.completed", { output: "text", usage: USAGE }],
        "execution.completed",
        "answer.written",
        "run.completed",
      );
    // The call and the judge, each once.
    expect(run.run.usage.executor).toMatchObject({ calls: 2 });
    sound(run);
  });

  it("is refused by the judge's words, and the step tries again", () => {
    const run = story([judgedStep()]).given(returned("call/a/1", "text"));
    run.when(verdict("judge/call/a/1/1", false, "No source.")).then(
      ["step.judged", { verdict: "not-met" }],
      [
        "step.failed",
        {
          decision: "retry",
          output: "text",
          error: { code: "EXPECT_NOT_MET", params: { expect: EXPECT, says: "No source." }, retryable: true },
        },
      ],
      "step.retrying",
    );
    run.when({ type: "clock", at: 5_000 }).then("step.started");
    run.when(returned("call/a/2", "text")).when(verdict("judge/call/a/2/2", false, "Still none."));
    run.then(["step.judged", {}], ["step.failed", { decision: "fail" }], "execution.completed", "run.failed");
    sound(run);
  });

  it("stays refused where its call acted once: the call is not repeated", () => {
    const run = story([judgedStep({ tool: "pay" })]).given(returned("call/a/1", "paid", ["pay"]));
    run.when(verdict("judge/call/a/1/1", false, "No."));
    run.then("step.judged", ["step.failed", { decision: "fail" }], "execution.completed", "run.failed");
    sound(run);
  });

  it("is judged for each item", () => {
    const run = story([judgedStep({ forEach: '${{ ["x", "y"] }}', retry: { attempts: 1 } })]);
    run.given(returned("call/a/0/1", "zero"), returned("call/a/1/1", "one"));
    expect(keysOwed(run)).toEqual(["judge/call/a/0/1/1", "judge/call/a/1/1/1"]);
    run.when(verdict("judge/call/a/1/1/1", true)).then("step.judged", ["step.completed", { item: 1 }]);
    run.when(verdict("judge/call/a/0/1/1", false, "No."));
    run.then("step.judged", ["step.failed", { item: 0 }], "step.failed", "execution.completed", "run.failed");
    sound(run);
  });

  it("is not judged if it has the wrong type", () => {
    const run = story([judgedStep({ output: "string", retry: { attempts: 1 } })]);
    run.when(returned("call/a/1", 7)).then("step.failed", "execution.completed", "run.failed");
    sound(run);
  });

  it("fails the step where the run has no model that judges", () => {
    const run = story([judgedStep()], { executor: null });
    const because = { code: "NO_MODEL", params: { role: "executor" }, retryable: false };
    run
      .when(returned("call/a/1", "text"))
      .then(
        ["step.failed", { decision: "fail", error: notJudged(because), output: "text" }],
        "execution.completed",
        "run.failed",
      );
    sound(run);
  });
});

const notJudged = (because: object) => ({
  code: "EXPECT_NOT_JUDGED",
  params: { expect: EXPECT, because },
  retryable: false,
});

it("needs the models that judge in the process that drives it", () => {
  const answer = { from: ["a"], critique: 1 };
  const models = { planner: "large", executor: "small", synthesizer: "writer" };
  const run = new Story().given(start({ plan: { steps: [judgedStep()], answer }, tools: TOOLS, models }));
  expect(requirementsOf(run.run).models).toEqual(["executor", "planner", "synthesizer"]);
});

it("gives samples of its judge and its critic for estimates", () => {
  const models = { planner: "large", executor: "small", synthesizer: "writer" };
  const plan = { steps: [judgedStep()], answer: { from: ["a"], critique: 1 } };
  const run = new Logged().given(start({ plan, tools: TOOLS, models }), returned("call/a/1", "text"));
  run.given(verdict("judge/call/a/1/1", true), { type: "answered", key: "answer/1", answer: "So.", usage: USAGE });
  run.given({ type: "critiqued", key: "critique/1", verdict: "fine", points: [], unsupported: [], usage: USAGE });
  const samples = new RunSamples("story");
  for (const event of run.log) samples.add(event);
  expect(new Set(samples.work.keys())).toEqual(
    new Set(["tool look", "judge small", "answer writer", "critique large"]),
  );
  const facts = { models, history: NO_HISTORY, judging: judgingModels(run.run.request), priceOf: () => undefined };
  const { plan: checked, tools } = run.run.planning.plans[0]!;
  const estimate = estimatePlan({ plan: checked, inputs: {}, tools: [...tools.values()] }, facts);
  expect(estimate.models.map(({ model, calls }) => [model, calls])).toEqual([
    ["small", 1],
    ["writer", 1],
    ["large", 1],
  ]);
});

describe("a judge that gives no verdict", () => {
  it("is asked again, and then the step fails: nothing passes unseen", () => {
    const run = story([judgedStep()], { settings: { roleAttempts: 2 } }).given(returned("call/a/1", "text"));
    run.when(noVerdict("judge/call/a/1/1")).then(["judge.failed", { decision: "retry", attempt: 1 }]);
    expect(keysOwed(run)).toEqual(["judge/call/a/1/2"]);
    run
      .when(noVerdict("judge/call/a/1/2"))
      .then(
        ["judge.failed", { decision: "fail", attempt: 2 }],
        ["step.failed", { decision: "fail", error: notJudged({ code: "BROKEN", text: "it broke", retryable: true }) }],
        "execution.completed",
        "run.failed",
      );
    sound(run);
  });

  it("is stopped by a cancel, and its step with it", () => {
    const run = story([judgedStep({ tool: "pay" })]).given(returned("call/a/1", "paid", ["pay"]));
    run.when({ type: "cancel", reason: "enough" }).then("cancel.requested");
    expect(keysOwed(run)).toEqual(["judge/call/a/1/1", "stop/judge/call/a/1/1"]);
    run
      .when(noVerdict("judge/call/a/1/1", false))
      .then(["judge.failed", { decision: "fail" }], "step.cancelled", "run.cancelled");
    // What the call did is known.
    expect([...run.run.compensation.calls.values()]).toMatchObject([{ tool: "pay", state: "done" }]);
    sound(run);
  });

  it("starts in no pause, and after a crash it is asked about the same output", () => {
    const run = story([judgedStep()]).given(returned("call/a/1", "text"));
    run.given({ type: "pause", reason: "" }, { type: "recovered", epoch: 2, reason: { code: "RESUMED" } });
    expect(keysOwed(run)).toEqual(["judge/call/a/1/1"]);
    run.given({ type: "unpause", reason: "" });
    run.when(verdict("judge/call/a/1/1", true)).then("step.judged", "step.completed", "execution.completed", ...END);
    sound(run);
  });

  it("leaves the output of a call that acted for a retry of the run", () => {
    const plan = [judgedStep({ tool: "pay" })];
    const run = story(plan).given(returned("call/a/1", "paid", ["pay"]), noVerdict("judge/call/a/1/1", false));
    const { settings, models } = run.run.request;
    run
      .when({ type: "retry", settings, models })
      .then("run.reopened", ["step.judging", { output: "paid", carried: "story" }]);
    run.when(verdict(keysOwed(run)[0]!, true)).then("step.judged", "step.completed", "execution.completed", ...END);
    sound(run);
  });
});

const END = ["answer.written", "run.completed"] as const;

describe("the budget", () => {
  it("counts the judge with its own model", () => {
    const budget = { modelCalls: 2, tokens: null, costUsd: null, wallMs: null };
    const run = story([judgedStep()], { settings: { budget } }).given(returned("call/a/1", "text"));
    const key = "judge/call/a/1/1";
    const spent = NO_USAGE;
    run.when({ type: "reserve", key, spent, model: "small", inputTokens: 5, outputTokens: 5 }).then("budget.reserved");
    run.given(verdict(key, true));
    expect(run.run.spending.used.modelCalls).toBe(1);
    sound(run);
  });

  it("does not count a failed attempt of the step twice", () => {
    const run = story([judgedStep()]).given({ ...returned("call/a/1", "text"), usage: USAGE } as LooseInput);
    run.given(verdict("judge/call/a/1/1", false, "No."), { type: "clock", at: 5_000 }, ended("call/a/2"));
    expect(run.run.usage.executor.calls).toBe(2);
    sound(run);
  });
});
