// One transaction for all writes of one turn of the event loop. In: writes, each a function over the open transaction.
// Out: their results, once the commit is on disk. It knows no tables.
import { PlanloomError } from "../words/planloom-error.js";
import type { SqlDatabase } from "./sqlite-driver.js";
import { sqliteError } from "./sqlite-error.js";

interface Pending {
  /** Runs inside the transaction. Returns the function that settles the caller after the commit. */
  readonly run: () => () => void;
  readonly reject: (error: PlanloomError) => void;
}

export class GroupCommit {
  /** Transactions that reached the disk, for benchmarks. */
  commits = 0;
  #pending: Pending[] = [];

  constructor(
    readonly db: SqlDatabase,
    readonly path: string,
  ) {}

  /**
   * Queues a write. A write that throws a PlanloomError before its first change is rejected alone. Any other error of a
   * write, or a failed commit, undoes and rejects the whole turn: STORE_FULL, STORE_BUSY, STORE_DAMAGED, STORE_FAILED.
   */
  write<T>(write: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ run: () => attempt(write, resolve, reject), reject });
      // Not a microtask: runs that one commit woke need several microtasks to reach their next append.
      if (this.#pending.length === 1) setImmediate(() => this.flush());
    });
  }

  /** Commits the queue now. */
  flush(): void {
    const batch = this.#pending;
    if (batch.length === 0) return;
    this.#pending = [];
    try {
      const settles = this.#commit(batch);
      for (const settle of settles) settle();
    } catch (thrown) {
      const error = sqliteError(thrown, this.path);
      for (const pending of batch) pending.reject(error);
    }
  }

  #commit(batch: readonly Pending[]): (() => void)[] {
    this.db.exec("BEGIN IMMEDIATE");
    try {
      const settles = batch.map((pending) => pending.run());
      this.db.exec("COMMIT");
      this.commits++;
      return settles;
    } catch (thrown) {
      rollBack(this.db);
      throw thrown;
    }
  }
}

function attempt<T>(write: () => T, resolve: (value: T) => void, reject: (error: PlanloomError) => void): () => void {
  try {
    const value = write();
    return () => resolve(value);
  } catch (thrown) {
    if (!(thrown instanceof PlanloomError)) throw thrown;
    return () => reject(thrown);
  }
}

/** Some failures (a full disk) have already undone the transaction; then there is nothing to roll back. */
function rollBack(db: SqlDatabase): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // The first failure is the one to report.
  }
}
