// The budget of a run, as the kernel decides it: given what was used and promised, when a model call asks, then it is
// reserved, it waits, or the run ends.
import { describe, expect, it } from "vitest";
import { NO_USAGE, type Usage } from "../../src/plan/usage.js";
import type { Budget } from "../../src/run/settings.js";
import { errorOf, isWaiting } from "../../src/run/status.js";
import type { Story } from "../../src/testing/given-when-then.js";
import { given, start, type LooseInput } from "../../src/testing/given-when-then.js";
import { call, TOOLS } from "./parts.js";

const NO_BUDGET: Budget = { modelCalls: null, tokens: null, costUsd: null, wallMs: null };
const PRICE = { inputUsdPerMTok: 1_000, outputUsdPerMTok: 2_000 };

const agent = (id: string) => ({ id, agent: "Think.", retry: { attempts: 1 } });
const run = (budget: Partial<Budget>, steps: readonly object[] = [agent("a"), agent("b"), agent("c")], more = {}) =>
  start({
    plan: { steps, answer: { value: "done" } },
    tools: TOOLS,
    settings: { budget: { ...NO_BUDGET, ...budget }, prices: { executor: PRICE }, concurrency: 20 },
    ...more,
  });

const used = (calls: number, inputTokens: number | null, outputTokens: number | null = 0): Usage => ({
  calls,
  inputTokens,
  outputTokens,
});

/** A step's executor asks for a call of 100 tokens (60 in, 40 out), having used so much. */
const asks = (step: string, spent: Usage = NO_USAGE, more: object = {}): LooseInput => ({
  type: "reserve",
  key: `call/${step}/1`,
  spent,
  model: "executor",
  inputTokens: 60,
  outputTokens: 40,
  ...more,
});
const returns = (step: string, usage: Usage): LooseInput => ({
  type: "returned",
  key: `call/${step}/1`,
  output: "thought",
  tools: [],
  usage,
});
const fails = (step: string, usage: Usage, code: string): LooseInput => ({
  type: "ended",
  key: `call/${step}/1`,
  ending: "tool-error",
  error: { code, retryable: false },
  usage,
});
const retries = (budget: Partial<Budget>): LooseInput => {
  const begun = run(budget);
  if (begun.type !== "start") throw new Error("run makes a start");
  const { settings, models } = begun.started;
  return { type: "retry", settings, models, by: "ann" };
};
const limitOf = ({ events }: Story) =>
  events.flatMap(({ type, data }) => (type === "budget.exhausted" ? [data.limit] : []));

describe("a model call that asks", () => {
  it("is reserved with what it may take, and what that costs", () => {
    const reserved = { key: "call/a/1", model: "executor", inputTokens: 60, outputTokens: 40, costUsd: 0.14 };
    given(run({ modelCalls: 1 }))
      .when(asks("a"))
      .then(["budget.reserved", reserved]);
  });

  it("ends the run if one more call is too many: running calls finish, and no other is allowed", () => {
    const story = given(run({ modelCalls: 1 }), asks("a"));
    story.when(asks("b")).then(["budget.exhausted", { limit: "modelCalls", allowed: 1, wanted: 2 }]);
    story.when(asks("c")).then();
    story.when(asks("a", used(1, 5))).then();
    story.when(fails("b", NO_USAGE, "BUDGET_EXHAUSTED")).then(["step.failed", { decision: "fail" }]);
    story.when(fails("c", NO_USAGE, "BUDGET_EXHAUSTED")).then("step.failed");
    story.when(returns("a", used(1, 5))).then("step.completed", "execution.completed", "run.failed");
    expect(errorOf(story.run)).toMatchObject({ code: "BUDGET_EXHAUSTED", retryable: false });
    expect(errorOf(story.run)?.params).toEqual({ limit: "modelCalls", allowed: 1, wanted: 2 });
  });

  it("is refused if its effect is over, or is being stopped", () => {
    const story = given(run({ modelCalls: 9 }), returns("a", NO_USAGE))
      .when(asks("a"))
      .then();
    story.given({ type: "cancel", reason: "enough" }).when(asks("b")).then();
  });

  it("goes ahead in a run that drains because something else failed", () => {
    given(run({ modelCalls: 9 }), fails("a", NO_USAGE, "BROKEN"))
      .when(asks("b"))
      .then("budget.reserved");
  });

  it("goes ahead in a run that is paused, for that step is under way", () => {
    given(run({ modelCalls: 9 }), { type: "pause", reason: "wait", by: "ann" })
      .when(asks("b"))
      .then("budget.reserved");
  });
});

