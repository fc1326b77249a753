// Failures of a server, and how they are reported: code, whether to try again, what to do next, and no secrets.
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { once } from "node:events";
import { inspect } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import type { AddressInfo } from "node:net";
import { PlanloomError } from "../../src/words/planloom-error.js";
import { providerFailureOf as readFailure } from "../../src/model/refusal/provider-failure.js";
import { systemClock } from "../../src/clock.js";
import { openModel } from "../../src/model/model.js";
import { timedModel } from "../../src/model/patience/timed-model.js";
import type { ModelRequest } from "../../src/model/port.js";
import type { RoleSettings } from "../../src/model/settings/role.js";
import { startFakeOpenAI, type FakeOpenAI, type FakeReply } from "../../src/testing/index.js";

const KEY = "secret-key-0123456789";
const servers: FakeOpenAI[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serverSaying(...replies: FakeReply[]): Promise<FakeOpenAI> {
  const server = await startFakeOpenAI({ reply: (_body, index) => replies[index] ?? replies.at(-1) ?? {} });
  servers.push(server);
  return server;
}

const ask = (request: Partial<ModelRequest> = {}): ModelRequest => ({
  system: "Instructions that nobody else should read.",
  messages: [{ role: "user", text: "hi" }],
  signal: new AbortController().signal,
  ...request,
});

async function failureOf(settings: RoleSettings, request = ask()): Promise<PlanloomError> {
  const model = openModel({ model: "broken", apiKey: KEY, ...settings }, "planner");
  const failed: unknown = await timedModel(model, systemClock)
    .call(request)
    .then(
      () => new Error("it did not fail"),
      (thrown: unknown) => thrown,
    );
  if (!(failed instanceof PlanloomError)) throw failed;
  return failed;
}

describe("an answered request", () => {
  it.each([
    [401, "PROVIDER_UNAUTHORIZED", false],
    [403, "PROVIDER_UNAUTHORIZED", false],
    [400, "PROVIDER_REFUSED", false],
    [404, "PROVIDER_REFUSED", false],
    [413, "PROVIDER_REFUSED", false],
    [408, "PROVIDER_TIMEOUT", true],
    [429, "PROVIDER_RATE_LIMITED", true],
    [500, "PROVIDER_FAILED", true],
    [503, "PROVIDER_FAILED", true],
  ])("with status %i is %s (retryable: %s), sent once", async (status, code, retryable) => {
    const server = await serverSaying({ status, text: "The server's own words." });
    const error = await failureOf({ baseURL: server.url });
    expect(error).toMatchObject({ code, kind: "provider", retryable });
    expect(error.message).toContain(`${new URL(server.url).host}/v1`);
    expect(error.message).toContain(`answered ${status}: The server's own words.`);
    expect(error.next).toMatch(/\w+\.$/);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [{ "retry-after": "3" }, 3000],
    [{ "retry-after-ms": "250", "retry-after": "3" }, 250],
    [{ "retry-after": "soon" }, undefined],
    [{}, undefined],
  ])("tells how long to wait: %o", async (headers, expected) => {
    const server = await serverSaying({ status: 429, text: "slow down", headers });
    expect((await failureOf({ baseURL: server.url })).retryAfterMs).toBe(expected);
  });

  it("understands a retry-after that is a date", async () => {
    const server = await serverSaying({
      status: 503,
      headers: { "retry-after": new Date(Date.now() + 60_000).toUTCString() },
    });
    const { retryAfterMs } = await failureOf({ baseURL: server.url });
    expect(retryAfterMs).toBeGreaterThan(30_000);
    expect(retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it.each([
    ["OpenAI", '{"error":{"message":"bad model"}}'],
    ["Ollama", '{"error":"bad model"}'],
    ["FastAPI", '{"detail":"bad model"}'],
    ["a proxy", "<html><body><h1>bad model</h1></body></html>"],
  ])("shows the sentence in an error body of %s", async (_server, raw) => {
    const server = await serverSaying({ status: 400, raw });
    expect((await failureOf({ baseURL: server.url })).message).toMatch(/answered 400: bad model$/);
  });

  it("shows an excerpt of a long body", async () => {
    const server = await serverSaying({ status: 500, raw: "word ".repeat(10_000) });
    expect((await failureOf({ baseURL: server.url })).message.length).toBeLessThan(500);
  });

  it.each([
    ["malformed JSON", { raw: '{"choices": [' }],
    ["a page", { raw: "<html>Welcome</html>" }],
    ["no choices", { raw: '{"choices": []}' }],
  ])("that holds %s is a failure", async (_what, reply) => {
    const server = await serverSaying(reply);
    const error = await failureOf({ baseURL: server.url });
    expect(error).toMatchObject({ code: "PROVIDER_FAILED", retryable: true });
    expect(error.message).toContain("cannot be read");
  });

  it("that turns into an error in its stream is told by the status inside", async () => {
    const raw = `data: ${JSON.stringify({ error: { message: "out of memory", code: 500 } })}\n\n`;
    const server = await serverSaying({ raw }, { raw: raw.replace("500", "429") });
    const request = ask({ onText: () => {} });
    expect(await failureOf({ baseURL: server.url }, request)).toMatchObject({
      code: "PROVIDER_FAILED",
      message: expect.stringContaining("out of memory") as string,
    });
    expect(await failureOf({ baseURL: server.url }, request)).toMatchObject({ code: "PROVIDER_RATE_LIMITED" });
  });
});

describe("a connection", () => {
  it("that is refused makes the endpoint unreachable, and the remedy is named", async () => {
    const free = createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, "close");
    const error = await failureOf({ baseURL: `http://127.0.0.1:${port}/v1` });
    expect(error).toMatchObject({ code: "PROVIDER_UNREACHABLE", retryable: false });
    expect(error.message).toContain(`127.0.0.1:${port}/v1`);
    expect(error.message).toContain("ECONNREFUSED");
    expect(error.next).toBe("Start the server, or set PLANLOOM_BASE_URL or PLANLOOM_PLANNER_BASE_URL to its address.");
  });

  it.each([200, 500])(
    "that is refused by a server that answered %i before is unreachable, as at the first contact",
    async (status) => {
      const server = await serverSaying({ text: "hi", status });
      const answered = openModel({ model: "restarting", baseURL: server.url }, "planner").call(ask());
      await Promise.allSettled([answered]);
      await server.close();
      servers.splice(0);
      expect(await failureOf({ model: "restarting", baseURL: server.url })).toMatchObject({
        code: "PROVIDER_UNREACHABLE",
        retryable: false,
      });
    },
  );

  it.each([
    ["ENOTFOUND", "unreachable"],
    ["UND_ERR_CONNECT_TIMEOUT", "unreachable"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "unreachable"],
    ["ECONNRESET", "cut"],
    ["UND_ERR_HEADERS_TIMEOUT", "slow"],
    ["HPE_INVALID_CONSTANT", "unreadable"],
  ])("that fails with %s is %s", (code, kind) => {
    const thrown = new Error("fetch failed", { cause: Object.assign(new Error("inner"), { code }) });
    expect(readFailure(thrown, 0)).toMatchObject({ kind });
  });

  it("to a port that the platform does not connect to is unreachable, and not tried again", async () => {
    expect(await failureOf({ baseURL: "http://127.0.0.1:9/v1" })).toMatchObject({
      code: "PROVIDER_UNREACHABLE",
      retryable: false,
    });
  });

  it("that fails in any way after an answer began is cut", () => {
    const cause = Object.assign(new Error("read ETIMEDOUT"), { code: "ETIMEDOUT" });
    const thrown = Object.assign(new Error("failed to process", { cause }), { statusCode: 200 });
    expect(readFailure(thrown, 0)).toEqual({ kind: "cut", code: "ETIMEDOUT" });
    expect(readFailure(cause, 0)).toEqual({ kind: "unreachable", code: "ETIMEDOUT" });
  });

  it.each(["before", "during"] as const)("that is cut %s the reply is a failure", async (cut) => {
    const server = await serverSaying({ text: "A reply that is long enough to be cut.", cut });
    const error = await failureOf({ baseURL: server.url });
    expect(error).toMatchObject({ code: "PROVIDER_FAILED", retryable: true });
    expect(error.message).toContain("ended the connection");
  });

  it("that is cut in the middle of a stream is a failure, after the text that came", async () => {
    const server = await serverSaying({ text: "A reply that is long enough to be cut in its middle.", cut: "during" });
    const deltas: string[] = [];
    const error = await failureOf({ baseURL: server.url }, ask({ onText: (delta) => deltas.push(delta) }));
    expect(error).toMatchObject({ code: "PROVIDER_FAILED", retryable: true });
    expect(error.message).toContain("ended the connection");
    expect(deltas.join("")).toMatch(/^A reply/);
  });

  it("whose stream ends without an end is a failure", async () => {
    const raw = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "half a" } }] })}\n\n`;
    const server = await serverSaying({ raw });
    const error = await failureOf({ baseURL: server.url }, ask({ onText: () => {} }));
    expect(error).toMatchObject({ code: "PROVIDER_FAILED", retryable: true });
    expect(error.message).toContain("ended the connection");
  });
});

const WHOLE = JSON.stringify({ choices: [{ index: 0, message: { content: "late" }, finish_reason: "stop" }] });
const STREAM = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "late" }, finish_reason: "stop" }] })}\n\ndata: [DONE]\n\n`;

/** A server that sends five pieces, one after the other was received, and then the reply. */
async function slowServer(piece: string, reply: string) {
  const type = piece === " " ? "application/json" : "text/event-stream";
  const server = createHttpServer((_request, response) => {
    response.writeHead(200, { "content-type": type });
    const send = (left: number): void =>
      void (left === 0 ? response.end(reply) : response.write(piece, () => setImmediate(() => send(left - 1))));
    send(5);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { port, close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))) };
}

