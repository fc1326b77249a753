// A model that waits for its endpoint: what it waits for, how long, and how that is told. The clock is moved by hand.
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { memoryLimiter } from "../../src/model/patience/memory-limiter.js";
import { usableModel } from "../../src/model/patience/patient-model.js";
import type { Model, ModelReply, ModelRequest } from "../../src/model/port.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { PlanloomError } from "../../src/words/planloom-error.js";
import type { WaitParams } from "../../src/words/waits.js";
import { turns } from "../engine/parts.js";

const REPLY: ModelReply = {
  text: "yes",
  toolCalls: [],
  usage: { calls: 1, inputTokens: 1, outputTokens: 1 },
  finish: "stop",
};

const limited = (retryAfterMs?: number) =>
  new PlanloomError("PROVIDER_RATE_LIMITED", { model: "m", status: 429, text: "slow down" }, { retryAfterMs });
const unreachable = (reason = "ECONNREFUSED") => new PlanloomError("PROVIDER_UNREACHABLE", { model: "m", reason });
const failed = (status: number, text: string, retryAfterMs?: number) =>
  new PlanloomError("PROVIDER_FAILED", { model: "m", problem: "status", status, text }, { retryAfterMs });

/** A model whose calls end as listed, in their order, and then with a reply. */
function asked(ends: readonly Error[], given: Partial<Model> = {}, request: Partial<ModelRequest> = {}) {
  const clock = fakeClock();
  const at: number[] = [];
  const waits: WaitParams[] = [];
  const stop = new AbortController();
  const call = async ({ onText }: ModelRequest) => {
    const error = ends[at.push(clock.now()) - 1];
    if (error === undefined) return REPLY;
    onText?.("half");
    throw error;
  };
  const limiter = memoryLimiter(clock, () => 0);
  const model = usableModel({ name: "m", call, ...given }, clock, limiter);
  const told = model
    .call({
      ...{ system: "", messages: [], signal: stop.signal },
      waits: (wait) => (waits.push(wait), () => undefined),
      ...request,
    })
    .catch((thrown: unknown) => thrown as PlanloomError);
  return { clock, at, waits, told, stop };
}

describe("a refusal that passes", () => {
  test("is waited for, told with its reason, and counted in the usage", async () => {
    const { clock, at, waits, told } = asked([limited(2_000), limited()]);
    await clock.advance(12_000);
    expect(await told).toEqual({ ...REPLY, usage: { ...REPLY.usage, waited: { "rate-limit": 12_000 } } });
    expect(at).toEqual([0, 2_000, 12_000]);
    expect(waits).toEqual([
      { endpoint: "m", why: "rate-limit", ms: 2_000 },
      { endpoint: "m", why: "rate-limit", ms: 10_000 },
    ]);
  });

  test("does not use up the time limit of a reply", async () => {
    const { clock, told } = asked([limited(50_000)], { timeoutMs: 1_000 });
    await clock.advance(50_000);
    expect(await told).toMatchObject({ text: "yes" });
  });

  test("may be a busy server that names a time; without a time the failure is told at once", async () => {
    const busy = asked([failed(529, "overloaded", 4_000)]);
    await busy.clock.advance(4_000);
    expect([await busy.told, busy.waits]).toMatchObject([{ text: "yes" }, [{ why: "busy", ms: 4_000 }]]);
    expect(await asked([failed(500, "oops")]).told).toMatchObject({ code: "PROVIDER_FAILED", retryable: true });
  });

  test("is waited for no longer than the limit allows, and then no attempt helps", async () => {
    const tooLong = asked([limited(LIMITS.limitWaitMs + 1)]);
    expect(await tooLong.told).toMatchObject({ code: "PROVIDER_RATE_LIMITED", retryable: false });
    const always = asked(Array.from({ length: 99 }, () => limited()));
    await always.clock.advance(LIMITS.limitWaitMs + LIMITS.rateWaitMaxMs);
    expect(await always.told).toMatchObject({ code: "PROVIDER_RATE_LIMITED", retryable: false });
  });

  test("that asks for too long a time lets no later call wait for it", async () => {
    const clock = fakeClock();
    const limiter = memoryLimiter(clock, () => 0);
    const day = 24 * 60 * 60_000;
    const refused = { name: "m", call: async () => Promise.reject(limited(day)) };
    const waits: WaitParams[] = [];
    const ask = async () =>
      usableModel(refused, clock, limiter)
        .call({
          system: "",
          messages: [],
          signal: new AbortController().signal,
          waits: (wait) => (waits.push(wait), () => undefined),
        })
        .catch((thrown: unknown) => thrown);
    expect(await ask()).toMatchObject({ code: "PROVIDER_RATE_LIMITED", params: { text: "slow down" } });
    const later = { code: "PROVIDER_RATE_LIMITED", retryable: false, retryAfterMs: day };
    expect(await Promise.all([ask(), ask()])).toMatchObject([later, later]);
    expect(waits).toEqual([]);
  });

  test("after text was streamed is not answered with the same request: the text cannot be taken back", async () => {
    const { told, at } = asked([limited(1_000)], {}, { onText: () => undefined });
    expect(await told).toMatchObject({ code: "PROVIDER_RATE_LIMITED", retryable: true });
    expect(at).toHaveLength(1);
  });
});

