// A person rejects a call and says why. In: a call that waits, a comment, and each `onFailure`. Out: who reads the comment, and what follows.
import { expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { memoryStore } from "../../src/store/memory.js";
import { tool, ToolError } from "../../src/tools/tool.js";

const input = { type: "object", properties: { to: { type: "string" } }, required: ["to"], additionalProperties: false };

async function rejected(config: LoomConfig, replacement: object) {
  const paid: unknown[] = [];
  const asked: string[] = [];
  const pay = tool({
    name: "pay",
    description: "Pays.",
    input,
    effects: "once",
    run: ({ to }) => paid.push(to),
  });
  const planner = async (request: unknown) => {
    asked.push(JSON.stringify(request));
    return { operations: [{ op: "replace", id: "a", step: { id: "a", ...replacement } }] };
  };
  const loom = await createLoom(
    { store: memoryStore(), tools: [pay], approval: "never", models: { planner }, ...config },
    { env: {} },
  );
  onTestFinished(() => loom.close());
  const step = { id: "a", tool: "pay", with: { to: "acct-1" }, approval: "required" };
  const run = await loom.start("Pay the bill", { plan: { steps: [step], answer: { value: "done" } } });
  const [waiting] = (await run.result()).waiting!.approvals;
  await run.reject("use the other account", { hash: waiting!.hash });
  return { run, waiting, paid, asked, after: await run.result() };
}

test("the planner reads the comment; what it writes instead runs, if it acts on nothing", async () => {
  const { waiting, paid, asked, after, run } = await rejected(
    { onFailure: "patch" },
    { tool: "calculate", with: { expression: "1" } },
  );
  expect(waiting?.rejecting).toBe("the planner reads the comment and mends the plan");
  expect(asked[0]).toContain("use the other account");
  expect(after.status).toBe("completed");
  expect(paid).toEqual([]);
  await run.replay({ strict: true });
});

test("a plan that may act instead is shown to the person first, whatever the policy is", async () => {
  const { paid, after, run } = await rejected({ onFailure: "patch" }, { tool: "pay", with: { to: "acct-2" } });
  expect(after.waiting?.approvals).toMatchObject([
    { subject: "plan", reason: "the call of step a was rejected, and this plan may act instead" },
  ]);
  expect(paid).toEqual([]);
  await run.approve(after.plan!.hash);
  expect(await run.result()).toMatchObject({ status: "completed" });
  expect(paid).toEqual(["acct-2"]);
});

test.each([
  ["fail", "the step fails, and the run with it", "failed"],
  ["skip", "the step is skipped", "completed"],
] as const)("under %s nobody else is asked", async (onFailure, words, status) => {
  const { waiting, asked, after } = await rejected({ onFailure }, {});
  expect(waiting?.rejecting).toBe(words);
  expect(after.status).toBe(status);
  expect(asked).toEqual([]);
});

test("an approval can give the call other arguments: they are checked, recorded and part of its key", async () => {
  const paid: unknown[] = [];
  const pay = tool({
    name: "pay",
    description: "Pays.",
    input,
    output: { type: "string" },
    effects: "once",
    run: ({ to }, { key }) => {
      paid.push([to, key]);
      return `paid ${to as string}`;
    },
  });
  const loom = await createLoom({ store: memoryStore(), tools: [pay], approval: "never" }, { env: {} });
  onTestFinished(() => loom.close());
  const step = { id: "a", tool: "pay", with: { to: "acct-1" }, approval: "required" };
  const run = await loom.start("Pay the bill", { plan: { steps: [step], answer: { value: "${{ a }}" } } });
  const [waiting] = (await run.result()).waiting!.approvals;
  const { hash } = waiting!;
  expect(await run.approve(hash, { args: { to: 7 } })).toMatchObject({ ok: false, code: "ARGS_INVALID" });
  expect(await run.approve(hash, { args: { to: { secret: "BANK" } } })).toMatchObject({ code: "ARGS_INVALID" });
  expect(await run.approve(hash, { args: { to: "acct-2" } })).toMatchObject({ ok: true });
  expect(await run.result()).toMatchObject({ status: "completed", answer: "paid acct-2" });
  const log = await loom.store.read(run.id);
  const began = log.find(({ type }) => type === "step.started");
  expect(began?.data).toMatchObject({ args: { to: "acct-2" } });
  expect(paid).toEqual([["acct-2", (began!.data as { readonly key: string }).key]]);
  expect(log.find(({ type }) => type === "approval.granted")?.data).toMatchObject({ args: { to: "acct-2" } });
  await run.replay({ strict: true });
});

test("the arguments that a person gave hold when the run is retried, and the old ones are approved by nothing", async () => {
  const tried: unknown[] = [];
  const pay = tool({
    name: "pay",
    description: "Pays.",
    input,
    effects: "once",
    run: ({ to }) => {
      tried.push(to);
      if (tried.length === 1) throw new ToolError("The bank is closed.", { retryable: false });
    },
  });
  const loom = await createLoom({ store: memoryStore(), tools: [pay], approval: "never" }, { env: {} });
  onTestFinished(() => loom.close());
  const step = { id: "a", tool: "pay", with: { to: "acct-1" }, approval: "required" };
  const run = await loom.start("Pay the bill", { plan: { steps: [step], answer: { value: "done" } } });
  await run.approve((await run.result()).waiting!.approvals[0]!.hash, { args: { to: "acct-2" } });
  expect(await run.result()).toMatchObject({ status: "failed" });
  await run.retry();
  expect(await run.result()).toMatchObject({ status: "completed" });
  expect(tried).toEqual(["acct-2", "acct-2"]);
  await run.retry({ from: "a" });
  expect(await run.result()).toMatchObject({ waiting: { approvals: [{ args: { to: "acct-1" } }] } });
  expect(tried).toHaveLength(2);
  await run.replay({ strict: true });
});

test("only a call inside an agent step is approved for the rest of its step", async () => {
  const loom = await createLoom({ store: memoryStore(), approval: "always" }, { env: {} });
  onTestFinished(() => loom.close());
  const run = await loom.start("Add", { plan: { steps: [{ id: "a", tool: "calculate", with: { expression: "1" } }] } });
  const [waiting] = (await run.result()).waiting!.approvals;
  expect(await run.approve(waiting!.hash, { rest: "values" })).toMatchObject({ ok: false, code: "REST_NOT_POSSIBLE" });
});

test("a plan gets no other arguments by its approval", async () => {
  const loom = await createLoom({ store: memoryStore(), approval: "always" }, { env: {} });
  onTestFinished(() => loom.close());
  const run = await loom.start("Add", { plan: { steps: [{ id: "a", tool: "calculate", with: { expression: "1" } }] } });
  const [waiting] = (await run.result()).waiting!.approvals;
  expect(await run.approve(waiting!.hash, { args: {} })).toMatchObject({ ok: false, code: "ARGS_NOT_EDITABLE" });
});
