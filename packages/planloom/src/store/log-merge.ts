// Merges the write-ahead log into the database file. In: an open database. Out: a file that holds all that was committed,
// and that says so. A file whose log is lost says that, too: its mark is set in the file, and unset only in the log.
import { LIMITS } from "../limits.js";
import type { SqlDatabase, SqlStatement } from "./sqlite-driver.js";

/** The table has one row. 1 in the file itself: there is a log with more. */
export const LOG_MARK = `
  CREATE TABLE log_mark (open INTEGER NOT NULL);
  INSERT INTO log_mark VALUES (0);
`;

export const hasLogMark = (db: SqlDatabase): boolean =>
  db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'log_mark'").get() !== undefined;

/** Whether the file belongs to a log, as this connection reads it. The log itself unsets the mark. */
export const isLogMarked = (db: SqlDatabase): boolean =>
  hasLogMark(db) &&
  (db.prepare("SELECT open FROM log_mark").get() as { readonly open: number } | undefined)?.open === 1;

interface Progress {
  readonly busy: number;
  /** Pages in the log, and how many of them the file has. */
  readonly log: number;
  readonly checkpointed: number;
}

/** How often a merge begins anew because another process has written meanwhile. */
const ATTEMPTS = 3;

export class LogMerge {
  readonly #setMark: SqlStatement;
  readonly #mark: SqlStatement;
  readonly #progress: SqlStatement;
  readonly #merge: SqlStatement;
  /** The mark could not be unset: another process was writing. */
  #isSet = false;
  /** Pages that the last merge of a long log had to leave. */
  #left = 0;

  /** The tables must be there. Merges happen only here, because SQLite's own ones do not set the mark. */
  constructor(private readonly db: SqlDatabase) {
    db.exec("PRAGMA wal_autocheckpoint = 0");
    this.#setMark = db.prepare("UPDATE log_mark SET open = ? WHERE open <> ?");
    this.#mark = db.prepare("SELECT open FROM log_mark");
    this.#progress = db.prepare("PRAGMA wal_checkpoint(NOOP)");
    this.#merge = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");
  }

  /**
   * Merges what no reader still needs. Blocks neither readers nor writers of other processes. Throws SQLite's errors;
   * then the log is as sound as before.
   */
  merge(): void {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      this.#set(1);
      this.#merge.get();
      // Another process that wrote in between has unset the mark before it came to the file.
      const stands = (this.#mark.get() as { readonly open: number }).open === 1;
      this.unmark();
      if (stands) return;
    }
  }

  /** Merges a log that has become long. After a reader was in the way, it must grow as much again first. */
  mergeLong(): void {
    if (this.#backlog() < this.#left + LIMITS.storeLogPages) return;
    this.merge();
    this.#left = this.#backlog();
  }

  /** Pages of the log that are not in the file. */
  #backlog(): number {
    const { log, checkpointed } = this.#progress.get() as Progress;
    return log - checkpointed;
  }

  /** Unsets the mark in the log. May be called in a transaction. */
  unmark(): void {
    if (this.#isSet) this.#set(0);
  }

  #set(open: 0 | 1): void {
    this.#setMark.run(open, open);
    this.#isSet = open === 1;
  }

  /** Merges everything and empties the log. Waits for readers and writers no longer than SQLite does. */
  empty(): void {
    this.unmark();
    this.db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  /** Merges everything at the end. If other processes use the file, they merge the log. */
  close(): void {
    this.db.exec("PRAGMA busy_timeout = 0");
    this.empty();
  }
}
