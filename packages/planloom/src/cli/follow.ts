// Follows one run for the display of this process. In: events and progress from an engine, or from the log. Out: calls
// of a display. A run that another process drives looks the same.
import type { Listener, Progress } from "../engine/engine.js";
import type { EventData, RunEvent } from "../run/event.js";
import { evolve } from "../run/evolve/evolve.js";
import { emptyRun, type Run } from "../run/state.js";
import type { Display } from "./display.js";
import { heading, linesOf, phaseOf } from "./render/lines.js";
import { oneLine } from "./style.js";

export class Follower implements Listener {
  run: Run | undefined;
  /** The last plan, and whether it was shown here. */
  proposed: { readonly data: EventData["plan.proposed"]; readonly shown: boolean } | undefined;
  #phase: string | undefined;
  readonly #said = new Map<string, string>();
  /** Events that arrived while the log was being read. undefined once they may be shown. */
  #held: RunEvent[] | undefined;
  readonly #watchers = new Set<(event: RunEvent) => void>();

  constructor(
    private readonly display: Display,
    private readonly onEvent: (event: RunEvent) => void = () => undefined,
    /** Nothing of it is shown. */
    private readonly isQuiet = false,
  ) {}

  /** Holds events back until `seed` has read the events before them. */
  hold(): this {
    this.#held = [];
    return this;
  }

  /** Takes in the events in the log without showing them. Then shows the events that were held back. */
  seed(log: readonly RunEvent[]): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    const first = held[0]?.seq ?? Infinity;
    for (const event of log) if (event.seq < first) this.#fold(event, false);
    for (const event of held) this.event(event);
  }

  event(event: RunEvent): void {
    if (this.#held !== undefined) return void this.#held.push(event);
    const run = this.#fold(event, true);
    if (event.type === "run.reopened") this.#beginAgain();
    this.onEvent(event);
    this.display.follow(run, this.#said);
    const phase = phaseOf(event, run);
    const begins = phase !== undefined && phase !== this.#phase;
    if (begins) this.#phase = phase;
    if (event.type === "execution.completed" || event.type === "replan.requested") this.display.settle();
    const head = begins ? [{ text: heading(phase), routine: false }] : [];
    // Watchers are called first: an open question on the terminal ends its line before new text is shown.
    for (const watcher of this.#watchers) watcher(event);
    this.display.show([...head, ...linesOf(event, run)]);
  }

  progress(progress: Progress): void {
    if (progress.type !== "step") return;
    const { step, item, value } = progress;
    const text = typeof value === "number" ? `${Math.round(value * 100)} %` : oneLine(value, 60);
    this.#said.set(step, item === null ? text : `[${item}] ${text}`);
  }

  /** Calls `watcher` with every further event until the returned function is called. */
  watch(watcher: (event: RunEvent) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  rest(): void {
    this.display.rest();
  }

  /** Forgets headings and progress from before the retry. */
  #beginAgain(): void {
    this.#phase = undefined;
    this.#said.clear();
  }

  #fold(event: RunEvent, shown: boolean): Run {
    if (event.type === "plan.proposed") this.proposed = { data: event.data, shown: shown && !this.isQuiet };
    this.run ??= emptyRun(event.runId);
    return evolve(this.run, event);
  }
}
