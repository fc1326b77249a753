// Estimates from earlier runs in a real store.
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import { readHistory } from "../../src/perform/history.js";
import type { Loom } from "../../src/loom/loom.js";
import { LIMITS } from "../../src/limits.js";
import type { EventStore } from "../../src/store/event-store.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import type { RunEvent } from "../../src/run/event.js";
import { memoryStore } from "../../src/store/memory.js";
import { openSqliteStore } from "../../src/store/sqlite.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { scriptedModel } from "../../src/testing/scripted-model.js";
import { call, folder, toolNamed } from "./parts.js";

const PLAN = {
  goal: "Look and tell",
  steps: [
    call("seen", "look", { with: { n: 1 } }),
    { id: "told", agent: "Tell.", tools: ["look"], with: { seen: "${{ seen }}" } },
  ],
};
const ANSWER = { calls: 1, inputTokens: 7_000, outputTokens: 700 };
const TURN = { calls: 1, inputTokens: 10_000, outputTokens: 50 };

/** An executor that takes five turns, far from what is assumed, and an answer. */
function model() {
  return scriptedModel((request) => {
    if (!request.system.includes("executor")) return { text: "Told.", usage: ANSWER };
    const turns = request.messages.filter(({ role }) => role === "tool").length;
    if (turns === 4) return { text: "It is told.", usage: TURN };
    return { toolCalls: [{ name: "look", args: { n: turns } }], usage: TURN };
  });
}

async function open(config: LoomConfig = {}): Promise<Loom> {
  const loom = await createLoom(
    { tools: [toolNamed("look", "none")], models: { default: model() }, ...config },
    { env: {}, clock: fakeClock(1_000_000) },
  );
  onTestFinished(() => loom.close());
  return loom;
}

test("the estimate of the second run moves towards what the first one took, and says from how many", async () => {
  const store = await openSqliteStore({ path: join(folder(), "planloom.db") });
  onTestFinished(() => store.close());
  const loom = await open({ store, prices: { scripted: { inputUsdPerMTok: 1, outputUsdPerMTok: 10 } } });
  const first = await loom.estimate(PLAN);
  expect(first.basis).toEqual({ runs: 0, tools: { look: 0 }, models: { scripted: 0 }, lists: {} });

  const { usage, status } = await loom.run("", { plan: PLAN });
  expect(status).toBe("completed");
  const took = {
    modelCalls: usage.executor.calls + usage.synthesizer.calls,
    inputTokens: (usage.executor.inputTokens ?? 0) + (usage.synthesizer.inputTokens ?? 0),
    outputTokens: (usage.executor.outputTokens ?? 0) + (usage.synthesizer.outputTokens ?? 0),
  };
  expect(took).toEqual({ modelCalls: 6, inputTokens: 57_000, outputTokens: 950 });

  const second = await (await open({ store })).estimate(PLAN);
  expect(second.basis).toEqual({ runs: 1, tools: { look: 1 }, models: { scripted: 2 }, lists: {} });
  for (const figure of ["modelCalls", "inputTokens", "outputTokens"] as const) {
    const [before, after] = [first, second].map((estimate) => Math.abs(estimate[figure] - took[figure]));
    expect([figure, after! < before!]).toEqual([figure, true]);
  }
  // No time went by on this clock: the samples say 0, and count one third.
  expect(second.criticalPathMs).toBe(Math.round((first.criticalPathMs * 2) / 3));
  expect([first.costUsd, second.costUsd]).toEqual([expect.any(Number), null]);
});

test("a plan that passed check is estimated as it is; one that does not pass is refused", async () => {
  const loom = await open({ store: memoryStore() });
  const checked = loom.check(PLAN);
  expect(await loom.estimate(checked)).toEqual(await loom.estimate(PLAN));
  await expect(loom.estimate({ steps: [call("a", "nothing")] })).rejects.toMatchObject({ code: "PLAN_INVALID" });
  expect(await loom.list()).toEqual({ runs: [] });
});

test("planning teaches what a replan costs; a planner that is a function has no such cost", async () => {
  const store = memoryStore();
  const steps = [call("seen", "look", { with: { n: 1 } })];
  const planner = scriptedModel(() => ({ json: { steps, answer: { value: "done" } }, usage: TURN }), { name: "big" });
  const loom = await open({ store, models: { planner } });
  await loom.run("Look");
  expect((await loom.estimate(PLAN)).replan).toMatchObject({ model: "big", samples: 1, from: "earlier runs" });
  const other = await open({ store, models: { planner: async () => ({ steps }) } });
  expect((await other.estimate(PLAN)).replan).toBeNull();
});

test("only the newest runs are looked at, and no more once the time is over", async () => {
  const store = memoryStore();
  const loom = await open({ store });
  const plan = { ...PLAN, steps: [PLAN.steps[0]], answer: { value: "done" } };
  for (let run = 0; run < LIMITS.historyRuns + 2; run++) await loom.run("", { plan });
  const samples = (await readHistory(store, fakeClock(0))).work.get("tool look");
  expect(new Set(samples?.map(({ runId }) => runId)).size).toBe(LIMITS.historyRuns);

  // Each look at this clock finds half of the time gone.
  const clock = fakeClock(0);
  let looks = 0;
  const hasty = { ...clock, now: () => (looks++ * LIMITS.historyMs) / 2 };
  expect((await readHistory(store, hasty)).work.get("tool look")).toHaveLength(1);
});

test.each<[string, (event: RunEvent) => unknown]>([
  ["was written by a newer Planloom", (event) => ({ ...event, v: 99 })],
  ["has an event with fields of a wrong type", (event) => (event.seq === 3 ? { ...event, data: "none" } : event)],
  ["has an event without data", (event) => (event.seq === 2 ? { ...event, data: null } : event)],
])("a run that %s is passed over", async (_, change) => {
  const store = memoryStore();
  const loom = await open({ store });
  const plan = { ...PLAN, steps: [PLAN.steps[0]], answer: { value: "done" } };
  const { runId } = await loom.run("", { plan });
  const events = (await store.read(runId)).map((event) => change({ ...event, runId: "strange" }) as RunEvent);
  await store.append("strange", { expectedSeq: 0, epoch: (await store.claim("strange", 0, "test", 0)) ?? 0 }, events);
  expect((await store.list()).runs.length).toBe(2);
  expect((await readHistory(store, fakeClock(0))).work.get("tool look")).toMatchObject([{ runId }]);
});

test("a run that is damaged behind its head gives what is sound of it, or nothing", async () => {
  const store = memoryStore();
  const loom = await open({ store });
  const plan = { ...PLAN, steps: [PLAN.steps[0]], answer: { value: "done" } };
  const damaged = await loom.run("", { plan });
  const { runId } = await loom.run("", { plan });
  const read: EventStore["read"] = async (id, ...rest) => {
    if (id === damaged.runId) throw new PlanloomError("STORE_DAMAGED", { path: "runs.db", damage: "log-head" });
    return store.read(id, ...rest);
  };
  const broken = new Proxy(store, {
    get: (target, key) => (key === "read" ? read : (Reflect.get(target, key) as () => unknown).bind(target)),
  });
  expect((await readHistory(broken, fakeClock(0))).work.get("tool look")).toMatchObject([{ runId }]);
});
