// What waits, over all runs of a store. In: a store and a query. Out: the entries of its runs, with a cursor. Runs are
// listed as `list` does, so an answered run leaves the list.
import { readLog } from "../../engine/log.js";
import { LIMITS } from "../../limits.js";
import type { Run } from "../../run/state.js";
import type { EventStore, StatusFilter } from "../../store/event-store.js";
import { waitingIn, type WaitingEntry } from "./waiting-run.js";

export interface WaitingQuery {
  /** Runs that are looked at. Default: 50. */
  readonly limit?: number;
  /** The `cursor` of the part before. */
  readonly cursor?: string;
}

export interface WaitingList {
  /** The gravest first: doubts and unusable outputs, then approvals and questions, then what goes on by itself; the oldest first within each. */
  readonly waits: readonly WaitingEntry[];
  /** Absent: no other run waits. */
  readonly cursor?: string;
}

/** Runs that wait for a person, or may wait for a time. */
const OPEN: readonly StatusFilter[] = ["waiting", "running"];

/** What waits in each run as of its event `seq`: only a run that has changed since is read. */
export type KnownWaits = Map<string, { readonly seq: number; readonly entries: readonly WaitingEntry[] }>;

interface WaitingPorts {
  readonly store: EventStore;
  readonly load: (runId: string) => Promise<Run>;
  readonly known: KnownWaits;
}

export async function waitingList(
  { store, load, known }: WaitingPorts,
  { limit = 50, cursor }: WaitingQuery,
): Promise<WaitingList> {
  const list = await store.list({ status: OPEN, limit, ...(cursor === undefined ? {} : { cursor }) });
  const waits: WaitingEntry[] = [];
  for (const { runId, unreadable, lastSeq } of list.runs) {
    if (unreadable !== undefined) continue;
    const last = known.get(runId);
    const entries = last?.seq === lastSeq ? last.entries : waitingIn(await load(runId), await readLog(store, runId));
    waits.push(...entries);
    // The newest stand last.
    known.delete(runId);
    known.set(runId, { seq: lastSeq, entries });
  }
  for (const runId of known.keys()) if (known.size > LIMITS.knownWaits) known.delete(runId);
  return { waits: waits.sort(byGravity), ...(list.cursor === undefined ? {} : { cursor: list.cursor }) };
}

const GRAVITY: { readonly [kind in WaitingEntry["kind"]]: number } = {
  doubt: 0,
  undoing: 1,
  unusable: 1,
  plan: 2,
  call: 2,
  question: 2,
  retry: 3,
  timer: 4,
};

const byGravity = (one: WaitingEntry, other: WaitingEntry): number =>
  GRAVITY[one.kind] - GRAVITY[other.kind] || Date.parse(one.since) - Date.parse(other.since);
