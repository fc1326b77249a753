// `planloom estimate`, and what `plan` and `show` say of money: from a plan file, earlier runs and configured prices.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Estimate } from "../../src/plan/estimate/estimate.js";
import { modelServer, workspace, roleOf, SUMS } from "./planloom.js";

const FREE = { inputUsdPerMTok: 0, outputUsdPerMTok: 0 };
const USAGE = { prompt_tokens: 6_000, completion_tokens: 200 };

const sums = () =>
  modelServer((body) => ({
    ...(roleOf(body) === "planner" ? { json: SUMS } : { text: "The sums are 5 and 9." }),
    usage: USAGE,
  }));

test("a plan file is estimated without a model, a run or a store", async () => {
  const here = workspace();
  here.write("plan.json", { ...SUMS, answer: { value: "${{ left }}" } });
  const { code, stdout, stderr } = await here.run(["estimate", "plan.json"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^ {2}calls {4}0 model calls, 2 tool calls$/m);
  expect(stdout).toMatch(/^ {2}cost {5}0 USD$/m);
  expect(stdout).toMatch(/^ {2}basis {4}no earlier runs: assumptions \(samples: calculate 0\)$/m);
  expect(existsSync(join(here.folder, ".planloom"))).toBe(false);
});

test("what runs took stands in the next estimate, in words and in JSON", async () => {
  const { env } = await sums();
  const here = workspace(env);
  here.write("plan.json", SUMS);
  const first = await here.json<Estimate>(["estimate", "plan.json", "--json"]);
  expect(first).toMatchObject({ costUsd: null, unpriced: ["test-model"], basis: { runs: 0 } });
  await here.run(["run", "plan.json"]);
  const second = await here.json<Estimate>(["estimate", "plan.json", "--json"]);
  expect(second).toMatchObject({
    exit: 0,
    modelCalls: 1,
    basis: { runs: 1, tools: { calculate: 2 }, models: { "test-model": 1 } },
  });
  expect(second.inputTokens - first.inputTokens).toBe(Math.round((6_000 - first.inputTokens) / 3));
  const { stdout } = await here.run(["estimate", "-"], { stdin: JSON.stringify(SUMS) });
  expect(stdout).toContain("from 1 earlier run (samples: test-model 1, calculate 2)");
  expect(stdout).toContain("cost     unknown: no price for test-model");
});

test("inputs that are given count; a plan that cannot run has no estimate", async () => {
  const here = workspace();
  const list = { inputs: { names: { type: "string[]" } }, answer: { value: "done" } };
  const step = { id: "a", tool: "calculate", forEach: "${{ inputs.names }}", with: { expression: "1 + 1" } };
  here.write("plan.json", { ...list, steps: [step] });
  expect(await here.json<Estimate>(["estimate", "plan.json", "--json"])).toMatchObject({
    toolCalls: 3,
    basis: { lists: { a: 0 } },
  });
  const given = ["-i", 'names=["x", "y"]'];
  expect(await here.json<Estimate>(["estimate", "plan.json", "--json", ...given])).toMatchObject({
    toolCalls: 2,
    unknown: [],
  });
  here.write("bad.json", { steps: [{ id: "a", tool: "nothing" }] });
  expect(await here.run(["estimate", "bad.json"])).toMatchObject({ code: 3, stdout: "" });
});

test("planning says in a line what the plan will take", async () => {
  const { env } = await sums();
  const { stderr, stdout } = await workspace(env).run(["plan", "Add things up"]);
  expect(stderr).toMatch(
    /^ {2}estimate {2}1 model call, .+ tokens in, .+ out, unknown cost, .+; no earlier runs: assumptions$/m,
  );
  expect(JSON.parse(stdout)).toMatchObject({ steps: [{ id: "left" }, { id: "right" }] });
});

test("a run shows what it cost where its model has a price, and whose is unknown where not", async () => {
  const { env } = await sums();
  const here = workspace(env);
  await here.run(["run", "Add things up"]);
  expect((await here.run(["show", "last"])).stdout).toContain(
    "cost     unknown: no price, or no count of tokens, for test-model",
  );
  const models = [{ model: "test-model", calls: 2, costUsd: null }];
  expect(await here.json(["show", "last", "--json"])).toMatchObject({
    costUsd: null,
    unpriced: ["test-model"],
    models,
  });

  here.write("planloom.config.json", { prices: { "test-model": { inputUsdPerMTok: 1, outputUsdPerMTok: 10 } } });
  const { stdout } = await here.run(["show", "last"]);
  expect(stdout).toMatch(/^ {2}models {3}test-model 2 calls, .* in, .* out, 0\.016 USD\n {2}cost {5}0\.016 USD$/m);
  here.write("planloom.config.json", { prices: { "test-model": FREE } });
  expect(await here.json(["show", "last", "--json"])).toMatchObject({ costUsd: 0, unpriced: [] });
});

test.each([
  [{ m: { inputUsdPerMTok: 1 } }, "prices.m.outputUsdPerMTok is missing"],
  [{ m: { ...FREE, inputUsdPerMTok: "1" } }, 'prices.m.inputUsdPerMTok is "1"'],
  [{ m: { ...FREE, outputUsdPerMTok: -1 } }, "prices.m.outputUsdPerMTok is -1"],
  [{ m: { ...FREE, perHour: 1 } }, "Unknown setting prices.m.perHour"],
  [{ m: 3 }, "prices.m is 3, not a record"],
])("a price that is none is refused: %o", async (prices, message) => {
  const here = workspace();
  here.write("planloom.config.json", { prices });
  const { code, stderr } = await here.run(["tools"]);
  expect(code).toBe(4);
  expect(stderr).toContain(message);
});
