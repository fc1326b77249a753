// Samples of earlier runs, for estimates. In: a store. Out: the samples of its newest runs. Bounded in runs, events and
// time. Read anew for every estimate; nothing is cached.
import { LIMITS } from "../limits.js";
import type { History, ListSample, WorkSample } from "../plan/estimate/history.js";
import { RunSamples } from "../run/view/samples.js";
import { LogReader } from "../run/log/chain.js";
import type { EventStore } from "../store/event-store.js";
import type { Clock } from "../clock.js";

/**
 * Samples of the newest runs, ended or not. A run that cannot be read is skipped. Rejects as the store does if it
 * cannot list its runs. `playbook`: samples of runs of this playbook come first.
 */
export async function readHistory(store: EventStore, clock: Clock, playbook?: string): Promise<History> {
  const all = await readRuns(store, clock);
  if (playbook === undefined) return all;
  const own = await readRuns(store, clock, playbook);
  // The samples of its own runs count alone where there are some.
  return { work: new Map([...all.work, ...own.work]), lists: new Map([...all.lists, ...own.lists]) };
}

async function readRuns(store: EventStore, clock: Clock, playbook?: string): Promise<History> {
  const deadline = clock.now() + LIMITS.historyMs;
  const work = new Map<string, WorkSample[]>();
  const lists = new Map<string, ListSample[]>();
  const { runs } = await store.list({ limit: LIMITS.historyRuns, ...(playbook !== undefined && { playbook }) });
  for (const { runId, unreadable } of runs) {
    if (unreadable !== undefined) continue;
    if (clock.now() > deadline) break;
    const samples = await samplesOf(store, runId, () => clock.now() > deadline);
    join(work, samples.work);
    join(lists, samples.lists);
  }
  return { work, lists };
}

/** The run's events up to one that cannot be read: the run may have been damaged since its head was stored. */
async function samplesOf(store: EventStore, runId: string, isLate: () => boolean): Promise<RunSamples> {
  const samples = new RunSamples(runId);
  const reader = new LogReader(runId);
  try {
    for (let seq = 1; seq <= LIMITS.historyEvents && !isLate(); seq += LIMITS.historyPage) {
      const page = await store.read(runId, seq, LIMITS.historyPage);
      for (const recorded of page) {
        const link = reader.next(recorded);
        if (!link.ok) return samples;
        samples.add(link.event);
      }
      if (page.length < LIMITS.historyPage) break;
    }
  } catch {
    return samples;
  }
  return samples;
}

function join<T>(all: Map<string, T[]>, more: ReadonlyMap<string, readonly T[]>): void {
  for (const [key, list] of more) all.set(key, [...(all.get(key) ?? []), ...list]);
}