describe("tokens", () => {
  it("that a reply did not take are free for the next", () => {
    const story = given(run({ tokens: 150 }), asks("a"), returns("a", used(1, 30, 20)));
    story.when(asks("b")).then("budget.reserved");
    story.given(returns("b", used(1, 40, 11))).when(asks("c"));
    expect(limitOf(story)).toEqual(["tokens"]);
  });

  it("that other calls have reserved are waited for; when they are returned, the call is sent", () => {
    const story = given(run({ tokens: 150 }), asks("a"))
      .when(asks("b"))
      .then();
    story.when(asks("b")).then();
    story
      .given(returns("a", used(1, 30, 20)))
      .when(asks("b"))
      .then("budget.reserved");
  });

  it("that would not suffice even if all were returned end the run at once", () => {
    const story = given(run({ tokens: 150 }), asks("a")).when(asks("b", NO_USAGE, { inputTokens: 500 }));
    expect(limitOf(story)).toEqual(["tokens"]);
  });

  it("are not waited for by two calls that hold each other's", () => {
    const story = given(run({ tokens: 250 }), asks("a"), asks("b"));
    // Each has taken 90 of its 100, and wants 100 more: together they cannot have them.
    story.when(asks("a", used(1, 50, 40))).then(["budget.awaited", { key: "call/a/1" }]);
    story.when(asks("a", used(1, 50, 40))).then();
    story.when(asks("b", used(1, 50, 40)));
    expect(limitOf(story)).toEqual(["tokens"]);
  });

  it("are released one by one, until they suffice or none is left", () => {
    const waiting = () => {
      const story = given(run({ tokens: 400 }), asks("a"), asks("b"), asks("c"), asks("a", used(1, 60, 40)));
      story.when(asks("b", used(1, 60, 40))).then("budget.awaited");
      return story
        .given(returns("c", used(1, 5, 5)))
        .when(asks("b", used(1, 60, 40)))
        .then();
    };
    const afterwards = (usage: Usage) =>
      waiting()
        .given(returns("a", usage))
        .when(asks("b", used(1, 60, 40)));
    afterwards(used(2, 110, 80)).then("budget.reserved");
    expect(limitOf(afterwards(used(2, 110, 81)))).toEqual(["tokens"]);
  });

  it("that a provider does not count are those that were reserved, and what was counted before stays", () => {
    const story = given(run({ tokens: 300 }), asks("a"), asks("a", used(1, 50, 0)));
    // 50 counted, 100 not: 150 are left.
    story
      .given(returns("a", used(2, null, null)))
      .when(asks("b", NO_USAGE, { inputTokens: 110 }))
      .then("budget.reserved");
    const tight = given(run({ tokens: 300 }), asks("a"), asks("a", used(1, 50, 0)));
    tight.given(returns("a", used(2, null, null))).when(asks("b", NO_USAGE, { inputTokens: 111 }));
    expect(limitOf(tight)).toEqual(["tokens"]);
  });

  it("of a call that failed are those that were reserved, unless the server refused it", () => {
    const after = (code: string) => given(run({ tokens: 199 }), asks("a"), fails("a", NO_USAGE, code)).when(asks("b"));
    expect(limitOf(after("PROVIDER_TIMEOUT"))).toEqual(["tokens"]);
    after("PROVIDER_RATE_LIMITED").then("budget.reserved");
    const counted = given(run({ modelCalls: 1 }), asks("a"), fails("a", NO_USAGE, "PROVIDER_RATE_LIMITED"));
    expect(limitOf(counted.when(asks("b")))).toEqual(["modelCalls"]);
  });
});

