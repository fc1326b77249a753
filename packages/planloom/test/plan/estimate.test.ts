// Estimates of a plan before it runs: from the plan, from samples of earlier runs, and from prices.
import { describe, expect, test } from "vitest";
import { ASSUMED, ASSUMED_ITEMS } from "../../src/plan/estimate/assumptions.js";
import { check } from "../../src/plan/check/check.js";
import { estimateReplan } from "../../src/plan/estimate/replan.js";
import { estimatePlan } from "../../src/plan/estimate/estimate.js";
import { NO_HISTORY, type History, type WorkSample } from "../../src/plan/estimate/history.js";
import type { Json } from "../../src/plan/json.js";
import { costUsd, type Price } from "../../src/plan/estimate/price.js";
import { estimateInWords } from "../../src/words/estimate.js";
import { estimateLines } from "../../src/cli/render/estimate.js";
import { SAMPLE } from "./sample-inventory.js";

const MODELS = { planner: "big", executor: "small", synthesizer: "small" };
const FREE: Price = { inputUsdPerMTok: 0, outputUsdPerMTok: 0 };
const DEAR: Price = { inputUsdPerMTok: 10, outputUsdPerMTok: 100 };

interface Facts {
  readonly history?: History;
  readonly prices?: { readonly [model: string]: Price };
  readonly inputs?: { readonly [name: string]: Json };
}

function estimateOf(draft: object, { history = NO_HISTORY, prices = {}, inputs }: Facts = {}) {
  const checked = check({ goal: "g", ...draft }, SAMPLE, inputs === undefined ? {} : { inputs });
  if (!checked.ok) throw new Error(JSON.stringify(checked.findings));
  return estimatePlan(checked, { models: MODELS, history, priceOf: (model) => prices[model] });
}

const sample = (runId: string, figures: Partial<WorkSample> = {}): WorkSample => ({
  runId,
  calls: 1,
  inputTokens: 4_000,
  outputTokens: 40,
  ms: 1_000,
  ...figures,
});

const knowing = (work: { readonly [key: string]: readonly WorkSample[] }): History => ({
  ...NO_HISTORY,
  work: new Map(Object.entries(work)),
});

const SEARCH = { id: "find", tool: "search", with: { query: "ai" } };
const TELL = { id: "tell", agent: "Tell of it.", with: { found: "${{ find }}" } };

describe("without earlier runs", () => {
  test("every figure is an assumption, and says so", () => {
    const estimate = estimateOf({ steps: [SEARCH, { ...TELL, tools: ["fetch_url"] }] });
    const { agentWithTools: agent, answer, tool } = ASSUMED;
    expect(estimate).toMatchObject({
      modelCalls: agent.calls + answer.calls,
      inputTokens: agent.inputTokens + answer.inputTokens,
      outputTokens: agent.outputTokens + answer.outputTokens,
      toolCalls: 1 + (agent.calls - 1),
      criticalPathMs: tool.ms + agent.ms + answer.ms,
      basis: { runs: 0, tools: { search: 0 }, models: { small: 0 }, lists: {} },
    });
  });

  test("a plan of direct calls with an answer of its own asks no model, and costs nothing", () => {
    const estimate = estimateOf({ steps: [SEARCH], answer: { value: "${{ find }}" } });
    expect(estimate).toMatchObject({
      modelCalls: 0,
      inputTokens: 0,
      toolCalls: 1,
      costUsd: 0,
      unpriced: [],
      models: [],
    });
  });

  test("a sub-plan is a plan, its steps and an answer, which nobody knows yet", () => {
    const step = { id: "order", plan: "Order what is missing.", budget: { modelCalls: 9, costUsd: 0.5 } };
    const estimate = estimateOf({ steps: [step], answer: { value: "${{ order }}" } });
    const { planner, executor, synthesizer } = ASSUMED.subPlan;
    expect(estimate.models).toMatchObject([
      { model: "big", calls: planner.calls, inputTokens: planner.inputTokens },
      { model: "small", calls: executor.calls + synthesizer.calls },
    ]);
    expect(estimate).toMatchObject({ toolCalls: ASSUMED.subPlanToolCalls, criticalPathMs: executor.ms });
    expect(estimate.shares).toEqual([{ step: "order", budget: { modelCalls: 9, costUsd: 0.5 } }]);
    expect(estimate.unknown).toContainEqual({ of: "sub-plan", names: ["order"], samples: 0 });
    expect(estimateInWords(estimate).unknown.at(-1)).toBe(
      "what these steps take, which are planned when they are reached; an assumption stands for it: order",
    );
    expect(estimateLines(estimateInWords(estimate))).toContain("  share    order: at most 9 model calls and 0.5 USD");
  });

  test("arguments that a model fills are a call of it more", () => {
    const fill = { id: "find", tool: "search", fill: "Look for it.", model: "tiny" };
    const { models } = estimateOf({ steps: [fill], answer: { value: "${{ find }}" } });
    expect(models.map(({ model, calls }) => [model, calls])).toEqual([["tiny", 1]]);
  });
});

