// The events of a run as a stream: complete, in order, for many readers, and with bounded memory.
import { describe, expect, it } from "vitest";
import { LIMITS } from "../../src/limits.js";
import type { LoomRun } from "../../src/loom/loom-run.js";
import type { RunEvent } from "../../src/run/event.js";
import { eventsAfter } from "../../src/server/feed/reading.js";
import { RunFeed } from "../../src/server/feed/run-feed.js";
import { memoryStore } from "../../src/store/memory.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { askingRun, codeOf, testServer, TOKENS, type TestServer } from "./server.js";
import { readerOf, restOf, type EventReader } from "./sse.js";

const token = TOKENS.read;
const SSE = { accept: "text/event-stream" };

const streamOf = ({ ask }: TestServer, run: LoomRun, { query = "", headers = {} } = {}): Promise<Response> =>
  ask(`/v1/runs/${run.id}/events${query}`, { token, headers: { ...SSE, ...headers } });

const seqsOf = (events: readonly { readonly seq: number }[]): readonly number[] => events.map(({ seq }) => seq);

const upTo = (last: number): readonly number[] => Array.from({ length: last }, (_, index) => index + 1);

async function eventsOf(run: LoomRun): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run.events()) events.push(event);
  return events;
}

async function answerAll(run: LoomRun, questions: number): Promise<void> {
  for (let index = 0; index < questions; index++) await run.respond(`q${index}`, "yes");
}

/** A store that counts how often logs are read. */
function countedStore() {
  const counts = { reads: 0 };
  const store = memoryStore();
  const read = store.read.bind(store);
  store.read = (...args) => {
    counts.reads += 1;
    return read(...args);
  };
  return { counts, store };
}

describe("a stream of events", () => {
  it("has each event once, by its number and type, then the end", async () => {
    const server = await testServer();
    const run = await askingRun(server.loom, 1);
    const response = await streamOf(server, run);
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const reader = readerOf(response);
    const first = await reader.next();
    expect(first).toMatchObject({ id: "1", type: "run.started", data: { seq: 1, type: "run.started" } });
    await answerAll(run, 1);
    const received = [first!, ...(await restOf(reader))];
    const events = await eventsOf(run);
    expect(received.slice(0, -1).map(({ data }) => data)).toEqual(JSON.parse(JSON.stringify(events)));
    expect(received.slice(0, -1).map(({ id, type }) => [Number(id), type])).toEqual(
      events.map(({ seq, type }) => [seq, type]),
    );
    expect(received.at(-1)).toEqual({ id: undefined, type: "end", data: { reason: "run-ended" } });
    await server.loom.close();
  });

  it("goes on after the last event that the reader has, and tells a browser to stop after the end", async () => {
    const server = await testServer();
    const run = await askingRun(server.loom, 1);
    await answerAll(run, 1);
    await run.result();
    const last = (await eventsOf(run)).length;
    const after = async (options: { query?: string; headers?: Record<string, string> }) =>
      restOf(readerOf(await streamOf(server, run, options)));
    expect((await after({ query: `?after=${last - 1}` })).map(({ id }) => id)).toEqual([String(last), undefined]);
    const both = { query: "?after=1", headers: { "last-event-id": String(last - 1) } };
    expect((await after(both)).map(({ id }) => id)).toEqual([String(last), undefined]);
    expect((await streamOf(server, run, { headers: { "last-event-id": String(last) } })).status).toBe(204);
    expect((await after({ query: `?after=${last}` })).map(({ type }) => type)).toEqual(["end"]);
    const unnamed = await after({ query: "?names=off" });
    expect(new Set(unnamed.map(({ type }) => type))).toEqual(new Set(["message", "end"]));
    await server.loom.close();
  });

  it.each(["-1", "x", "1.5", "99999", "%20"])("refuses to begin after %s", async (after) => {
    const server = await testServer();
    const run = await askingRun(server.loom, 1);
    const response = await streamOf(server, run, { query: `?after=${after}` });
    expect([response.status, await codeOf(response)]).toEqual([400, "AFTER_INVALID"]);
    await server.loom.close();
  });

  it("is refused for an unknown run", async () => {
    const server = await testServer();
    const response = await server.ask("/v1/runs/run_none/events", { token, headers: SSE });
    expect([response.status, await codeOf(response)]).toEqual([404, "RUN_UNKNOWN"]);
    await server.loom.close();
  });

  it("loses and repeats nothing over 100 random disconnects", async () => {
    const server = await testServer();
    const questions = 60;
    const run = await askingRun(server.loom, questions);
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const seqs: number[] = [];
    let disconnects = 0;
    let answered = 0;
    let reader: EventReader = readerOf(await streamOf(server, run));
    for (let left = random(3); ;) {
      // The run goes on while the reader is away, and while it reads.
      const mayAnswer = answered < (disconnects < 100 ? questions - 1 : questions);
      if (mayAnswer && random(2) === 0) await run.respond(`q${answered++}`, "yes");
      const isQuiet = (await eventsOf(run)).length === seqs.length;
      if (disconnects < 100 && (isQuiet || left-- <= 0)) {
        await reader.leave();
        disconnects += 1;
        const known = seqs.at(-1);
        const headers = known === undefined ? {} : { "last-event-id": String(known) };
        reader = readerOf(await streamOf(server, run, { headers }));
        left = random(3);
        continue;
      }
      if (isQuiet && answered < questions) continue;
      const event = await reader.next();
      if (event === undefined || event.type === "end") break;
      seqs.push(Number(event.id));
    }
    expect(disconnects).toBe(100);
    expect(seqs).toEqual(upTo((await eventsOf(run)).length));
    await server.loom.close();
  });

  it("is for 200 readers of one run, who share the reading of its log", async () => {
    const { counts, store } = countedStore();
    const server = await testServer({}, store);
    const run = await askingRun(server.loom, 20);
    const readers = await Promise.all(upTo(200).map(async () => readerOf(await streamOf(server, run))));
    await Promise.all(readers.map((reader) => reader.next()));
    const before = counts.reads;
    const all = Promise.all(readers.map(restOf));
    await answerAll(run, 20);
    const received = await all;
    const last = (await eventsOf(run)).length;
    for (const events of received) expect(events.slice(0, -1).map(({ id }) => Number(id))).toEqual(upTo(last).slice(1));
    // The answers read the log, too. 200 followers would read it some thousand times.
    expect(counts.reads - before).toBeLessThan(200);
    await server.loom.close();
  });

  it("takes no more readers than its limit, and a reader that leaves makes room", async () => {
    const server = await testServer();
    const run = await askingRun(server.loom, 1);
    const readers = await Promise.all(
      upTo(LIMITS.eventStreamsPerRun).map(async (index) => {
        const tokenOfTurn = [TOKENS.all, TOKENS.approve, TOKENS.read][index % 3]!;
        return server.ask(`/v1/runs/${run.id}/events`, { token: tokenOfTurn, headers: SSE });
      }),
    );
    const refused = await streamOf(server, run);
    expect([refused.status, await codeOf(refused)]).toEqual([503, "TOO_MANY_STREAMS"]);
    await readers[0]!.body!.cancel();
    const taken = await streamOf(server, run);
    expect(taken.status).toBe(200);
    const head = await server.ask(`/v1/runs/${run.id}/events`, { method: "HEAD", token, headers: SSE });
    expect(head.status).toBe(503);
    await Promise.all([...readers.slice(1), taken].map(async ({ body }) => body!.cancel()));
    await server.loom.close();
  });

  it("reads nothing ahead of a slow reader, and drops one that does not read", async () => {
    const clock = fakeClock(1_000);
    const { counts, store } = countedStore();
    const server = await testServer({ clock }, store);
    const run = await askingRun(server.loom, 30);
    const slow = await streamOf(server, run);
    const reader = slow.body!.getReader();
    await reader.read();
    await reader.read();
    await answerAll(run, 30);
    // A reader that gets the end: the feed of the run looks no more.
    await restOf(readerOf(await streamOf(server, run)));
    const before = counts.reads;
    await clock.advance(LIMITS.stalledMs);
    expect(counts.reads).toBe(before);
    await expect(reader.read()).rejects.toThrow("not read for too long");
    const resumed = await restOf(readerOf(await streamOf(server, run, { headers: { "last-event-id": "1" } })));
    expect(resumed.slice(0, -1).map(({ id }) => Number(id))).toEqual(upTo((await eventsOf(run)).length).slice(1));
    await server.loom.close();
  });

  it("is kept open by comments, and ends when the server stops", async () => {
    const clock = fakeClock(1_000);
    const stopping = new AbortController();
    const server = await testServer({ clock, stopping: stopping.signal });
    const run = await askingRun(server.loom, 1);
    await run.result();
    const response = await streamOf(server, run, { query: `?after=${(await eventsOf(run)).length}` });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toContain("retry: 1000");
    const quiet = reader.read();
    await clock.advance(LIMITS.heartbeatMs);
    expect((await quiet).value).toBe(": nothing new\n\n");
    const end = reader.read();
    stopping.abort();
    expect((await end).value).toBe('event: end\ndata: {"reason":"server-stopping"}\n\n');
    expect((await reader.read()).done).toBe(true);
    expect(clock.pending).toBe(0);
    await server.loom.close();
  });
});

