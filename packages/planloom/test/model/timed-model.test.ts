// Models and planner functions that do not look at their signal: each call ends in time all the same. The clock is
// moved by hand.
import { describe, expect, test } from "vitest";
import type { AgentContext } from "../../src/agents/checkpoint.js";
import type { PlannerRequest } from "../../src/agents/planner/plan-request.js";
import type { PlannerFunction } from "../../src/agents/planner/planner.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { timedPlanner } from "../../src/agents/planner/timed-planner.js";
import { LIMITS } from "../../src/limits.js";
import type { ModelReply, ModelRequest } from "../../src/model/port.js";
import { openModel } from "../../src/model/model.js";
import { timedModel } from "../../src/model/patience/timed-model.js";
import { fakeClock, type FakeClock } from "../../src/testing/fake-clock.js";
import { latch, turns } from "../engine/parts.js";

const REPLY: ModelReply = {
  text: "yes",
  toolCalls: [],
  usage: { calls: 1, inputTokens: 1, outputTokens: 1 },
  finish: "stop",
};
const never = () => new Promise<never>(() => undefined);

function asked(
  work: (request: ModelRequest, clock: FakeClock) => Promise<ModelReply>,
  { timeoutMs, onText }: { timeoutMs?: number; onText?: (text: string) => void } = {},
) {
  const clock = fakeClock();
  const outer = new AbortController();
  const call = (request: ModelRequest) => work(request, clock);
  const model = timedModel({ name: "m", call, ...(timeoutMs === undefined ? {} : { timeoutMs }) }, clock);
  const request = { system: "", messages: [], signal: outer.signal, ...(onText && { onText }) };
  return { clock, abort: () => outer.abort(new Error("stopped")), ...ending(clock, model.call(request)) };
}

/** How it ended, or undefined while it has not. */
function ending(clock: FakeClock, call: Promise<unknown>) {
  let end: unknown;
  const told = call.then(
    (value) => (end = value),
    (error: unknown) => (end = error),
  );
  return { told, end: () => end, pending: () => clock.pending };
}

