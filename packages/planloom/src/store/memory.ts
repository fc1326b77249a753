// A store in the memory of its process, made of maps. In: events. Out: the same objects, not copied. For tests, one-off
// runs and long chains that need no file.
import type { RunEvent } from "../run/event.js";
import type { RunHead } from "../run/view/head.js";
import type {
  EventStore,
  InboxEntry,
  JournalRow,
  JournalScope,
  ListedRun,
  ListQuery,
  Owner,
  RunList,
} from "./event-store.js";
import { listRuns, rowText, rowTime, type ListPosition, type ListRow } from "./listing.js";
import { assertNext, checkEpoch, checkSeq, goalSetBy } from "./store-error.js";

interface MemoryRun {
  goal: string;
  head: ListedRun | undefined;
  readonly events: RunEvent[];
  owner: Owner | undefined;
  readonly inbox: InboxEntry[];
  readonly inputIds: Set<string>;
  /** Rows by step and item, so that an agent's loop reads only its own. */
  readonly journal: Map<string, JournalRow[]>;
}

/** A store in memory. Its only errors are STORE_CONFLICT and STORE_FENCED. `close` deletes nothing. */
export function memoryStore(): EventStore {
  return new MemoryStore();
}

class MemoryStore implements EventStore {
  readonly name = "memory";
  readonly #runs = new Map<string, MemoryRun>();

  async append(
    runId: string,
    at: { readonly expectedSeq: number; readonly epoch: number },
    events: readonly RunEvent[],
    head?: RunHead,
  ): Promise<void> {
    const run = this.#run(runId);
    assertNext(runId, at.expectedSeq, events, head);
    checkEpoch(runId, at.epoch, run.owner?.epoch ?? 0);
    checkSeq(runId, at.expectedSeq, run.events.length);
    for (const event of events) run.events.push(event);
    run.goal = goalSetBy(events) ?? run.goal;
    run.head = head ?? run.head;
  }

  async read(runId: string, fromSeq = 1, limit = Infinity): Promise<readonly RunEvent[]> {
    const first = Math.max(0, fromSeq - 1);
    return this.#runs.get(runId)?.events.slice(first, first + limit) ?? [];
  }

  list(query?: ListQuery): Promise<RunList> {
    return listRuns(
      {
        rows: async (after, since, limit) => this.#rows(after, since).slice(0, limit),
        read: (runId) => this.read(runId),
        keep: async (heads) => this.#keep(heads),
      },
      query,
    );
  }

  #rows(after: ListPosition | undefined, since: number): ListRow[] {
    const rows = [...this.#runs].flatMap(([runId, run]) => rowOf(runId, run));
    const asked = rows.filter(
      ({ updatedAt, position }) => updatedAt >= since && (after === undefined || inListOrder(after, position) < 0),
    );
    return asked.sort((a, b) => inListOrder(a.position, b.position));
  }

  #keep(heads: readonly ListedRun[]): void {
    for (const head of heads) {
      const run = this.#run(head.runId);
      if (run.events.length === head.lastSeq) run.head = head;
    }
  }

  async writeJournal(row: JournalRow, epoch: number): Promise<void> {
    const run = this.#run(row.runId);
    checkEpoch(row.runId, epoch, run.owner?.epoch ?? 0);
    const rows = run.journal.get(scopeKey(row)) ?? [];
    run.journal.set(scopeKey(row), rows);
    const position = rows.findIndex((other) => other.attempt === row.attempt && other.n === row.n);
    if (position < 0) rows.push(row);
    else rows[position] = row;
  }

  async readJournal(scope: JournalScope): Promise<readonly JournalRow[]> {
    const rows = this.#runs.get(scope.runId)?.journal.get(scopeKey(scope)) ?? [];
    return [...rows].sort(inJournalOrder);
  }

  async readRunJournal(runId: string): Promise<readonly JournalRow[]> {
    return [...(this.#runs.get(runId)?.journal.values() ?? [])].flat().sort(inJournalOrder);
  }

  async owner(runId: string): Promise<Owner | undefined> {
    return this.#runs.get(runId)?.owner;
  }

  async claim(runId: string, after: number, holder: string, leaseUntil: number): Promise<number | undefined> {
    const run = this.#run(runId);
    if ((run.owner?.epoch ?? 0) !== after) return undefined;
    run.owner = { epoch: after + 1, holder, leaseUntil };
    return after + 1;
  }

  async renew(holder: string, leaseUntil: number): Promise<void> {
    for (const run of this.#runs.values()) if (run.owner?.holder === holder) run.owner = { ...run.owner, leaseUntil };
  }

  async release(runId: string, epoch: number): Promise<void> {
    const run = this.#runs.get(runId);
    if (run?.owner?.epoch === epoch) run.owner = { epoch, holder: null, leaseUntil: 0 };
  }

  async put(runId: string, entry: Omit<InboxEntry, "cursor">): Promise<boolean> {
    const run = this.#run(runId);
    if (run.inputIds.has(entry.inputId)) return false;
    run.inputIds.add(entry.inputId);
    run.inbox.push({ ...entry, cursor: run.inbox.length + 1 });
    return true;
  }

  async take(runId: string, cursor: number): Promise<readonly InboxEntry[]> {
    return this.#runs.get(runId)?.inbox.slice(Math.max(0, cursor)) ?? [];
  }

  async delete(runId: string, epoch: number): Promise<boolean> {
    const run = this.#runs.get(runId);
    if (run === undefined || run.events.length === 0) return false;
    checkEpoch(runId, epoch, run.owner?.epoch ?? 0);
    this.#runs.delete(runId);
    this.#run(runId).owner = { epoch: epoch + 1, holder: null, leaseUntil: 0 };
    return true;
  }

  async close(): Promise<void> {}

  #run(runId: string): MemoryRun {
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    const run: MemoryRun = {
      goal: "",
      head: undefined,
      events: [],
      owner: undefined,
      inbox: [],
      inputIds: new Set(),
      journal: new Map(),
    };
    this.#runs.set(runId, run);
    return run;
  }
}

function rowOf(runId: string, { events, goal, head }: MemoryRun): ListRow[] {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return [];
  const [startedAt, updatedAt] = [rowTime(first.at), rowTime(last.at)];
  const [lastSeq, lastType, position] = [events.length, rowText(last.type), { updatedAt, runId }];
  return [{ runId, goal, startedAt, updatedAt, lastSeq, lastType, position, head }];
}

function inListOrder(a: ListPosition, b: ListPosition): number {
  if (a.updatedAt !== b.updatedAt) return b.updatedAt - a.updatedAt;
  return a.runId === b.runId ? 0 : a.runId < b.runId ? 1 : -1;
}

const scopeKey = (scope: JournalScope): string => `${scope.item ?? -1} ${scope.stepId}`;

function inJournalOrder(a: JournalRow, b: JournalRow): number {
  if (a.stepId !== b.stepId) return a.stepId < b.stepId ? -1 : 1;
  return (a.item ?? -1) - (b.item ?? -1) || a.attempt - b.attempt || a.n - b.n;
}