describe("money", () => {
  it("counts by the prices that the run was started with, cached input too", () => {
    const cached = { ...PRICE, cachedInputUsdPerMTok: 100 };
    const settings = { budget: { ...NO_BUDGET, costUsd: 0.25 }, prices: { executor: cached }, concurrency: 20 };
    const begin = run({}, undefined, { settings });
    // 60 tokens in, 50 of them cached, and 40 out: 0.01 + 0.005 + 0.08; the next may take 0.14, which with 0.095 is
    // 0.235.
    const story = given(begin, asks("a"), returns("a", { ...used(1, 60, 40), cachedInputTokens: 50 }));
    story.when(asks("b")).then("budget.reserved");
    expect(story.run.spending.used.costUsd).toBeCloseTo(0.095, 9);
    expect(limitOf(given(begin, asks("a"), returns("a", used(1, 60, 40))).when(asks("b")))).toEqual(["costUsd"]);
  });

  it("may be used up to the last cent, whatever the sum of fractions looks like", () => {
    const price = { inputUsdPerMTok: 100_000, outputUsdPerMTok: 0 };
    const settings = { budget: { ...NO_BUDGET, costUsd: 0.3 }, prices: { executor: price }, concurrency: 20 };
    const one = { inputTokens: 1, outputTokens: 0 };
    const story = given(run({}, undefined, { settings }), asks("a", NO_USAGE, one), asks("b", NO_USAGE, one));
    story.when(asks("c", NO_USAGE, one)).then("budget.reserved");
  });
});

describe("a crash", () => {
  it("between the reservation and the reply gives nothing back", () => {
    const crash = { type: "recovered", epoch: 2, reason: { code: "RESUMED" } } as const;
    const story = given(run({ modelCalls: 2, tokens: 1_000 }), asks("a"), crash);
    story.when(asks("a")).then("budget.reserved");
    expect(limitOf(story.when(asks("b")))).toEqual(["modelCalls"]);
    story.given(returns("a", used(1, 10, 10)), fails("b", NO_USAGE, "BUDGET_EXHAUSTED"), returns("c", NO_USAGE));
    expect(story.run.spending.used).toEqual({ modelCalls: 2, tokens: 120, costUsd: expect.closeTo(0.17, 9) as number });
  });

  it("after the reply was journaled counts it once, as it was", () => {
    const crash = { type: "recovered", epoch: 2, reason: { code: "RESUMED" } } as const;
    const story = given(run({ modelCalls: 2, tokens: 200 }), asks("a"), crash).when(asks("a", used(1, 30, 20)));
    story.then("budget.reserved").given(returns("a", used(2, 60, 40)));
    expect(story.run.spending.used).toMatchObject({ modelCalls: 2, tokens: 100 });
  });
});

describe("a retry", () => {
  const exhausted = () =>
    given(run({ modelCalls: 2 }, [agent("a")]), asks("a"), asks("a", used(1, 50, 10)))
      .given(asks("a", used(2, 100, 20)))
      .given(fails("a", used(2, 100, 20), "BUDGET_EXHAUSTED"));

  it("with a raised budget goes on with the same attempt, and counts from what was used", () => {
    const story = exhausted().given(retries({ modelCalls: 3 }));
    expect(story.owed()).toMatchObject([{ key: "call/a/1", attempt: 1 }]);
    // Its journal tells the two turns again.
    story.when(asks("a", used(2, 100, 20))).then("budget.reserved");
    story
      .when(returns("a", used(3, 150, 30)))
      .then("step.completed", "execution.completed", "answer.written", "run.completed");
    expect(story.run.spending.used).toMatchObject({ modelCalls: 3, tokens: 180 });
    expect(story.run.usage.executor).toEqual(used(3, 150, 30));
  });

  it("without a raise ends as before, and sends nothing", () => {
    const story = exhausted()
      .given(retries({ modelCalls: 2 }))
      .when(asks("a", used(2, 100, 20)));
    expect(limitOf(story)).toEqual(["modelCalls"]);
  });

  it("of an attempt that failed by itself is another attempt, told from the start", () => {
    const story = given(run({ modelCalls: 2 }, [agent("a")]), asks("a"), fails("a", used(1, 50, 10), "TURN_LIMIT"));
    story.given(retries({ modelCalls: 2 }));
    expect(story.owed()).toMatchObject([{ key: "call/a/2" }]);
    story
      .given(asks("a", NO_USAGE, { key: "call/a/2" }))
      .given({ ...returns("a", used(1, 7, 7)), key: "call/a/2" } as LooseInput);
    expect(story.run.spending.used).toMatchObject({ modelCalls: 2, tokens: 74 });
  });

  it("of a step that would be skipped runs it", () => {
    const story = given(run({ modelCalls: 0 }, [{ ...agent("a"), optional: true }])).given(asks("a"));
    story
      .when(fails("a", NO_USAGE, "BUDGET_EXHAUSTED"))
      .then(["step.failed", { decision: "fail" }], "execution.completed", "run.failed");
    story
      .given(retries({ modelCalls: 1 }))
      .when(asks("a"))
      .then("budget.reserved");
  });
});