describe("with earlier runs", () => {
  test("one sample moves a figure by a third of the way, ten by five sixths", () => {
    const plan = { steps: [{ id: "tell", agent: "Tell." }], answer: { value: "${{ tell }}" } };
    const after = (runs: number) => {
      const samples = Array.from({ length: runs }, (_, run) => sample(`run ${run}`));
      return estimateOf(plan, { history: knowing({ "agent small": samples }) });
    };
    const { inputTokens, ms } = ASSUMED.agent;
    expect(after(1).inputTokens).toBe(Math.round(inputTokens + (4_000 - inputTokens) / 3));
    expect(after(10).inputTokens).toBe(Math.round(inputTokens + ((4_000 - inputTokens) * 5) / 6));
    expect(after(10).criticalPathMs).toBe(Math.round(ms + ((1_000 - ms) * 5) / 6));
    expect(after(10).basis).toEqual({ runs: 10, tools: {}, models: { small: 10 }, lists: {} });
  });

  test("sub-plans of earlier runs count, each role by its own model", () => {
    const step = { id: "order", plan: "Order what is missing." };
    const history = knowing({
      "sub-plan planner big": [sample("r", { calls: 2, ms: null })],
      "sub-plan executor small": [sample("r", { calls: 9, ms: 4_000 })],
      "plan big": [sample("r")],
    });
    const estimate = estimateOf({ steps: [step], answer: { value: "${{ order }}" } }, { history });
    const { planner, executor, synthesizer } = ASSUMED.subPlan;
    const third = (assumed: number, measured: number) => assumed + (measured - assumed) / 3;
    const calls = third(planner.calls, 2) + third(executor.calls, 9) + synthesizer.calls;
    expect(estimate.modelCalls).toBe(Math.round(calls));
    expect(estimate.criticalPathMs).toBe(Math.round(third(executor.ms, 4_000)));
    expect(estimate.unknown).toContainEqual({ of: "sub-plan", names: ["order"], samples: 1 });
  });

  test("other tools and other models teach nothing", () => {
    const history = knowing({
      "tool web_search": [sample("r")],
      "agent other": [sample("r")],
      "plan big": [sample("r")],
    });
    const draft = { steps: [SEARCH, TELL] };
    expect({ ...estimateOf(draft, { history }), replan: null }).toEqual({ ...estimateOf(draft), replan: null });
  });

  test("one slow call does not stand for all: of times the median counts", () => {
    const calls = [10, 20, 90_000].map((ms) => sample("r", { ms, calls: 0 }));
    const { criticalPathMs } = estimateOf(
      { steps: [SEARCH], answer: { value: "${{ find }}" } },
      { history: knowing({ "tool search": calls }) },
    );
    expect(criticalPathMs).toBe(Math.round((3 * 20 + 2 * ASSUMED.tool.ms) / 5));
  });

  test("tokens that a provider never reported stay assumed, and are said to be unknown", () => {
    const history = knowing({ "answer small": [sample("r", { inputTokens: null, outputTokens: null })] });
    const estimate = estimateOf({ steps: [SEARCH] }, { history });
    expect(estimate.inputTokens).toBe(ASSUMED.answer.inputTokens);
    expect(estimate.unknown).toContainEqual({ of: "tokens", names: ["small"] });
  });
});

describe("a step for each item of a list", () => {
  const each = (forEach: string, more: object = {}) => ({
    inputs: { names: { type: "string[]" } },
    steps: [
      { id: "all", tool: "search", with: { query: "x" } },
      { id: "look", tool: "lookup", forEach, with: { name: "a" }, ...more },
    ],
    answer: { value: "${{ look }}" },
  });

  test("counts the items that the plan or its inputs give", () => {
    expect(estimateOf(each('${{ ["a", "b"] }}')).toolCalls).toBe(1 + 2);
    const inputs = { names: ["a", "b", "c", "d", "e"] };
    expect(estimateOf(each("${{ inputs.names }}"), { inputs })).toMatchObject({
      toolCalls: 1 + 5,
      unknown: [],
      basis: { lists: {} },
    });
  });

  test("goes by earlier lists of the same step, else by an assumption that is named", () => {
    const list = "${{ all.results }}";
    const lists = new Map([[`look ${list}`, [{ runId: "r", length: 9 }]]]);
    const known = estimateOf(each(list), { history: { ...NO_HISTORY, lists } });
    expect(known).toMatchObject({
      toolCalls: 1 + (9 + 2 * ASSUMED_ITEMS) / 3,
      basis: { runs: 1, lists: { look: 1 } },
      unknown: [],
    });
    const unknown = estimateOf(each(list));
    expect(unknown.toolCalls).toBe(1 + ASSUMED_ITEMS);
    expect(unknown.unknown).toEqual([{ of: "list", names: ["look"], assumed: ASSUMED_ITEMS }]);
  });

  test("takes as many rounds as its width asks for", () => {
    const time = (more: object) => estimateOf(each('${{ ["a", "b", "c", "d", "e"] }}', more)).criticalPathMs;
    expect(time({})).toBe(ASSUMED.tool.ms);
    expect(time({ maxParallel: 2 })).toBe(3 * ASSUMED.tool.ms);
  });
});

