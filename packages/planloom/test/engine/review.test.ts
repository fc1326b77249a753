// Tests of what a person is shown before a decision. In: a plan that is rejected once. Out: its review, the calls that
// wait, and the list of all that waits.
import { expect, test } from "vitest";
import { z } from "zod";
import { createLoom } from "../../src/loom/create-loom.js";
import type { CallReview } from "../../src/loom/review/call-review.js";
import type { PlanReview } from "../../src/loom/review/plan-review.js";
import { memoryStore } from "../../src/store/memory.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { tool } from "../../src/tools/tool.js";

const order = { id: "order", title: "Look up order 7", tool: "get_order", with: { id: 7 } };
const refund = { id: "refund", title: "Refund the price", tool: "refund", dependsOn: ["order"] };
const FIRST = {
  goal: "Refund order 7",
  steps: [
    order,
    { ...refund, with: { id: 7, amount: 149 } },
    { id: "close", title: "Close the ticket", tool: "close", with: { id: 7 }, dependsOn: ["refund"] },
  ],
  answer: { value: "${{ refund }}" },
};
const SECOND = {
  ...FIRST,
  steps: [order, { ...refund, with: { id: 7, amount: "${{ order.total }}" } }],
};

function shop() {
  const refunds: unknown[] = [];
  const number = z.number();
  const given = [
    tool({
      name: "get_order",
      description: "Looks up an order.",
      input: z.object({ id: number }),
      output: z.object({ total: number }),
      effects: "none",
      run: () => ({ total: 149 }),
    }),
    tool({
      name: "refund",
      description: "Refunds money.",
      input: z.object({ id: number, amount: number }),
      effects: "once",
      run: (args) => (refunds.push(args), "done"),
    }),
    tool({
      name: "close",
      description: "Closes a ticket.",
      input: z.object({ id: number }),
      effects: "idempotent",
      run: () => "closed",
    }),
  ];
  const plans = [FIRST, SECOND];
  const planner = scriptedModel(() => ({ json: plans.shift() ?? SECOND }));
  const open = ({ store = memoryStore() } = {}) =>
    createLoom({ store, tools: given, models: { planner }, approval: "always" }, { env: {} });
  return { refunds, open };
}

test("a plan is shown in sentences, with its changes, and its review tells what became of it", async () => {
  const { open } = shop();
  const loom = await open();
  const run = await loom.start("Refund order 7");
  const asked = (await run.result()).waiting!.approvals[0]!;
  const first = (await run.review(asked.hash)) as PlanReview;
  expect(first).toMatchObject({
    kind: "plan",
    revision: 1,
    waiting: true,
    acted: 0,
    lead: "3 steps. It acts 2 times: refund and close.",
    rejecting: { then: "plan" },
    answer: "Then the answer is put together from the outputs, without a model.",
  });
  expect(first.steps.map(({ says, starts, mark }) => [says, starts, mark])).toEqual([
    ["Look up order 7.", "starts at once", "same"],
    ["Refund the price.", "after 1", "same"],
    ["Close the ticket.", "after 2", "same"],
  ]);
  expect(first.steps[1]!.tools).toEqual([{ tool: "refund", effect: "acts-once", asks: false }]);

  await run.reject("Refund what was paid. Leave the ticket open.", { by: "ann" });
  const again = (await run.result()).waiting!.approvals[0]!;
  const second = (await run.review(again.hash)) as PlanReview;
  expect(second.why).toMatchObject({ comments: [{ by: "ann", revision: 1 }] });
  expect(second.against).toMatchObject({ revision: 1, hash: asked.hash });
  expect(second.steps.map(({ id, mark }) => `${id} ${mark}`)).toEqual([
    "order same",
    "refund changed",
    "close removed",
  ]);
  expect(second.steps[1]!.changes).toEqual([
    { field: "with.amount", label: "amount", before: "149", after: "the total of step 1" },
  ]);
  expect(second.steps[1]!.arguments[1]).toMatchObject({ words: "the total of step 1", origin: "from step 1" });
  expect(await run.review(asked.hash)).toMatchObject({
    waiting: false,
    waitsInstead: again.hash,
    decision: { what: "rejected", by: "ann" },
  });
  expect(await run.review(asked.hash, { against: again.hash })).toMatchObject({ against: { revision: 2 } });
  await expect(run.review("nothing")).rejects.toMatchObject({ code: "APPROVAL_UNKNOWN" });
  await loom.close();
});

