// What servers add to their replies, or leave out, costs no reply; what they say of an error is heard. In: bodies as
// servers on loopback send them. Out: replies of the port, and errors.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, test } from "vitest";
import { openModel } from "../../src/model/model.js";
import type { ModelReply, ModelRequest } from "../../src/model/port.js";
import { refusalSubject, statusIn } from "../../src/model/refusal/refusal-subject.js";
import { PlanloomError } from "../../src/words/planloom-error.js";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Sent {
  readonly status?: number;
  readonly type?: string;
  readonly body: unknown;
}

/** The reply of a server that sends this; an error that it ends in. */
async function replyTo({ status = 200, type = "application/json", body }: Sent, stream = false): Promise<ModelReply> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const server = createServer((_request, response) => {
    response.writeHead(status, { "content-type": type }).end(text);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const model = openModel({ model: "m", baseURL: `http://127.0.0.1:${port}/v1` }, "executor");
  const request: ModelRequest = {
    system: "",
    messages: [{ role: "user", text: "Go." }],
    tools: [{ name: "look", description: "Looks.", input: { type: "object" } }],
    signal: new AbortController().signal,
    ...(stream ? { onText: () => undefined } : {}),
  };
  return model.call(request);
}

async function errorOf(sent: Sent, stream = false): Promise<PlanloomError> {
  const thrown: unknown = await replyTo(sent, stream).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof PlanloomError)) throw new Error(`expected an error of a provider, got ${String(thrown)}`);
  return thrown;
}

const reply = (message: object, more: object = {}) => ({
  body: { id: "1", model: "m", created: 1, choices: [{ index: 0, message, finish_reason: "stop" }], ...more },
});
const events = (...chunks: readonly object[]): Sent => ({
  type: "text/event-stream",
  body: `${chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")}data: [DONE]\n\n`,
});
const chunk = (delta: object, more: object = {}) => ({ id: "1", choices: [{ index: 0, delta, ...more }] });

