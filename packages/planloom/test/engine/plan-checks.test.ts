// Plans in every form that a caller may hold: text, data, a Plan, a result of check. One that this loom has checked is
// not checked again; one that was changed, forged, or checked with other inputs is.
import { expect, onTestFinished, test, vi } from "vitest";
import { createLoom } from "../../src/index.js";
import type { Loom } from "../../src/loom/loom.js";
import * as checking from "../../src/plan/check/check.js";

vi.mock(import("../../src/plan/check/check.js"), { spy: true });

const DRAFT = {
  inputs: { n: { type: "number" } },
  steps: [{ id: "a", tool: "calculate", with: { expression: "n * 7", variables: { n: "${{ inputs.n }}" } } }],
  answer: { value: "${{ a }}" },
};
const inputs = { n: 6 };

async function open(): Promise<Loom> {
  const loom = await createLoom({ store: "memory" });
  onTestFinished(() => loom.close());
  return loom;
}

/** How often plans were checked while the work was done. */
async function checks(work: () => Promise<unknown>): Promise<number> {
  const spy = vi.mocked(checking.check);
  spy.mockClear();
  await work();
  return spy.mock.calls.length;
}

function passed(loom: Loom, plan: unknown = DRAFT) {
  const checked = loom.check(plan, { inputs });
  if (!checked.ok) throw new Error(JSON.stringify(checked.findings));
  return checked;
}

test("start, run, estimate, edit, retry and fork take a draft, text, a Plan or a result of check alike", async () => {
  const loom = await open();
  const checked = passed(loom);
  for (const plan of [DRAFT, JSON.stringify(DRAFT), checked.plan, checked, JSON.parse(JSON.stringify(checked))]) {
    expect(await loom.estimate(plan, { inputs })).toMatchObject({ modelCalls: 0, toolCalls: 1 });
    expect((await loom.run("Multiply", { plan, inputs })).answer).toBe(42);
    const run = await loom.start("Multiply", { plan, inputs });
    await run.result();
    expect(await run.retry({ plan, from: "a" })).toEqual({ ok: true });
    expect((await run.result()).answer).toBe(42);
    expect((await (await run.fork({ plan, at: "a" })).result()).answer).toBe(42);
  }
});

test("an edit takes them too", async () => {
  const loom = await createLoom({ store: "memory", approval: "always" });
  onTestFinished(() => loom.close());
  const other = { ...DRAFT, answer: { value: "${{ a + 1 }}" } };
  for (const plan of [other, JSON.stringify(other), passed(loom, other).plan, passed(loom, other)]) {
    const run = await loom.start("Multiply", { plan: DRAFT, inputs });
    expect((await run.result()).status).toBe("awaiting-approval");
    expect(await run.edit(plan)).toEqual({ ok: true });
    const { waiting } = await run.result();
    await run.approve(waiting!.approvals[0]!.hash);
    expect((await run.result()).answer).toBe(43);
  }
});

test("a plan is checked once for a start, whichever way it is given", async () => {
  const loom = await open();
  for (const plan of [DRAFT, JSON.stringify(DRAFT)])
    expect(await checks(() => loom.run("Multiply", { plan, inputs }))).toBe(1);
  const checked = passed(loom);
  expect(await checks(() => loom.run("Multiply", { plan: checked, inputs }))).toBe(0);
  expect(await checks(() => loom.run("Multiply", { plan: loom.check(checked), inputs }))).toBe(0);
});

test("a checked plan brings the inputs that it was checked with", async () => {
  const loom = await open();
  expect((await loom.run("Multiply", { plan: passed(loom) })).answer).toBe(42);
  expect((await loom.run("Multiply", { plan: passed(loom), inputs: { n: 2 } })).answer).toBe(14);
});

test("a plan that was checked without inputs is checked with those of the run", async () => {
  const loom = await open();
  const checked = loom.check(DRAFT);
  expect(checked.ok).toBe(true);
  await expect(loom.start("Multiply", { plan: checked })).rejects.toMatchObject({ code: "PLAN_INVALID" });
  expect((await loom.run("Multiply", { plan: checked, inputs })).answer).toBe(42);
});

test("a result that did not pass starts nothing, and says what was found", async () => {
  const loom = await open();
  const refused = loom.check({ steps: [{ id: "a", tool: "calculat" }] });
  await expect(loom.start("x", { plan: refused })).rejects.toThrow(/UNKNOWN_TOOL/);
  await expect(loom.estimate(refused)).rejects.toThrow(/UNKNOWN_TOOL/);
});

test("a result that was changed, forged, or made by another loom is checked", async () => {
  const loom = await open();
  const evil = { ...passed(loom).plan.steps[0]!, tool: "nowhere" };
  const spread = passed(loom);
  const changed = passed(loom);
  (changed.plan.steps as unknown[])[0] = evil;
  const swapped = passed(loom);
  Object.assign(swapped, { plan: { ...swapped.plan, steps: [evil] } });
  const gone = passed(loom);
  Object.assign(gone, { plan: null });
  for (const plan of [{ ...spread, plan: { ...spread.plan, steps: [evil] } }, changed, swapped, gone]) {
    expect(loom.check(plan, { inputs }).ok).toBe(false);
    await expect(loom.start("x", { plan, inputs })).rejects.toMatchObject({ code: "PLAN_INVALID" });
  }
  const stranger = passed(await open());
  expect(await checks(() => loom.run("x", { plan: stranger, inputs }))).toBe(1);
});

test("fields that were added to a result of check do not reach the run", async () => {
  const loom = await createLoom({ store: "memory", approval: "always" });
  onTestFinished(() => loom.close());
  const plan = Object.assign(passed(loom), { approval: { required: false, reason: "" }, hash: "0".repeat(64) });
  const document = await loom.run("Multiply", { plan, inputs });
  expect(document.status).toBe("awaiting-approval");
  expect(document.waiting!.approvals[0]!.hash).not.toBe(plan.hash);
});
