// Runs under the strategies `react` and `tools`: one agent step is the whole plan, and no planner is asked.
import { expect, test } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import type { StartOptions } from "../../src/loom/loom.js";
import { hasCode } from "../../src/words/planloom-error.js";
import { scriptedModel, type Script } from "../../src/testing/scripted-model.js";
import { tool } from "../../src/tools/tool.js";
import { eventsIn } from "./parts.js";

const look = tool({
  name: "look",
  description: "Looks up a city.",
  input: z.object({ city: z.string() }),
  effects: "none",
  run: ({ city }) => `${city} is warm`,
});

function world(script: Script, config: LoomConfig = {}) {
  const sent: string[] = [];
  const send = tool({
    name: "send",
    description: "Sends a mail.",
    input: z.object({ to: z.string() }),
    effects: "once",
    approval: "required",
    run: ({ to }) => {
      sent.push(to);
      return "sent";
    },
  });
  const executor = scriptedModel(script);
  const open = () => createLoom({ store: "memory", tools: [look, send], models: { executor }, ...config }, { env: {} });
  return { executor, sent, open };
}

const LOOKS = { toolCalls: [{ name: "look", args: { city: "Rome" } }] };

test.each(["react", "tools"] as const)("%s: one step with all tools; its output is the answer", async (strategy) => {
  const { executor, open } = world([LOOKS, "Rome is warm."]);
  const loom = await open();
  const run = await loom.start("Is Rome warm? Keep ${{ this }}.", { strategy });
  expect(await run.result()).toMatchObject({ status: "completed", strategy, answer: "Rome is warm.", success: true });
  const [started, proposed] = await eventsIn(run);
  expect(started?.data).toMatchObject({ strategy, planGiven: true });
  expect(proposed).toMatchObject({ type: "plan.proposed", data: { cause: "strategy", findings: [] } });
  const { steps } = (await run.document()).plan!;
  expect(steps).toMatchObject([{ id: "work", tools: ["calculate", "summarize", "look", "send"] }]);
  expect(steps[0]).toMatchObject({ turns: strategy === "react" ? 8 : 2 });
  const [first, second] = executor.requests;
  expect(first!.tools?.map(({ name }) => name)).toEqual(["calculate", "summarize", "look", "send", "read_result"]);
  expect(second!.toolChoice).toBe(strategy === "react" ? "auto" : "none");
  expect(await run.replay({ strict: true })).toBeDefined();
  await loom.close();
});

test("the goal stands once in the prompt; inputs and earlier turns are data of the step", async () => {
  const { executor, open } = world(["Fine."]);
  const loom = await open();
  const inputs = { city: "Rome", conversation: "mine" };
  const messages = [{ role: "assistant", content: "Rome was cold." }] as const;
  const run = await loom.start("Say how it is.", { strategy: "react", inputs, messages });
  expect(await run.result()).toMatchObject({ status: "completed" });
  const text = JSON.stringify(executor.requests[0]!.messages);
  expect(text.split("Say how it is.")).toHaveLength(2);
  for (const part of ["with.city", "with.conversation2", "Rome was cold."]) expect(text).toContain(part);
  const [started] = await eventsIn(run);
  expect(started?.data).toMatchObject({ trust: { conversation2: "untrusted" } });
  await loom.close();
});

test("a typed answer is the typed output of the step", async () => {
  const { open } = world([LOOKS, { json: { warm: true } }]);
  const loom = await open();
  const answer = z.object({ warm: z.boolean() });
  expect(await loom.run("Is Rome warm?", { strategy: "react", answer })).toMatchObject({ answer: { warm: true } });
  await loom.close();
});

test("a call that needs approval waits inside the step, and acts once it is approved", async () => {
  const { sent, open } = world([{ toolCalls: [{ name: "send", args: { to: "ann" } }] }, "Sent."]);
  const loom = await open();
  const run = await loom.start("Write to Ann.", { strategy: "react" });
  const { waiting } = await run.result();
  expect(waiting?.approvals).toMatchObject([{ subject: { step: "work" }, code: "TOOL_ASKS", tool: "send" }]);
  expect(sent).toEqual([]);
  await run.approve(waiting!.approvals[0]!.hash);
  expect(await run.result()).toMatchObject({ status: "completed", answer: "Sent." });
  expect(sent).toEqual(["ann"]);
  await loom.close();
});

