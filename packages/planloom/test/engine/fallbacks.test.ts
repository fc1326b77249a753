// Runs whose role has several models: who answered stands in the log, is priced, and is played again.
import { expect, test } from "vitest";
import { openRoles } from "../../src/loom/roles.js";
import type { RoleSettings } from "../../src/model/settings/role.js";
import { createLoom } from "../../src/index.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { costOf, modelCosts } from "../../src/run/view/cost.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { eventsIn, sound } from "./parts.js";

const down = () => ({
  error: new PlanloomError("PROVIDER_FAILED", { model: "cheap", problem: "status", status: 500, text: "down" }),
});
const works = () => ({ text: "hello", usage: { calls: 1, inputTokens: 1_000_000, outputTokens: 0 } });
const PLAN = { steps: [{ id: "a", agent: "Say hello." }], answer: { value: "${{ a }}" } };
const PRICES = {
  cheap: { inputUsdPerMTok: 1, outputUsdPerMTok: 1 },
  dear: { inputUsdPerMTok: 7, outputUsdPerMTok: 7 },
};

const open = (more: object = {}) => {
  const executor = [scriptedModel(down, { name: "cheap" }), scriptedModel(works, { name: "dear" })];
  return createLoom(
    { store: "memory", models: { executor }, prices: PRICES, ...more },
    { env: {}, clock: fakeClock(1) },
  );
};

test("the log says which model answered and why; the cost is that of this model", async () => {
  const loom = await open();
  const run = await loom.run("x", { plan: PLAN });
  expect(run).toMatchObject({ status: "completed", answer: "hello" });
  const started = await loom.get(run.runId);
  const log = await eventsIn(started);
  const done = log.find(({ type }) => type === "step.completed");
  expect(done?.data).toMatchObject({
    usage: {
      calls: 2,
      others: { dear: { calls: 1, because: { model: "cheap", code: "PROVIDER_FAILED", text: "down" } } },
    },
  });
  expect(log[0]?.data).toMatchObject({ models: { executor: "cheap" }, settings: { prices: PRICES } });
  const state = await loom.engine.load(run.runId);
  const priceOf = (model: string) => PRICES[model as keyof typeof PRICES];
  expect(costOf(state, priceOf)).toEqual({ costUsd: 7, unpriced: [] });
  expect(modelCosts(state, priceOf)).toMatchObject([
    { model: "cheap", calls: 1, costUsd: 0 },
    { model: "dear", calls: 1, costUsd: 7 },
  ]);
  await sound(started);
  await loom.close();
});

test("a budget in US dollars counts the model that answered", async () => {
  const loom = await open({ budget: { costUsd: 20 } });
  const plan = {
    steps: [
      { id: "a", agent: "Say hello." },
      { id: "b", agent: "Say hello.", dependsOn: ["a"] },
      { id: "c", agent: "Say hello.", dependsOn: ["b"] },
    ],
    answer: { value: "${{ c }}" },
  };
  const run = await loom.run("x", { plan });
  expect(run).toMatchObject({ status: "completed" });
  const again = await open({ budget: { costUsd: 13 } });
  expect(await again.run("x", { plan })).toMatchObject({ status: "failed", error: { code: "BUDGET_EXHAUSTED" } });
  await loom.close();
  await again.close();
});

test("a budget in US dollars wants the price of each model of the list", async () => {
  const loom = await open({ budget: { costUsd: 20 }, prices: { cheap: PRICES.cheap } });
  await expect(loom.start("x", { plan: PLAN })).rejects.toMatchObject({
    code: "BUDGET_UNPRICED",
    params: { model: "dear" },
  });
  await loom.close();
});

test("an estimate is priced with the dearest model of the list, and says so", async () => {
  const loom = await open();
  const { models, costUsd } = await loom.estimate(PLAN);
  expect(models).toMatchObject([{ model: "cheap", pricedAs: "dear" }]);
  const alone = await open({ models: { executor: scriptedModel(works, { name: "cheap" }) } });
  const single = await alone.estimate(PLAN);
  expect(single.models[0]).not.toHaveProperty("pricedAs");
  expect(costUsd).toBeCloseTo(7 * (single.costUsd ?? 0));
  await loom.close();
  await alone.close();
});

test.each([
  [[], "a list"],
  [["m", 3], "3"],
  [[{ modle: "m" }], "modle"],
])("a list that is none is refused: %o", async (executor, shown) => {
  const opened = createLoom({ store: "memory", models: { executor: executor as never } }, { env: {} });
  await expect(opened).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining(shown) as string,
  });
});

test("a list can be asked in text only if each of its models can", () => {
  const named = (model: string) => ({ model, baseURL: "http://127.0.0.1:1/v1" });
  const port = { model: scriptedModel(["x"]) };
  const speaks = (...[first, ...fallbacks]: RoleSettings[]) =>
    openRoles(
      {
        roles: { executor: { ...first!, fallbacks }, planner: {}, synthesizer: {} },
        ...{ specialists: new Map(), sources: { env: {} } },
      },
      {},
    ).executor?.speaks;
  expect([speaks(named("a"), named("b")), speaks(named("a"), port), speaks(port, named("b"))]).toEqual([
    ...[true, undefined, undefined],
  ]);
});
