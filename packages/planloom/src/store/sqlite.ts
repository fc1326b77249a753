// The durable store: one SQLite file that several processes may share. In: events, journal rows, commands, claims.
// Out: the same, after a crash too. Separate files hold the driver, the opening, the errors, the commits and the blobs;
// here stand only the contract's verbs and their SQL.
import { relative, resolve } from "node:path";
import { PlanloomError } from "../error.js";
import type { RunEvent } from "../run/event.js";
import { pack, unpack, type Packed } from "./blob.js";
import type { EventStore, InboxEntry, JournalRow, JournalScope, Owner, RunHead } from "./event-store.js";
import { GroupCommit } from "./group-commit.js";
import { loadSqlite, type SqlDatabase, type SqlStatement, type SqlValue } from "./sqlite-driver.js";
import { sqliteError, storeDamaged } from "./sqlite-error.js";
import { closeDatabase, openDatabase } from "./sqlite-file.js";
import { assertNext, checkEpoch, checkSeq, goalSetBy } from "./store-error.js";

export interface SqliteStore extends EventStore {
  /** Commits to disk since opening, for benchmarks and tests: all writes of one event-loop turn share one. */
  readonly commits: number;
}

/**
 * Opens the store in a file, which is created with its folder where it is missing. Writes are durable when they resolve
 * (write-ahead log, synchronous = FULL). Throws STORE_SQLITE_TOO_OLD, STORE_NEWER, STORE_DAMAGED, STORE_FULL, STORE_BUSY,
 * STORE_FAILED.
 */
export async function openSqliteStore(options: { readonly path: string }): Promise<SqliteStore> {
  const path = resolve(options.path);
  return new OpenSqliteStore(await openDatabase(await loadSqlite(), path), path);
}

const SQL = {
  run: "SELECT started_at, last_seq, epoch, holder, lease_until FROM runs WHERE run = ?",
  head: `INSERT INTO runs (run, started_at, updated_at, last_seq, last_type) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    started_at = excluded.started_at, updated_at = excluded.updated_at, last_seq = excluded.last_seq, last_type = excluded.last_type`,
  goal: "INSERT OR REPLACE INTO goals (run, goal) VALUES (?, ?)",
  append: "INSERT INTO events (run, seq, event, places) VALUES (?, ?, ?, ?)",
  read: "SELECT event AS text, places FROM events WHERE run = ? AND seq >= ? ORDER BY seq",
  list: `SELECT run AS runId, coalesce(goal, '') AS goal, started_at AS startedAt, updated_at AS updatedAt, last_seq AS lastSeq,
    last_type AS lastType FROM runs LEFT JOIN goals USING (run) WHERE last_seq > 0 ORDER BY updated_at DESC, runs.rowid DESC LIMIT ?`,
  writeJournal:
    "INSERT OR REPLACE INTO journal (run, step, item, attempt, n, entry, places) VALUES (?, ?, ?, ?, ?, ?, ?)",
  readJournal: "SELECT entry AS text, places FROM journal WHERE run = ? AND step = ? AND item = ? ORDER BY attempt, n",
  readRunJournal: "SELECT entry AS text, places FROM journal WHERE run = ? ORDER BY step, item, attempt, n",
  claim: `INSERT INTO runs (run, epoch, holder, lease_until) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    epoch = excluded.epoch, holder = excluded.holder, lease_until = excluded.lease_until`,
  renew: "UPDATE runs SET lease_until = ? WHERE holder = ?",
  release: "UPDATE runs SET holder = NULL, lease_until = 0 WHERE run = ? AND epoch = ?",
  put: `INSERT OR IGNORE INTO inbox (run, cursor, input_id, entry, places)
    SELECT ?1, coalesce(max(cursor), 0) + 1, ?2, ?3, ?4 FROM inbox WHERE run = ?1`,
  take: "SELECT cursor, entry AS text, places FROM inbox WHERE run = ? AND cursor > ? ORDER BY cursor",
  saveBlob: "INSERT OR IGNORE INTO blobs (hash, json) VALUES (?, ?)",
  loadBlob: "SELECT json FROM blobs WHERE hash = ?",
} as const;

type Statements = Record<keyof typeof SQL, SqlStatement>;

interface RunRow {
  readonly started_at: number;
  readonly last_seq: number;
  readonly epoch: number;
  readonly holder: string | null;
  readonly lease_until: number;
}

interface PackedRow {
  readonly text: string;
  readonly places: string | null;
}

class OpenSqliteStore implements SqliteStore {
  readonly name: string;
  readonly #writes: GroupCommit;
  readonly #sql: Statements;
  #open = true;

  constructor(
    readonly db: SqlDatabase,
    readonly path: string,
  ) {
    const near = relative(process.cwd(), path);
    this.name = `sqlite ${near.startsWith("..") ? path : near}`;
    this.#writes = new GroupCommit(db, path);
    this.#sql = Object.fromEntries(Object.entries(SQL).map(([name, sql]) => [name, db.prepare(sql)])) as Statements;
  }

  get commits(): number {
    return this.#writes.commits;
  }