describe("a server that is not there yet", () => {
  test.each(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"])(
    "(%s) is asked again until it answers",
    async (reason) => {
      const { clock, at, waits, told } = asked([unreachable(reason), unreachable(reason), unreachable(reason)]);
      await clock.advance(5_000);
      expect(await told).toMatchObject({ text: "yes", usage: { waited: { starting: 3_500 } } });
      expect(at).toEqual([0, 500, 1_500, 3_500]);
      expect(waits[0]).toEqual({ endpoint: "m", why: "starting", ms: 500 });
    },
  );

  test("is given up after a while, at the first contact and later alike", async () => {
    const refusals = Array.from({ length: 99 }, () => unreachable());
    const { clock, told, at } = asked(refusals);
    await clock.advance(LIMITS.serverStartMs + LIMITS.reachAgainMaxMs);
    expect(await told).toMatchObject({ code: "PROVIDER_UNREACHABLE", retryable: false });
    expect(at.at(-1)).toBeGreaterThanOrEqual(LIMITS.serverStartMs);
  });

  test("may say that it loads its model", async () => {
    const { clock, waits, told } = asked([failed(503, "Loading model")]);
    await clock.advance(500);
    expect([await told, waits]).toMatchObject([{ text: "yes" }, [{ why: "loading", ms: 500 }]]);
  });

  test("is not waited for if it will never be there", async () => {
    for (const reason of ["bad port", "CERT_HAS_EXPIRED"])
      expect(await asked([unreachable(reason)]).told).toMatchObject({ code: "PROVIDER_UNREACHABLE" });
  });
});

test("a call that is stopped while it waits ends at once", async () => {
  const { told, stop, at, clock } = asked([limited(60_000)]);
  await turns();
  stop.abort(new Error("cancelled"));
  expect(await told).toMatchObject({ message: "cancelled" });
  expect([at.length, clock.pending]).toEqual([1, 0]);
});

test("models of one endpoint wait together", async () => {
  const clock = fakeClock();
  const limiter = memoryLimiter(clock, () => 0);
  const endpoint = { key: "one", label: "one", limits: {} };
  const at: (readonly [string, number])[] = [];
  const model = (name: string, refusals: number) => {
    let left = refusals;
    const call = async () => {
      at.push([name, clock.now()]);
      if (left-- > 0) throw limited(3_000);
      return REPLY;
    };
    return usableModel({ name, endpoint, call }, clock, limiter);
  };
  const request = { system: "", messages: [], signal: new AbortController().signal };
  const first = model("a", 1).call(request);
  await turns();
  const second = model("b", 0).call(request);
  await clock.advance(3_000);
  expect(await Promise.all([first, second])).toHaveLength(2);
  expect(at).toEqual([
    ["a", 0],
    ["a", 3_000],
    ["b", 3_000],
  ]);
});

describe("a refusal for longer than anybody waits", () => {
  const HOUR = 60 * 60_000;
  /** Three calls of one endpoint: two are made together, the third after their end. */
  async function ended(ends: readonly Error[], fallbacks: readonly Model[] = []) {
    const clock = fakeClock();
    let sent = 0;
    const call = async () => {
      const error = ends[sent++];
      if (error === undefined) return REPLY;
      throw error;
    };
    const limits = { maxConcurrent: 1 };
    const endpoint = { key: "e", label: "e", limits };
    const model = usableModel(
      { name: "m", call, endpoint, fallbacks },
      clock,
      memoryLimiter(clock, () => 0),
    );
    const ask = () => {
      const request = { system: "", messages: [], signal: new AbortController().signal };
      return model.call(request).catch((thrown: unknown) => thrown as PlanloomError);
    };
    const both = [ask(), ask()];
    await clock.advance(LIMITS.limitWaitMs);
    const all = [...(await Promise.all(both)), await ask()];
    return { all, sent: () => sent };
  }

  test.each([
    ["at once", [limited(HOUR)]],
    ["after a short one", [limited(1_000), limited(HOUR)]],
    ["of 30,000 years", [limited(1e15)]],
  ])("ends all calls that wait for the endpoint (%s)", async (_name, ends) => {
    const { all, sent } = await ended(ends);
    for (const end of all) expect(end).toMatchObject({ code: "PROVIDER_RATE_LIMITED", retryable: false });
    expect(sent()).toBe(ends.length);
  });

  test("lets another model take over in all of them", async () => {
    const other: Model = { name: "other", call: async () => ({ ...REPLY, text: "other" }) };
    const { all } = await ended([limited(HOUR)], [other]);
    expect(all).toMatchObject([{ text: "other" }, { text: "other" }, { text: "other" }]);
  });
});
