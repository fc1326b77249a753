// Maintains a store in a SQLite file: facts, check, backup, vacuum, sweep. In: an open store. Out: see
// `StoreMaintenance`. The copy of a backup is made beside its final name, and moved there when it is sound.
import { chmodSync, closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { messageOf } from "../error.js";
import { foldNext } from "../run/log/chain.js";
import { emptyRun } from "../run/state.js";
import { PlanloomError } from "../words/planloom-error.js";
import { hashesIn } from "./blob.js";
import type { Unreadable } from "./unreadable.js";
import type { LogMerge } from "./log-merge.js";
import type { Backup, StoreCheck, StoreInfo, StoreMaintenance } from "./maintenance.js";
import type { SqlDatabase } from "./sqlite-driver.js";
import { sqliteError } from "./sqlite-error.js";
import type { SqliteReader } from "./sqlite-reader.js";
import { logBytes } from "./sqlite-wal.js";
import { readEvent } from "./store-error.js";
import { whileBusy } from "./while-busy.js";

/** The parts of an open store that are maintained. */
export interface MaintainedStore {
  readonly db: SqlDatabase;
  readonly path: string;
  readonly rows: SqliteReader;
  readonly merge: LogMerge;
  /** Writes under the lock of the store. */
  readonly write: <T>(write: () => T) => Promise<T>;
  /** Opens a copy, and closes it. Throws if it is no sound store. */
  readonly tryOut: (path: string) => Promise<void>;
}

/** Findings of SQLite that are shown. One damaged page can give thousands. */
const MOST_FINDINGS = 20;

export const sqliteMaintenance = (store: MaintainedStore): StoreMaintenance => ({
  info: () => whileBusy(() => infoOf(store), store.path),
  check: () => checked(store),
  backup: (file) => backedUp(store, resolve(file)),
  vacuum: () => vacuumed(store),
  sweep: () => store.write(() => swept(store.rows)),
});

function infoOf({ db, path, rows }: MaintainedStore): StoreInfo {
  const one = (sql: string) => Object.values(db.prepare(sql).get() as Record<string, number | string>)[0]!;
  const counts = rows.sql.counts.get() as Pick<
    StoreInfo,
    "events" | "journalRows" | "commands" | "largeValues" | "largeBytes"
  >;
  return {
    path,
    bytes: statSync(path).size,
    logBytes: logBytes(path),
    freeBytes: Number(one("PRAGMA freelist_count")) * Number(one("PRAGMA page_size")),
    ...counts,
    version: Number(one("PRAGMA user_version")),
    sqlite: String(one("SELECT sqlite_version()")),
  };
}

async function checked({ db, path, rows }: MaintainedStore): Promise<StoreCheck> {
  const found = await whileBusy(() => db.prepare(`PRAGMA integrity_check(${MOST_FINDINGS})`).all(), path);
  const file = found.map((row) => (row as { integrity_check: string }).integrity_check).filter((text) => text !== "ok");
  const ids = (rows.sql.runIds.all() as { readonly runId: string }[]).map(({ runId }) => runId);
  const damaged: { runId: string; error: Unreadable }[] = [];
  for (const runId of ids) {
    const error = await whileBusy(() => damageOf(rows, runId), path);
    if (error !== undefined) damaged.push({ runId, error });
    // Others in this process go on between two runs.
    await new Promise((next) => setImmediate(next));
  }
  return { path, file, runs: ids.length, damaged, unused: unusedBlobs(rows).length };
}

/** Reads all rows of a run, and folds its log. */
function damageOf(rows: SqliteReader, runId: string): Unreadable | undefined {
  try {
    const run = emptyRun(runId);
    let last;
    for (const event of rows.events(runId, 1, Infinity)) {
      readEvent(runId, foldNext(run, event, last));
      last = event;
    }
    rows.runJournal(runId);
    rows.inbox(runId, 0);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof PlanloomError && (thrown.code === "RUN_DAMAGED" || thrown.code === "EVENT_NEWER"))
      return { code: thrown.code, params: thrown.params } as Unreadable;
    throw thrown;
  }
}

async function backedUp({ db, path, tryOut }: MaintainedStore, file: string): Promise<Backup> {
  if (existsSync(file)) throw new PlanloomError("STORE_FAILED", { problem: "exists", path, of: file });
  const draft = `${file}.part-${process.pid}`;
  try {
    remove(draft);
    await whileBusy(() => db.prepare("VACUUM INTO ?").run(draft), path);
    chmodSync(draft, 0o600);
    await tryOut(draft);
    onDisk(draft);
    // Unlike a rename, a link never replaces a file that somebody has made meanwhile.
    linkSync(draft, file);
    onDisk(dirname(file));
    return { file, bytes: statSync(file).size };
  } catch (cause) {
    const error = sqliteError(cause, file);
    throw error.code === "STORE_FAILED" && !(cause instanceof PlanloomError)
      ? new PlanloomError("STORE_FAILED", { problem: "place", path: file, reason: messageOf(cause) }, { cause })
      : error;
  } finally {
    for (const end of ["", "-wal", "-shm", "-journal"]) remove(draft + end);
  }
}

/** The error that kept a copy from being made is the one to report. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It is not there: its folder is none.
  }
}

function onDisk(path: string): void {
  const opened = openSync(path, "r");
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

async function vacuumed({ db, path, merge }: MaintainedStore): Promise<{ before: number; after: number }> {
  const size = () => statSync(path).size + logBytes(path);
  const before = size();
  try {
    await whileBusy(() => merge.merge(), path);
    await whileBusy(() => db.exec("VACUUM"), path);
    await whileBusy(() => merge.empty(), path);
  } catch (thrown) {
    throw sqliteError(thrown, path);
  }
  return { before, after: size() };
}

/** Within a transaction. */
function swept(rows: SqliteReader): number {
  const unused = unusedBlobs(rows);
  for (const hash of unused) rows.sql.deleteBlob.run(hash);
  return unused.length;
}

function unusedBlobs(rows: SqliteReader): readonly string[] {
  const used = new Set(
    rows.sql.placesOfAll.all().flatMap((row) => hashesIn((row as { readonly places: string }).places)),
  );
  return rows.sql.blobHashes.all().flatMap((row) => {
    const { hash } = row as { readonly hash: string };
    return used.has(hash) ? [] : [hash];
  });
}
