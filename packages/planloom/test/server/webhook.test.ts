// The webhook: what it tells, how it is signed, and that it is repeated.
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import { LIMITS } from "../../src/limits.js";
import { tellWebhook } from "../../src/server/webhook/webhook.js";
import { memoryStore } from "../../src/store/memory.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { pay } from "../streams/parts.js";

interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A receiver that answers with the statuses in turn, then with 204. */
async function receiver(statuses: number[] = []) {
  const received: Received[] = [];
  const waiting: ((one: Received) => void)[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString()));
    request.on("end", () => {
      response.writeHead(statuses.shift() ?? 204, { location: "/elsewhere" }).end();
      const one = { headers: request.headers as Received["headers"], body };
      received.push(one);
      waiting.shift()?.(one);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => (server.closeAllConnections(), void server.close()));
  const next = async () => new Promise<Received>((resolve) => waiting.push(resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received, next };
}

const secret = "a-secret-of-the-webhook";
const studio = "https://loom.example.org";
const plan = {
  goal: "Pay the private invoice A1",
  steps: [
    { id: "pay", tool: "pay", with: { invoice: "A1-private" } },
    { id: "format", ask: "Which private format?", dependsOn: ["pay"] },
  ],
  answer: { value: "${{ pay.receipt }}" },
};

const told = ({ body }: Received) => JSON.parse(body) as Record<string, unknown> & { readonly id: string };

test("it tells what waits and what has ended, signed, and without values of the run", async () => {
  const hook = await receiver();
  const loom = await createLoom({ store: "memory", tools: [pay] }, { env: {} });
  const gone = new AbortController();
  const errors: unknown[] = [];
  const telling = tellWebhook(
    loom,
    { url: hook.url, secret, studio },
    { studio: "", signal: gone.signal, tell: (error) => errors.push(error) },
  );
  const first = hook.next();
  const run = await loom.start("", { plan });
  const call = await first;
  const { approvals } = (await run.document()).waiting!;
  const { hash } = approvals[0]!;
  const url = `${studio}/runs/${run.id}`;
  expect(told(call)).toMatchObject({ type: "run.waiting", runId: run.id, status: "awaiting-approval", url });
  expect(told(call)["waiting"]).toEqual([{ kind: "call", step: "pay", hash, url: `${url}/review/${hash}` }]);
  const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": signature } = call.headers;
  const expected = createHmac("sha256", secret).update(`${id}.${time}.${call.body}`).digest("base64");
  expect([id, signature]).toEqual([told(call).id, `v1,${expected}`]);
  const second = hook.next();
  await run.approve(hash);
  expect(told(await second)["waiting"]).toEqual([{ kind: "question", step: "format", url }]);
  const third = hook.next();
  await run.respond("format", "a private answer");
  expect(told(await third)).toMatchObject({ type: "run.ended", status: "completed" });
  expect(JSON.stringify(hook.received)).not.toMatch(/private|receipt|Which/u);

  // After a retry, the same question and the same end are other messages.
  const fourth = hook.next();
  await run.retry({ from: "format" });
  expect(told(await fourth)["waiting"]).toEqual([{ kind: "question", step: "format", url }]);
  const fifth = hook.next();
  await run.respond("format", "a private answer");
  expect(told(await fifth)).toMatchObject({ type: "run.ended", status: "completed" });
  gone.abort();
  await telling;
  expect(new Set(hook.received.map((one) => told(one).id)).size).toBe(5);
  expect([errors, hook.received.length]).toEqual([[], 5]);
  await loom.close();
});

test("a message is repeated with the same id until it is taken; a redirect takes none; then it is given up", async () => {
  const { clock, isSet, advance } = watchedClock();
  const hook = await receiver([500, 302, ...Array.from({ length: LIMITS.webhookAttempts - 2 }, () => 500)]);
  const loom = await createLoom({ store: memoryStore() }, { env: {} });
  const gone = new AbortController();
  let failed: (error: unknown) => void = () => undefined;
  const failure = new Promise((resolve) => (failed = resolve));
  const run = await loom.start("", {
    plan: { goal: "Ask", steps: [{ id: "q", ask: "Go on?" }], answer: { value: "${{ q }}" } },
  });
  await run.result();
  const waits = Array.from({ length: LIMITS.webhookAttempts - 1 }, (_, index) => {
    const ms = LIMITS.webhookRetryMs * LIMITS.webhookBackoff ** index;
    return { ms, begun: isSet(ms) };
  });
  const webhook = { url: hook.url, secret, on: ["waiting"] as const };
  const telling = tellWebhook(loom, webhook, { studio, signal: gone.signal, tell: failed, clock });
  for (const { ms, begun } of waits) {
    await begun;
    await advance(ms);
  }
  expect(await failure).toMatchObject({
    code: "WEBHOOK_FAILED",
    params: { runId: run.id, because: "status", status: 500 },
  });
  expect(new Set(hook.received.map((one) => told(one).id)).size).toBe(1);
  expect(hook.received.every(({ headers }) => headers["webhook-timestamp"] !== undefined)).toBe(true);
  gone.abort();
  await telling;

  // After a restart, what still waits is told again, as the same message.
  const again = hook.next();
  const later = new AbortController();
  const second = tellWebhook(loom, { url: hook.url, secret }, { studio, signal: later.signal, tell: failed });
  expect(told(await again).id).toBe(told(hook.received[0]!).id);
  later.abort();
  await second;
  await loom.close();
});

/** A clock that says when a timer of this length is set. */
function watchedClock() {
  const clock = fakeClock(5_000);
  const waiting = new Map<number, () => void>();
  const setTimer: typeof clock.setTimer = (ms, fn) => {
    const cancel = clock.setTimer(ms, fn);
    waiting.get(ms)?.();
    return cancel;
  };
  const isSet = (ms: number) => new Promise<void>((resolve) => waiting.set(ms, resolve));
  return { clock: { now: () => clock.now(), setTimer }, isSet, advance: (ms: number) => clock.advance(ms) };
}

test.each([
  [{ url: "ftp://x.example", secret }, "url"],
  [{ url: "https://user:pass@x.example", secret }, "url"],
  [{ url: "https://x.example", secret: "short" }, "secret"],
  [{ url: "https://x.example" }, "secret"],
  [{ url: "https://x.example", secret: "whsec_!!!!!!!!!!!!!!!!!!!!" }, "secret"],
  [{ url: "https://x.example", secret, on: ["started"] }, "on"],
])("%j is refused", async (webhook, fault) => {
  const opening = createLoom({ store: "memory", webhook: webhook as never }, { env: {} });
  await expect(opening).rejects.toMatchObject({ code: "WEBHOOK_INVALID", params: { fault } });
});
