// What earlier runs took. In: a store. Out: the samples of its newest runs. Separate from the estimate, which is pure, and bounded in
// runs, events and time: it is read anew for every estimate, for no second place is kept where facts about runs would stand.
import { PlanloomError } from "../error.js";
import { LIMITS } from "../limits.js";
import type { History, ListSample, WorkSample } from "../plan/estimate/history.js";
import { RunSamples } from "../run/view/samples.js";
import { LogReader } from "../run/log/chain.js";
import type { EventStore } from "../store/event-store.js";
import type { Clock } from "../clock.js";

/**
 * Samples of the newest runs, whether they have ended or not. What is damaged, or was written by a newer Planloom, is passed
 * over: an estimate decides nothing. Rejects as the store does where it cannot be read at all.
 */
export async function readHistory(store: EventStore, clock: Clock): Promise<History> {
  const deadline = clock.now() + LIMITS.historyMs;
  const work = new Map<string, WorkSample[]>();
  const lists = new Map<string, ListSample[]>();
  for (const { runId } of await store.list({ limit: LIMITS.historyRuns })) {
    if (clock.now() > deadline) break;
    const samples = await samplesOf(store, runId, () => clock.now() > deadline);
    join(work, samples.work);
    join(lists, samples.lists);
  }
  return { work, lists };
}

async function samplesOf(store: EventStore, runId: string, isLate: () => boolean): Promise<RunSamples> {
  const samples = new RunSamples(runId);
  const reader = new LogReader(runId);
  for (let seq = 1; seq <= LIMITS.historyEvents && !isLate(); seq += LIMITS.historyPage) {
    const page = await soundPage(store, runId, seq);
    for (const recorded of page) {
      const link = reader.next(recorded);
      if (!link.ok) return samples;
      samples.add(link.event);
    }
    if (page.length < LIMITS.historyPage) break;
  }
  return samples;
}

async function soundPage(store: EventStore, runId: string, seq: number) {
  try {
    return await store.read(runId, seq, LIMITS.historyPage);
  } catch (error) {
    if (error instanceof PlanloomError && error.code === "RUN_DAMAGED") return [];
    throw error;
  }
}

function join<T>(all: Map<string, T[]>, more: ReadonlyMap<string, readonly T[]>): void {
  for (const [key, list] of more) all.set(key, [...(all.get(key) ?? []), ...list]);
}
