// Follows one run for the display of this process. In: events and progress from an engine, or from the log. Out: calls
// of a display. A run that another process drives looks the same.
import type { Listener, Progress } from "../engine/engine.js";
import type { EventData, RunEvent } from "../run/event.js";
import { directTool } from "../plan/step-kind.js";
import { evolve } from "../run/evolve/evolve.js";
import { emptyRun, type Run } from "../run/state.js";
import type { Display } from "./display.js";
import { reportText } from "../words/phrases.js";
import { longestWait, waitText, type WaitParams } from "../words/waits.js";
import { heading, linesOf, phaseOf, waitLine, type Line } from "./render/lines.js";
import { oneLine } from "./style.js";

const SHOWN_WAIT_MS = 500;

export class Follower implements Listener {
  run: Run | undefined;
  /** The run of the events, also while they are held back. */
  runId: string | undefined;
  /** The last plan, and whether it was shown here. */
  proposed: { readonly data: EventData["plan.proposed"]; readonly shown: boolean } | undefined;
  #phase: string | undefined;
  /** The answer, as far as it was written. */
  #answer = "";
  readonly #said = new Map<string, string>();
  /** When the wait ends that was shown last, by endpoint. */
  readonly #waits = new Map<string, number>();
  /** Events that arrived while the log was being read. undefined once they may be shown. */
  #held: RunEvent[] | undefined;
  readonly #watchers = new Set<(event: RunEvent) => void>();

  constructor(
    readonly display: Display,
    private readonly onEvent: (event: RunEvent) => void = () => undefined,
    /** Nothing of it is shown. */
    private readonly isQuiet = false,
  ) {}

  /** Names of the tools that steps call now. */
  toolsAtWork(): readonly string[] {
    const steps = [...(this.run?.execution.steps.values() ?? [])];
    const atWork = steps.filter(({ work, fan }) =>
      [work, ...(fan?.items ?? [])].some(({ status }) => status === "running"),
    );
    return [...new Set(atWork.flatMap(({ spec }) => directTool(spec) ?? []))];
  }

  /** Holds events back until `seed` has read the events before them. */
  hold(): this {
    this.#held = [];
    return this;
  }

  /**
   * Takes in the events in the log without showing them. Then shows the events that were held back. untouched: the run
   * was only taken to refuse a command, so that it was resumed is not shown.
   */
  seed(log: readonly RunEvent[], how: "resumed" | "untouched" = "resumed"): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    const first = held[0]?.seq ?? Infinity;
    for (const event of log) if (event.seq < first) this.#fold(event, false);
    for (const event of held) {
      if (how === "untouched" && event.type === "run.resumed") this.#passOver(event);
      else this.event(event);
    }
  }

  /** Takes in an event that people are not shown. */
  #passOver(event: RunEvent): void {
    this.#fold(event, false);
    this.onEvent(event);
  }

  event(event: RunEvent): void {
    this.runId = event.runId;
    if (this.#held !== undefined) return void this.#held.push(event);
    const run = this.#fold(event, true);
    if (event.type === "run.reopened") this.#beginAgain();
    // A piece of an answer belongs to the attempt before this event.
    if (this.#answer !== "") this.display.answer((this.#answer = ""));
    this.onEvent(event);
    this.display.follow(run, this.#said);
    const phase = phaseOf(event, run);
    const begins = phase !== undefined && phase !== this.#phase;
    if (begins) this.#phase = phase;
    if (event.type === "execution.completed" || event.type === "replan.requested") this.display.settle();
    const head: readonly Line[] = begins ? [{ text: heading(phase), routine: false, isHeading: true }] : [];
    // Watchers are called first: an open question on the terminal ends its line before new text is shown.
    for (const watcher of this.#watchers) watcher(event);
    this.display.show([...head, ...linesOf(event, run)]);
  }

  progress(progress: Progress): void {
    if (progress.type === "answer") return this.display.answer((this.#answer += progress.delta));
    // The table shows steps. A turn is shown when its step ends.
    if (progress.type === "turn") return;
    const { step, item } = progress;
    const text = progress.type === "wait" ? `waits ${waitText(progress)}` : oneLine(reportText(progress), 80);
    this.#said.set(step, item === null ? text : `[${item}] ${text}`);
    if (progress.type === "wait") this.#showWait(progress);
  }

  /** One line for all calls that wait for the same endpoint. The table alone shows waits that nobody notices. */
  #showWait(wait: WaitParams): void {
    const { endpoint } = wait;
    const ms = longestWait(wait);
    const now = Date.now();
    if (ms < SHOWN_WAIT_MS || now < (this.#waits.get(endpoint) ?? 0)) return;
    this.#waits.set(endpoint, now + ms);
    this.display.show([{ text: waitLine(wait), routine: false }]);
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
