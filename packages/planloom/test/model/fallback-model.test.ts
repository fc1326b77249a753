// A role with several models: when the next one takes over, when it does not, and what the usage says of it.
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { memoryLimiter } from "../../src/model/patience/memory-limiter.js";
import { usableModel } from "../../src/model/patience/patient-model.js";
import type { ModelRequest } from "../../src/model/port.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { scriptedModel, type Script } from "../../src/testing/scripted-model.js";
import { PlanloomError, type ErrorOptions } from "../../src/words/planloom-error.js";

const failed = (status: number, text: string) =>
  new PlanloomError("PROVIDER_FAILED", { model: "a", problem: "status", status, text });
const refused = (text: string, about?: "quota" | "length" | "model" | "key" | "path") =>
  new PlanloomError("PROVIDER_REFUSED", { model: "a", status: 400, text, ...(about && { about }) });
const limited = (options: ErrorOptions = {}) =>
  new PlanloomError("PROVIDER_RATE_LIMITED", { model: "a", status: 429 }, options);
const unreachable = () => new PlanloomError("PROVIDER_UNREACHABLE", { model: "a", reason: "ECONNREFUSED" });

function role(...scripts: readonly Script[]) {
  const clock = fakeClock();
  const models = scripts.map((script, index) => scriptedModel(script, { name: "abc"[index]! }));
  const [first, ...fallbacks] = models;
  const model = usableModel(
    { ...first!, fallbacks },
    clock,
    memoryLimiter(clock, () => 0),
  );
  const ask = (request: Partial<ModelRequest> = {}) =>
    model
      .call({ system: "", messages: [], signal: new AbortController().signal, ...request })
      .catch((thrown: unknown) => thrown as PlanloomError);
  return { clock, model, ask, asked: () => models.map(({ requests }) => requests.length) };
}

const fails = (error: Error) => () => ({ error });
const works = () => ({ text: "yes", usage: { calls: 1, inputTokens: 3, outputTokens: 2 } });

describe("the next model takes over", () => {
  test.each([
    ["an outage", failed(500, "out of memory"), { code: "PROVIDER_FAILED", text: "out of memory" }],
    ["a server that is not there", unreachable(), { code: "PROVIDER_UNREACHABLE" }],
    ["a used-up quota", refused("billing", "quota"), { code: "PROVIDER_REFUSED", text: "billing" }],
    [
      "a request that it does not support",
      refused("no tools here"),
      { code: "PROVIDER_REFUSED", text: "no tools here" },
    ],
    ["a text that is too long for it", refused("too long", "length"), { code: "PROVIDER_REFUSED", text: "too long" }],
    ["a limit that lasts", limited({ retryAfterMs: 3_600_000 }), { code: "PROVIDER_RATE_LIMITED" }],
  ])("after %s, at once, and the usage says why", async (_name, error, because) => {
    const { ask, clock } = role(fails(error), works);
    const others = { b: { calls: 1, inputTokens: 3, outputTokens: 2, because: { model: "a", ...because } } };
    expect(await ask()).toMatchObject({ text: "yes", usage: { calls: 2, inputTokens: 3, outputTokens: 2, others } });
    expect(clock.now()).toBe(0);
  });

  test("and the one after it, if it fails too", async () => {
    const { ask } = role(fails(failed(500, "one")), fails(failed(502, "two")), works);
    const others = { c: { calls: 1, because: { model: "b", code: "PROVIDER_FAILED", text: "two" } } };
    expect(await ask()).toMatchObject({ usage: { calls: 3, others } });
  });

  test("for a while, so that a dead server is not asked each time; then the first is asked again", async () => {
    const { ask, asked, clock, model } = role([{ error: failed(500, "x") }, "back"], works);
    await ask();
    expect(model.asks?.().name).toBe("b");
    expect(await ask()).toMatchObject({ usage: { calls: 1, others: { b: { because: { model: "a" } } } } });
    expect(asked()).toEqual([1, 2]);
    await clock.advance(LIMITS.outageMs);
    expect(await ask()).toMatchObject({ text: "back" });
    expect(await ask()).toMatchObject({ message: expect.stringContaining("script") as string });
  });

  test("but not one that is left out, as long as another one is there", async () => {
    const { ask, asked } = role(fails(refused("no tools here")), fails(failed(500, "y")), works);
    await ask();
    expect(asked()).toEqual([1, 1, 1]);
    await ask();
    expect(asked()).toEqual([2, 1, 2]);
  });

  test("for as long as the server asked for", async () => {
    const { ask, asked, clock } = role([{ error: limited({ retryAfterMs: 300_000 }) }, "back"], works);
    await ask();
    await clock.advance(LIMITS.outageMs);
    await ask();
    expect(asked()).toEqual([1, 2]);
    await clock.advance(300_000);
    expect(await ask()).toMatchObject({ text: "back" });
  });

  test("for calls that would have to wait for long, too", async () => {
    const clock = fakeClock();
    const endpoint = { key: "a", label: "a", limits: { maxConcurrent: 1 } };
    const [first, next] = [fails(limited({ retryAfterMs: 300_000 })), works].map((script) => scriptedModel(script));
    const limiter = memoryLimiter(clock, () => 0);
    const model = usableModel({ ...first!, endpoint, fallbacks: [next!] }, clock, limiter);
    const request = { system: "", messages: [], signal: new AbortController().signal };
    const both = await Promise.all([model.call(request), model.call(request)]);
    expect([both, clock.now(), first!.requests.length]).toMatchObject([[{ text: "yes" }, { text: "yes" }], 0, 1]);
  });

  test("only for the request that the first does not support", async () => {
    const { ask, asked } = role([{ error: refused("no tools here") }, "yes"], works);
    await ask();
    const second = await ask();
    expect("usage" in second && second.usage.others).toBeUndefined();
    expect(asked()).toEqual([2, 1]);
  });

  test("after its reservation: the budget hears of it under its own name", async () => {
    const { ask } = role(fails(unreachable()), works);
    const heard: unknown[] = [];
    await ask({ again: async (next) => void heard.push(next) });
    expect(heard).toEqual([{ model: "b", outputTokens: LIMITS.replyTokens }]);
  });
});

