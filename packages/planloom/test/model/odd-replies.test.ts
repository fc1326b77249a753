// Replies in odd forms: streams in odd pieces, a stream for one piece and the reverse, half replies, and errors in any
// place. In: bytes as a server on loopback sends them. Out: whole replies, or errors with the server's words.
import { gzipSync } from "node:zlib";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { openModel } from "../../src/model/model.js";
import type { ModelReply } from "../../src/model/port.js";
import type { RoleSettings } from "../../src/model/settings/role.js";
import { PlanloomError } from "../../src/words/planloom-error.js";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Answer = (response: ServerResponse, request: IncomingMessage) => unknown;

async function serve(answer: Answer): Promise<string> {
  const server = createServer((request, response) => void answer(response, request));
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

async function ask(answer: Answer, stream: boolean, settings: RoleSettings = {}): Promise<ModelReply> {
  const model = openModel({ model: "m", baseURL: await serve(answer), ...settings }, "executor");
  return model.call({
    system: "",
    messages: [{ role: "user", text: "Go." }],
    tools: [{ name: "look", description: "Looks.", input: { type: "object" } }],
    signal: AbortSignal.timeout(10_000),
    ...(stream ? { onText: () => undefined } : {}),
  });
}

async function errorOf(answer: Answer, stream: boolean, settings: RoleSettings = {}): Promise<PlanloomError> {
  const thrown: unknown = await ask(answer, stream, settings).catch((error: unknown) => error);
  if (!(thrown instanceof PlanloomError)) throw new Error(`expected an error, got ${JSON.stringify(thrown)}`);
  return thrown;
}

const sends =
  (body: string | Buffer, type = "application/json", more: object = {}): Answer =>
  (response) =>
    response.writeHead(200, { "content-type": type, ...more }).end(body);
const EVENTS = "text/event-stream";
const TEXT = "Zürich 🎉 日本\u2028 end";

const chunk = (delta: object, finish: unknown = null, more: object = {}) => ({
  ...{ id: "1", choices: [{ index: 0, delta, finish_reason: finish, ...more }] },
});
const whole = (message: object, finish: unknown = "stop", more: object = {}) => ({
  ...{ id: "1", choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: finish }], ...more },
});
const lines = (...chunks: readonly (object | string)[]): readonly string[] =>
  chunks.map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
const events = (...chunks: readonly (object | string)[]): string =>
  lines(...chunks)
    .map((one) => `data: ${one}\n\n`)
    .join("");
const GOOD = [
  chunk({ role: "assistant", content: "Zürich 🎉 日本" }),
  chunk({ content: "\u2028 end" }),
  chunk({}, "stop"),
];
const STREAM = events(...GOOD, "[DONE]");

/** Each byte in a piece of its own, so that no character and no line end is whole. */
const byteByByte =
  (text: string): Answer =>
  async (response) => {
    response.writeHead(200, { "content-type": EVENTS });
    for (const byte of Buffer.from(text))
      await new Promise<void>((sent) => response.write(Buffer.of(byte), () => sent()));
    response.end();
  };

