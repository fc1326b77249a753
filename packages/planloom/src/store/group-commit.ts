// One transaction for all writes of one turn of the event loop. In: writes, each a function over the open transaction.
// Out: their results, once the commit is on disk. It knows no tables.
import { setTimeout as delay } from "node:timers/promises";
import { LIMITS } from "../limits.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { OpenedFiles } from "./opened-files.js";
import type { SqlDatabase } from "./sqlite-driver.js";
import { sqliteError } from "./sqlite-error.js";
import { isBusy, nextAttemptMs } from "./while-busy.js";

interface Pending {
  /** Runs inside the transaction. Returns the function that settles the caller after the commit. */
  readonly run: () => () => void;
  readonly reject: (error: PlanloomError) => void;
}

export class GroupCommit {
  /** Transactions that reached the disk, for benchmarks. */
  commits = 0;
  #pending: Pending[] = [];
  /** Another process holds the file: the queue is tried again at the next attempt. */
  #waiting: { readonly since: number; readonly timer: NodeJS.Timeout } | undefined;

  constructor(
    readonly db: SqlDatabase,
    readonly path: string,
    private readonly files: OpenedFiles,
    private readonly busyMs: number = LIMITS.storeBusyMs,
  ) {}

  /**
   * Queues a write. While another process holds the file, the queue waits, up to `busyMs`; the function may be called
   * again then. A write that throws a PlanloomError before its first change is rejected alone. Any other error of a
   * write, or a failed commit, undoes and rejects the whole turn: STORE_FULL, STORE_BUSY, STORE_DAMAGED, STORE_FAILED. STORE_GONE if the files are not
   * at their paths after the commit.
   */
  write<T>(write: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ run: () => attempt(write, resolve, reject), reject });
      // Not a microtask: runs that one commit woke need several microtasks to reach their next append.
      if (this.#pending.length === 1) setImmediate(() => this.#flush(this.busyMs));
    });
  }

  /** Commits the queue now. Resolves when nothing is queued any more. */
  async drain(): Promise<void> {
    for (this.#flush(LIMITS.storeCloseMs); this.#pending.length > 0; this.#flush(LIMITS.storeCloseMs))
      await delay(nextAttemptMs());
  }

  #flush(mostMs: number): void {
    const batch = this.#pending;
    const { since = performance.now(), timer } = this.#waiting ?? {};
    clearTimeout(timer);
    this.#waiting = undefined;
    if (batch.length === 0) return;
    this.#pending = [];
    try {
      const settles = this.#commit(batch);
      for (const settle of settles) settle();
    } catch (thrown) {
      if (isBusy(thrown, this.path) && performance.now() - since < mostMs) return this.#wait(batch, since);
      const error = sqliteError(thrown, this.path);
      for (const pending of batch) pending.reject(error);
    }
  }

  #wait(batch: readonly Pending[], since: number): void {
    this.#pending = [...batch, ...this.#pending];
    this.#waiting = { since, timer: setTimeout(() => this.#flush(this.busyMs), nextAttemptMs()) };
  }

  #commit(batch: readonly Pending[]): (() => void)[] {
    this.db.exec("BEGIN IMMEDIATE");
    try {
      const settles = batch.map((pending) => pending.run());
      this.db.exec("COMMIT");
      this.commits++;
      const lost = this.files.lost();
      if (lost === undefined) return settles;
      throw new PlanloomError("STORE_GONE", { path: this.path, lost, runs: [] });
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