test("time is that of the longest path; what runs beside it takes none", () => {
  const step = (id: string, dependsOn: string[] = []) => ({ id, tool: "search", with: { query: id }, dependsOn });
  const steps = [step("a"), step("b", ["a"]), step("c", ["a"]), step("d", ["b", "c"]), step("e")];
  expect(estimateOf({ steps, answer: { value: "x" } }).criticalPathMs).toBe(3 * ASSUMED.tool.ms);
});

test("steps that act are named, with how often; what depends on persons and conditions is said", () => {
  const steps = [
    { id: "mail", tool: "send_email", forEach: '${{ ["a", "b"] }}', with: { to: "${{ item }}", body: "hi" } },
    { id: "who", ask: "Who?" },
    { id: "file", agent: "Write it down.", tools: ["write_file", "refund"], when: "${{ who != '' }}" },
  ];
  const { actions, unknown } = estimateOf({ steps, answer: { value: "${{ mail }}" } }, { prices: { small: FREE } });
  expect(actions).toEqual([
    { step: "mail", tool: "send_email", effects: "once", times: 2 },
    { step: "file", tool: "refund", effects: "once", times: null },
    { step: "file", tool: "write_file", effects: "idempotent", times: null },
  ]);
  expect(unknown).toEqual([
    { of: "condition", names: ["file"] },
    { of: "person", names: ["who"] },
  ]);
});

describe("money", () => {
  const draft = { steps: [{ id: "tell", agent: "Tell.", model: "big" }] };

  test("is the sum over the models, each at its price", () => {
    const { costUsd: cost, models } = estimateOf(draft, {
      prices: { big: DEAR, small: { ...FREE, readOn: "2026-03" } },
    });
    const { inputTokens, outputTokens } = ASSUMED.agent;
    expect(cost).toBeCloseTo((inputTokens * 10 + outputTokens * 100) / 1_000_000);
    expect(models.map(({ model, priceReadOn }) => [model, priceReadOn])).toEqual([
      ["big", undefined],
      ["small", "2026-03"],
    ]);
  });

  test("is unknown where one price is, and says whose: never 0", () => {
    const estimate = estimateOf(draft, { prices: { small: DEAR } });
    expect(estimate).toMatchObject({ costUsd: null, unpriced: ["big"] });
    expect(estimate.models.map(({ costUsd: cost }) => cost)).toEqual([null, expect.any(Number)]);
    expect(estimate.unknown).toEqual([{ of: "price", names: ["big"] }]);
  });

  test("counts cached input at its own price, and what was not reported not at all", () => {
    const price = { ...DEAR, cachedInputUsdPerMTok: 1 };
    const usage = { calls: 1, inputTokens: 1_000_000, outputTokens: 0, cachedInputTokens: 400_000 };
    expect(costUsd(usage, price)).toBeCloseTo(6.4);
    expect(costUsd(usage, DEAR)).toBeCloseTo(10);
    expect(costUsd({ ...usage, outputTokens: null }, price)).toBeUndefined();
    expect(costUsd(usage, undefined)).toBeUndefined();
    expect(costUsd({ calls: 0, inputTokens: 0, outputTokens: 0 }, undefined)).toBe(0);
  });
});

describe("a replan", () => {
  const history = knowing({ "plan big": [sample("r", { calls: 2, inputTokens: 9_000, outputTokens: 2_000 })] });

  test("costs what the run's own plans did, with their repairs", () => {
    const usage = { calls: 6, inputTokens: 12_000, outputTokens: 3_000 };
    const facts = { planner: "big", history, priceOf: () => DEAR };
    expect(estimateReplan({ ...facts, spent: { usage, plans: 2 } })).toEqual({
      model: "big",
      modelCalls: 3,
      inputTokens: 6_000,
      outputTokens: 1_500,
      costUsd: 0.21,
      samples: 2,
      from: "this run",
    });
  });

  test("is judged by earlier runs where this one's tokens are not known, else assumed", () => {
    const spent = { usage: { calls: 1, inputTokens: null, outputTokens: null }, plans: 1 };
    const { inputTokens } = ASSUMED.plan;
    expect(estimateReplan({ planner: "big", history, spent })).toMatchObject({
      inputTokens: inputTokens + (9_000 - inputTokens) / 3,
      costUsd: null,
      samples: 1,
      from: "earlier runs",
    });
    expect(estimateReplan({ planner: "other", history })).toMatchObject({
      inputTokens,
      samples: 0,
      from: "assumption",
    });
  });

  test("stands beside the estimate of a plan", () => {
    expect(estimateOf({ steps: [SEARCH] }, { history }).replan).toMatchObject({ model: "big", samples: 1 });
  });
});
