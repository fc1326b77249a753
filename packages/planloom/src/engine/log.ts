// Reading a run from its log. In: a store and a run's id. Out: the folded state, or its events as they come.
// Separate because readers in any process need no engine.
import { PlanloomError } from "../error.js";
import { LIMITS } from "../limits.js";
import type { RunEvent } from "../run/event.js";
import { evolve } from "../run/evolve.js";
import { emptyRun, type Run } from "../run/state.js";
import type { EventStore } from "../store/event-store.js";
import type { Clock } from "./clock.js";

/** The state that a run's events fold into. Rejects with RUN_UNKNOWN. */
export async function loadRun(store: EventStore, runId: string): Promise<Run> {
  const events = await store.read(runId);
  if (events.length === 0) throw runUnknown(runId, store);
  const run = emptyRun(runId);
  for (const event of events) evolve(run, event);
  return run;
}

/** Events in order; with `follow` the log is asked again every LIMITS.inboxPollMs until the run has ended. */
export async function* readEvents(
  store: EventStore,
  clock: Clock,
  runId: string,
  {
    fromSeq = 1,
    follow = false,
    signal,
  }: { readonly fromSeq?: number; readonly follow?: boolean; readonly signal?: AbortSignal },
): AsyncGenerator<RunEvent> {
  let seq = fromSeq;
  for (let first = true; ; first = false) {
    const events = await store.read(runId, seq);
    if (first && events.length === 0 && (await nothingFollows(store, runId))) return;
    for (const event of events) {
      yield event;
      seq = event.seq + 1;
      if (isLast(event)) return;
    }
    if (!follow || signal?.aborted === true) return;
    await pause(clock, LIMITS.inboxPollMs, signal);
  }
}

/** Whether the log has ended before the place that was asked for. Throws where there is no log. */
async function nothingFollows(store: EventStore, runId: string): Promise<boolean> {
  const last = (await store.read(runId)).at(-1);
  if (last === undefined) throw runUnknown(runId, store);
  return isLast(last);
}

const isLast = (event: RunEvent) =>
  event.type === "run.completed" || event.type === "run.failed" || event.type === "run.cancelled";

function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
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
