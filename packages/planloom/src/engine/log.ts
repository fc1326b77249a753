// Reading a run from its log. In: a store and a run's id. Out: the folded state, or its events as they come, each held against
// the hash chain and in today's form. Separate because readers in any process need no engine.
import { PlanloomError } from "../error.js";
import { LIMITS } from "../limits.js";
import { follow as linkTo, headAfter, type Head } from "../run/log/chain.js";
import { EVENT_VERSION, eventHash, type RunEvent } from "../run/event.js";
import { evolve } from "../run/evolve/evolve.js";
import { emptyRun, type Run } from "../run/state.js";
import type { EventStore } from "../store/event-store.js";
import { runDamaged } from "../store/store-error.js";
import type { Clock } from "./clock.js";

/** The state that a run's events fold into. Rejects with RUN_UNKNOWN, RUN_DAMAGED, EVENT_NEWER, and as the store does. */
export async function loadRun(store: EventStore, runId: string): Promise<Run> {
  const log = await store.read(runId);
  if (log.length === 0) throw runUnknown(runId, store);
  const run = emptyRun(runId);
  for (const recorded of log) {
    const event = nextEvent({ runId, seq: run.seq, hash: run.head }, recorded);
    evolve(run, event);
    // The chain is over events as they were written, whatever has become of their form.
    if (event !== recorded) run.head = eventHash(recorded);
  }
  return run;
}

/**
 * Events in order; with `follow` the log is asked again every LIMITS.inboxPollMs until the run has ended. Where the log is
 * damaged, the sound events come first, then the error: RUN_DAMAGED, STORE_DAMAGED, EVENT_NEWER.
 */
export async function* readEvents(
  store: EventStore,
  clock: Clock,
  runId: string,
  {
    fromSeq = 1,
    follow = false,
    signal,
  }: {
    readonly fromSeq?: number;
    readonly follow?: boolean;
    readonly signal?: AbortSignal;
  },
): AsyncGenerator<RunEvent> {
  let head: Head = { runId, seq: Math.max(1, fromSeq) - 1, hash: fromSeq <= 1 ? "" : undefined };
  let ended: boolean | undefined;
  for (;;) {
    for await (const recorded of soundFirst(store, runId, head.seq + 1)) {
      const event = nextEvent(head, recorded);
      yield event;
      head = headAfter(recorded);
      ended = endedAfter(event) ?? ended;
    }
    ended ??= await hasEnded(store, runId);
    if (!follow || ended || signal?.aborted === true) return;
    await pause(clock, LIMITS.inboxPollMs, signal);
  }
}

/** What the log holds from a seq; where the store finds it damaged, one by one, so that the sound ones come before the error. */
async function* soundFirst(store: EventStore, runId: string, fromSeq: number): AsyncGenerator<RunEvent> {
  let log: readonly RunEvent[] | undefined;
  try {
    log = await store.read(runId, fromSeq);
  } catch (error) {
    if (!(error instanceof PlanloomError) || !DAMAGES.includes(error.code)) throw error;
  }
  if (log !== undefined) return yield* log;
  for (let seq = fromSeq; ; seq++) {
    const [event] = await store.read(runId, seq, 1);
    if (event === undefined) return;
    yield event;
  }
}

const DAMAGES: readonly string[] = ["RUN_DAMAGED", "STORE_DAMAGED"];

/** The event after `head`, in today's form. Throws RUN_DAMAGED, EVENT_NEWER. */
function nextEvent(head: Head, recorded: RunEvent): RunEvent {
  const link = linkTo(head, recorded);
  if (link.ok) return link.event;
  throw link.why === "newer" ? eventNewer(head, link.version) : runDamaged(head.runId, head.seq, link.what);
}

/** What the whole log says. Throws where there is none. */
async function hasEnded(store: EventStore, runId: string): Promise<boolean> {
  const log = await store.read(runId);
  if (log.length === 0) throw runUnknown(runId, store);
  return log.map(endedAfter).findLast((ended) => ended !== undefined) ?? false;
}

/** undefined for an event that neither ends a run nor has it go on. */
function endedAfter({ type }: RunEvent): boolean | undefined {
  if (type === "run.reopened") return false;
  return type === "run.completed" || type === "run.failed" || type === "run.cancelled" ? true : undefined;
}

/** Resolves after so long, or when it is aborted. */
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

function runUnknown(runId: string, store: EventStore): PlanloomError {
  return new PlanloomError("RUN_UNKNOWN", `There is no run ${runId} in ${store.name}.`, {
    kind: "usage",
    next: "See `planloom runs` for those that are there, and PLANLOOM_STORE for the place.",
  });
}

function eventNewer({ runId, seq }: Head, version: number): PlanloomError {
  return new PlanloomError(
    "EVENT_NEWER",
    `Event ${seq + 1} of run ${runId} has version ${version}; this Planloom reads up to ${EVENT_VERSION}.`,
    { kind: "store", next: "Update Planloom (npm install planloom@latest): a newer one wrote this run." },
  );
}