describe.each([
  ["in a stream", true],
  ["in one piece", false],
])("a reply that is asked for %s", (_form, stream) => {
  it.each<[string, Answer]>([
    ["as a stream, byte by byte", byteByByte(STREAM)],
    ["as a stream with CRLF, byte by byte", byteByByte(STREAM.replaceAll("\n", "\r\n"))],
    ["as a stream with CR", sends(STREAM.replaceAll("\n", "\r"), EVENTS)],
    ["as a stream without empty lines", sends(STREAM.replaceAll("\n\n", "\n"), EVENTS)],
    ["as a stream without a last line end and without [DONE]", sends(events(...GOOD).trimEnd(), EVENTS)],
    ["as a stream that begins with [DONE]", sends(`data: [DONE]\n\n${STREAM}`, EVENTS)],
    ["as a stream with a BOM", sends(`\uFEFF${STREAM}`, EVENTS)],
    ["as a stream under the type of JSON", sends(STREAM)],
    ["as a stream without a type", (response) => response.writeHead(200).end(STREAM)],
    ["as a compressed stream", sends(gzipSync(STREAM), EVENTS, { "content-encoding": "gzip" })],
    ["as lines of JSON", sends(lines(...GOOD).join("\n"), "application/x-ndjson")],
    ["as lines of JSON under the type of streams", sends(lines(...GOOD).join("\n"), EVENTS)],
    ["as one piece under the type of streams", sends(JSON.stringify(whole({ content: TEXT }), null, 2), EVENTS)],
    [
      "as one piece in another character set",
      sends(
        Buffer.from(`\uFEFF${JSON.stringify(whole({ content: TEXT }))}`, "utf16le"),
        "application/json; charset=utf-16le",
      ),
    ],
    [
      "as a stream with signs of life",
      sends(`data: \n\ndata: {}\n\ndata: ping\n\ndata: {"type":"ping"}\n\n: x\n\n${STREAM}`, EVENTS),
    ],
    [
      "as a stream with events of several lines",
      sends(
        `event: message\nid: 1\ndata: {"choices":\ndata: [{"delta":{"content":"Zürich 🎉 日本"}}]}\n\n${events(...GOOD.slice(1))}`,
        EVENTS,
      ),
    ],
    ["as a whole message in a stream", sends(events(whole({ content: TEXT }), "[DONE]"), EVENTS)],
    [
      "with numbers that JSON does not have",
      sends(JSON.stringify(whole({ content: TEXT }, "stop", { x: 0 })).replace('"x":0', '"x":[NaN,-Infinity]')),
    ],
    ["as a text of the API before chats", sends(JSON.stringify({ choices: [{ text: TEXT, finish_reason: "stop" }] }))],
    ["as a list of texts", sends(JSON.stringify(whole({ content: ["Zürich 🎉", " 日本\u2028 end"] })))],
    ["with an end that is a record", sends(JSON.stringify(whole({ content: TEXT }, { type: "stop" })))],
    [
      "in the first of two choices",
      sends(
        events(...GOOD.flatMap((one) => [one, { choices: [{ index: 1, delta: { content: "other" } }] }]), "[DONE]"),
        EVENTS,
      ),
    ],
  ])("is read %s", async (_name, answer) => {
    expect((await ask(answer, stream)).text).toBe(TEXT);
  });

  it.each<[string, object | object[]]>([
    ["flat", [{ id: "c", name: "look", arguments: { city: "Bern" } }]],
    ["alone, not in a list", { id: "c", function: { name: "look", arguments: '{"city":"Bern"}' } }],
  ])("has calls that came %s", async (_name, calls) => {
    const { toolCalls } = await ask(sends(JSON.stringify(whole({ tool_calls: calls }, "tool_calls"))), stream);
    expect(toolCalls).toMatchObject([{ name: "look", args: { city: "Bern" } }]);
  });

  it("has a call once that a stream repeats at its end", async () => {
    const call = { tool_calls: [{ index: 0, id: "c", function: { name: "look", arguments: '{"city":"Bern"}' } }] };
    const { toolCalls } = await ask(sends(events(chunk(call), chunk(call, "tool_calls"), "[DONE]"), EVENTS), stream);
    expect(toolCalls).toMatchObject([{ id: "c", args: { city: "Bern" } }]);
  });

  it.each([
    ["max_tokens", "length"],
    ["MAX_TOKENS", "length"],
    ["model_length", "length"],
    ["SAFETY", "content-filter"],
    ["sensitive", "content-filter"],
    ["eos_token", "other"],
    ["end_turn", "other"],
  ])("that ends with %s ends with %s", async (reason, finish) => {
    expect((await ask(sends(JSON.stringify(whole({ content: "Half" }, reason))), stream)).finish).toBe(finish);
    expect((await ask(sends(events(chunk({ content: "Half" }), chunk({}, reason)), EVENTS), stream)).finish).toBe(
      finish,
    );
  });

  it.each(["error", "abort", "cancelled", "network_error", "insufficient_system_resource", "MALFORMED_RESPONSE_ERROR"])(
    "that ends with %s is no result",
    async (reason) => {
      const inOne = await errorOf(sends(JSON.stringify(whole({ content: "Half" }, reason))), stream);
      const inStream = await errorOf(
        sends(events(chunk({ content: "Half" }), chunk({}, reason), "[DONE]"), EVENTS),
        stream,
      );
      for (const error of [inOne, inStream]) {
        expect([error.code, error.retryable]).toEqual(["PROVIDER_FAILED", true]);
        expect(error.message).toContain(reason);
      }
    },
  );

  it("that refuses piece by piece is a refusal", async () => {
    const sent = events(chunk({ refusal: "I can" }), chunk({ refusal: "not." }), chunk({}, "stop"), "[DONE]");
    expect((await ask(sends(sent, EVENTS), stream)).finish).toBe("content-filter");
  });

  it.each<[string, string, Answer]>([
    [
      "beside an empty reply",
      "Upstream died.",
      sends(JSON.stringify(whole({ content: "" }, "stop", { error: { message: "Upstream died.", code: 502 } }))),
    ],
    [
      "within a choice",
      "Upstream died.",
      sends(events(chunk({ content: "Half" }), chunk({}, "error", { error: { message: "Upstream died." } })), EVENTS),
    ],
    [
      "in an event without a known field",
      "GPU_OOM",
      sends(`${events(GOOD[0]!)}event: error\ndata: {"message":"Kaputt.","code":"GPU_OOM"}\n\n`, EVENTS),
    ],
    [
      "in an event that is no JSON",
      "GPU fell off the bus",
      sends(`${events(GOOD[0]!)}event: error\ndata: GPU fell off the bus\n\n`, EVENTS),
    ],
    ["in a body under other names", "令牌过期", sends(JSON.stringify({ code: 401, msg: "令牌过期", success: false }))],
    [
      "in a body of MiniMax",
      "insufficient balance",
      sends(JSON.stringify({ choices: null, base_resp: { status_code: 1008, status_msg: "insufficient balance" } })),
    ],
    [
      "in a list",
      "No route for that URI",
      sends(JSON.stringify({ success: false, errors: [{ code: 7003, message: "No route for that URI" }] })),
    ],
    ["in a body under the type of streams", "Down.", sends(JSON.stringify({ error: { message: "Down." } }), EVENTS)],
    ["in a body that is no JSON", "service is down", sends("The service is down", "text/plain")],
    ["in a broken event", "{broken", sends(events(GOOD[0]!, "{broken", ...GOOD.slice(1)), EVENTS)],
  ])("with an error %s is told in the server's words", async (_name, words, answer) => {
    expect((await errorOf(answer, stream)).message).toContain(words);
  });

  it("in another compression than its headers say is no missing server", async () => {
    const error = await errorOf(sends("{}", "application/json", { "content-encoding": "gzip" }), stream);
    expect(error.code).toBe("PROVIDER_FAILED");
  });

  it("without an end is cut", async () => {
    const piece = "x".repeat(1_000_000);
    const answer: Answer = async (response) => {
      response.writeHead(200, { "content-type": stream ? EVENTS : "application/json" });
      response.write(stream ? 'data: {"choices":[' : '{"choices":[');
      while (!response.destroyed) await new Promise<void>((sent) => response.write(piece, () => sent()));
    };
    expect((await errorOf(answer, stream)).message).toContain("too long");
  });

  it("has no key of its settings", async () => {
    const key = "sk-0123456789abcdef";
    const told = (header = "") => [`Sent: ${header.slice(0, 12)}`, `${header.slice(12)}.`];
    const answer: Answer = (response, request) =>
      sends(events(...told(request.headers.authorization).map((content) => chunk({ content })), chunk({}, "stop")))(
        response,
        request,
      );
    expect((await ask(answer, stream, { apiKey: key })).text).toBe("Sent: Bearer [key].");
    const placeholder = await ask(answer, stream, { apiKey: "lm-studio" });
    expect(placeholder.text).toBe("Sent: Bearer lm-studio.");
  });

  it("is never asked for at another server", async () => {
    const asked: unknown[] = [];
    const other = await serve((response, request) => (asked.push(request.headers), response.end("{}")));
    const moved: Answer = (response) => response.writeHead(307, { location: `${other}/chat/completions` }).end();
    const error = await errorOf(moved, stream, { headers: { "api-key": "secret-1" } });
    expect(asked).toEqual([]);
    expect(error.message).toContain(`a redirection to ${other}/chat/completions`);
  });

  it("is asked for at another path of the server, as it was asked for", async () => {
    const answer: Answer = (response, request) =>
      request.url === "/v2"
        ? sends(JSON.stringify(whole({ content: request.method ?? "" })))(response, request)
        : response.writeHead(308, { location: "/v2" }).end();
    expect((await ask(answer, stream)).text).toBe("POST");
  });
});

