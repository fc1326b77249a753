// The inbox of one run, for its driver. In: a store. Out: commands as inputs, each once.
import { readEntry } from "../run/log/read-command.js";
import type { Input } from "../run/input.js";
import type { Run } from "../run/state.js";
import type { EventStore } from "../store/event-store.js";
import type { Clock } from "../clock.js";

export class Inbox {
  #cursor = 0;

  constructor(
    private readonly run: Run,
    private readonly store: Pick<EventStore, "take">,
    private readonly clock: Clock,
  ) {}

  /**
   * The commands that were not taken before and are not in the log, in order of arrival. An entry that cannot be read
   * is an input too: the kernel refuses it. Rejects as the store does.
   */
  async take(): Promise<readonly Input[]> {
    const entries = await this.store.take(this.run.id, this.#cursor);
    const at = this.clock.now();
    return entries.flatMap(({ cursor, inputId, by, payload }) => {
      // Two calls at the same time read the same entries.
      if (cursor <= this.#cursor) return [];
      this.#cursor = cursor;
      return this.run.log.applied.has(inputId) ? [] : [{ ...readEntry(payload), id: inputId, at, by }];
    });
  }
}
