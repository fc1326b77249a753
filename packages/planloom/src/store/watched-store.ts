// A store that tells when its logs grow. In: a store. Out: the same store, with a signal after each append of this
// process. Readers in this process then need not wait for their next look.
import type { RunEvent } from "../run/event.js";
import type { RunHead } from "../run/view/head.js";
import type { DeleteOptions, EventStore, InboxEntry, JournalRow, JournalScope, ListQuery } from "./event-store.js";

/** Calls listeners after each append. */
export class Appends {
  readonly #listeners = new Set<() => void>();

  /** The returned function ends it. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

export function watchedStore(store: EventStore, appends: Appends): EventStore {
  return {
    name: store.name,
    ...(store.path === undefined ? {} : { path: store.path }),
    async append(
      runId: string,
      at: { readonly expectedSeq: number; readonly epoch: number },
      events: readonly RunEvent[],
      head?: RunHead,
    ) {
      await store.append(runId, at, events, head);
      appends.tell();
    },
    read: (runId: string, fromSeq?: number, limit?: number) => store.read(runId, fromSeq, limit),
    list: (query?: ListQuery) => store.list(query),
    writeJournal: (row: JournalRow, epoch: number) => store.writeJournal(row, epoch),
    readJournal: (scope: JournalScope) => store.readJournal(scope),
    readRunJournal: (runId: string) => store.readRunJournal(runId),
    owner: (runId: string) => store.owner(runId),
    claim: (runId: string, after: number, holder: string, leaseUntil: number) =>
      store.claim(runId, after, holder, leaseUntil),
    renew: (holder: string, leaseUntil: number) => store.renew(holder, leaseUntil),
    release: (runId: string, epoch: number) => store.release(runId, epoch),
    put: (runId: string, entry: Omit<InboxEntry, "cursor">) => store.put(runId, entry),
    take: (runId: string, cursor: number) => store.take(runId, cursor),
    delete: (runId: string, epoch: number, options?: DeleteOptions) => store.delete(runId, epoch, options),
    ...(store.maintenance === undefined ? {} : { maintenance: store.maintenance }),
    close: () => store.close(),
  };
}
