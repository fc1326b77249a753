// The events of one run for all its readers. In: a run. Out: events in order, from memory or from the log. The log is
// followed once, however many readers there are. Memory holds the newest events only.
import type { LoomRun } from "../../loom/loom-run.js";
import { LIMITS } from "../../limits.js";
import type { RunEvent } from "../../run/event.js";

/** An event as it is sent. */
export interface SentEvent {
  readonly seq: number;
  readonly type: RunEvent["type"];
  readonly json: string;
}

/** Why no more events come. `gone`: the run was deleted, or its log cannot be read. */
export type FeedEnd = "run-ended" | "run-gone";

export class RunFeed {
  readonly #kept: SentEvent[] = [];
  #bytes = 0;
  #end: FeedEnd | undefined;
  readonly #bells = new Set<() => void>();
  readonly #gone = new AbortController();
  readers = 0;

  /** Follows the run from this event on. `ended` is called when no more events come. */
  constructor(
    readonly run: LoomRun<unknown>,
    private readonly fromSeq: number,
    private readonly ended: () => void,
  ) {
    void this.#follow();
  }

  get end(): FeedEnd | undefined {
    return this.#end;
  }

  /** Calls the function when there is more, or the end. The returned function stops that. */
  onMore(bell: () => void): () => void {
    this.#bells.add(bell);
    return () => void this.#bells.delete(bell);
  }

  /** The kept events from `seq` on. undefined: an event before them is needed, and stands in the log only. */
  from(seq: number): readonly SentEvent[] | undefined {
    const first = this.#kept[0]?.seq ?? this.fromSeq;
    return seq < first ? undefined : this.#kept.slice(seq - first);
  }

  close(): void {
    this.#gone.abort();
  }

  async #follow(): Promise<void> {
    try {
      const following = { fromSeq: this.fromSeq, follow: true, signal: this.#gone.signal };
      for await (const event of this.run.events(following)) this.#keep(sentEvent(event));
      this.#end = "run-ended";
    } catch {
      // A reader asks again, and then gets the error as an answer.
      this.#end = "run-gone";
    }
    this.ended();
    this.#ring();
  }

  #keep(event: SentEvent): void {
    this.#kept.push(event);
    this.#bytes += event.json.length;
    while (this.#kept.length > 1 && (this.#kept.length > LIMITS.feedEvents || this.#bytes > LIMITS.feedBytes))
      this.#bytes -= this.#kept.shift()!.json.length;
    this.#ring();
  }

  #ring(): void {
    for (const bell of [...this.#bells]) bell();
  }
}

export const sentEvent = (event: RunEvent): SentEvent => ({
  seq: event.seq,
  type: event.type,
  json: JSON.stringify(event),
});
