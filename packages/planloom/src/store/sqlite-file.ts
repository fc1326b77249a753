// The database file: opened, recognised and brought to this version's tables. In: a path. Out: a database ready for use.
// Separate because every way in which a file can be wrong is answered here, before the store exists.
import { LIMITS } from "../limits.js";
import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../error.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { SqlDatabase, SqlDriver } from "./sqlite-driver.js";
import { sqliteError, storeDamaged } from "./sqlite-error.js";
import { bringUp, recognise } from "./sqlite-tables.js";
import { damageOfLog } from "./sqlite-wal.js";

const OPEN_DELAY_MS = 20;

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
    if (found?.isDirectory() === true) throw new PlanloomError("STORE_FAILED", { problem: "folder", path });
    if (found !== undefined) accessSync(path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    if (cause instanceof PlanloomError) throw cause;
    throw new PlanloomError("STORE_FAILED", { problem: "place", path, reason: messageOf(cause) }, { cause });
  }
}

function openOnce(Driver: SqlDriver, path: string): SqlDatabase {
  // Before SQLite sees it, which would cut the log there and forget the rest.
  const damage = damageOfLog(path);
  if (damage !== undefined) throw storeDamaged(path, { damage });
  const db = new Driver(path);
  try {
    db.exec(`PRAGMA busy_timeout = ${LIMITS.sqliteBusyMs}`);
    // Before anything is written: a file of somebody else stays as it is.
    recognise(db, path);
    useWriteAheadLog(db, path);
    bringUp(db, path);
    return db;
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

function useWriteAheadLog(db: SqlDatabase, path: string): void {
  const mode = (db.prepare("PRAGMA journal_mode = WAL").get() as { journal_mode: string }).journal_mode;
  if (mode !== "wal") throw new PlanloomError("STORE_FAILED", { problem: "no-write-ahead-log", path, mode });
  db.exec("PRAGMA synchronous = FULL");
}
