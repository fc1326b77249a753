// The database file: opened, recognised and brought to this version's tables. In: a path. Out: a database ready for use.
// Separate because every way in which a file can be wrong is answered here, before the store exists.
import { LIMITS } from "../limits.js";
import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { PlanloomError, messageOf } from "../error.js";
import type { SqlDatabase, SqlDriver } from "./sqlite-driver.js";
import { sqliteError } from "./sqlite-error.js";

/** The version of the tables; a file with a higher one was written by a newer Planloom. */
const SCHEMA_VERSION = 1;
/** "Plnl": marks the file as ours among all SQLite files. */
const APPLICATION_ID = 0x506c6e6c;
const OPEN_DELAY_MS = 20;

// `runs` is written with every append and therefore holds nothing long; the goal stands apart.
const TABLES = `
  CREATE TABLE runs (run TEXT PRIMARY KEY, started_at INTEGER NOT NULL DEFAULT 0, updated_at INTEGER NOT NULL DEFAULT 0,
    last_seq INTEGER NOT NULL DEFAULT 0, last_type TEXT NOT NULL DEFAULT '',
    epoch INTEGER NOT NULL DEFAULT 0, holder TEXT, lease_until INTEGER NOT NULL DEFAULT 0);
  CREATE INDEX runs_by_holder ON runs (holder) WHERE holder IS NOT NULL;
  CREATE TABLE goals (run TEXT PRIMARY KEY, goal TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE events (run TEXT NOT NULL, seq INTEGER NOT NULL, event TEXT NOT NULL, places TEXT,
    PRIMARY KEY (run, seq)) WITHOUT ROWID;
  CREATE TABLE journal (run TEXT NOT NULL, step TEXT NOT NULL, item INTEGER NOT NULL, attempt INTEGER NOT NULL,
    n INTEGER NOT NULL, entry TEXT NOT NULL, places TEXT, PRIMARY KEY (run, step, item, attempt, n)) WITHOUT ROWID;
  CREATE TABLE inbox (run TEXT NOT NULL, cursor INTEGER NOT NULL, input_id TEXT NOT NULL, entry TEXT NOT NULL, places TEXT,
    PRIMARY KEY (run, cursor), UNIQUE (run, input_id)) WITHOUT ROWID;
  CREATE TABLE blobs (hash TEXT PRIMARY KEY, json TEXT NOT NULL);
`;

/**
 * Opens or creates the database at an absolute path, with its folder.
 * Throws STORE_FAILED, STORE_DAMAGED, STORE_NEWER, STORE_FULL, STORE_BUSY.
 */
export async function openDatabase(Driver: SqlDriver, path: string): Promise<SqlDatabase> {
  checkPlace(path);
  for (let attempt = 1; ; attempt++) {
    try {
      return openOnce(Driver, path);
    } catch (thrown) {
      const error = sqliteError(thrown, path);
      if (error.code !== "STORE_BUSY" || attempt >= LIMITS.sqliteOpenAttempts) throw error;
      await delay(OPEN_DELAY_MS);
    }
  }
}

/**
 * Closes the database with its write-ahead log merged into the one file, which may then be copied by itself. Left to its own,
 * the package for Node 20 does that only when its statements have been collected as garbage.
 */
export function closeDatabase(db: SqlDatabase): void {
  try {
    // Without waiting: while others use the file, the log is theirs to merge.
    db.exec("PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // What was acknowledged is safe in the log; the next one to open the file merges it.
  }
  db.close();
}

/** SQLite would open a file that may only be read, and fail at the first append. */
function checkPlace(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) throw new Error("it is a folder and must be a file");
    if (found !== undefined) accessSync(path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw new PlanloomError("STORE_FAILED", `The store ${path} cannot be used: ${messageOf(cause)}.`, {
      kind: "store",
      cause,
      next: "Choose a file that you may write to, in a folder that you may write to, with PLANLOOM_STORE=<path>.",
    });
  }
}

function openOnce(Driver: SqlDriver, path: string): SqlDatabase {
  const db = new Driver(path);
  try {
    db.exec(`PRAGMA busy_timeout = ${LIMITS.sqliteBusyMs}`);
    // Before anything is written: a file of somebody else stays as it is.
    const version = recognise(db, path);
    useWriteAheadLog(db, path);
    if (version < SCHEMA_VERSION) createTables(db, path);
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/** The version of the tables, 0 for an empty file; throws for a file that is not ours. */
function recognise(db: SqlDatabase, path: string): number {
  const version = pragma(db, "user_version") as number;
  const empty = db.prepare("SELECT 1 FROM sqlite_master LIMIT 1").get() === undefined;
  if (!empty && pragma(db, "application_id") !== APPLICATION_ID) {
    throw new PlanloomError("STORE_FAILED", `${path} is a database of another program, not a Planloom store.`, {
      kind: "store",
      next: "Choose another file with PLANLOOM_STORE=<path>; this one was not changed.",
    });
  }
  if (version <= SCHEMA_VERSION) return version;
  throw new PlanloomError(
    "STORE_NEWER",
    `The store ${path} has version ${version}; this Planloom reads up to ${SCHEMA_VERSION}.`,
    {
      kind: "store",
      next: "Update Planloom (npm install planloom@latest), or use another store with PLANLOOM_STORE=<path>.",
    },
  );
}

function useWriteAheadLog(db: SqlDatabase, path: string): void {
  const mode = (db.prepare("PRAGMA journal_mode = WAL").get() as { journal_mode: string }).journal_mode;
  if (mode !== "wal") {
    throw new PlanloomError(
      "STORE_FAILED",
      `The store ${path} cannot use a write-ahead log here (it stays "${mode}").`,
      {
        kind: "store",
        next: "Put the store on a local disk: network folders cannot share it safely.",
      },
    );
  }
  db.exec("PRAGMA synchronous = FULL");
}

/** Looks again under the lock: of several processes that open a new file, the first creates the tables. */
function createTables(db: SqlDatabase, path: string): void {
  db.exec("BEGIN IMMEDIATE");
  if (recognise(db, path) === 0) {
    db.exec(TABLES);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
  }
  db.exec("COMMIT");
}

function pragma(db: SqlDatabase, name: string): unknown {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() as object)[0];
}
