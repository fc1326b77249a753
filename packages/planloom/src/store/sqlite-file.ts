// Opens the database file, identifies it, and migrates it to this version's tables. In: a path. Out: a database ready
// for use. Every fault of a file is reported here, before the store exists.
import { LIMITS } from "../limits.js";
import { accessSync, constants, statSync } from "node:fs";
import { messageOf } from "../error.js";
import { PlanloomError } from "../words/planloom-error.js";
import { isLogMarked, type LogMerge } from "./log-merge.js";
import type { SqlDatabase, SqlDriver } from "./sqlite-driver.js";
import { sqliteError, storeDamaged, systemError } from "./sqlite-error.js";
import { bringUp, recognise } from "./sqlite-tables.js";
import { damageOfLog, logBytes } from "./sqlite-wal.js";
import { prepareStoreFile } from "./store-file.js";
import { whileBusy } from "./while-busy.js";

/**
 * Opens or creates the database at an absolute path, with its folder. Only this user may read them.
 * `acceptLoss`: also a file that has lost its write-ahead log. Throws STORE_FAILED, STORE_DAMAGED, STORE_INCOMPLETE,
 * STORE_NEWER, STORE_FULL, STORE_BUSY.
 */
export async function openDatabase(Driver: SqlDriver, path: string, acceptLoss = false): Promise<SqlDatabase> {
  checkPath(path);
  try {
    return await whileBusy(() => openOnce(Driver, path, acceptLoss), path);
  } catch (thrown) {
    throw sqliteError(thrown, path);
  }
}

/**
 * Closes the database and merges its write-ahead log into the one file, which may then be copied alone. Without this,
 * the package for Node 20 merges only after its statements have been garbage-collected.
 */
export function closeDatabase(db: SqlDatabase, merge: LogMerge): void {
  try {
    merge.close();
  } catch {
    // Acknowledged writes are safe in the log; the next process that opens the file merges it.
  }
  db.close();
}

/** SQLite would open a read-only file, and fail at the first append. It would also follow a link. */
function checkPath(path: string): void {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
      throw new PlanloomError("STORE_FAILED", { problem: "folder", path });
    prepareStoreFile(path);
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    if (cause instanceof PlanloomError) throw cause;
    throw (
      systemError(cause, path) ??
      new PlanloomError("STORE_FAILED", { problem: "place", path, reason: messageOf(cause) }, { cause })
    );
  }
}

function openOnce(Driver: SqlDriver, path: string, acceptLoss: boolean): SqlDatabase {
  // Checked before SQLite opens the file, because SQLite would cut the log at the damage and drop the rest.
  const damage = damageOfLog(path);
  if (damage !== undefined) throw storeDamaged(path, { damage });
  const db = new Driver(path);
  try {
    db.exec(`PRAGMA busy_timeout = ${LIMITS.storeLockMs}; PRAGMA trusted_schema = OFF`);
    // Checked before anything is written: a file of another program stays as it is.
    recognise(db, path);
    if (!acceptLoss && isLogMarked(db) && logBytes(path) === 0) throw new PlanloomError("STORE_INCOMPLETE", { path });
    useWriteAheadLog(db, path);
    bringUp(db, path);
    if (acceptLoss) db.exec("UPDATE log_mark SET open = 0 WHERE open = 1");
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
