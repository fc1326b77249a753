// The samples of earlier runs behind the estimates in views. In: a store. Out: samples, read once for each run that is
// looked at, so that its estimates stay while people look. Those of the run itself are left out.
import { NO_HISTORY, type History } from "../../plan/estimate/history.js";
import { readHistory } from "../../perform/history.js";
import type { EventStore } from "../../store/event-store.js";
import type { Clock } from "../../clock.js";

/** Runs whose samples are kept. */
const MOST_RUNS = 50;

export class Histories {
  readonly #known = new Map<string, Promise<History>>();

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {}

  /** Never rejects: a view is not lost if earlier runs cannot be read. */
  before(runId: string): Promise<History> {
    const known = this.#known.get(runId);
    if (known !== undefined) return known;
    const read = readHistory(this.store, this.clock).then(
      (history) => without(history, runId),
      () => NO_HISTORY,
    );
    const [oldest] = this.#known.keys();
    if (this.#known.size >= MOST_RUNS && oldest !== undefined) this.#known.delete(oldest);
    this.#known.set(runId, read);
    return read;
  }
}

function without({ work, lists }: History, runId: string): History {
  const others = <T extends { readonly runId: string }>(samples: ReadonlyMap<string, readonly T[]>) =>
    new Map([...samples].map(([key, list]) => [key, list.filter((sample) => sample.runId !== runId)]));
  return { work: others(work), lists: others(lists) };
}
