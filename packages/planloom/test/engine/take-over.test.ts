// A run whose owner is alive, and a person who takes it over. In: two local engines over one store, and the state of
// the first one's process. Out: refusals that name the owner, doubts that nobody is asked about, and one call each.
import { describe, expect, test } from "vitest";
import type { Engine } from "../../src/engine/engine.js";
import type { Liveness } from "../../src/engine/holder.js";
import { localEngine } from "../../src/engine/local.js";
import { LIMITS } from "../../src/limits.js";
import { documentOf } from "../../src/loom/document.js";
import { performIn } from "../../src/perform/perform.js";
import { RunContexts } from "../../src/perform/run-contexts.js";
import type { EffectClass } from "../../src/plan/tool-spec.js";
import { fakeClock, type FakeClock } from "../../src/testing/fake-clock.js";
import { memoryStore } from "../../src/store/memory.js";
import type { EventStore } from "../../src/store/event-store.js";
import type { Reconciled } from "../../src/tools/tool.js";
import { call, eventsOf, latch, requestOf, servicesOf, toolNamed, turn, until } from "./parts.js";

const OWNER = "laptop/4711/1/a";
const BEGUN = 1_000_000;

interface Stage {
  readonly clock: FakeClock;
  readonly store: EventStore;
  readonly owner: Engine;
  readonly other: Engine;
  readonly runId: string;
  readonly tool: ReturnType<typeof toolNamed>;
  readonly gate: ReturnType<typeof latch<string>>;
  /** How often the tool was asked about its call. */
  asked(): number;
}

let ids = 0;

/** A run whose only call does not end. The clock of its owner stands still, as under a synchronous call. */
async function calling(
  effects: EffectClass,
  liveness: () => Liveness,
  change: { store?: (store: EventStore) => EventStore } = {},
): Promise<Stage> {
  let asked = 0;
  const gate = latch<string>();
  const tool = toolNamed("act", effects, () => (tool.calls.length === 1 ? gate.passed : "again"), {
    reconcile: () => Promise.resolve<Reconciled>((asked++, { happened: false })),
  });
  const store = memoryStore();
  const clock = fakeClock(BEGUN);
  const open = (holder: string, at: FakeClock, own: EventStore): Engine => {
    const services = servicesOf({ store: own, clock: at, tools: [tool] });
    const newId = (of: string) => `${of}-${++ids}`;
    const livenessOf = (of: string) => (of === OWNER ? liveness() : ("unknown" as const));
    return localEngine({ store: own, clock: at, perform: performIn(services), newId, defer: turn, holder, livenessOf });
  };
  const owner = open(OWNER, fakeClock(BEGUN), change.store?.(store) ?? store);
  const services = servicesOf({ store, clock, tools: [tool] });
  const runId = await owner.start(requestOf(services, { plan: { steps: [call("a", "act")] } }));
  await until("it is called", () => tool.calls.length === 1);
  return { clock, store, owner, other: open("laptop/4712/1/b", clock, store), runId, tool, gate, asked: () => asked };
}

describe("an owner beyond its lease", () => {
  test("keeps its run while its process is known to be alive, and its call is not asked about", async () => {
    const s = await calling("once", () => "alive");
    await s.clock.advance(10 * LIMITS.leaseMs);
    await expect(s.other.drive(s.runId, "RESUMED")).rejects.toMatchObject({
      code: "RUN_OWNED",
      params: { owner: { host: "laptop", pid: "4711", since: BEGUN, alive: true } },
    });
    expect(s.asked()).toBe(0);
    s.gate.open("done");
    expect((await s.owner.stopped(s.runId, { untilEnd: true })).run.answering.answer).toBe("done");
    expect(s.tool.calls).toHaveLength(1);
  });

  test("loses its run when nobody knows whether its process is alive", async () => {
    const s = await calling("none", () => "unknown");
    const leaseUntil = BEGUN + LIMITS.leaseMs;
    const owned = { code: "RUN_OWNED", params: { owner: { host: "laptop", pid: "4711", since: BEGUN, leaseUntil } } };
    await expect(s.other.drive(s.runId, "RESUMED")).rejects.toMatchObject(owned);
    await s.clock.advance(LIMITS.leaseMs);
    await s.other.drive(s.runId, "RESUMED");
    expect((await s.other.stopped(s.runId, { untilEnd: true })).run.answering.answer).toBe("again");
  });
});

