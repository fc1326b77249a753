// Those who watch the runs of a loom: telemetry and the logger. In: nothing. Out: the contract, and the store that tells
// them. A loom that nobody watches has its store as it is.
import type { RunEvent } from "../run/event.js";
import type { RunHead } from "../run/view/head.js";
import type { EventStore } from "../store/event-store.js";
import { overlay } from "./overlay.js";

export interface Observer {
  /** Events of this process, after they are durable. `head` is absent for a log that is copied. */
  appended?(runId: string, events: readonly RunEvent[], head: RunHead | undefined): void;
  /** The owner gives the run up: it has ended, waits for another process, or was lost. */
  released?(runId: string): void;
  /** An operation of the store, how long it took in ms, and why it failed. */
  stored?(operation: StoreOperation, ms: number, runId: string, error?: unknown): void;
}

export type StoreOperation = "append" | "read" | "write_journal" | "read_journal" | "put" | "claim";

export function observedStore(store: EventStore, observer: Observer): EventStore {
  const timed = async <T>(operation: StoreOperation, runId: string, work: Promise<T>): Promise<T> => {
    const begun = performance.now();
    try {
      const result = await work;
      observer.stored?.(operation, performance.now() - begun, runId);
      return result;
    } catch (error) {
      observer.stored?.(operation, performance.now() - begun, runId, error);
      throw error;
    }
  };
  return overlay<EventStore>(store, {
    async append(runId, ...given) {
      await timed("append", runId, store.append(runId, ...given));
      observer.appended?.(runId, given[1], given[2]);
    },
    read: (runId, ...given) => timed("read", runId, store.read(runId, ...given)),
    writeJournal: (row, ...given) => timed("write_journal", row.runId, store.writeJournal(row, ...given)),
    readJournal: (scope) => timed("read_journal", scope.runId, store.readJournal(scope)),
    put: (runId, entry) => timed("put", runId, store.put(runId, entry)),
    claim: (runId, ...given) => timed("claim", runId, store.claim(runId, ...given)),
    async release(runId, epoch) {
      observer.released?.(runId);
      await store.release(runId, epoch);
    },
  });
}

/** All of them, as one. */
export function observers(all: readonly Observer[]): Observer {
  return {
    appended: (...told) => all.forEach((one) => one.appended?.(...told)),
    released: (...told) => all.forEach((one) => one.released?.(...told)),
    stored: (...told) => all.forEach((one) => one.stored?.(...told)),
  };
}
