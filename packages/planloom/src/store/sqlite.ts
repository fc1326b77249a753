// The durable store: one SQLite file that several processes may share. In: events, journal rows, commands, claims. Out:
// the same, also after a crash, or an error if they were damaged. This file holds the contract's functions; driver,
// opening, SQL, errors, commits and blobs have files of their own.
import { relative, resolve } from "node:path";
import { hasCode, PlanloomError } from "../words/planloom-error.js";
import type { RunEvent } from "../run/event.js";
import type { RunHead } from "../run/view/head.js";
import { pack, type Packed } from "./blob.js";
import { checksum } from "./checksum.js";
import type {
  DeleteOptions,
  EventStore,
  InboxEntry,
  JournalRow,
  JournalScope,
  ListedRun,
  ListQuery,
  Owner,
  RunList,
} from "./event-store.js";
import type { SyncMode } from "./sync-mode.js";
import { GroupCommit } from "./group-commit.js";
import type { MaintainedStore } from "./sqlite-maintenance.js";
import type { StoreMaintenance } from "./maintenance.js";
import { LogMerge } from "./log-merge.js";
import { OpenedFiles, type FilesLost } from "./opened-files.js";
import { rescued } from "./sqlite-rescue.js";
import { listRuns, packHead, rowText, rowTime } from "./listing.js";
import { loadSqlite, type SqlDatabase } from "./sqlite-driver.js";
import { closeDatabase, openDatabase } from "./sqlite-file.js";
import { deleteRows } from "./sqlite-delete.js";
import { SqliteReader } from "./sqlite-reader.js";
import { newRunRow, sealedOf, type RunRow } from "./sqlite-sql.js";
import { whileBusy } from "./while-busy.js";
import { assertNext, checkEpoch, checkSeq, goalSetBy } from "./store-error.js";

export interface SqliteStore extends EventStore {
  /** Commits to disk since opening, for benchmarks and tests. All writes of one event-loop turn share one commit. */
  readonly commits: number;
}

export interface SqliteOptions {
  readonly path: string;
  /** Uses a store that has lost its write-ahead log: what was written last is missing. Default: STORE_INCOMPLETE. */
  readonly acceptLoss?: boolean;
  /** What a finished write survives: see `SyncMode`. Default: power. */
  readonly sync?: SyncMode;
}