  async append(
    runId: string,
    at: { readonly expectedSeq: number; readonly epoch: number },
    events: readonly RunEvent[],
  ): Promise<void> {
    assertNext(runId, at.expectedSeq, events);
    // Written out before queueing: a value that JSON cannot hold fails alone.
    const packed = events.map(pack);
    await this.#write(() => {
      const run = this.#run(runId);
      checkEpoch(runId, at.epoch, run?.epoch ?? 0);
      checkSeq(runId, at.expectedSeq, run?.last_seq ?? 0);
      packed.forEach((event, index) => {
        this.#sql.append.run(runId, at.expectedSeq + 1 + index, event.text, event.places);
        this.#saveBlobs(event);
      });
      this.#saveHead(runId, run, events);
    });
  }

  async read(runId: string, fromSeq = 1): Promise<readonly RunEvent[]> {
    return this.#rows("read", runId, fromSeq).map((row) => this.#unpack(row) as RunEvent);
  }

  async list(options: { readonly limit?: number } = {}): Promise<readonly RunHead[]> {
    // Copied out of the driver's objects, which have no prototype; -1 is no limit.
    return (this.#rows("list", options.limit ?? -1) as unknown as RunHead[]).map((head) => ({ ...head }));
  }

  async writeJournal(row: JournalRow, epoch: number): Promise<void> {
    const packed = pack(row);
    await this.#write(() => {
      checkEpoch(row.runId, epoch, this.#run(row.runId)?.epoch ?? 0);
      const { runId, stepId, attempt, n } = row;
      this.#sql.writeJournal.run(runId, stepId, row.item ?? -1, attempt, n, packed.text, packed.places);
      this.#saveBlobs(packed);
    });
  }

  async readJournal(scope: JournalScope): Promise<readonly JournalRow[]> {
    const rows = this.#rows("readJournal", scope.runId, scope.stepId, scope.item ?? -1);
    return rows.map((row) => this.#unpack(row) as JournalRow);
  }

  async readRunJournal(runId: string): Promise<readonly JournalRow[]> {
    return this.#rows("readRunJournal", runId).map((row) => this.#unpack(row) as JournalRow);
  }

  async owner(runId: string): Promise<Owner | undefined> {
    const run = this.#reading(() => this.#run(runId));
    if (run === undefined || run.epoch === 0) return undefined;
    return { epoch: run.epoch, holder: run.holder, leaseUntil: run.lease_until };
  }

  claim(runId: string, after: number, holder: string, leaseUntil: number): Promise<number | undefined> {
    return this.#write(() => {
      if ((this.#run(runId)?.epoch ?? 0) !== after) return undefined;
      this.#sql.claim.run(runId, after + 1, holder, leaseUntil);
      return after + 1;
    });
  }

  async renew(holder: string, leaseUntil: number): Promise<void> {
    await this.#write(() => this.#sql.renew.run(leaseUntil, holder));
  }

  async release(runId: string, epoch: number): Promise<void> {
    await this.#write(() => this.#sql.release.run(runId, epoch));
  }

  async put(runId: string, entry: Omit<InboxEntry, "cursor">): Promise<boolean> {
    const packed = pack(entry);
    return this.#write(() => {
      const { changes } = this.#sql.put.run(runId, entry.inputId, packed.text, packed.places);
      if (Number(changes) === 0) return false;
      this.#saveBlobs(packed);
      return true;
    });
  }

  async take(runId: string, cursor: number): Promise<readonly InboxEntry[]> {
    const rows = this.#rows("take", runId, cursor) as (PackedRow & { readonly cursor: number })[];
    return rows.map((row) => ({ ...(this.#unpack(row) as Omit<InboxEntry, "cursor">), cursor: row.cursor }));
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#writes.flush();
    this.#open = false;
    closeDatabase(this.db);
  }

  #run(runId: string): RunRow | undefined {
    return this.#sql.run.get(runId) as RunRow | undefined;
  }

  #saveHead(runId: string, run: RunRow | undefined, events: readonly RunEvent[]): void {
    const [first, last] = [events[0], events.at(-1)];
    if (first === undefined || last === undefined) return;
    const startedAt = run === undefined || run.last_seq === 0 ? first.at : run.started_at;
    this.#sql.head.run(runId, startedAt, last.at, last.seq, last.type);
    const goal = goalSetBy(events);
    if (goal !== undefined) this.#sql.goal.run(runId, goal);
  }

  #saveBlobs(packed: Packed): void {
    for (const [hash, json] of packed.blobs) this.#sql.saveBlob.run(hash, json);
  }

  #unpack(row: PackedRow): unknown {
    try {
      return unpack(row.text, row.places, (hash) => this.#loadBlob(hash));
    } catch (cause) {
      throw storeDamaged(cause, this.path);
    }
  }

  #loadBlob(hash: string): string {
    const row = this.#sql.loadBlob.get(hash) as { readonly json: string } | undefined;
    if (row === undefined) throw new Error(`the blob ${hash} is missing`);
    return row.json;
  }

  #rows(statement: keyof Statements, ...values: SqlValue[]): PackedRow[] {
    return this.#reading(() => this.#sql[statement].all(...values) as PackedRow[]);
  }

  #reading<T>(read: () => T): T {
    this.#assertOpen();
    try {
      return read();
    } catch (thrown) {
      throw sqliteError(thrown, this.path);
    }
  }

  async #write<T>(write: () => T): Promise<T> {
    this.#assertOpen();
    return this.#writes.write(write);
  }

  #assertOpen(): void {
    if (this.#open) return;
    throw new PlanloomError("STORE_FAILED", `The store ${this.path} is closed.`, {
      kind: "store",
      next: "Wait for runs to end before closing, or open the store again.",
    });
  }
}
