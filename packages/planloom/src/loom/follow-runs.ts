// The heads of runs, and each head again when its run changes. In: a store, and a signal of appends in this process.
// Out: heads. Runs of other processes are seen at the next look at the store.
import type { Clock } from "../clock.js";
import { LIMITS } from "../limits.js";
import type { EventStore, ListedRun, ListQuery } from "../store/event-store.js";
import type { Appends } from "../store/watched-store.js";

export interface FollowedRuns extends Omit<ListQuery, "limit" | "cursor"> {
  /** Whether to go on after the present runs. Default: false. */
  readonly follow?: boolean;
  /** Ends the list when it is aborted. */
  readonly signal?: AbortSignal;
}

/** Oldest change first. A run that changes several times between two looks is given once. */
export async function* followedRuns(
  ports: { readonly store: EventStore; readonly clock: Clock; readonly appends: Appends; readonly closed: AbortSignal },
  { follow = false, signal, ...query }: FollowedRuns,
): AsyncGenerator<ListedRun> {
  const { store, clock, appends, closed } = ports;
  const ended = () => signal?.aborted === true || closed.aborted;
  const seen = new Map<string, { readonly seq: number; readonly at: number }>();
  let since = query.since;
  while (!ended()) {
    const change = follow ? nextChange(clock, appends, [closed, ...(signal === undefined ? [] : [signal])]) : undefined;
    try {
      const { runs } = await store.list({ ...query, ...(since === undefined ? {} : { since }) });
      for (const run of runs.toReversed()) {
        if (seen.get(run.runId)?.seq === run.lastSeq) continue;
        seen.set(run.runId, { seq: run.lastSeq, at: run.updatedAt });
        if (ended()) return;
        yield run;
      }
      if (change === undefined) return;
      // Clocks of other processes may be behind, so a look begins a little earlier than the last change.
      const newest = Math.max(query.since ?? 0, ...[...seen.values()].map(({ at }) => at)) - LIMITS.clockBehindMs;
      since = Math.max(query.since ?? newest, newest);
      for (const [runId, { at }] of seen) if (at < since) seen.delete(runId);
      await change.happens;
    } finally {
      change?.stop();
    }
  }
}

/** Resolves after an append of this process, after LIMITS.followMs, or when a signal is aborted. */
function nextChange(clock: Clock, appends: Appends, signals: readonly AbortSignal[]) {
  let done!: () => void;
  const happens = new Promise<void>((resolve) => (done = resolve));
  const endings = [clock.setTimer(LIMITS.followMs, done), appends.listen(done)];
  for (const signal of signals) signal.addEventListener("abort", done, { once: true });
  return {
    happens,
    stop: () => {
      for (const end of endings) end();
      for (const signal of signals) signal.removeEventListener("abort", done);
    },
  };
}
