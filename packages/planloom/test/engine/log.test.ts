// Readers of a log that is not what was written, or was written by a later version. In: events changed after they were
// sealed. Out: the sound ones, then a refusal that says how far the log is sound.
import { expect, test } from "vitest";
import { endOf } from "../../src/run/status.js";
import { fakeClock } from "../../src/testing/fake-clock.js";
import { loadRun, readEvents } from "../../src/engine/log.js";
import { EVENT_VERSION, eventHash, type RunEvent } from "../../src/run/event.js";
import { memoryStore } from "../../src/store/memory.js";
import type { EventStore } from "../../src/store/event-store.js";
import { LOGS, logIn } from "../fixtures/logs.js";
import { toolNamed } from "./parts.js";
import { createLoom } from "../../src/loom/create-loom.js";

const STEPS = [
  { id: "a", tool: "find", with: { x: 1 } },
  { id: "b", tool: "find", with: { x: "${{ a }}" } },
];

async function soundLog(): Promise<readonly RunEvent[]> {
  const store = memoryStore();
  const loom = await createLoom({ store, tools: [toolNamed("find", "none")] }, { env: {} });
  await (await loom.start("Find it.", { runId: "run", plan: { steps: STEPS } })).result();
  await loom.close();
  return store.read("run");
}

/** A store that gives these events, whatever they are. */
async function storeOf(log: readonly RunEvent[]): Promise<EventStore> {
  return {
    ...memoryStore(),
    read: async (_, fromSeq = 1, limit = Infinity) => log.slice(fromSeq - 1, fromSeq - 1 + limit),
  };
}

const changedAt = (log: readonly RunEvent[], seq: number, change: object): readonly RunEvent[] =>
  log.map((event) => (event.seq === seq ? { ...event, ...change } : event));

async function readUntilRefused(store: EventStore, fromSeq = 1): Promise<readonly [number, unknown]> {
  let seq = 0;
  try {
    for await (const event of readEvents(store, fakeClock(), "run", { fromSeq })) seq = event.seq;
  } catch (error) {
    return [seq, error];
  }
  return [seq, undefined];
}

test("a sound log is loaded, and read to its end from any place", async () => {
  const log = await soundLog();
  const store = await storeOf(log);
  expect(endOf(await loadRun(store, "run"))?.how).toBe("completed");
  for (const fromSeq of [0, 1, 4])
    expect(await readUntilRefused(store, fromSeq)).toStrictEqual([log.length, undefined]);
});

test.each<[string, (log: readonly RunEvent[]) => readonly RunEvent[]]>([
  ["another time in event 3", (log) => changedAt(log, 3, { at: 1 })],
  ["another sender of event 3", (log) => changedAt(log, 3, { by: "ann" })],
  ["event 4 sealed after another one", (log) => changedAt(log, 4, { prev: eventHash(log[0]!) })],
  ["event 4 of another run", (log) => changedAt(log, 4, { runId: "other" })],
  ["no event 4", (log) => log.filter(({ seq }) => seq !== 4)],
  ["no event at all in place of event 4", (log) => changedAt(log, 4, { v: "1" })],
])("%s: nobody folds it, and readers get what is sound", async (_, change) => {
  const store = await storeOf(change(await soundLog()));
  const refusal = {
    code: "RUN_DAMAGED",
    kind: "store",
    message: expect.stringMatching(/Run run .*event 4.* sound up to event 3\./) as string,
    action: { action: "events", runId: "run" },
  };
  await expect(loadRun(store, "run")).rejects.toMatchObject(refusal);
  const [seq, error] = await readUntilRefused(store);
  expect([seq, error]).toMatchObject([3, refusal]);
});

test("an event of a later version is refused with the advice to update, after those before it", async () => {
  const store = await storeOf(changedAt(await soundLog(), 3, { v: EVENT_VERSION + 1 }));
  const refusal = { code: "EVENT_NEWER", next: expect.stringMatching(/Update Planloom/) as string };
  await expect(loadRun(store, "run")).rejects.toMatchObject(refusal);
  expect(await readUntilRefused(store)).toMatchObject([2, refusal]);
});

test.each([0, 1, 3, 5, 9])(
  "what an old process writes is followed from any place, with %i events there",
  async (there) => {
    const log = logIn(LOGS.find((name) => logIn(name).every(({ v }) => v === 1))!);
    const { runId } = log[0]!;
    for (const fromSeq of [1, 2, 4, there + 1, there + 3]) {
      let length = Math.max(there, 1);
      const store: EventStore = {
        ...memoryStore(),
        owner: async () => undefined,
        // One event more with each look.
        read: async (_, from = 1, limit = Infinity) => log.slice(0, length++).slice(from - 1, from - 1 + limit),
      };
      const clock = {
        ...fakeClock(),
        setTimer: (_: number, done: () => void) => (queueMicrotask(done), () => undefined),
      };
      const read: RunEvent[] = [];
      for await (const event of readEvents(store, clock, runId, { fromSeq, follow: true })) read.push(event);
      expect(read.map(({ seq }) => seq)).toEqual(log.map(({ seq }) => seq).slice(fromSeq - 1));
      expect(read.every(({ v }) => v === EVENT_VERSION)).toBe(true);
    }
  },
);

test("an old event after one of today is damage", async () => {
  const [first, ...rest] = await soundLog();
  const store = await storeOf([first!, ...rest.map((event) => ({ ...event, v: 1 as never }))]);
  expect(await readUntilRefused(store)).toMatchObject([1, { code: "RUN_DAMAGED" }]);
});

test("a reader that follows gets the events that were recorded while it asked whether the run has ended", async () => {
  const log = await soundLog();
  const store = await storeOf(log);
  let reads = 0;
  const growing: EventStore = {
    ...store,
    read: async (...asked) => (await store.read(...asked)).filter(({ seq }) => reads > 0 || seq <= 3),
  };
  const follow = { follow: true } as const;
  const read: number[] = [];
  for await (const { seq } of readEvents(
    {
      ...growing,
      read: async (...asked) => {
        const events = await growing.read(...asked);
        reads++;
        return events;
      },
    },
    fakeClock(),
    "run",
    follow,
  ))
    read.push(seq);
  expect(read).toStrictEqual(log.map(({ seq }) => seq));
});