describe("a reply", () => {
  const said = { role: "assistant", content: "Well." };

  it.each([
    ["counts as texts", { prompt_tokens: "3", completion_tokens: "4" }, [3, 4]],
    ["counts that are none", { prompt_tokens: "many", completion_tokens: null }, [null, null]],
    ["usage that is a word", "unknown", [null, null]],
    ["details that are none", { prompt_tokens: 3, completion_tokens: 4, prompt_tokens_details: "no" }, [3, 4]],
  ])("is kept beside %s", async (_name, usage, counts) => {
    const { text, usage: read } = await replyTo(reply(said, { usage }));
    expect([text, read.inputTokens, read.outputTokens]).toEqual(["Well.", ...counts]);
  });

  it.each([
    ["an object", { city: "Bern" }, { city: "Bern" }],
    ["null", null, {}],
    ["a text", '{"city":"Bern"}', { city: "Bern" }],
  ])("has arguments that came as %s", async (_name, args, read) => {
    const calls = [{ id: "c", type: "function", function: { name: "look", arguments: args } }];
    const { toolCalls } = await replyTo(reply({ role: "assistant", content: null, tool_calls: calls }));
    expect(toolCalls).toMatchObject([{ name: "look", args: read }]);
  });

  it.each([false, true])(
    "keeps the digits of long integers in arguments that came as an object (stream: %s)",
    async (stream) => {
      const calls = [{ index: 0, id: "c", type: "function", function: { name: "look", arguments: "?" } }];
      const message = { role: "assistant", content: null, tool_calls: calls };
      const sent = stream ? events(chunk(message), chunk({}, { finish_reason: "tool_calls" })) : reply(message);
      const body = (typeof sent.body === "string" ? sent.body : JSON.stringify(sent.body)).replace(
        '"?"',
        '{"id":9007199254740993}',
      );
      const { toolCalls } = await replyTo({ ...sent, body }, stream);
      expect(toolCalls).toMatchObject([{ name: "look", args: { id: "9007199254740993" } }]);
    },
  );

  it("in a stream with the id in each piece keeps pieces that are alike", async () => {
    const piece = (args: string) =>
      chunk({ tool_calls: [{ index: 0, id: "c", type: "function", function: { name: "look", arguments: args } }] });
    const pieces = ['{"n":', "1", "1", "}"].map(piece);
    const { toolCalls } = await replyTo(events(...pieces, chunk({}, { finish_reason: "tool_calls" })), true);
    expect(toolCalls).toMatchObject([{ name: "look", args: { n: 11 } }]);
  });

  it("in a stream, with counts as texts and arguments as an object", async () => {
    const calls = [{ index: 0, id: "c", type: "function", function: { name: "look", arguments: { city: "Bern" } } }];
    const usage = { prompt_tokens: "3", completion_tokens: "4" };
    const sent = events(chunk({ content: "We" }), chunk({ content: "ll." }), chunk({ tool_calls: calls }), {
      ...chunk({}, { finish_reason: "tool_calls" }),
      usage,
    });
    const read = await replyTo(sent, true);
    expect(read).toMatchObject({ text: "Well.", toolCalls: [{ args: { city: "Bern" } }], usage: { inputTokens: 3 } });
  });

  it.each<[string, object, object]>([
    ["an id and a time of other types", { id: 7, created: "1764460800", model: null }, {}],
    ["error: null", { error: null }, {}],
    ["another role", {}, { role: "model" }],
    ["reasoning that is no text", {}, { reasoning: { text: "Hm." }, reasoning_content: null }],
  ])("with %s is taken, whole and in a stream", async (_name, top, part) => {
    const message = { role: "assistant", content: "Well.", ...part };
    const whole = { body: { ...reply(message).body, ...top } };
    expect((await replyTo(whole)).text).toBe("Well.");
    const sent = events(
      { ...chunk({ role: "assistant", ...part, content: "We" }), ...top },
      { ...chunk({ ...part, content: "ll." }), ...top },
      { ...chunk({}, { finish_reason: "stop" }), ...top },
    );
    expect((await replyTo(sent, true)).text).toBe("Well.");
  });

  it.each([false, true])("whose text is a JSON value is its text (stream: %s)", async (stream) => {
    const message = { role: "assistant", content: { city: "Bern" } };
    const sent = stream ? events(chunk(message, { finish_reason: "stop" })) : reply(message);
    expect((await replyTo(sent, stream)).text).toBe('{"city":"Bern"}');
  });

  it.each([false, true])(
    "that calls a function as it was before tools, or with a number as id (stream: %s)",
    async (stream) => {
      const made = { name: "look", arguments: '{"city":"Bern"}' };
      for (const part of [
        { function_call: made },
        { tool_calls: [{ index: 0, id: 12, type: "function", function: made }] },
      ]) {
        const message = { role: "assistant", content: null, ...part };
        const sent = stream ? events(chunk(message), chunk({}, { finish_reason: "function_call" })) : reply(message);
        expect(await replyTo(sent, stream)).toMatchObject({ toolCalls: [{ name: "look", args: { city: "Bern" } }] });
      }
    },
  );

  it("in one piece where a stream was asked for is read", async () => {
    const calls = [{ id: "c", type: "function", function: { name: "look", arguments: "{}" } }];
    const usage = { prompt_tokens: 3, completion_tokens: 4 };
    expect(await replyTo(reply({ role: "assistant", content: "Well." }, { usage }), true)).toMatchObject({
      ...{ text: "Well.", finish: "stop", usage: { inputTokens: 3 } },
    });
    const called = await replyTo(reply({ role: "assistant", content: null, tool_calls: calls }), true);
    expect(called).toMatchObject({ toolCalls: [{ id: "c", name: "look" }] });
  });

  it("in a stream whose events have no empty line between them is read", async () => {
    const sent = events(chunk({ content: "We" }), chunk({ content: "ll." }), chunk({}, { finish_reason: "stop" }));
    expect((await replyTo({ ...sent, body: String(sent.body).replaceAll("\n\n", "\n") }, true)).text).toBe("Well.");
  });

  it("in a stream without a reason for its end is whole where the server says that it is done", async () => {
    expect(await replyTo(events(chunk({ content: "We" }), chunk({ content: "ll." })), true)).toMatchObject({
      ...{ text: "Well.", finish: "stop" },
    });
    const call = { index: 0, id: "c", type: "function", function: { name: "look", arguments: "{}" } };
    const called = await replyTo(events(chunk({ tool_calls: [call] }, { finish_reason: "" })), true);
    expect(called).toMatchObject({ finish: "tool-calls", toolCalls: [{ name: "look", args: {} }] });
  });

  it("in a stream that ends without a reason and without that word was cut", async () => {
    const sent = { ...events(chunk({ content: "We" })), body: `data: ${JSON.stringify(chunk({ content: "We" }))}\n\n` };
    expect(await errorOf(sent, true)).toMatchObject({ code: "PROVIDER_FAILED", params: { problem: "cut" } });
  });

  it("whose text has the names of fields in it keeps its meaning", async () => {
    const text = '{"usage": {"x": "1"}, "tool_calls": [{}], "finish_reason": "stop", "error": 1}\ndata: [DONE]\n';
    const sent = events(chunk({ content: text }), chunk({}, { finish_reason: "stop" }));
    expect((await replyTo(sent, true)).text).toBe(text);
  });

  it("in which the model refuses is one that was withheld", async () => {
    const refused = { role: "assistant", content: null, refusal: "I cannot help with that." };
    expect(await replyTo(reply(refused))).toMatchObject({ text: "", finish: "content-filter" });
  });

  it("that ends at the output limit before its first word is an error with a remedy", async () => {
    const cut = { choices: [{ index: 0, message: { role: "assistant", content: "" }, finish_reason: "length" }] };
    const error = await errorOf({ body: cut });
    expect(error).toMatchObject({ code: "PROVIDER_FAILED", params: { problem: "no-room" }, retryable: false });
    expect(error.next).toContain("models.executor.maxOutputTokens");
  });
});

