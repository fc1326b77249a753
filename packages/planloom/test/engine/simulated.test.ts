// Runs whose effects are simulated: tools with effects are not called, and the run can never become a real one.
import { expect, test } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { memoryStore } from "../../src/store/memory.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool } from "../../src/tools/tool.js";
import { eventsIn } from "./parts.js";

function world(config: LoomConfig = {}) {
  const calls: string[] = [];
  const look = tool({
    name: "look",
    description: "Looks up a customer.",
    input: z.object({ name: z.string() }),
    output: z.object({ mail: z.string() }),
    effects: "none",
    run: ({ name }) => (calls.push(`look ${name}`), { mail: `${name}@example.org` }),
  });
  const send = tool({
    name: "send",
    description: "Sends a mail.",
    input: z.object({ to: z.string(), text: z.string() }),
    output: z.object({ id: z.string(), copies: z.number() }),
    effects: "once",
    approval: "required",
    egress: true,
    preview: ({ to }) => ({ kind: "text", text: `A mail to ${to}` }),
    run: () => (calls.push("send"), { id: "m-1", copies: 1 }),
  });
  const count = tool({
    name: "count",
    description: "Counts up.",
    input: z.object({}),
    output: z.number(),
    effects: "idempotent",
    run: () => (calls.push("count"), 7),
  });
  const store = memoryStore();
  const open = () => createLoom({ tools: [look, send, count], store, builtins: {}, ...config }, { env: {} });
  return { calls, open };
}

const PLAN = {
  steps: [
    { id: "who", tool: "look", with: { name: "ann" } },
    { id: "mail", tool: "send", with: { to: "${{ who.mail }}", text: "Hello" } },
  ],
  answer: { value: { id: "${{ mail.id }}", copies: "${{ mail.copies }}" } },
};
const simulated = { settings: { simulated: true } } as const;

test("a tool with effects is not called, asks nobody, and answers with an output that says so", async () => {
  const { calls, open } = world({ approval: "effects" });
  const loom = await open();
  const run = await loom.start("Greet Ann", { plan: PLAN, ...simulated });
  const document = await run.result();
  expect(document).toMatchObject({ status: "completed", simulated: true });
  expect(document.answer).toEqual({
    id: "(simulated: the call was not made)\nA mail to ann@example.org",
    copies: 0,
  });
  expect(document.steps.map(({ id, simulated: made }) => [id, made])).toEqual([
    ["who", undefined],
    ["mail", true],
  ]);
  expect(document.acted).toBeUndefined();
  expect(calls).toEqual(["look ann"]);
  const [started, proposed] = await eventsIn(run);
  expect(started).toMatchObject({ data: { settings: { simulated: true } } });
  expect(proposed).toMatchObject({ data: { tools: [{ name: "look" }, { name: "send", simulated: "once" }] } });
  expect((await run.view()).simulated).toBe(true);
  expect((await run.replay({ strict: true })).status).toBe("completed");
  await loom.close();
});

test("a retry, a fork, and another plan of a simulated run call no such tool either", async () => {
  const { calls, open } = world();
  const loom = await open();
  const run = await loom.start("Greet Ann", { plan: PLAN, ...simulated });
  await run.result();
  const fork = await run.fork({ at: "mail" });
  expect(await fork.result()).toMatchObject({ status: "completed", simulated: true });
  expect((await run.retry({ from: "mail" })).ok).toBe(true);
  expect(await run.result()).toMatchObject({ status: "completed", simulated: true });
  expect((await run.retry({ from: "mail", plan: { ...PLAN, goal: "Greet Ann again" } })).ok).toBe(true);
  expect(await run.result()).toMatchObject({ simulated: true });
  expect(calls.filter((call) => call !== "look ann")).toEqual([]);
  await loom.close();
});

test("another process goes on with it as it began", async () => {
  let tell = (): void => undefined;
  const asked = new Promise<void>((resolve) => (tell = resolve));
  const never = new Promise<string>(() => undefined);
  const plan = {
    ...PLAN,
    steps: [
      { id: "text", agent: "Write a greeting." },
      { ...PLAN.steps[1], with: { to: "a@b.c", text: "${{ text }}" } },
    ],
  };
  const executor = scriptedModel((_, index) => (index > 0 ? "Hello" : (tell(), { text: "Hello", wait: never })));
  const { calls, open } = world({ models: { executor } });
  const first = await open();
  const { id } = await first.start("Greet Ann", { plan, ...simulated });
  await asked;
  await first.close();
  const second = await open();
  const run = await second.get(id);
  await run.resume();
  expect(await run.result()).toMatchObject({ status: "completed", simulated: true });
  expect(calls).toEqual([]);
  await second.close();
});

test("the run stops where no output can say that it is made up", async () => {
  const planner = scriptedModel([]);
  const { calls, open } = world({ models: { planner } });
  const loom = await open();
  const plan = { steps: [{ id: "up", tool: "count" }], answer: { value: "${{ up }}" } };
  const document = await (await loom.start("Count", { plan, ...simulated })).result();
  expect(document.error).toMatchObject({ code: "NOT_SIMULATED" });
  expect([calls, planner.requests.length]).toEqual([[], 0]);
  await loom.close();
});

test("a model that calls such a tool reads that the call was not made", async () => {
  const executor = scriptedModel([
    { toolCalls: [{ name: "send", args: { to: "a@b.c", text: "Hello" } }, { name: "count" }] },
    "Greeted.",
  ]);
  const { calls, open } = world({ models: { executor } });
  const loom = await open();
  const document = await (await loom.start("Greet Ann", { strategy: "react", ...simulated })).result();
  expect(document).toMatchObject({ status: "completed", answer: "Greeted." });
  const told = JSON.stringify(executor.requests[1]!.messages);
  expect(told).toContain("(simulated: the call was not made)");
  expect(told).toContain("NOT_SIMULATED");
  expect(calls).toEqual([]);
  await loom.close();
});