describe("an owner that was stopped while it looked a context up", () => {
  test("makes no call when another process has taken the run", async () => {
    const [store, tool] = [memoryStore(), toolNamed("act", "once", () => "done")];
    let now = BEGUN;
    // It runs no timer while it is stopped.
    const clock = Object.assign(fakeClock(BEGUN), { now: () => now, setTimer: () => () => undefined });
    const found = latch<object>();
    const contexts = new RunContexts(() => found.passed, undefined);
    const services = { ...servicesOf({ store, clock, tools: [tool] }), contexts };
    const newId = (of: string) => `${of}-${++ids}`;
    const owner = localEngine({ store, clock, perform: performIn(services), newId, defer: turn, holder: OWNER });
    const request = requestOf(services, { plan: { steps: [call("a", "act")] } });
    const context = { stored: {}, lookedUp: ["session"] };
    const runId = await owner.start({ ...request, started: { ...request.started, context } });
    const lost = expect(owner.stopped(runId)).rejects.toMatchObject({ code: "STORE_FENCED" });
    now += LIMITS.leaseMs;
    const epoch = await store.claim(runId, 1, "laptop/4712/1/b", now + LIMITS.leaseMs);
    found.open({});
    await lost;
    expect([epoch, tool.calls]).toEqual([2, []]);
  });
});

describe("a take-over", () => {
  test("puts the call of a live owner in doubt, does not ask the tool, and the owner stops", async () => {
    const s = await calling("once", () => "alive");
    const lost = expect(s.owner.stopped(s.runId, { untilEnd: true })).rejects.toMatchObject({ code: "STORE_FENCED" });
    await s.other.drive(s.runId, "TAKEN_OVER");
    await s.clock.advance(10 * LIMITS.reconcileDelayMs);
    expect((await s.other.stopped(s.runId)).why).toBe("waiting");
    const log = await s.store.read(s.runId);
    const from = { host: "laptop", pid: "4711" };
    expect(eventsOf(log, "run.resumed")[0]?.data).toMatchObject({ epoch: 2, reason: { code: "TAKEN_OVER", from } });
    const [doubt] = eventsOf(log, "step.unknown");
    expect(doubt?.data).toMatchObject({ step: "a", tool: "act", error: { code: "TAKEN_OVER" } });
    expect(doubt?.data).not.toHaveProperty("reconcileAt");
    const [subject] = documentOf(await s.other.load(s.runId)).waiting?.unknown ?? [];
    expect(subject).toEqual({
      step: "a",
      tool: "act",
      args: s.tool.calls[0]?.args,
      key: s.tool.calls[0]?.key,
      attempt: 1,
      at: new Date(doubt!.at).toISOString(),
      error: "the run was taken over during the call, from a process that may still be calling",
    });
    expect([s.asked(), s.tool.calls.length]).toEqual([0, 1]);
    s.gate.open("too late");
    await lost;
  });

  test("makes a call without effects again, and counts no crash", async () => {
    const s = await calling("none", () => "alive");
    const lost = expect(s.owner.stopped(s.runId)).rejects.toMatchObject({ code: "STORE_FENCED" });
    await s.other.drive(s.runId, "TAKEN_OVER");
    const { run } = await s.other.stopped(s.runId, { untilEnd: true });
    expect(run.answering.answer).toBe("again");
    expect(run.execution.steps.get("a")?.work.crashes).toBe(0);
    s.gate.open("too late");
    await lost;
  });

  test("from an owner that is dead is an ordinary resume: the tool is asked", async () => {
    const s = await calling("once", () => "dead");
    await s.other.drive(s.runId, "TAKEN_OVER");
    await s.clock.advance(LIMITS.reconcileDelayMs);
    expect((await s.other.stopped(s.runId, { untilEnd: true })).run.answering.answer).toBe("again");
    expect(eventsOf(await s.store.read(s.runId), "run.resumed")[0]?.data.reason).toEqual({ code: "RESUMED" });
    expect(s.asked()).toBe(1);
  });
});

test("a run that could not be released is released later, because its owner lives on", async () => {
  let full = true;
  const s = await calling("none", () => "alive", {
    store: (store) =>
      new Proxy(store, {
        get(target, key) {
          const value: unknown = Reflect.get(target, key, target);
          if (key === "release" && full) return () => Promise.reject(new Error("disk full"));
          return typeof value === "function" ? (value.bind(target) as unknown) : value;
        },
      }),
  });
  s.gate.open("done");
  await s.owner.stopped(s.runId, { untilEnd: true });
  expect(await s.store.owner(s.runId)).toMatchObject({ holder: OWNER });
  full = false;
  await s.owner.close();
  expect(await s.store.owner(s.runId)).toMatchObject({ holder: null });
});
