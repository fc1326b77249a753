// One transaction for all writes of one turn of the event loop. In: writes, each a function over the open transaction.
// Out: their results, once the commit is on disk. It knows no tables.
import { setTimeout as delay } from "node:timers/promises";
import { LIMITS } from "../limits.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { LogMerge } from "./log-merge.js";
import type { OpenedFiles } from "./opened-files.js";
import type { SqlDatabase } from "./sqlite-driver.js";
import { sqliteError } from "./sqlite-error.js";
import type { SyncMode } from "./sync-mode.js";
import { isBusy, nextAttemptMs } from "./while-busy.js";

interface Pending {
  readonly isPromise: boolean;
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

  #lookedAt = -Infinity;
  #hasWritten = false;
  /** A store is opened with synchronous = FULL. */
  #isSynced = true;
  #merging: NodeJS.Timeout | undefined;

  constructor(
    readonly db: SqlDatabase,
    readonly path: string,
    private readonly parts: { readonly files: OpenedFiles; readonly merge: LogMerge; readonly sync?: SyncMode },
    private readonly busyMs: number = LIMITS.storeBusyMs,
  ) {}

  /**
   * Queues a write. While another process holds the file, the queue waits, up to `busyMs`; the function may be called
   * again then. A write that throws a PlanloomError before its first change is rejected alone. Any other error of a
   * write, or a failed commit, undoes and rejects the whole turn: STORE_FULL, STORE_BUSY, STORE_DAMAGED, STORE_FAILED.
   * `isPromise`: somebody acts on it at once, or is told. It is rejected with STORE_GONE if the files are not at their
   * paths after the commit. Other writes learn of that a moment later.
   */
  write<T>(write: () => T, isPromise = true): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ run: () => attempt(write, resolve, reject), reject, isPromise });
      // Not a microtask: runs that one commit woke need several microtasks to reach their next append.
      if (this.#pending.length === 1) setImmediate(() => this.#flush(this.busyMs));
    });
  }

  /** Merges the log in a moment, once for all that ask until then. */
  mergeSoon(): void {
    this.#merging ??= setTimeout(() => {
      this.#merging = undefined;
      this.#unlessBusy(() => this.parts.merge.merge());
    }, LIMITS.storeMergeMs).unref();
  }

  /** Commits the queue now. Resolves when nothing is queued any more. */
  async drain(): Promise<void> {
    clearTimeout(this.#merging);
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
      this.#unlessBusy(() => this.parts.merge.mergeLong());
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
    const settles = this.#transaction(batch);
    if (batch.some(({ isPromise }) => isPromise) || performance.now() - this.#lookedAt > LIMITS.storeLookMs) {
      this.#lookedAt = performance.now();
      const lost = this.parts.files.lost();
      if (lost !== undefined) throw new PlanloomError("STORE_GONE", { path: this.path, lost, runs: [] });
    }
    return settles;
  }

  #transaction(batch: readonly Pending[]): (() => void)[] {
    this.#syncs(batch.some(({ isPromise }) => isPromise));
    this.#begin();
    try {
      this.parts.merge.unmark();
      const settles = batch.map((pending) => pending.run());
      this.db.exec("COMMIT");
      this.commits++;
      this.#hasWritten = true;
      return settles;
    } catch (thrown) {
      rollBack(this.db);
      throw thrown;
    }
  }

  /** With `process`, only commits that somebody acts on are synced, and all before them with them. */
  #syncs(isPromise: boolean): void {
    if (this.parts.sync !== "process" || this.#isSynced === isPromise) return;
    this.db.exec(`PRAGMA synchronous = ${isPromise ? "FULL" : "NORMAL"}`);
    this.#isSynced = isPromise;
  }

  /** The first write to an empty log comes after a merge, which leaves the mark in the file. */
  #begin(): void {
    if (!this.#hasWritten) this.parts.merge.merge();
    this.db.exec("BEGIN IMMEDIATE");
    // Looked at under the lock: another process may have closed the store, and emptied the log.
    if (this.parts.files.logBytes > 0) return;
    rollBack(this.db);
    this.parts.merge.merge();
    this.db.exec("BEGIN IMMEDIATE");
  }

  /** A merge that fails is made later; every commit is safe in the log. */
  #unlessBusy(merge: () => void): void {
    try {
      merge();
    } catch {
      this.mergeSoon();
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
