// A toy store: everything is a line of one file, and the file is read once, when it is opened. In: a path. Out: an
// EventStore for one process. docs/engines-and-stores.md describes it.
import { closeSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { PlanloomError } from "planloom";
import {
  assertNext,
  checkEpoch,
  checkSeq,
  goalSetBy,
  listRuns,
  packHead,
  rowText,
  rowTime,
  unpackHead,
  type EventStore,
  type InboxEntry,
  type JournalRow,
  type JournalScope,
  type ListedRun,
  type ListPosition,
  type ListQuery,
  type ListRow,
  type Owner,
  type RunEvent,
  type RunHead,
  type RunList,
} from "planloom/engine";

/** A line of the file: one change, which happens as a whole or not at all. */
type Change =
  | { readonly do: "append"; readonly runId: string; readonly events: readonly RunEvent[]; readonly head?: string }
  | { readonly do: "keep"; readonly heads: readonly { readonly runId: string; readonly head: string }[] }
  | { readonly do: "delete"; readonly runId: string; readonly epoch: number }
  | { readonly do: "journal"; readonly row: JournalRow }
  | { readonly do: "own"; readonly runId: string; readonly owner: Owner }
  | { readonly do: "put"; readonly runId: string; readonly entry: InboxEntry };

interface ToyRun {
  goal: string;
  head: string | undefined;
  owner: Owner | undefined;
  readonly events: RunEvent[];
  readonly inbox: InboxEntry[];
  readonly journal: Map<string, JournalRow>;
}

export async function toyStore(path: string): Promise<EventStore> {
  return new ToyStore(path);
}

class ToyStore implements EventStore {
  readonly name: string;
  readonly #runs = new Map<string, ToyRun>();
  readonly #file: number;

  constructor(path: string) {
    this.name = `toy ${path}`;
    this.#file = openSync(path, "a+");
    const text = readFileSync(path, "utf8");
    // A process that died while it wrote has left a part of a line: that change did not happen.
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    truncateSync(path, Buffer.byteLength(whole));
    for (const line of whole.split("\n")) if (line !== "") this.#apply(JSON.parse(line) as Change);
  }

  // The log

  async append(
    runId: string,
    { expectedSeq, epoch }: { readonly expectedSeq: number; readonly epoch: number },
    events: readonly RunEvent[],
    head?: RunHead,
  ): Promise<void> {
    const { owner, events: log } = this.#run(runId);
    assertNext(runId, expectedSeq, events, head);
    checkEpoch(runId, epoch, owner?.epoch ?? 0);
    checkSeq(runId, expectedSeq, log.length);
    this.#write({ do: "append", runId, events, ...(head === undefined ? {} : { head: packHead(head) }) });
  }

  async read(runId: string, fromSeq = 1, limit = Infinity): Promise<readonly RunEvent[]> {
    return this.#run(runId).events.slice(fromSeq - 1, fromSeq - 1 + limit);
  }

  list(query?: ListQuery): Promise<RunList> {
    const source = {
      rows: async (after: ListPosition | undefined, since: number, limit: number) => this.#rows(after, since, limit),
      read: (runId: string) => this.read(runId),
      keep: async (heads: readonly ListedRun[]) => this.#keep(heads),
    };
    return listRuns(source, query);
  }

  #rows(after: ListPosition | undefined, since: number, limit: number): readonly ListRow[] {
    const rows = [...this.#runs].flatMap(([runId, run]) => (run.events.length === 0 ? [] : [rowOf(runId, run)]));
    return rows
      .filter(({ position }) => position.updatedAt >= since && (after === undefined || inOrder(after, position) < 0))
      .sort((a, b) => inOrder(a.position, b.position))
      .slice(0, limit);
  }

  #keep(heads: readonly ListedRun[]): void {
    const current = heads.filter(({ runId, lastSeq }) => this.#run(runId).events.length === lastSeq);
    this.#write({ do: "keep", heads: current.map((head) => ({ runId: head.runId, head: packHead(head) })) });
  }

  // The journal

  async writeJournal(row: JournalRow, epoch: number): Promise<void> {
    checkEpoch(row.runId, epoch, this.#run(row.runId).owner?.epoch ?? 0);
    this.#write({ do: "journal", row });
  }

  async readJournal({ runId, stepId, item }: JournalScope): Promise<readonly JournalRow[]> {
    return (await this.readRunJournal(runId)).filter((row) => row.stepId === stepId && row.item === item);
  }

  async readRunJournal(runId: string): Promise<readonly JournalRow[]> {
    return [...this.#run(runId).journal.values()].sort(inJournalOrder);
  }

  // Owners

  async owner(runId: string): Promise<Owner | undefined> {
    return this.#run(runId).owner;
  }

  async claim(runId: string, after: number, holder: string, leaseUntil: number): Promise<number | undefined> {
    if ((this.#run(runId).owner?.epoch ?? 0) !== after) return undefined;
    this.#write({ do: "own", runId, owner: { epoch: after + 1, holder, leaseUntil } });
    return after + 1;
  }

  async renew(holder: string, leaseUntil: number): Promise<void> {
    for (const [runId, { owner }] of this.#runs)
      if (owner?.holder === holder) this.#write({ do: "own", runId, owner: { ...owner, leaseUntil } });
  }

  async release(runId: string, epoch: number): Promise<void> {
    if (this.#run(runId).owner?.epoch === epoch)
      this.#write({ do: "own", runId, owner: { epoch, holder: null, leaseUntil: 0 } });
  }

  // The inbox

  async put(runId: string, entry: Omit<InboxEntry, "cursor">): Promise<boolean> {
    const { inbox } = this.#run(runId);
    if (inbox.some(({ inputId }) => inputId === entry.inputId)) return false;
    this.#write({ do: "put", runId, entry: { ...entry, cursor: inbox.length + 1 } });
    return true;
  }

  async take(runId: string, cursor: number): Promise<readonly InboxEntry[]> {
    return this.#run(runId).inbox.slice(cursor);
  }

  async delete(runId: string, epoch: number): Promise<boolean> {
    const { owner, events } = this.#run(runId);
    if (events.length === 0) return false;
    checkEpoch(runId, epoch, owner?.epoch ?? 0);
    this.#write({ do: "delete", runId, epoch });
    return true;
  }

  async close(): Promise<void> {
    closeSync(this.#file);
  }

  // The file

  /** Resolved calls are durable: the line is on the disk before its change can be seen. */
  #write(change: Change): void {
    const line = Buffer.from(`${JSON.stringify(change)}\n`);
    try {
      if (writeSync(this.#file, line) < line.length) throw new Error("the disk took a part of the line");
      fsyncSync(this.#file);
    } catch (cause) {
      const fault = { problem: "failed", path: this.name, reason: String(cause) } as const;
      throw new PlanloomError("STORE_FAILED", fault, { cause });
    }
    this.#apply(JSON.parse(line.toString()) as Change);
  }

  #apply(change: Change): void {
    switch (change.do) {
      case "append": {
        const run = this.#run(change.runId);
        run.events.push(...change.events);
        run.goal = goalSetBy(change.events) ?? run.goal;
        run.head = change.head ?? run.head;
        return;
      }
      case "keep":
        for (const { runId, head } of change.heads) this.#run(runId).head = head;
        return;
      case "journal": {
        const { row } = change;
        this.#run(row.runId).journal.set(JSON.stringify([row.stepId, row.item, row.attempt, row.n]), row);
        return;
      }
      case "own":
        this.#run(change.runId).owner = change.owner;
        return;
      case "delete":
        this.#runs.delete(change.runId);
        // The epoch goes on, so that an owner of the deleted run can write nothing.
        this.#run(change.runId).owner = { epoch: change.epoch + 1, holder: null, leaseUntil: 0 };
        return;
      case "put":
        this.#run(change.runId).inbox.push(change.entry);
    }
  }

  #run(runId: string): ToyRun {
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    const run = { goal: "", head: undefined, owner: undefined, events: [], inbox: [], journal: new Map() };
    this.#runs.set(runId, run);
    return run;
  }
}

function rowOf(runId: string, { goal, head, events }: ToyRun): ListRow {
  const [first, last] = [events[0]!, events.at(-1)!];
  const [startedAt, updatedAt] = [rowTime(first.at), rowTime(last.at)];
  return {
    runId,
    goal,
    startedAt,
    updatedAt,
    lastSeq: events.length,
    lastType: rowText(last.type),
    position: { updatedAt, runId },
    head: head === undefined ? undefined : unpackHead(head, goal),
  };
}

/** The newest first, then the larger id. */
function inOrder(a: ListPosition, b: ListPosition): number {
  return b.updatedAt - a.updatedAt || (a.runId === b.runId ? 0 : a.runId < b.runId ? 1 : -1);
}

function inJournalOrder(a: JournalRow, b: JournalRow): number {
  if (a.stepId !== b.stepId) return a.stepId < b.stepId ? -1 : 1;
  return (a.item ?? -1) - (b.item ?? -1) || a.attempt - b.attempt || a.n - b.n;
}
