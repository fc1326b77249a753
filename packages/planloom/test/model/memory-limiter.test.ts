// The limiter of one process: who may send, who waits and why. The clock is moved by hand.
import { describe, expect, test } from "vitest";
import type { EndpointLimits, Limiter, Permit, Wait } from "../../src/model/limiter.js";
import { memoryLimiter } from "../../src/model/patience/memory-limiter.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { turns } from "../engine/parts.js";

function endpoint(limits: EndpointLimits = {}, random = () => 0) {
  const clock = fakeClock();
  const limiter = memoryLimiter(clock, random);
  const sent: Permit[] = [];
  const waits: Wait[] = [];
  const ask = (tokens = 1, signal = new AbortController().signal, key = "k") => {
    const granted = limiter.acquire({ endpoint: { key, label: "here", limits }, tokens }, signal, (wait) => {
      waits.push(wait);
    });
    return granted.then((permit) => void sent.push(permit));
  };
  const end = (ok = true, tokens: number | null = null) => limiter.report(sent.shift()!, { ok, tokens });
  const refuse = async (refusal: Parameters<Limiter["pause"]>[1]) => {
    const permit = sent.shift()!;
    const pause = await limiter.pause(permit, refusal);
    await limiter.report(permit, { ok: false, tokens: 0 });
    return pause;
  };
  return { clock, ask, end, refuse, sent, waits };
}

describe("limits of a person", () => {
  test("requests beyond maxConcurrent wait until one ends, in their order", async () => {
    const { ask, end, sent, waits } = endpoint({ maxConcurrent: 1 });
    void ask();
    void ask();
    await turns();
    expect([sent.length, waits]).toEqual([1, [{ why: "maxConcurrent" }]]);
    await end();
    await turns();
    expect(sent).toHaveLength(1);
  });

  test("requests beyond requestsPerMinute wait until the oldest is a minute old", async () => {
    const { clock, ask, end, sent, waits } = endpoint({ requestsPerMinute: 2 });
    void ask();
    await clock.advance(10_000);
    void ask();
    void ask();
    await turns();
    expect(waits).toEqual([{ why: "requestsPerMinute", ms: 50_000 }]);
    await end();
    await end();
    await clock.advance(49_999);
    expect(sent).toHaveLength(0);
    await clock.advance(1);
    expect(sent).toHaveLength(1);
  });

  test("tokens count as estimated until the reply tells them; a request above the limit is sent alone", async () => {
    const { clock, ask, end, sent, waits } = endpoint({ tokensPerMinute: 100 });
    void ask(150);
    await turns();
    expect(sent).toHaveLength(1);
    await end(true, 30);
    void ask(60);
    void ask(60);
    await turns();
    expect([sent.length, waits]).toEqual([1, [{ why: "tokensPerMinute", ms: 60_000 }]]);
    await clock.advance(60_000);
    expect(sent).toHaveLength(2);
  });

  test("other endpoints are not affected", async () => {
    const { ask, sent } = endpoint({ maxConcurrent: 1 });
    void ask();
    void ask(1, undefined, "other");
    await turns();
    expect(sent).toHaveLength(2);
  });
});

describe("a refusal", () => {
  test("stops all requests for the time that the server asked for; then they start one by one", async () => {
    const { clock, ask, end, refuse, sent, waits } = endpoint();
    for (let i = 0; i < 4; i++) void ask();
    await turns();
    await refuse({ why: "rate-limit", ms: 3_000 });
    for (let i = 0; i < 3; i++) await end(false);
    for (let i = 0; i < 4; i++) void ask();
    await clock.advance(2_999);
    expect(sent).toHaveLength(0);
    expect(waits[0]).toEqual({ why: "rate-limit", ms: 3_000 });
    await clock.advance(1);
    expect(sent).toHaveLength(1);
    await end();
    await turns();
    expect(sent).toHaveLength(2);
    await end();
    await turns();
    expect(sent).toHaveLength(2);
  });

  test("without a time waits 5 s, then longer, up to 60 s, with jitter; a success begins anew", async () => {
    const { clock, ask, end, refuse, sent, waits } = endpoint({}, () => 0.4);
    const refusedAgain = async (): Promise<number> => {
      void ask();
      await turns();
      await refuse({ why: "rate-limit" });
      void ask();
      await turns();
      const { ms = 0 } = waits.at(-1)!;
      await clock.advance(ms);
      await end(false);
      return ms;
    };
    const first = [];
    for (let i = 0; i < 6; i++) first.push(await refusedAgain());
    expect(first).toEqual([5_500, 11_000, 22_000, 44_000, 60_000, 60_000]);
    void ask();
    await turns();
    await end();
    expect(await refusedAgain()).toBe(5_500);
    expect(sent).toHaveLength(0);
  });

  test("of requests that were open together counts once", async () => {
    const { ask, refuse, waits } = endpoint();
    for (let i = 0; i < 4; i++) void ask();
    await turns();
    for (let i = 0; i < 4; i++) await refuse({ why: "rate-limit" });
    void ask();
    await turns();
    expect(waits.at(-1)).toEqual({ why: "rate-limit", ms: 5_000 });
  });

  test("that asks for no wait at all, again and again, is not followed by a flood of requests", async () => {
    const { clock, ask, refuse } = endpoint();
    for (let i = 0; i < 12; i++) {
      const asked = ask();
      await clock.advance(5_000);
      await asked;
      await refuse({ why: "rate-limit", ms: 0 });
    }
    expect(clock.now()).toBe(60_000);
    const asked = ask();
    await clock.advance(4_999);
    expect(clock.pending).toBe(1);
    await clock.advance(1);
    await asked;
  });

  test("tells for how long the server has given nothing else; after a while without requests it begins anew", async () => {
    const { clock, ask, refuse } = endpoint();
    const refused = async () => {
      const asked = ask();
      await clock.advance(5_000);
      await asked;
      return refuse({ why: "starting" });
    };
    const lasted = [];
    for (let i = 0; i < 3; i++) lasted.push((await refused()).lastedMs);
    expect(lasted).toEqual([0, 5_000, 10_000]);
    await clock.advance(60_000);
    expect((await refused()).lastedMs).toBe(0);
  });
});

describe("a request that is stopped while it waits", () => {
  test("ends at once with the signal's reason, and others take its turn", async () => {
    const { ask, end, sent, clock } = endpoint({ maxConcurrent: 1 });
    void ask();
    const stop = new AbortController();
    const stopped = ask(1, stop.signal).catch((reason: unknown) => reason);
    void ask();
    await turns();
    stop.abort(new Error("cancelled"));
    expect(await stopped).toMatchObject({ message: "cancelled" });
    await end();
    await turns();
    expect([sent.length, clock.pending]).toEqual([1, 0]);
  });

  test("is refused before it waits if it is stopped already", async () => {
    const { ask } = endpoint();
    await expect(ask(1, AbortSignal.abort(new Error("cancelled")))).rejects.toThrow("cancelled");
  });
});