describe("a model", () => {
  test("that answers is heard, and leaves no timer behind", async () => {
    const { told, pending } = asked(async () => REPLY);
    expect(await told).toBe(REPLY);
    expect(pending()).toBe(0);
  });

  test("that fails by itself fails with its own error", async () => {
    const own = new Error("no");
    expect(await asked(() => Promise.reject(own)).told).toBe(own);
    expect(
      await asked(() => {
        throw own;
      }).told,
    ).toBe(own);
  });

  test("that never answers is given up after its time and the grace time, and not before", async () => {
    const { clock, end, told, pending } = asked(never, { timeoutMs: 5_000 });
    await clock.advance(5_000 + LIMITS.graceMs - 1);
    expect(end()).toBeUndefined();
    await clock.advance(1);
    expect(await told).toMatchObject({ code: "PROVIDER_TIMEOUT", kind: "provider", retryable: true });
    expect(pending()).toBe(0);
  });

  test("without a timeout has the default one", async () => {
    const { clock, end } = asked(never);
    await clock.advance(LIMITS.modelTimeoutMs - 1);
    expect(end()).toBeUndefined();
    await clock.advance(1 + LIMITS.graceMs);
    expect(end()).toMatchObject({ code: "PROVIDER_TIMEOUT" });
  });

  test("that gives signs of life may take longer, up to its limit in all", async () => {
    const { clock, end, told, pending } = asked(async ({ alive }, time) => {
      const beat = (): void => (alive?.(), void time.setTimer(900, beat));
      beat();
      return never();
    });
    await clock.advance(LIMITS.modelTotalMs - 1);
    expect(end()).toBeUndefined();
    await clock.advance(1 + LIMITS.graceMs);
    const params = { problem: "no-reply", timeoutMs: LIMITS.modelTotalMs };
    expect(await told).toMatchObject({ code: "PROVIDER_TIMEOUT", params });
    expect(pending()).toBe(1);
  });

  test("whose text stops coming is given up after the time of silence", async () => {
    const { clock, told } = asked(
      async ({ onText }, time) => {
        onText?.("a");
        await new Promise<void>((resolve) => void time.setTimer(4_000, resolve));
        onText?.("b");
        return never();
      },
      { timeoutMs: 5_000, onText: () => undefined },
    );
    await clock.advance(9_000 + LIMITS.graceMs);
    expect(await told).toMatchObject({ params: { problem: "no-sign", timeoutMs: 5_000 } });
    expect(clock.now()).toBe(9_000 + LIMITS.graceMs);
  });

  test("with a longer time of silence has that time in all, too; its own limit in all wins", async () => {
    const long = asked(never, { timeoutMs: LIMITS.modelTotalMs * 2 });
    await long.clock.advance(LIMITS.modelTotalMs * 2 - 1);
    expect(long.end()).toBeUndefined();
    const clock = fakeClock();
    const model = timedModel({ name: "m", call: never, totalTimeoutMs: 1_000 }, clock);
    const { told } = ending(clock, model.call({ system: "", messages: [], signal: new AbortController().signal }));
    await clock.advance(1_000 + LIMITS.graceMs);
    expect(await told).toMatchObject({ params: { problem: "no-reply", timeoutMs: 1_000 } });
  });

  test("of the port has the role's timeout", () => {
    const model = { name: "m", call: never };
    expect(openModel({ model, timeout: 7, totalTimeout: 9 }, "planner")).toMatchObject({
      timeoutMs: 7,
      totalTimeoutMs: 9,
    });
    expect(openModel({ model }, "planner")).toBe(model);
  });

  test("that never answers an aborted request is given up after the grace time", async () => {
    const { clock, abort, told } = asked(never);
    abort();
    await clock.advance(LIMITS.graceMs);
    expect(await told).toMatchObject({ message: "stopped" });
  });

  test("that reacts to its signal counts as too late, unless it says more about it", async () => {
    const onAbort =
      (error: Error) =>
      async ({ signal }: ModelRequest) => {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        throw error;
      };
    const plain = asked(onAbort(new Error("fetch failed")));
    await plain.clock.advance(LIMITS.modelTimeoutMs);
    expect(await plain.told).toMatchObject({ code: "PROVIDER_TIMEOUT" });
    const careful = new PlanloomError("PROVIDER_TIMEOUT", { model: "m", problem: "silent", reason: "ETIMEDOUT" });
    const own = asked(onAbort(careful));
    await own.clock.advance(LIMITS.modelTimeoutMs);
    expect(await own.told).toBe(careful);
  });

  test("may still answer within the grace time, without streaming; later answers are ignored", async () => {
    const shown: string[] = [];
    const gate = latch<ModelReply>();
    const call = async ({ onText, signal }: ModelRequest) => {
      onText?.("a");
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      onText?.("b");
      return gate.passed;
    };
    const inGrace = asked(call, { onText: (text) => shown.push(text) });
    await inGrace.clock.advance(LIMITS.modelTimeoutMs);
    const tooLate = asked(call);
    await tooLate.clock.advance(LIMITS.modelTimeoutMs + LIMITS.graceMs);
    gate.open(REPLY);
    expect(await inGrace.told).toBe(REPLY);
    expect(shown).toStrictEqual(["a"]);
    await turns();
    expect(await tooLate.told).toMatchObject({ code: "PROVIDER_TIMEOUT" });
  });
});

describe("a planner function", () => {
  const planned = (planner: PlannerFunction) => {
    const clock = fakeClock();
    const outer = new AbortController();
    const timed = timedPlanner(planner, clock) as PlannerFunction;
    const call = timed({} as PlannerRequest, { signal: outer.signal } as AgentContext);
    return { clock, abort: () => outer.abort(new Error("stopped")), ...ending(clock, call) };
  };

  test("that never answers fails, and may be asked again", async () => {
    const { clock, told } = planned(never);
    await clock.advance(LIMITS.modelTimeoutMs + LIMITS.graceMs);
    expect(await told).toMatchObject({ failure: { code: "TIMEOUT", retryable: true } });
  });

  test("that never answers a stopped run is given up", async () => {
    const { clock, told, abort } = planned(never);
    abort();
    await clock.advance(LIMITS.graceMs);
    expect(await told).toMatchObject({ message: "stopped" });
  });

  test("has a signal that tells it of both", async () => {
    const { clock, told } = planned(async (_, { signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      return "just in time";
    });
    await clock.advance(LIMITS.modelTimeoutMs);
    expect(await told).toBe("just in time");
  });
});