test.each([
  ["always", "POLICY_ALWAYS"],
  ["effects", "MAY_ACT"],
] as const)("under %s the plan waits before its model is asked", async (approval, code) => {
  const { executor, open } = world(["Done."], { approval });
  const loom = await open();
  const run = await loom.start("Write to Ann.", { strategy: "react" });
  expect((await run.result()).waiting?.approvals).toMatchObject([{ subject: "plan", code }]);
  expect(executor.requests).toHaveLength(0);
  await loom.close();
});

test("without a planner, the limit of turns ends the run and names another strategy", async () => {
  const again = (_: unknown, index: number) => ({ toolCalls: [{ name: "look", args: { city: `c${index}` } }] });
  const { executor, open } = world(again, { limits: { turns: 3 } });
  const loom = await open();
  const failed = await loom.run("Look around.", { strategy: "react" });
  expect(failed).toMatchObject({ status: "failed", error: { code: "TURN_LIMIT", retryable: false } });
  expect(failed.error?.next).toContain('strategy: "plan"');
  expect(executor.requests).toHaveLength(3);
  await loom.close();
});

const PLAN = { steps: [{ id: "a", tool: "look", with: { city: "Rome" } }] };

test.each<readonly [string, LoomConfig, string, StartOptions]>([
  ["an unknown name", {}, "STRATEGY_UNKNOWN", { strategy: "reakt" as never }],
  ["one that is not allowed", { strategies: ["plan", "tools"] }, "STRATEGY_FORBIDDEN", { strategy: "react" }],
  ["one that the configuration starts with", { strategy: "react" }, "STRATEGY_LACKS", {}],
  ["one beside a plan", {}, "STRATEGY_WITH_PLAN", { strategy: "tools", plan: PLAN }],
  ["plan without a planner", {}, "NO_PLANNER", { strategy: "plan" }],
])("%s is refused: %s", async (_what, config, code, options) => {
  const { open } = world([], config.strategy === undefined ? config : { ...config, models: {} });
  const loom = await open();
  await expect(loom.start("Look.", options)).rejects.toSatisfy((error) => hasCode(error, code as never));
  await loom.close();
});

test.each<readonly [string, LoomConfig]>([
  ["strategy", { strategy: "fast" as never }],
  ["strategy", { strategy: "react", strategies: ["plan"] }],
  ["strategies", { strategies: ["plan", "fast" as never] }],
  ["strategies", { strategies: [] }],
])("the setting %s is checked", async (setting, config) => {
  const { open } = world([], config);
  await expect(open()).rejects.toMatchObject({ code: "CONFIG_INVALID", params: { setting } });
});

test("a given plan is followed whatever strategy the configuration has", async () => {
  const { open } = world([], { strategy: "react" });
  const loom = await open();
  expect(await loom.run("Look.", { plan: PLAN })).toMatchObject({ status: "completed", strategy: "plan" });
  await loom.close();
});

test("without a planner, the strategy makes its plan again for another goal", async () => {
  let release = (): void => undefined;
  const wait = new Promise<void>((resolve) => (release = resolve));
  const { open } = world((_, index) => (index === 0 ? { text: "Rome is warm.", wait } : "Oslo is cold."));
  const loom = await open();
  const run = await loom.start("Is Rome warm?", { strategy: "react" });
  expect(await run.changeGoal("Is Oslo warm?")).toMatchObject({ ok: true });
  release();
  expect(await run.result()).toMatchObject({ status: "completed", answer: "Oslo is cold.", goal: "Is Oslo warm?" });
  expect(await run.result()).toMatchObject({ status: "completed", answer: "Oslo is cold.", goal: "Is Oslo warm?" });
  const { plans } = await run.document();
  expect(plans.map(({ cause }) => cause)).toEqual(["strategy", "goal-change"]);
  await run.replay({ strict: true });
  await loom.close();
});
