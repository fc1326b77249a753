// The appraisal of a plan before a person approves it: the estimate in the log, and the word of the program's own
// function. Whatever that function does, a plan that nobody has decided about waits for a person, and no run fails for
// it.
import { expect, onTestFinished, test } from "vitest";
import type { ApprovalFunction } from "../../src/perform/appraisal.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { createLoom } from "../../src/loom/create-loom.js";
import type { Loom } from "../../src/loom/loom.js";
import { LIMITS } from "../../src/limits.js";
import type { EventStore } from "../../src/store/event-store.js";
import { memoryStore } from "../../src/store/memory.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { call, eventsOf, inTime, logOf, toolNamed, turns } from "./parts.js";

const PLAN = { goal: "Look and pay", steps: [call("seen", "look"), call("paid", "pay", { dependsOn: ["seen"] })] };

async function open(
  config: LoomConfig,
  store: EventStore = memoryStore(),
  clock = fakeClock(1_000_000),
): Promise<Loom> {
  const tools = [toolNamed("look", "none"), toolNamed("pay", "once")];
  const loom = await createLoom({ tools, store, ...config }, { env: {}, clock });
  onTestFinished(() => loom.close());
  return loom;
}

const deciding = (approval: unknown) => open({ approval: approval as ApprovalFunction });

test.each([
  ["true", () => true, "the approval function asks for it"],
  ["a reason", async () => "over the budget of ann", "over the budget of ann"],
  ["an empty reason", () => "", "the approval function asks for it"],
  ["nothing", () => undefined, "the approval function gave neither true, false nor a reason"],
  ["a number", async () => 0, "the approval function gave neither true, false nor a reason"],
  ["an error", () => Promise.reject(new Error("no connection")), "the approval function failed: no connection"],
])("a function that gives %s has the plan wait, with the reason", async (_what, decide, reason) => {
  const loom = await deciding(decide);
  const run = await loom.run("", { plan: PLAN });
  expect(run).toMatchObject({ status: "awaiting-approval", waiting: { approvals: [{ subject: "plan", reason }] } });
});

test("a function that returns false lets the plan run, and the log holds its answer", async () => {
  const loom = await deciding(() => false);
  const run = await loom.run("", { plan: PLAN });
  expect(run).toMatchObject({ status: "completed" });
  const [proposed] = eventsOf(await logOf(loom.store, run.runId), "plan.proposed");
  expect(proposed?.data.approval).toEqual({ required: false, reason: { code: "FUNCTION_ALLOWS" } });
});

test("a function that never answers has a time limit; then a person is asked", async () => {
  const clock = fakeClock(1_000_000);
  const loom = await open({ approval: () => new Promise<boolean>(() => undefined) }, memoryStore(), clock);
  const started = loom.start("", { plan: PLAN });
  const run = await inTime(clock, started);
  const { waiting } = await run.result();
  expect(waiting?.approvals[0]?.reason).toBe(
    `the approval function did not decide within ${LIMITS.approvalFunctionMs} ms`,
  );
});

test("the function decides by plan and estimate, and cannot change what was checked", async () => {
  const asked: number[] = [];
  const loom = await deciding(((plan, estimate) => {
    asked.push(estimate.actions.length);
    (plan.steps as unknown[]).length = 0;
    return estimate.actions.length > 0;
  }) satisfies ApprovalFunction);
  const acting = await loom.run("", { plan: PLAN });
  expect(acting).toMatchObject({ status: "awaiting-approval", stepsTotal: 2 });
  const looking = await loom.run("", { plan: { ...PLAN, steps: PLAN.steps.slice(0, 1) } });
  expect(looking).toMatchObject({ status: "completed", stepsCompleted: 1 });
  expect(asked).toEqual([1, 0]);
});

test("a plan of the planner is judged as a given one is, each time", async () => {
  const texts = ["first", "second"];
  const loom = await open({
    approval: ({ steps }) => `title: ${steps[0]!.title}`,
    models: { planner: () => ({ ...PLAN, steps: [call("seen", "look", { title: texts.shift() ?? "third" })] }) },
  });
  const run = await loom.start("Look");
  expect((await run.result()).waiting?.approvals[0]?.reason).toBe("title: first");
  await run.reject("another one");
  await turns();
  const log = await logOf(loom.store, run.id);
  expect(eventsOf(log, "plan.proposed").map(({ data }) => data.approval?.reason)).toEqual([
    { code: "FUNCTION_ASKS", text: "title: first" },
    { code: "FUNCTION_ASKS", text: "title: second" },
  ]);
});

test("a waiting plan has its estimate; under `never` none is made", async () => {
  const loom = await open({ approval: "effects" });
  const run = await loom.run("", { plan: PLAN });
  const { waiting } = run;
  expect(waiting?.approvals[0]?.estimate).toEqual(JSON.parse(JSON.stringify(await loom.estimate(PLAN))));

  const trusting = await open({ approval: "never" });
  const done = await trusting.run("", { plan: PLAN });
  const [proposed] = eventsOf(await logOf(trusting.store, done.runId), "plan.proposed");
  expect(proposed?.data).not.toHaveProperty("estimate");
});

test("an estimate of another plan in the middle of a run leaves out what is done already", async () => {
  const loom = await open({ approval: "always" });
  const run = await loom.start("", { plan: PLAN });
  const first = await run.result();
  await run.approve(first.plan!.hash);
  await run.result();
  const retried = await run.retry({ plan: { ...PLAN, steps: [...PLAN.steps, call("more", "look")] } });
  expect(retried).toEqual({ ok: true });
  const { waiting } = await run.result();
  expect(waiting?.approvals[0]?.estimate).toMatchObject({ toolCalls: 1, actions: [] });
});

test("a process without the function asks a person, and so does one whose earlier runs cannot be read", async () => {
  const store = memoryStore();
  const first = await open({ approval: () => "ask ann" }, store);
  const run = await first.start("", { plan: PLAN });
  await run.result();
  await first.close();
  const second = await open({ approval: "never" }, store);
  const again = await second.get(run.id);
  await again.cancel();
  expect(await again.retry({ plan: { ...PLAN, steps: PLAN.steps.slice(0, 1) } })).toEqual({ ok: true });
  const { waiting } = await again.result();
  expect(waiting?.approvals[0]?.reason).toBe("no approval function has decided that it needs no approval");

  const blind = Object.assign(memoryStore(), { list: () => Promise.reject(new Error("no index")) });
  const third = await open({ approval: () => "seen" }, blind);
  expect((await third.run("", { plan: PLAN })).waiting?.approvals[0]?.estimate).toMatchObject({ toolCalls: 2 });
});

test("an approval policy that is neither a word nor a function is refused", async () => {
  await expect(createLoom({ approval: 5 as never, store: "memory" }, { env: {} })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    next: "Write one of never, always, effects, or a function of plan and estimate.",
  });
});
