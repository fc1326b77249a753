// Runs against servers that limit requests, or that are not there yet: nothing fails, and no attempt is used.
import { expect, test } from "vitest";
import { createLoom } from "../../src/index.js";
import { LIMITS } from "../../src/limits.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { scriptedModel, type ScriptedReply } from "../../src/testing/scripted-model.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { eventsIn, sound } from "./parts.js";

const limited = (retryAfterMs?: number): ScriptedReply => ({
  error: new PlanloomError("PROVIDER_RATE_LIMITED", { model: "m", status: 429 }, { retryAfterMs }),
});

const each = (count: number) => ({
  inputs: { list: { default: Array.from({ length: count }, (_, index) => index) } },
  steps: [{ id: "each", forEach: "${{ inputs.list }}", agent: "Say hello.", with: { n: "${{ item }}" } }],
  answer: { value: "${{ size(each) }}" },
});

/** A clock that moves by itself while the run waits for nothing else. */
async function passing<T>(clock: ReturnType<typeof fakeClock>, work: Promise<T>): Promise<T> {
  let isOver = false;
  const over = (): void => void (isOver = true);
  work.then(over, over);
  for (let turn = 0; turn < 20_000 && !isOver; turn++) await clock.advance(50);
  return work;
}

test("20 items against a server that takes one request a second all complete", async () => {
  const clock = fakeClock(1_000_000);
  let free = 0;
  const model = scriptedModel(() => {
    if (clock.now() < free) return limited(1_000);
    free = clock.now() + 1_000;
    return "hello";
  });
  const config = { store: "memory", models: { executor: model }, onFailure: "fail" } as const;
  const loom = await createLoom(config, { clock, env: {} });
  const run = await loom.start("x", { plan: each(20) });
  const document = await passing(clock, run.result());
  expect(document).toMatchObject({ status: "completed", answer: 20 });
  expect(clock.now() - 1_000_000).toBeLessThan(25_000);
  const log = await eventsIn(run);
  const types = new Set(log.map(({ type }) => type));
  expect([types.has("turn.failed"), types.has("step.failed"), types.has("step.retrying")]).toEqual([
    false,
    false,
    false,
  ]);
  const waited = log.filter(({ type, data }) => type === "step.completed" && data.usage.waited !== undefined);
  expect(waited.length).toBeGreaterThan(10);
  await sound(run);
  await loom.close();
});

test("a wait does not use up the time limit of an agent step", async () => {
  const clock = fakeClock(1_000_000);
  let calls = 0;
  const model = scriptedModel(() => (calls++ === 0 ? limited(120_000) : "hello"));
  const loom = await createLoom({ store: "memory", models: { executor: model } }, { clock, env: {} });
  const plan = { steps: [{ id: "a", agent: "Say hello.", timeout: "10s" }], answer: { value: "${{ a }}" } };
  const run = await loom.start("x", { plan });
  expect(await passing(clock, run.result())).toMatchObject({ status: "completed", answer: "hello" });
  await loom.close();
});

test("a wait ends at once when the run is cancelled", async () => {
  const clock = fakeClock(1_000_000);
  const model = scriptedModel(() => limited(600_000));
  const loom = await createLoom({ store: "memory", models: { executor: model } }, { clock, env: {} });
  const waits: string[] = [];
  const plan = { steps: [{ id: "a", agent: "Say hello." }], answer: { value: "${{ a }}" } };
  const listener = { progress: (progress: { readonly type: string }) => void waits.push(progress.type) };
  const run = await loom.start("x", { plan, listener });
  const done = run.result();
  await clock.advance(1_000);
  expect(waits).toContain("wait");
  await run.cancel("enough");
  expect(await done).toMatchObject({ status: "cancelled" });
  expect(clock.now()).toBe(1_001_000);
  await loom.close();
});

