// The scripted model: replies in order or by function, with usage that is the same each time.
import { describe, expect, it } from "vitest";
import type { ModelRequest } from "../../src/model/port.js";
import { scriptedModel } from "../../src/testing/index.js";

const ask = (request: Partial<ModelRequest> = {}): ModelRequest => ({
  system: "1234",
  messages: [],
  signal: new AbortController().signal,
  ...request,
});

describe("a scripted model", () => {
  it("gives its replies in order and keeps the requests", async () => {
    const model = scriptedModel(["one", { json: { two: 2 } }, { toolCalls: [{ name: "search" }] }]);
    expect(await model.call(ask())).toEqual({
      text: "one",
      toolCalls: [],
      finish: "stop",
      usage: { calls: 1, inputTokens: 2, outputTokens: 1 },
    });
    expect(await model.call(ask({ system: "second" }))).toMatchObject({ text: '{"two":2}', finish: "stop" });
    expect(await model.call(ask())).toMatchObject({
      toolCalls: [{ id: "call-1", name: "search", args: {} }],
      finish: "tool-calls",
    });
    expect(model.requests.map(({ system }) => system)).toEqual(["1234", "second", "1234"]);
  });

  it("fails when it is asked more often than its script says", async () => {
    const model = scriptedModel(["one"], { name: "short" });
    await model.call(ask());
    const messages = [{ role: "user", text: "This plan cannot be used." }] as const;
    await expect(model.call(ask({ messages }))).rejects.toThrow(
      "short was asked 2 times; its script has 1 reply. Its last message says: This plan cannot be used.",
    );
  });

  it("may be a function of the request", async () => {
    const model = scriptedModel(({ system }, index) => `${system} ${index}`);
    expect((await model.call(ask())).text).toBe("1234 0");
    expect((await model.call(ask())).text).toBe("1234 1");
  });

  it("throws its errors, and streams its texts", async () => {
    const error = new Error("down");
    const text = "a text of more than one piece";
    const model = scriptedModel([{ error }, { text, usage: { calls: 1, inputTokens: null, outputTokens: 7 } }]);
    await expect(model.call(ask())).rejects.toBe(error);
    const deltas: string[] = [];
    const reply = await model.call(ask({ onText: (delta) => deltas.push(delta) }));
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.join("")).toBe(text);
    expect(reply.usage).toEqual({ calls: 1, inputTokens: null, outputTokens: 7 });
  });

  it("waits until it is told, or aborted", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const model = scriptedModel([{ wait: Promise.resolve(), text: "now" }, { wait: new Promise(() => {}) }]);
    expect((await model.call(ask())).text).toBe("now");
    const call = model.call(ask({ signal: controller.signal }));
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    await expect(model.call(ask({ signal: controller.signal }))).rejects.toBe(reason);
    expect(model.requests).toHaveLength(2);
  });
});
