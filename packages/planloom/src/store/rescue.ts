// Copies runs from a store whose files are gone into a new one. In: the store, as this process still reads it, and ids
// of runs. Out: the same runs in the other store, released, so that any process may continue them.
import type { EventStore } from "./event-store.js";

/** The functions of a store that a copy reads. */
export type Readable = Pick<EventStore, "read" | "readRunJournal" | "take" | "owner">;

/** Names the process while it copies. Nobody else knows the new store yet. */
const HOLDER = "rescue";

/** Copies events, journal and inbox of these runs. A run without events is left out. Returns the ids of copied runs. */
export async function copyRuns(from: Readable, to: EventStore, runIds: Iterable<string>): Promise<readonly string[]> {
  const copied: string[] = [];
  for (const runId of runIds) {
    const events = await from.read(runId);
    if (events.length === 0) continue;
    const epoch = await claimAs(to, runId, (await from.owner(runId))?.epoch ?? 1);
    await to.append(runId, { expectedSeq: 0, epoch }, events);
    for (const row of await from.readRunJournal(runId)) await to.writeJournal(row, epoch);
    for (const { cursor: _cursor, ...entry } of await from.take(runId, 0)) await to.put(runId, entry);
    await to.release(runId, epoch);
    copied.push(runId);
  }
  return copied;
}

/** The next owner has a larger epoch than every owner that the log names. */
async function claimAs(to: EventStore, runId: string, epoch: number): Promise<number> {
  for (let at = 0; at < epoch; at++) await to.claim(runId, at, HOLDER, 0);
  return epoch;
}