test("a wait ends at once when the run is paused; the call is made after the pause, as the same attempt", async () => {
  const clock = fakeClock(1_000_000);
  const model = scriptedModel([limited(60_000), "hello"]);
  const loom = await createLoom({ store: "memory", models: { executor: model } }, { clock, env: {} });
  const plan = { steps: [{ id: "a", agent: "Say hello." }], answer: { value: "${{ a }}" } };
  const run = await loom.start("x", { plan });
  await clock.advance(1_000);
  await run.pause("wait a moment");
  expect(await run.result()).toMatchObject({ status: "paused" });
  await clock.advance(120_000);
  expect(model.requests).toHaveLength(1);
  await run.resume();
  expect(await passing(clock, run.result())).toMatchObject({ status: "completed", answer: "hello" });
  expect((await run.document()).steps[0]).toMatchObject({ attempts: 1 });
  await sound(run);
  await loom.close();
});

test("a run that is cancelled while it is paused ends, also if a call of it was put down", async () => {
  const clock = fakeClock(1_000_000);
  const loom = await createLoom(
    { store: "memory", models: { executor: scriptedModel([limited(60_000)]) } },
    { clock, env: {} },
  );
  const plan = { steps: [{ id: "a", agent: "Say hello." }], answer: { value: "${{ a }}" } };
  const run = await loom.start("x", { plan });
  await clock.advance(1_000);
  await run.pause("wait a moment");
  expect(await run.result()).toMatchObject({ status: "paused" });
  await run.cancel("enough");
  expect(await run.result()).toMatchObject({ status: "cancelled" });
  await sound(run);
  await loom.close();
});

const SUMMARY = { steps: [{ id: "a", tool: "summarize", with: { text: "long" } }], answer: { value: "${{ a }}" } };

test("a wait of the tool summarize is shown, and uses up neither its time limit nor an attempt", async () => {
  const clock = fakeClock(1_000_000);
  const model = scriptedModel([limited(LIMITS.toolTimeoutMs * 2), "short"]);
  const loom = await createLoom({ store: "memory", models: { executor: model } }, { clock, env: {} });
  const waits: string[] = [];
  const listener = { progress: (progress: { readonly type: string }) => void waits.push(progress.type) };
  const run = await loom.start("x", { plan: SUMMARY, listener });
  const document = await passing(clock, run.result());
  expect(document).toMatchObject({ status: "completed", answer: "short", steps: [{ attempts: 1 }] });
  expect(waits).toContain("wait");
  await sound(run);
  await loom.close();
});

test("nor that of an agent step which calls it", async () => {
  const clock = fakeClock(1_000_000);
  const call = { toolCalls: [{ name: "summarize", args: { text: "long" } }] };
  const model = scriptedModel([call, limited(LIMITS.toolTimeoutMs * 2), "short", "done"]);
  const loom = await createLoom({ store: "memory", models: { executor: model } }, { clock, env: {} });
  const step = { id: "a", agent: "Summarize.", tools: ["summarize"], timeout: "30s" };
  const run = await loom.start("x", { plan: { steps: [step], answer: { value: "${{ a }}" } } });
  expect(await passing(clock, run.result())).toMatchObject({ answer: "done", steps: [{ attempts: 1 }] });
  expect(model.requests).toHaveLength(4);
  await loom.close();
});

test("a pause stops it, and it is called after the pause, as the same attempt", async () => {
  const clock = fakeClock(1_000_000);
  const model = scriptedModel([limited(60_000), "short"]);
  const loom = await createLoom({ store: "memory", models: { executor: model } }, { clock, env: {} });
  const run = await loom.start("x", { plan: SUMMARY });
  await clock.advance(1_000);
  await run.pause("wait a moment");
  expect(await run.result()).toMatchObject({ status: "paused" });
  await clock.advance(120_000);
  expect(model.requests).toHaveLength(1);
  await run.resume();
  const document = await passing(clock, run.result());
  expect(document).toMatchObject({ answer: "short", steps: [{ attempts: 1 }] });
  await loom.close();
});
