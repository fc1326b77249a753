// Reads a run from its log. In: a store and a run's id. Out: the folded state, or its events in today's form as they
// come, each checked against the hash chain. Readers in any process need no engine.
import { hasCode, PlanloomError } from "../words/planloom-error.js";
import { LIMITS } from "../limits.js";
import type { RunEvent } from "../run/event.js";
import { foldNext, LogReader } from "../run/log/chain.js";
import { isOld } from "../run/log/upcast.js";
import { runningChildren } from "../run/child-run.js";
import { emptyRun, type Run } from "../run/state.js";
import type { DeleteOptions, EventStore } from "../store/event-store.js";
import { readEvent } from "../store/store-error.js";
import type { Clock } from "../clock.js";

/**
 * The state that a run's events fold into. Rejects with RUN_UNKNOWN, RUN_DAMAGED, EVENT_NEWER, and as the store does.
 */
export async function loadRun(store: EventStore, runId: string): Promise<Run> {
  const run = emptyRun(runId);
  let last: RunEvent | undefined;
  for (const recorded of await recordedLog(store, runId)) {
    readEvent(runId, foldNext(run, recorded, last));
    last = recorded;
  }
  return run;
}

/** Deletes a run whose owner has this epoch. Rejects with RUN_UNKNOWN; with RUN_OWNED if it has another owner now. */
export async function deleteRun(
  store: EventStore,
  runId: string,
  epoch: number,
  options?: DeleteOptions,
): Promise<void> {
  const isDeleted = await store.delete(runId, epoch, options).catch((error: unknown) => {
    throw hasCode(error, "STORE_FENCED") ? new PlanloomError("RUN_OWNED", { runId }) : error;
  });
  if (!isDeleted) throw new PlanloomError("RUN_UNKNOWN", { name: runId, store: store.name });
}

/** The child runs that a run has begun, or may have begun, however readable its log is. */
export async function childrenOf(store: EventStore, runId: string): Promise<readonly string[]> {
  const log = await store.read(runId).catch((): readonly RunEvent[] => []);
  const begun = log.flatMap(({ type, data }) => (type === "step.delegated" ? [data.run] : []));
  const run = await loadRun(store, runId).catch(() => undefined);
  return [...new Set([...begun, ...(run === undefined ? [] : runningChildren(run))])];
}

/** All events of a run, in today's form. Rejects as loadRun does. */
export async function readLog(store: EventStore, runId: string): Promise<readonly RunEvent[]> {
  const reader = new LogReader(runId);
  return (await recordedLog(store, runId)).map((recorded) => readEvent(runId, reader.next(recorded)));
}

async function recordedLog(store: EventStore, runId: string): Promise<readonly RunEvent[]> {
  const log = await store.read(runId);
  if (log.length === 0) throw new PlanloomError("RUN_UNKNOWN", { name: runId, store: store.name });
  return log;
}

interface Reading {
  readonly fromSeq?: number;
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

/** An event as its log holds it, and the same event in today's form. */
interface ReadEvent {
  readonly recorded: RunEvent;
  readonly event: RunEvent;
}

/**
 * Events in order, in today's form. With `follow`, the log is read again every LIMITS.inboxPollMs until the run has
 * ended. If the log is damaged, the sound events come first, then the error: RUN_DAMAGED, STORE_DAMAGED, EVENT_NEWER.
 */
export async function* readEvents(
  store: EventStore,
  clock: Clock,
  runId: string,
  reading: Reading,
): AsyncGenerator<RunEvent> {
  for await (const { event } of readBoth(store, clock, runId, reading)) yield event;
}

/** The same events as they were recorded: each `prev` is the hash of the event before. */
export async function* readRecordedEvents(
  store: EventStore,
  clock: Clock,
  runId: string,
  reading: Reading,
): AsyncGenerator<RunEvent> {
  for await (const { recorded } of readBoth(store, clock, runId, reading)) yield recorded;
}

async function* readBoth(
  store: EventStore,
  clock: Clock,
  runId: string,
  { fromSeq = 1, follow = false, signal }: Reading,
): AsyncGenerator<ReadEvent> {
  let next = Math.max(fromSeq, 1);
  let reader = new LogReader(runId, next);
  let ended: boolean | undefined;
  for (;;) {
    let tooLate = false;
    for await (const recorded of soundFirst(store, runId, reader.seq + 1)) {
      // An old event needs those before it. An old process may still write the log, so any event may be old.
      tooLate = isOld(recorded) && !reader.readsOld;
      if (tooLate) break;
      const event = readEvent(runId, reader.next(recorded));
      ended = endedAfter(event) ?? ended;
      if (event.seq < next) continue;
      next = event.seq + 1;
      yield { recorded, event };
    }
    if (tooLate) {
      reader = new LogReader(runId);
      continue;
    }
    if (!follow) return;
    if (ended === undefined) {
      ended = await hasEnded(store, runId);
      // The end, and events before it, may have been recorded since the log was read.
      if (ended) continue;
    }
    if (ended || signal?.aborted === true) return;
    await assertThere(store, runId);
    await pause(clock, LIMITS.inboxPollMs, signal);
  }
}

/**
 * The events from a seq on, a page at a time: a slow reader holds one page. If the store finds damage, they are read one
 * by one, so that the sound ones come before the error.
 */
async function* soundFirst(store: EventStore, runId: string, fromSeq: number): AsyncGenerator<RunEvent> {
  let page: number = LIMITS.eventsPage;
  for (let seq = fromSeq; ;) {
    let events: readonly RunEvent[];
    try {
      events = await store.read(runId, seq, page);
    } catch (error) {
      if (page === 1 || !(error instanceof PlanloomError) || !DAMAGES.includes(error.code)) throw error;
      page = 1;
      continue;
    }
    yield* events;
    if (events.length < page) return;
    seq += events.length;
  }
}

const DAMAGES: readonly string[] = ["RUN_DAMAGED", "STORE_DAMAGED"];

/** The run that the whole log gives. Throws if there is none. */
async function hasEnded(store: EventStore, runId: string): Promise<boolean> {
  const log = await store.read(runId);
  if (log.length === 0) throw new PlanloomError("RUN_UNKNOWN", { name: runId, store: store.name });
  return log.map(endedAfter).findLast((ended) => ended !== undefined) ?? false;
}

/** Throws RUN_UNKNOWN if the run was deleted. An owner is read faster than an event. */
async function assertThere(store: EventStore, runId: string): Promise<void> {
  if ((await store.owner(runId)) !== undefined || (await store.read(runId, 1, 1)).length > 0) return;
  throw new PlanloomError("RUN_UNKNOWN", { name: runId, store: store.name });
}

/** undefined for an event that neither ends nor continues a run. */
export function endedAfter({ type }: RunEvent): boolean | undefined {
  if (type === "run.reopened" || type === "compensation.requested") return false;
  return type === "run.completed" || type === "run.failed" || type === "run.cancelled" ? true : undefined;
}

/** Resolves after this time, or when the signal is aborted. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.setTimer(ms, done);
    signal?.addEventListener("abort", done, { once: true });
  });
}
