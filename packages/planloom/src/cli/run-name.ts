// Finds the run that a command names. In: an id, the beginning of one (with or without `run_`), or `last`. Out: the id.
// Every command that names a run uses it. An unreadable run can be named, too.
import { LIMITS } from "../limits.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { EventStore, ListedRun, ListQuery } from "../store/event-store.js";

const PART = 50;

/** Throws RUN_UNKNOWN or RUN_AMBIGUOUS, both of kind usage. */
export async function runNamed(store: EventStore, name: string, storeName = store.name): Promise<string> {
  if (name === "last" || name === "") return newest(store, storeName);
  const named: ListedRun[] = [];
  for await (const run of eachRun(store, { text: name })) {
    const { runId } = run;
    if (runId === name) return runId;
    if (runId.startsWith(name) || runId.startsWith(`run_${name}`)) named.push(run);
  }
  const fitting = withoutTheirChildren(named);
  if (fitting.length === 1) return fitting[0]!;
  if (fitting.length === 0) throw new PlanloomError("RUN_UNKNOWN", { name, store: storeName });
  throw new PlanloomError("RUN_AMBIGUOUS", { name, runIds: fitting });
}

/** The id of a child run begins with that of its root. The root is meant. */
function withoutTheirChildren(named: readonly ListedRun[]): readonly string[] {
  const ids = new Set(named.map(({ runId }) => runId));
  const isBelow = (run: ListedRun) =>
    run.unreadable === undefined && run.within !== undefined && (ids.has(run.within.root) || ids.has(run.within.runId));
  return named.filter((run) => !isBelow(run)).map(({ runId }) => runId);
}

/**
 * The run that started last, but no child run. In the list, a later run cannot have started after the last event of an earlier one. A run
 * that says it starts in the future is not taken for it: others may have written it, to be the last.
 */
async function newest(store: EventStore, storeName: string): Promise<string> {
  const now = Date.now() + LIMITS.clockBehindMs;
  let last: ListedRun | undefined;
  const future: string[] = [];
  for await (const run of eachRun(store, { children: false })) {
    if (last !== undefined && run.updatedAt < last.startedAt) break;
    if (run.startedAt > now) future.push(run.runId);
    else if (last === undefined || run.startedAt > last.startedAt) last = run;
  }
  const runIds = [...future, ...(last === undefined ? [] : [last.runId])];
  if (future.length > 0) throw new PlanloomError("RUN_AMBIGUOUS", { name: "last", runIds });
  if (last !== undefined) return last.runId;
  throw new PlanloomError("RUN_UNKNOWN", { store: storeName });
}

async function* eachRun(store: EventStore, query: ListQuery): AsyncGenerator<ListedRun> {
  for (let cursor: string | undefined; ;) {
    const list = await store.list({ ...query, limit: PART, ...(cursor === undefined ? {} : { cursor }) });
    yield* list.runs;
    if (list.cursor === undefined) return;
    cursor = list.cursor;
  }
}