/**
 * Opens the store in a file. Creates the file and its folder if they are missing. Writes are durable when they resolve
 * (write-ahead log, synchronous = FULL). If the file is removed or replaced meanwhile, every call rejects with STORE_GONE,
 * which names a new store with the runs of this process. Throws STORE_SQLITE_TOO_OLD, STORE_NEWER, STORE_DAMAGED, STORE_INCOMPLETE, STORE_FULL,
 * STORE_BUSY, STORE_FAILED.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<SqliteStore> {
  const path = resolve(options.path);
  return new OpenSqliteStore(await openDatabase(await loadSqlite(), path, options.acceptLoss), path, options.sync);
}

class OpenSqliteStore implements SqliteStore {
  readonly name: string;
  readonly #writes: GroupCommit;
  readonly #merge: LogMerge;
  readonly #rows: SqliteReader;
  /** Runs that this process owns. */
  readonly #held = new Set<string>();
  #open = true;
  /** The error of a store whose files are gone. */
  #gone: Promise<PlanloomError> | undefined;

  constructor(
    readonly db: SqlDatabase,
    readonly path: string,
    sync: SyncMode = "power",
  ) {
    const near = relative(process.cwd(), path);
    this.name = `sqlite ${near.startsWith("..") ? path : near}`;
    this.#merge = new LogMerge(db);
    this.#writes = new GroupCommit(db, path, { files: new OpenedFiles(path), merge: this.#merge, sync });
    this.#rows = new SqliteReader(db, path);
  }

  get commits(): number {
    return this.#writes.commits;
  }

  async append(
    runId: string,
    at: { readonly expectedSeq: number; readonly epoch: number },
    events: readonly RunEvent[],
    head?: RunHead,
  ): Promise<void> {
    assertNext(runId, at.expectedSeq, events, head);
    // Serialised before queueing, so that a value that JSON cannot hold fails alone.
    const packed = events.map(pack);
    const packedHead = head === undefined ? undefined : packHead(head);
    await this.#write(() => {
      const run = this.#rows.run(runId) ?? newRunRow(runId);
      checkEpoch(runId, at.epoch, run.epoch);
      checkSeq(runId, at.expectedSeq, run.lastSeq);
      packed.forEach(({ text, places, blobs }, index) => {
        const seq = at.expectedSeq + 1 + index;
        this.#rows.sql.append.run(runId, seq, text, places, checksum(runId, seq, text, places));
        this.#saveBlobs(blobs);
      });
      this.#saveEnds(run, events);
      if (packedHead !== undefined) this.#saveHead(runId, at.expectedSeq + events.length, packedHead);
    }, events.some(isActedOn));
    if (events.some(endsRun)) this.#writes.mergeSoon();
  }

  async read(runId: string, fromSeq = 1, limit = Infinity): Promise<readonly RunEvent[]> {
    return this.#read((rows) => rows.events(runId, Math.max(1, fromSeq), limit));
  }

  async list(query?: ListQuery): Promise<RunList> {
    this.#assertOpen();
    return listRuns(
      {
        rows: (after, since, limit) => this.#read((rows) => rows.listRows(after, since, limit)),
        read: (runId) => this.read(runId),
        keep: (heads) => this.#keepHeads(heads),
      },
      query,
    );
  }

  async writeJournal(row: JournalRow, epoch: number): Promise<void> {
    const { text, places, blobs } = pack(row);
    await this.#write(() => {
      const run = this.#rows.run(row.runId) ?? newRunRow(row.runId);
      checkEpoch(row.runId, epoch, run.epoch);
      const key = [row.runId, row.stepId, row.item ?? -1, row.attempt, row.n] as const;
      if (this.#rows.sql.hasJournal.get(...key) === undefined) {
        this.#saveRun({ ...run, journalRows: run.journalRows + 1 });
      }
      this.#rows.sql.writeJournal.run(...key, text, places, checksum(...key, text, places));
      this.#saveBlobs(blobs);
    }, row.key !== null);
  }

  async readJournal(scope: JournalScope): Promise<readonly JournalRow[]> {
    return this.#read((rows) => rows.journal(scope));
  }

  async readRunJournal(runId: string): Promise<readonly JournalRow[]> {
    return this.#read((rows) => rows.runJournal(runId));
  }

  async owner(runId: string): Promise<Owner | undefined> {
    return ownerOf(await this.#read((rows) => rows.run(runId)));
  }

  async claim(runId: string, after: number, holder: string, leaseUntil: number): Promise<number | undefined> {
    const epoch = await this.#write(() => {
      const run = this.#rows.run(runId) ?? newRunRow(runId);
      if (run.epoch !== after) return undefined;
      this.#rows.checkJournal(run);
      this.#saveRun({ ...run, epoch: after + 1 });
      this.#rows.sql.hold.run(holder, leaseUntil, runId);
      return after + 1;
    });
    if (epoch !== undefined) this.#held.add(runId);
    return epoch;
  }

  async renew(holder: string, leaseUntil: number): Promise<void> {
    await this.#write(() => this.#rows.sql.renew.run(leaseUntil, holder));
  }

  async release(runId: string, epoch: number): Promise<void> {
    await this.#write(() => this.#rows.sql.release.run(runId, epoch));
    this.#held.delete(runId);
  }

  async put(runId: string, entry: Omit<InboxEntry, "cursor">): Promise<boolean> {
    const { text, places, blobs } = pack(entry);
    return this.#write(() => {
      const { cursor } = this.#rows.sql.nextCursor.get(runId) as { readonly cursor: number };
      const sum = checksum(runId, cursor, text, places);
      const { changes } = this.#rows.sql.put.run(runId, cursor, entry.inputId, text, places, sum);
      if (Number(changes) === 0) return false;
      this.#saveBlobs(blobs);
      return true;
    });
  }

  async take(runId: string, cursor: number): Promise<readonly InboxEntry[]> {
    return this.#read((rows) => rows.inbox(runId, cursor));
  }

  async delete(runId: string, epoch: number, { keepValues = false }: DeleteOptions = {}): Promise<boolean> {
    return this.#write(() => {
      const run = this.#rows.run(runId);
      if (run === undefined || run.lastSeq === 0) return false;
      checkEpoch(runId, epoch, run.epoch);
      deleteRows(this.#rows.sql, runId, keepValues);
      this.#saveRun({ ...newRunRow(runId), epoch: epoch + 1 });
      return true;
    });
  }

  /** Its code is loaded when it is used first: most processes maintain nothing. */
  get maintenance(): StoreMaintenance {
    const loaded = async () => (await import("./sqlite-maintenance.js")).sqliteMaintenance(this.#maintained());
    return {
      info: async () => (await loaded()).info(),
      check: async () => (await loaded()).check(),
      backup: async (file) => (await loaded()).backup(file),
      vacuum: async () => (await loaded()).vacuum(),
      sweep: async () => (await loaded()).sweep(),
    };
  }

  #maintained(): MaintainedStore {
    this.#assertOpen();
    return {
      db: this.db,
      path: this.path,
      rows: this.#rows,
      merge: this.#merge,
      write: (write) => this.#write(write),
      tryOut: async (path) => (await openSqliteStore({ path, acceptLoss: true })).close(),
    };
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#writes.drain();
    closeDatabase(this.db, this.#merge);
  }

  /** The data of a run's first and last event that its row holds, and its goal. */
  #saveEnds(run: RunRow, events: readonly RunEvent[]): void {
    const [first, last] = [events[0], events.at(-1)];
    if (first === undefined || last === undefined) return;
    const startedAt = run.lastSeq === 0 ? rowTime(first.at) : run.startedAt;
    this.#saveRun({
      ...run,
      startedAt,
      updatedAt: rowTime(last.at),
      lastSeq: last.seq,
      lastType: rowText(last.type),
    });
    const goal = goalSetBy(events);
    if (goal !== undefined) this.#saveGoal(run.runId, goal);
  }

  /** Stores heads that a list computed. If a run has continued meanwhile, the newer head stays. */
  async #keepHeads(heads: readonly ListedRun[]): Promise<void> {
    const packed = heads.map((head) => ({ head, text: packHead(head) }));
    await this.#write(() => {
      for (const { head, text } of packed) {
        const saved = this.#saveHead(head.runId, head.lastSeq, text);
        if (saved && head.unreadable === undefined) this.#saveGoal(head.runId, head.goal);
      }
    });
  }

  /** False if `lastSeq` is not the seq of the run's last event. */
  #saveHead(runId: string, lastSeq: number, text: string): boolean {
    return Number(this.#rows.sql.saveHead.run(text, checksum(runId, text), runId, lastSeq).changes) > 0;
  }

  #saveGoal(runId: string, goal: string): void {
    this.#rows.sql.goal.run(runId, goal, checksum(runId, goal));
  }

  #saveRun(run: RunRow): void {
    const sealed = sealedOf(run);
    this.#rows.sql.saveRun.run(...sealed, checksum(...sealed));
  }

  #saveBlobs(blobs: Packed["blobs"]): void {
    for (const [hash, json] of blobs) this.#rows.sql.saveBlob.run(hash, json);
  }

  /** SQLite lets readers wait while another process restores the log of one that died. */
  async #read<T>(read: (rows: SqliteReader) => T): Promise<T> {
    this.#assertOpen();
    if (this.#gone !== undefined) throw await this.#gone;
    return whileBusy(() => read(this.#rows), this.path);
  }

  /** `isPromise` as for `GroupCommit.write`. */
  async #write<T>(write: () => T, isPromise = true): Promise<T> {
    this.#assertOpen();
    if (this.#gone !== undefined) throw await this.#gone;
    try {
      return await this.#writes.write(write, isPromise);
    } catch (error) {
      if (!hasCode(error, "STORE_GONE")) throw error;
      throw await (this.#gone ??= this.#rescue(error.params.lost));
    }
  }

  /** SQLite still reads the file that was opened. */
  #rescue(lost: FilesLost): Promise<PlanloomError> {
    const rows = this.#rows;
    return rescued({
      path: this.path,
      lost,
      runIds: [...this.#held],
      read: async (runId) => rows.events(runId, 1, Infinity),
      readRunJournal: async (runId) => rows.runJournal(runId),
      take: async (runId, cursor) => rows.inbox(runId, cursor),
      owner: async (runId) => ownerOf(rows.run(runId)),
      open: (path) => openSqliteStore({ path }),
    });
  }

  #assertOpen(): void {
    if (this.#open) return;
    throw new PlanloomError("STORE_FAILED", { problem: "closed", path: this.path });
  }
}

function ownerOf(run: RunRow | undefined): Owner | undefined {
  if (run === undefined || run.epoch === 0) return undefined;
  return { epoch: run.epoch, holder: run.holder, leaseUntil: run.leaseUntil };
}

/** A call with effects follows at once, or people are told. Calls without effects may be made again. */
const isActedOn = (event: RunEvent): boolean =>
  event.type === "step.started" ? event.data.effects !== "none" : event.type !== "step.completed";

const endsRun = ({ type }: RunEvent): boolean =>
  type === "run.completed" || type === "run.failed" || type === "run.cancelled";
