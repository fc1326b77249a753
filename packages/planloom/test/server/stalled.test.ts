// A client on a real socket that does not read. In: a run with a large log. Out: the server sends no more than the
// connection takes, drops the client after a time, and goes on where the client was.
import type { HttpBindings } from "@hono/node-server";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { LIMITS } from "../../src/limits.js";
import { listen } from "../../src/server/listen.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { askingRun, testServer, TOKENS } from "./server.js";
import { readerOf, restOf } from "./sse.js";

/** Together more than the system keeps for a connection that nobody reads. */
const ANSWERS = 8;
const ANSWER = "x".repeat(2 * 1024 * 1024);
const headers = { authorization: `Bearer ${TOKENS.read}`, accept: "text/event-stream" };

test("a client that does not read is dropped, and the server holds one event for it", async () => {
  const clock = fakeClock(1_000);
  const { loom, fetch: handle } = await testServer({ clock });
  const run = await askingRun(loom, ANSWERS);
  for (let index = 0; index < ANSWERS; index++) await run.respond(`q${index}`, ANSWER);
  await run.result();
  let begun = (_response: ServerResponse) => {};
  const response = new Promise<ServerResponse>((resolve) => (begun = resolve));
  const app = {
    fetch: (request: Request, bindings: object) => {
      begun((bindings as HttpBindings).outgoing);
      return handle(request, bindings);
    },
  };
  const server = await listen(() => app, { host: "127.0.0.1", port: 0 });
  const path = `/v1/runs/${run.id}/events`;
  const client = connect(server.port, "127.0.0.1").pause();
  const lines = Object.entries({ host: "127.0.0.1", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  client.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);

  const stalled = await response;
  const closed = once(stalled, "close");
  await untilFull(stalled);
  expect(stalled.writableLength).toBeLessThan(2 * ANSWER.length);
  await clock.advance(LIMITS.stalledMs - 1);
  expect(stalled.destroyed).toBe(false);
  await clock.advance(1);
  await closed;

  let received = "";
  client.setEncoding("latin1").on("data", (text: string) => (received += text));
  client.on("error", () => undefined).resume();
  await once(client, "close");
  const seqs = [...received.matchAll(/^id: (\d+)$/gmu)].map(([, seq]) => Number(seq));
  expect(received).not.toContain("event: end");
  // The last one may be cut.
  const known = seqs.at(-1)! - 1;
  const again = await fetch(`${server.url}${path}`, { headers: { ...headers, "last-event-id": String(known) } });
  const rest = (await restOf(readerOf(again))).map(({ id }) => Number(id));
  const events: number[] = [];
  for await (const { seq } of run.events()) events.push(seq);
  expect([...seqs.slice(0, -1), ...rest.slice(0, -1)]).toEqual(events);
  expect(clock.pending).toBe(0);
  await server.close();
  await loom.close();
});

/** Resolves when the connection takes nothing more: nothing changes while the event loop turns many times. */
async function untilFull(response: ServerResponse): Promise<void> {
  let sent = -1;
  for (let turns = 0; turns < 200; turns++) {
    const now = response.socket?.bytesWritten ?? 0;
    if (!response.writableNeedDrain || now !== sent) turns = 0;
    sent = now;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
