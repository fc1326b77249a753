// `loom.compare`: the same goal under several strategies, each in a run of its own.
import { expect, test } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import type { CompareOptions } from "../../src/loom/comparison.js";
import { comparisonLines } from "../../src/cli/render/comparison.js";
import { memoryStore } from "../../src/store/memory.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { scriptedModel, type Script } from "../../src/testing/scripted-model.js";
import { tool } from "../../src/tools/tool.js";

const PLAN = {
  steps: [
    { id: "a", title: "Look up Austin", tool: "look", with: { city: "Austin" } },
    { id: "b", title: "Tell Ann", tool: "send", with: { to: "ann@example.org" }, dependsOn: ["a"] },
  ],
  answer: { from: ["a", "b"] },
};
const look = { name: "look", args: { city: "Austin" } };
const send = { name: "send", args: { to: "ann@example.org" } };

/** The executor's replies under `react`, then under `tools`. */
const TURNS: Script = [
  { toolCalls: [look] },
  { toolCalls: [send] },
  "Austin is warm.",
  { toolCalls: [look, send] },
  "It is warm there.",
];

function world(config: LoomConfig = {}, executor: Script = TURNS) {
  const calls: string[] = [];
  const look = tool({
    name: "look",
    description: "Looks up a city.",
    input: z.object({ city: z.string() }),
    output: z.string(),
    effects: "none",
    run: ({ city }) => (calls.push("look"), `${city} is warm`),
  });
  const send = tool({
    name: "send",
    description: "Sends a mail.",
    input: z.object({ to: z.string() }),
    output: z.string(),
    effects: "once",
    run: () => (calls.push("send"), "sent"),
  });
  const model = (name: string, script: Script) => scriptedModel(script, { name });
  const models = {
    planner: model("strong", [{ json: PLAN }]),
    executor: model("cheap", executor),
    synthesizer: model("strong", ["Austin is warm, and Ann knows it."]),
  };
  const store = memoryStore();
  const prices = {
    strong: { inputUsdPerMTok: 10, outputUsdPerMTok: 30 },
    cheap: { inputUsdPerMTok: 1, outputUsdPerMTok: 3 },
  };
  const given = { tools: [look, send], builtins: {}, models, store, prices, ...config };
  const clock = fakeClock();
  return { calls, store, open: () => createLoom(given, { env: {}, clock }) };
}

const compare = async (options: CompareOptions = {}, config: LoomConfig = {}, executor: Script = TURNS) => {
  const { calls, store, open } = world(config, executor);
  const loom = await open();
  const comparison = await loom.compare("Is it warm in Austin?", options);
  const runs = (await loom.list()).runs.map((run) => ({ runId: run.runId, tags: "tags" in run ? run.tags : [] }));
  await loom.close();
  return { calls, store, comparison, runs };
};

test("each strategy has a run, whose calls with effects are not made", async () => {
  const { calls, comparison, runs } = await compare();
  const { id, goal, effects, strategies } = comparison;
  expect({ goal, effects }).toEqual({ goal: "Is it warm in Austin?", effects: "simulated" });
  expect(
    strategies.map(({ strategy, status, success, modelCalls, steps }) => [
      strategy,
      status,
      success,
      modelCalls,
      steps,
    ]),
  ).toEqual([
    ["plan", "completed", true, { planner: 1, executor: 0, synthesizer: 1 }, 2],
    ["react", "completed", true, { planner: 0, executor: 3, synthesizer: 0 }, 1],
    ["tools", "completed", true, { planner: 0, executor: 2, synthesizer: 0 }, 1],
  ]);
  expect(strategies.map(({ answer }) => answer)).toEqual([
    "Austin is warm, and Ann knows it.",
    "Austin is warm.",
    "It is warm there.",
  ]);
  expect(strategies.every(({ costUsd, inputTokens }) => costUsd! > 0 && inputTokens! > 0)).toBe(true);
  expect(new Set(strategies.map(({ runId }) => runId))).toEqual(new Set(runs.map(({ runId }) => runId)));
  expect(runs.map(({ tags }) => tags)).toEqual(Array.from({ length: 3 }, () => [`comparison:${id}`, "simulated"]));
  expect(calls).toEqual(["look", "look", "look"]);
});