describe("an error where a reply is expected", () => {
  it.each([
    ["with a number", { error: { code: 502, message: "overloaded" } }, "PROVIDER_FAILED"],
    ["with a number in text", { error: { code: "429", message: "slow down" } }, "PROVIDER_RATE_LIMITED"],
    ["with a word", { error: { type: "rate_limit_error", message: "slow down" } }, "PROVIDER_RATE_LIMITED"],
    ["with another word", { error: { code: "invalid_request_error", message: "no such field" } }, "PROVIDER_REFUSED"],
    ["as a text", { error: "Something broke" }, "PROVIDER_FAILED"],
  ])("%s", async (_name, body, code) => {
    const error = await errorOf({ body });
    expect(error.code).toBe(code);
    const { message, error: words } = { message: error.message, error: body.error };
    expect(message).toContain(typeof words === "string" ? words : words.message);
  });

  it("in a stream, with a word for its code, is an error of the server and not of the network", async () => {
    const sent = events(chunk({ content: "We" }), { error: { code: "server_error", message: "It fell over." } });
    const error = await errorOf(sent, true);
    expect(error).toMatchObject({ code: "PROVIDER_FAILED", retryable: true });
    expect(error.message).toContain("It fell over.");
  });

  it.each([false, true])("as a page with status 200 is told by its title (stream: %s)", async (stream) => {
    const body = "<!doctype html><html><head><title>Just a moment...</title></head><body>x</body></html>";
    const error = await errorOf({ type: "text/html", body }, stream);
    expect(error).toMatchObject({ code: "PROVIDER_FAILED", params: { problem: "unreadable" } });
    expect(error.message).toContain("Just a moment...");
    expect(error.next).toContain("/v1");
  });

  it.each([
    ["that lasts, with status 500", 500, "the request exceeds the available context size", "PROVIDER_REFUSED", false],
    ["that passes, with status 500", 500, "CUDA out of memory", "PROVIDER_FAILED", true],
    ["that passes, with status 503", 503, "The model is not found in this pool yet", "PROVIDER_FAILED", true],
  ])("%s", async (_name, status, message, code, retryable) => {
    expect(await errorOf({ status, body: { error: { message } } })).toMatchObject({ code, retryable });
  });

  it("whose words alone say what it is about has that status", () => {
    expect(statusIn({ message: "model 'x' not found, try pulling it first" })).toBe(404);
    expect(statusIn("Unexpected endpoint or method.")).toBe(404);
    expect(statusIn({ message: "It fell over.", type: "server_error" })).toBe(500);
    expect(statusIn({ message: "Slow down", code: "rate_limit_exceeded" })).toBe(429);
  });

  it("as a page is an error with its words", async () => {
    const error = await errorOf({ status: 502, type: "text/html", body: "<html><h1>Bad gateway</h1></html>" });
    expect(error.message).toContain("Bad gateway");
  });
});

test.each([
  [429, "You exceeded your current quota, please check your plan", "quota", /credit|quota/],
  [402, "Payment needed", "quota", /credit|quota/],
  [400, "This model's maximum context length is 4096 tokens", "length", /larger context/],
  [400, "foo/bar is not a valid model ID", "model", /model's name/],
  [404, "The model `gpt-9` does not exist", "model", /model's name/],
  [404, "models/gem-9 is not found for API version v1beta, or is not supported for this.", "model", /model's name/],
  [404, "No models loaded. Please load a model", "not-loaded", /Load the model/],
  [404, "404 page not found", "path", /\/v1/],
  [404, "The API deployment for this resource does not exist.", "model", /model's name/],
  [429, "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 342389.", "length", /less text/],
  [400, "The prompt triggered the content management policy.", "filter", /filter/],
  [400, "max_tokens is too large: 64000.", "setting", /models\.executor\.maxOutputTokens/],
  [
    400,
    "max_tokens: 64000 > 8192, which is the maximum allowed number of output tokens for claude",
    "setting",
    /maxOutput/,
  ],
  [400, "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]", "setting", /maxOutputTokens/],
  [422, "`top_p` must be > 0.0 and < 1.0", "setting", /models\.executor\.topP/],
])("a refusal %i %j is about %s, and no other form is tried", async (status, message, about, next) => {
  expect(refusalSubject(status, message)).toBe(about);
  const error = await errorOf({ status, body: { error: { message } } });
  expect(error).toMatchObject({ code: "PROVIDER_REFUSED", params: { about }, retryable: false });
  expect(error.next).toMatch(next);
});

test.each([
  [429, "Rate limit reached, wait"],
  [429, "Rate limit reached. Upgrade at https://console.example/settings/billing"],
  [400, "Invalid schema for response_format: temperature must be a number"],
  [400, "Unrecognized argument: stream_options"],
  [500, "It broke"],
])("a refusal %i %j is about nothing that is known", (status, message) => {
  expect(refusalSubject(status, message)).toBeUndefined();
});