describe("no other model is asked", () => {
  test.each([
    ["a refusal of content", refused("This violates our usage policies.")],
    ["a wrong key", refused("invalid api key", "key")],
    ["a key that is not accepted", new PlanloomError("PROVIDER_UNAUTHORIZED", { model: "a", status: 401 })],
    ["an address that is no API", refused("no route", "path")],
    ["an output limit that is used up", new PlanloomError("PROVIDER_FAILED", { model: "a", problem: "no-room" })],
    ["an error of the program", new Error("oops")],
  ])("after %s", async (_name, error) => {
    const { ask, asked } = role(fails(error), works);
    expect(await ask()).toBe(error);
    expect(asked()).toEqual([1, 0]);
  });

  test("after a limit of a minute: it is waited for", async () => {
    const { ask, asked, clock } = role([{ error: limited({ retryAfterMs: 30_000 }) }, "yes"], works);
    const reply = ask();
    await clock.advance(30_000);
    expect(await reply).toMatchObject({ text: "yes", usage: { waited: { "rate-limit": 30_000 } } });
    expect(asked()).toEqual([2, 0]);
  });

  test("after a part of the text was shown; the next request goes to the next model", async () => {
    const clock = fakeClock();
    const first = {
      name: "a",
      call: async ({ onText }: ModelRequest) => (onText?.("half"), Promise.reject(failed(500, "broken"))),
    };
    const model = usableModel({ ...first, fallbacks: [scriptedModel(works, { name: "b" })] }, clock, undefined);
    const shown: string[] = [];
    const request = { system: "", messages: [], signal: new AbortController().signal };
    const onText = (text: string) => void shown.push(text);
    await expect(model.call({ ...request, onText })).rejects.toMatchObject({ code: "PROVIDER_FAILED" });
    expect(await model.call({ ...request, onText })).toMatchObject({ text: "yes" });
    expect(shown).toEqual(["half", "yes"]);
  });

  test("if none is left: the failure of the last one is told", async () => {
    const { ask } = role(fails(failed(500, "one")), fails(failed(502, "two")));
    expect(await ask()).toMatchObject({ params: { text: "two" } });
  });
});