describe("time and abort", () => {
  it("a reply that takes longer than the role's timeout is given up", async () => {
    const server = await serverSaying({ wait: new Promise(() => {}) });
    const error = await failureOf({ baseURL: server.url, timeout: 500 });
    expect(error).toMatchObject({ code: "PROVIDER_TIMEOUT", retryable: true });
    expect(error.message).toContain("sent nothing within 500 ms");
    expect(await server.requests[0]?.ended).toBe("cut");
  });

  it.each([undefined, () => undefined])("bytes without text are signs of life (streamed: %o)", async (onText) => {
    const { port, close } = await slowServer(
      onText === undefined ? " " : ": wait\n\n",
      onText === undefined ? WHOLE : STREAM,
    );
    const model = openModel({ model: "slow", baseURL: `http://127.0.0.1:${port}/v1`, timeout: 300 }, "planner");
    const signs: number[] = [];
    const request = ask({ alive: () => void signs.push(1), ...(onText && { onText }) });
    const reply = await model.call(request);
    await close();
    expect(reply.text).toBe("late");
    expect(signs.length).toBeGreaterThan(1);
  });

  it("no timeout is a timeout as well", async () => {
    const server = await serverSaying({ text: "hi" });
    const model = timedModel(
      openModel({ model: "patient", baseURL: server.url, timeout: Infinity }, "planner"),
      systemClock,
    );
    expect((await model.call(ask())).text).toBe("hi");
  });

  it("a stream that stops in its middle is given up as well", async () => {
    const server = await serverSaying({ text: "A reply that stops in its middle.", waitDuring: new Promise(() => {}) });
    const error = await failureOf({ baseURL: server.url, timeout: 200 }, ask({ onText: () => {} }));
    expect(error).toMatchObject({ code: "PROVIDER_TIMEOUT" });
  });

  it("an abort before the request sends nothing, and throws the reason", async () => {
    const server = await serverSaying({});
    const reason = new Error("the user left");
    const call = openModel({ model: "aborted", baseURL: server.url }, "planner").call(
      ask({ signal: AbortSignal.abort(reason) }),
    );
    await expect(call).rejects.toBe(reason);
    expect(server.requests).toHaveLength(0);
  });

  it("an abort while waiting throws the reason, and the server sees it", async () => {
    const controller = new AbortController();
    const reason = new Error("the user left");
    const server = await startFakeOpenAI({
      reply: () => {
        controller.abort(reason);
        return { wait: new Promise(() => {}) };
      },
    });
    servers.push(server);
    const call = openModel({ model: "aborted", baseURL: server.url }, "planner").call(
      ask({ signal: controller.signal }),
    );
    await expect(call).rejects.toBe(reason);
    expect(await server.requests[0]?.ended).toBe("cut");
  });

  it("an abort in the middle of a stream throws the reason", async () => {
    const controller = new AbortController();
    const reason = { why: "enough" };
    const server = await serverSaying({
      text: "A reply that would go on for longer.",
      waitDuring: new Promise(() => {}),
    });
    const request = ask({ signal: controller.signal, onText: () => controller.abort(reason) });
    await expect(openModel({ model: "aborted", baseURL: server.url }, "planner").call(request)).rejects.toBe(reason);
    expect(await server.requests[0]?.ended).toBe("cut");
  });
});

describe("secrets", () => {
  it("are not in errors, also where the server repeats them", async () => {
    const words = `Key ${KEY} is wrong, Bearer ${KEY}, sk-abcdef1234567890`;
    const server = await serverSaying({ status: 401, text: words }, { status: 500, raw: words });
    for (let call = 0; call < 2; call++) {
      const shown = inspect(await failureOf({ baseURL: server.url }), { depth: 20 });
      expect(shown).toContain("[key]");
      expect(shown).not.toContain(KEY);
      expect(shown).not.toContain("sk-abcdef");
      expect(shown).not.toContain("nobody else should read");
    }
  });

  it("are refused in the base URL, without being repeated", async () => {
    const open = () =>
      openModel({ model: "m", baseURL: "http://user:hunter2@127.0.0.1:1/v1?token=hunter2" }, "planner");
    expect(open).toThrow(expect.objectContaining({ code: "MODEL_BAD_ENDPOINT", kind: "config" }) as Error);
    expect(open).not.toThrow(/hunter2/);
  });
});
