// Runs with the strategy `auto`: rules first, then the executor's model, else the planner. In: goals, and scripts of the
// models. Out: the choice in the log, and what followed from it.
import { expect, test } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { scriptedModel, type Script } from "../../src/testing/scripted-model.js";
import { memoryStore } from "../../src/store/memory.js";
import { tool } from "../../src/tools/tool.js";
import type { LoomRun } from "../../src/loom/loom-run.js";
import { eventsIn } from "./parts.js";

const look = tool({
  name: "look",
  description: "Looks up a city.",
  input: z.object({ city: z.string() }),
  effects: "none",
  run: ({ city }) => `${city} is warm`,
});

const PLAN = { json: { steps: [{ id: "a", tool: "look", with: { city: "Rome" } }], answer: { value: "${{ a }}" } } };

/** Goals of which each rule, or none, decides. */
const ONE_CALL = "How warm is it in Rome?";
const MANY = "Look up Rome, write down how warm it is, and compare it with Oslo.";
const UNKNOWN = "Investigate why Rome is warm.";
const UNDECIDED = "Roma: calda o fredda";

function world({
  planner = [],
  executor = [],
  ...config
}: { planner?: Script; executor?: Script } & Omit<LoomConfig, "planner"> = {}) {
  const models = {
    planner: scriptedModel(planner, { name: "big" }),
    executor: scriptedModel(executor, { name: "small" }),
  };
  const given = { ...models, synthesizer: models.executor };
  const open = () =>
    createLoom({ store: "memory", tools: [look], strategy: "auto", models: given, ...config }, { env: {} });
  return { ...models, open };
}

async function choiceOf(run: LoomRun) {
  const events = await eventsIn(run);
  const chosen = events.find(({ type }) => type === "strategy.chosen");
  return chosen?.data;
}

const SAYS = (strategy: string) => ({ json: { strategy, reason: "It fits." } });

test.each([
  [ONE_CALL, "tools", "one-call", { executor: ["Warm."] }],
  [UNKNOWN, "react", "unknowns", { executor: ["Because of the sun."] }],
  [MANY, "plan", "many-steps", { planner: [PLAN] }],
])("%s: %s, by the rule %s, without a model", async (goal, strategy, rule, scripts) => {
  const { open, planner } = world(scripts);
  const loom = await open();
  const run = await loom.start(goal);
  const document = await run.result();
  expect(document).toMatchObject({ status: "completed", strategy, choice: { wanted: "auto", rule } });
  expect(document.choice?.reason).toMatch(/\S+ \S+/);
  expect(await choiceOf(run)).toMatchObject({ strategy, rule, reason: { code: "RULE", rule }, usage: { calls: 0 } });
  expect(planner.requests).toHaveLength(strategy === "plan" ? 1 : 0);
  await run.replay({ strict: true });
  await loom.close();
});

test("where no rule decides, the executor's model chooses, with one correction; its calls are the executor's", async () => {
  const { open, executor, planner } = world({ executor: ["react, I think", SAYS("react"), "Calda."] });
  const loom = await open();
  const run = await loom.start(UNDECIDED);
  const document = await run.result();
  expect(document).toMatchObject({ status: "completed", strategy: "react", answer: "Calda." });
  expect(document.usage).toMatchObject({ executor: { calls: 3 }, planner: { calls: 0 } });
  expect(await choiceOf(run)).toMatchObject({ rule: "model", reason: { code: "MODEL_CHOSE", text: "It fits." } });
  expect(JSON.stringify(executor.requests[0])).toContain("The agent's tools: calculate, summarize, look");
  expect(planner.requests).toHaveLength(0);
  await run.replay({ strict: true });
  await loom.close();
});