describe("a feed", () => {
  const longRun = (last: number): LoomRun => {
    async function* events({ fromSeq = 1 } = {}) {
      for (let seq = fromSeq; seq <= last; seq++) yield { seq, type: "step.progress" };
    }
    return { id: "run_long", events } as unknown as LoomRun;
  };

  it("keeps the newest events only, and a reader gets all of them", async () => {
    const last = LIMITS.feedEvents * 3;
    let ended = () => {};
    const done = new Promise<void>((resolve) => (ended = resolve));
    const feed = new RunFeed(longRun(last), 1, () => ended());
    await done;
    expect(feed.from(last - LIMITS.feedEvents)).toBeUndefined();
    expect(feed.from(last - LIMITS.feedEvents + 1)).toHaveLength(LIMITS.feedEvents);
    const seqs: number[] = [];
    const reading = eventsAfter(feed, 0, { clock: fakeClock(), signal: new AbortController().signal });
    for await (const group of reading) seqs.push(...seqsOf(group));
    expect(seqs).toEqual(upTo(last));
  });
});

describe("a page of events", () => {
  it("has at most as many as asked for", async () => {
    const server = await testServer();
    const run = await askingRun(server.loom, 3);
    await answerAll(run, 3);
    await run.result();
    const last = (await eventsOf(run)).length;
    const page = async (query: string) => {
      const response = await server.ask(`/v1/runs/${run.id}/events${query}`, { token });
      return (await response.json()) as { readonly events: readonly RunEvent[]; readonly hasMore: boolean };
    };
    const first = await page("?limit=2");
    expect([seqsOf(first.events), first.hasMore]).toEqual([[1, 2], true]);
    const rest = await page("?after=2");
    expect([seqsOf(rest.events), rest.hasMore]).toEqual([upTo(last).slice(2), false]);
    await server.loom.close();
  });
});