it("a streamed reply shows no key, whatever its pieces are", async () => {
  const key = "sk-0123456789abcdef";
  const text = `a s sk sk-0123 ${key}${key} b ${key.slice(0, -1)}`;
  const model = openModel(
    {
      ...{ model: "m", apiKey: key },
      baseURL: await serve(sends(events(...[...text].map((content) => chunk({ content })), chunk({}, "stop")), EVENTS)),
    },
    "executor",
  );
  let shown = "";
  const signal = new AbortController().signal;
  await model.call({ system: "", messages: [], signal, onText: (delta) => (shown += delta) });
  expect(shown).toBe(`a s sk sk-0123 [key][key] b ${key.slice(0, -1)}`);
});

it.each<[string, (index: number) => object]>([
  ["reasoning", () => ({ reasoning_content: "hm ".repeat(1_000) })],
  ["calls", (index) => ({ tool_calls: [{ index, id: `c${index}`, function: { name: "look", arguments: "{}" } }] })],
])("a stream with %s without an end is cut", async (_name, delta) => {
  const answer: Answer = async (response) => {
    response.writeHead(200, { "content-type": EVENTS });
    for (let index = 0; !response.destroyed; index++)
      await new Promise<void>((sent) => response.write(events(chunk(delta(index))), () => sent()));
  };
  expect(await errorOf(answer, true)).toMatchObject({ code: "PROVIDER_FAILED", params: { problem: "no-room" } });
});

describe("a refusal in another language", () => {
  it.each<[number, object, string]>([
    [429, { message: "Ihr Guthaben ist aufgebraucht.", code: "insufficient_quota" }, "quota"],
    [429, { message: "余额不足或无可用资源包,请充值。", code: "1113" }, "quota"],
    [400, { message: "输入超长", code: "context_length_exceeded" }, "length"],
    [404, { message: "Das gibt es nicht.", code: "model_not_found" }, "model"],
  ])("is known by its code (%i %o)", async (status, error, about) => {
    const refused: Answer = (response) => response.writeHead(status).end(JSON.stringify({ error }));
    expect((await errorOf(refused, false)).params).toMatchObject({ about });
  });

  it.each(["temperature", "stream_options"])("names the field %s beside its sentence", async (param) => {
    const answer: Answer = async (response, request) => {
      let body = "";
      for await (const piece of request) body += String(piece);
      const refused = { error: { message: "Nicht unterstützt.", param, type: "invalid_request_error" } };
      if (param in (JSON.parse(body) as object)) response.writeHead(400).end(JSON.stringify(refused));
      else response.end(STREAM);
    };
    expect((await ask(answer, true)).usage.calls).toBe(2);
  });
});