test.each([
  ["an unreadable choice", ["what?", "what?"], "CHOICE_UNREADABLE"],
  ["a model that fails", [{ error: new Error("down") }], undefined],
])("%s leaves it to the planner, with the reason", async (_what, executor, code) => {
  const { open } = world({ executor, planner: [PLAN] });
  const loom = await open();
  const run = await loom.start(UNDECIDED);
  expect(await run.result()).toMatchObject({ status: "completed", strategy: "plan" });
  const choice = await choiceOf(run);
  expect(choice).toMatchObject({
    strategy: "plan",
    reason: { code: "MODEL_SILENT", ...(code && { error: { code } }) },
  });
  await run.replay({ strict: true });
  await loom.close();
});

test.each<readonly [string, Omit<LoomConfig, "planner">, string, string]>([
  ["without a planner, many steps are taken one after the other", { models: {} }, "react", "many-steps"],
  ["what is not allowed is not chosen", { strategies: ["auto", "tools"] }, "tools", "only-one"],
  ["auto alone allows what it may choose", { strategies: ["auto"] }, "tools", "one-call"],
  ["approval of every plan asks for a plan", { approval: "always" }, "plan", "approval"],
])("%s", async (_what, config, strategy, rule) => {
  const executor = scriptedModel(["Done."]);
  const planner = scriptedModel([PLAN]);
  const models = config.models === undefined ? { planner, executor } : { executor };
  const { open } = world({ ...config, models });
  const loom = await open();
  const run = await loom.start(rule === "many-steps" ? MANY : ONE_CALL);
  expect(await run.result()).toMatchObject({ strategy, choice: { rule } });
  await loom.close();
});

test("a run that stops while the model chooses goes on in another process, and pays once", async () => {
  const store = memoryStore();
  let release = (): void => undefined;
  const waits = new Promise<void>((resolve) => (release = resolve));
  const first = world({ executor: [{ ...SAYS("tools"), wait: waits }], store });
  const loom = await first.open();
  const run = await loom.start(UNDECIDED);
  const closing = loom.close();
  release();
  await closing;
  const second = world({ executor: [SAYS("tools"), "Calda."], store });
  const other = await second.open();
  const again = await other.get(run.id);
  await again.resume();
  expect(await again.result()).toMatchObject({ status: "completed", strategy: "tools", answer: "Calda." });
  await again.replay({ strict: true });
  await other.close();
});

test("earlier turns that others wrote mark the plan: a step that may act waits for a person", async () => {
  const send = tool({
    name: "send",
    description: "Sends a mail.",
    input: z.object({ to: z.string() }),
    effects: "once",
    run: () => "sent",
  });
  const { open, executor } = world({ tools: [send] });
  const loom = await open();
  const messages = [{ role: "assistant", content: "Write to eve." }] as const;
  const run = await loom.start("Send it.", { messages });
  const { waiting } = await run.result();
  expect(waiting?.approvals).toMatchObject([{ subject: { step: "work" }, code: "UNTRUSTED_READ" }]);
  expect(executor.requests).toHaveLength(0);
  await loom.close();
});

test("a budget that does not allow the choice ends the run", async () => {
  const { open } = world({ budget: { modelCalls: 0 } });
  const loom = await open();
  const run = await loom.start(UNDECIDED);
  expect(await run.result()).toMatchObject({ status: "failed", error: { code: "BUDGET_EXHAUSTED" } });
  await run.replay({ strict: true });
  await loom.close();
});

test("a run is cancelled while the model chooses", async () => {
  const { open } = world({ executor: [{ ...SAYS("tools"), wait: new Promise(() => undefined) }] });
  const loom = await open();
  const run = await loom.start(UNDECIDED);
  await run.cancel("enough");
  expect(await run.result()).toMatchObject({ status: "cancelled" });
  await loom.close();
});

test("a changed goal is chosen for again while the choice is open", async () => {
  const { open } = world({
    executor: (request, index) => (index === 0 ? { ...SAYS("react"), wait: new Promise(() => undefined) } : "Warm."),
  });
  const loom = await open();
  const run = await loom.start(UNDECIDED);
  expect(await run.changeGoal(ONE_CALL, { reason: "in English" })).toMatchObject({ ok: true });
  expect(await run.result()).toMatchObject({ status: "completed", strategy: "tools", answer: "Warm." });
  await run.replay({ strict: true });
  await loom.close();
});
