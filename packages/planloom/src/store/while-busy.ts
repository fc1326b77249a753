// Waits until another process gives the file free, without blocking this one. In: a function that SQLite may refuse as
// busy. Out: its result. A process that commits, merges its log or makes a backup holds the file for a moment.
import { setTimeout as delay } from "node:timers/promises";
import { LIMITS } from "../limits.js";
import { sqliteError } from "./sqlite-error.js";

/** ms until the next attempt. Random, so that processes that wait for the same lock do not meet again. */
export const nextAttemptMs = (): number => 1 + Math.random() * LIMITS.storeRetryMs;

export const isBusy = (thrown: unknown, path: string): boolean => sqliteError(thrown, path).code === "STORE_BUSY";

/** Tries again while the file is busy, for at most `mostMs`. Rejects with what `attempt` throws. */
export async function whileBusy<T>(attempt: () => T, path: string, mostMs: number = LIMITS.storeBusyMs): Promise<T> {
  for (const begunAt = performance.now(); ;) {
    try {
      return attempt();
    } catch (thrown) {
      if (!isBusy(thrown, path) || performance.now() - begunAt >= mostMs) throw thrown;
    }
    await delay(nextAttemptMs());
  }
}