describe("time", () => {
  const wall = { wallMs: 10_000 };

  it("that is up stops what runs: a once-call is in doubt, the rest is cancelled, and the run fails", () => {
    const story = given(
      run(wall, [agent("a"), call("look"), call("pay", { tool: "pay" }), call("later", { dependsOn: ["a"] })]),
    );
    story.when({ type: "clock", at: 9_999 }).then();
    story.when({ type: "clock", at: 10_000 }).then(["budget.exhausted", { limit: "wallMs", allowed: 10_000 }]);
    const stops = story.owed().flatMap((effect) => (effect.kind === "stop" ? [effect.target] : []));
    expect(stops).toEqual(["call/a/1", "call/look/1", "call/pay/1"]);
    const aborted = (key: string, usage = NO_USAGE): LooseInput => ({
      ...{ type: "ended", key, ending: "abort", at: 10_100, usage },
      error: { code: "ABORTED", params: { how: "stopped" }, retryable: true },
    });
    const reason = { code: "OUT_OF_TIME", allowed: 10_000, wanted: 10_000 };
    story.when(aborted("call/a/1", used(1, 5))).then(["step.cancelled", { reason }]);
    story.when(aborted("call/look/1")).then(["step.cancelled", { reason }]);
    story.when(aborted("call/pay/1")).then("step.unknown", "execution.completed", "run.failed");
    expect(errorOf(story.run)?.code).toBe("BUDGET_EXHAUSTED");
    // A retry goes on with the agent's attempt, and asks what became of the payment.
    story.given({ ...retries({ wallMs: 90_000 }), at: 20_000 });
    expect(
      story
        .owed()
        .map(({ key }) => key)
        .sort(),
    ).toEqual(["call/a/1", "call/look/2", "unknown/pay/", "wait/deadline"]);
  });

  it("starts from 0 with a retry, and not with another plan", () => {
    const story = given(run(wall, [call("a")])).given({ type: "clock", at: 10_000 });
    story.given({
      type: "ended",
      key: "call/a/1",
      ending: "abort",
      error: { code: "ABORTED", retryable: true },
      usage: NO_USAGE,
      at: 10_001,
    });
    story
      .given({ ...retries(wall), at: 50_000 })
      .when({ type: "clock", at: 59_999 })
      .then();
    expect(limitOf(story.when({ type: "clock", at: 60_000 }))).toEqual(["wallMs"]);
  });

  it("holds while a run drains, and while a person is asked", () => {
    const draining = given(run(wall, [agent("a"), agent("b")]), fails("a", NO_USAGE, "BROKEN"));
    expect(limitOf(draining.when({ type: "clock", at: 10_000 }))).toEqual(["wallMs"]);
    const asked = given(run(wall, [call("a", { tool: "ask_first" })]));
    expect(isWaiting(asked.run)).toBe(true);
    asked.when({ type: "clock", at: 10_000 }).then("budget.exhausted", "execution.completed", "run.failed");
  });

  it("holds for the answer, however often that is tried", () => {
    const models = { planner: null, executor: "executor", synthesizer: "synthesizer" };
    const settings = { budget: { ...NO_BUDGET, ...wall }, prices: {} };
    const story = given(
      start({ plan: { steps: [call("a")], answer: { from: ["a"] } }, tools: TOOLS, models, settings }),
    );
    story.given({ type: "returned", key: "call/a/1", output: 1, tools: [], usage: NO_USAGE });
    const error = { code: "PROVIDER_FAILED", text: "it failed", retryable: true };
    story.given({ type: "answer-failed", key: "answer/1", error, usage: NO_USAGE });
    expect(story.owed().map(({ key }) => key)).toContain("wait/deadline");
    story.when({ type: "clock", at: 10_000 }).then("budget.exhausted", "run.failed");
  });
});

it("leaves a run without a budget as it is", () => {
  const story = given(run({}), returns("a", used(1, 5)), returns("b", used(1, 5)));
  story.when(returns("c", used(1, 5))).then("step.completed", "execution.completed", "answer.written", "run.completed");
  expect(story.owed()).toEqual([]);
});