test("a call that waits is shown with the type and the origin of its arguments", async () => {
  const { open, refunds } = shop();
  const loom = await open();
  const run = await loom.start("Refund order 7", { plan: SECOND });
  await run.result();
  await run.approve((await run.document()).waiting!.approvals[0]!.hash, { by: "ann" });
  const { hash } = (await run.result()).waiting!.approvals[0]!;
  const call = (await run.review(hash)) as CallReview;
  expect(call).toMatchObject({
    kind: "call",
    says: "Refund the price.",
    number: 2,
    of: 2,
    tool: "refund",
    effect: "acts-once",
    editable: true,
    chosen: ["amount"],
    schema: { properties: { amount: { type: "number" } } },
  });
  expect(call.arguments[1]).toMatchObject({ name: "amount", value: 149, origin: "from step 1", untrusted: true });
  expect(call.arguments[1]!.path).toEqual([
    'get_order returned private text that this run does not trust, in the step "Look up order 7".',
  ]);
  expect((await loom.waiting()).waits).toMatchObject([{ kind: "call", runId: run.id, call: { hash } }]);
  await run.approve(hash, { args: { id: 7, amount: 35 }, by: "ann" });
  await run.result();
  expect(refunds).toEqual([{ id: 7, amount: 35 }]);
  expect(await run.review(hash)).toMatchObject({
    waiting: false,
    decision: { what: "approved", by: "ann", args: { amount: 35 } },
  });
  expect((await loom.waiting()).waits).toEqual([]);
  await loom.close();
});

test("a plan is denied under its hash: the run ends only if that plan still waits", async () => {
  const { open } = shop();
  const loom = await open();
  const run = await loom.start("Refund order 7", { plan: SECOND });
  const { hash } = (await run.result()).waiting!.approvals[0]!;
  expect(await run.cancel("no", { hash: "f".repeat(64) })).toMatchObject({ ok: false, code: "STALE_HASH" });
  expect(await run.approve(hash)).toEqual({ ok: true });
  expect(await run.cancel("no", { hash })).toMatchObject({ ok: false, code: "ALREADY_APPROVED" });
  const { approvals } = (await run.result()).waiting!;
  expect(await run.cancel("no", { hash: approvals[0]!.hash })).toMatchObject({ ok: false, code: "NOT_A_PLAN" });
  const other = await loom.start("Refund order 7", { plan: FIRST });
  const waits = (await other.result()).waiting!.approvals;
  expect(await other.cancel("no", { hash: waits[0]!.hash })).toEqual({ ok: true });
  expect(await other.result()).toMatchObject({ status: "cancelled" });
  await loom.close();
});

test("the list of what waits reads a run again only after it has changed", async () => {
  const store = memoryStore();
  const reads: string[] = [];
  const read = store.read.bind(store);
  const { open } = shop();
  const loom = await open({ store });
  const [one, two] = [
    await loom.start("Refund order 7", { plan: FIRST }),
    await loom.start("Refund order 7", { plan: FIRST }),
  ];
  await Promise.all([one.result(), two.result()]);
  const first = await loom.waiting();
  store.read = (runId, ...more) => (reads.push(runId), read(runId, ...more));
  expect(await loom.waiting()).toEqual(first);
  expect(reads).toEqual([]);
  await two.pause();
  reads.length = 0;
  expect((await loom.waiting()).waits).toHaveLength(2);
  expect(new Set(reads)).toEqual(new Set([two.id]));
  await loom.close();
});

test("a paused run keeps its approval: nothing starts until it is resumed", async () => {
  const { open, refunds } = shop();
  const loom = await open();
  const run = await loom.start("Refund order 7", { plan: FIRST });
  const { hash } = (await run.result()).waiting!.approvals[0]!;
  expect(await run.pause("approve only")).toEqual({ ok: true });
  expect(await run.approve(hash, { by: "ann" })).toEqual({ ok: true });
  await run.result();
  expect(await run.document()).toMatchObject({ status: "paused", stepsCompleted: 0 });
  expect(refunds).toEqual([]);
  await loom.close();
});

test("the list of what waits has questions with their type, and retries with their time; it goes on by runs", async () => {
  const { open } = shop();
  const loom = await open();
  const plan = (question: string) => ({
    steps: [{ id: "ask", title: "Choose", ask: question, output: '"a" | "b"', with: { list: [1, 2] } }],
    answer: { value: "${{ ask }}" },
  });
  for (const question of ["First?", "Second?"]) {
    const run = await loom.start(question, { plan: plan(question) });
    const { hash } = (await run.result()).waiting!.approvals[0]!;
    await run.approve(hash);
    await run.result();
  }
  const part = await loom.waiting({ limit: 1 });
  expect(part.waits).toMatchObject([
    { kind: "question", question: "Second?", data: { list: [1, 2] }, type: '"a" | "b"', schema: { enum: ["a", "b"] } },
  ]);
  const rest = await loom.waiting({ limit: 1, cursor: part.cursor! });
  expect(rest.waits).toMatchObject([{ question: "First?", number: 1, of: 1 }]);
  await loom.close();
});