test("with allowEffects each strategy acts", async () => {
  const { calls, comparison, runs } = await compare(
    { allowEffects: true, strategies: ["react", "plan"] },
    { guard: "off" },
  );
  expect(comparison).toMatchObject({ effects: "real", strategies: [{ strategy: "react" }, { strategy: "plan" }] });
  expect(calls).toEqual(["look", "send", "look", "send"]);
  expect(runs.flatMap(({ tags }) => tags)).not.toContain("simulated");
});

test("a run that needs a person is left waiting, and the others run", async () => {
  const { comparison, calls } = await compare(
    { allowEffects: true, strategies: ["plan", "react"] },
    { approval: "effects" },
  );
  expect(comparison.strategies).toMatchObject([
    { strategy: "plan", status: "awaiting-approval", success: false, ms: null },
    { strategy: "react", status: "awaiting-approval" },
  ]);
  expect(calls).toEqual([]);
});

test("a strategy that fails has its error in its row", async () => {
  const { comparison } = await compare({ strategies: ["tools", "plan"], settings: { onFailure: "fail" } }, {}, []);
  expect(comparison.strategies).toMatchObject([
    { strategy: "tools", status: "failed", success: false, error: { code: expect.any(String) as string } },
    { strategy: "plan", status: "completed" },
  ]);
});

test("the budget is that of all runs together", async () => {
  const { comparison } = await compare({ budget: { modelCalls: 4 } });
  expect(comparison.strategies).toMatchObject([
    { strategy: "plan", status: "completed" },
    { strategy: "react", status: "failed", error: { code: "BUDGET_EXHAUSTED" } },
    {
      ...{ strategy: "tools", runId: null, status: "not-run" },
      error: {
        code: "COMPARISON_STOPPED",
        message: "The strategies before have used up the budget of the comparison: 4 requests to models.",
      },
    },
  ]);
});

test("an abort cancels the run, and starts no further one", async () => {
  const abort = new AbortController();
  const never = new Promise(() => undefined);
  const executor: Script = () => (abort.abort(new Error("enough")), { text: "", wait: never });
  const { comparison, runs } = await compare({ signal: abort.signal, strategies: ["react", "plan"] }, {}, executor);
  expect(comparison.strategies).toMatchObject([
    { strategy: "react", status: "cancelled" },
    { strategy: "plan", runId: null, status: "not-run", error: { code: "COMPARISON_STOPPED" } },
  ]);
  expect(runs).toHaveLength(1);
});

test.each<[string, unknown, LoomConfig]>([
  ["COMPARISON_INVALID", { strategies: [] }, {}],
  ["COMPARISON_INVALID", { strategies: "plan" }, {}],
  ["COMPARISON_INVALID", { strategies: ["plan", "react", "plan"] }, {}],
  ["STRATEGY_UNKNOWN", { strategies: ["plan", "reakt"] }, {}],
  ["STRATEGY_FORBIDDEN", { strategies: ["plan", "react"] }, { strategies: ["plan", "tools"] }],
  ["STRATEGY_LACKS", { strategies: ["plan", "react"] }, { models: { planner: scriptedModel([]) } }],
  ["NO_PLANNER", { strategies: ["react", "plan"] }, { models: { executor: scriptedModel([]) } }],
  ["CONFIG_INVALID", { effects: "real" }, {}],
  ["GOAL_EMPTY", {}, {}],
])("%s is said before anything starts: %j", async (code, options, config) => {
  const { open } = world(config);
  const loom = await open();
  const goal = code === "GOAL_EMPTY" ? " " : "Is it warm?";
  await expect(loom.compare(goal, options as CompareOptions)).rejects.toMatchObject({ code });
  expect((await loom.list()).runs).toEqual([]);
  await loom.close();
});

test("the table of the command line", async () => {
  const { comparison } = await compare({ budget: { modelCalls: 4 } });
  const named = comparison.strategies.map((row, at) => ({
    ...row,
    runId: row.runId && `run-${at + 1}`,
    ms: row.ms === null ? null : 1_500,
  }));
  const lines = comparisonLines({ ...comparison, id: "abc", strategies: named }, { answers: true });
  await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("comparison-table.txt");
});
