// The bars of one step, item or phase: its attempts and waits in time. In: what began and ended, in order. Out: bars. The
// state of a run has only the present, so the bars are kept beside it. timeline.ts reads the log for them.
import type { Usage } from "../../plan/usage.js";
import type { EventData } from "../event.js";
import type { Failure } from "../failure.js";

/** A point of the log. `ms` is counted from the start of the run, and never decreases. */
export interface Instant {
  readonly seq: number;
  readonly ms: number;
}

export type BarKind = "attempt" | "retry-wait" | "person-wait";

/** How a bar ended; undefined while it is open. paused: the attempt waited, or its process stopped, and it continues. */
export type BarEnd = "done" | "failed" | "skipped" | "unknown" | "unusable" | "cancelled" | "paused";

/** The answer of the run to a failure. */
export type Decided = Pick<EventData["step.failed"], "decision" | "reason">;

export interface Bar {
  readonly kind: BarKind;
  readonly attempt: number;
  readonly from: Instant;
  to?: Instant;
  end?: BarEnd;
  error?: Failure;
  /** What followed from the failure of an attempt. */
  decided?: Decided;
  /** What its models used; of the parts of one attempt, each has its own. */
  usage?: Usage;
  /** When a wait for a retry ends, in ms from the start of the run. */
  readonly until?: number;
  /** The time from the list of a fan-out to its end. Its items do the work. */
  readonly whole?: true;
  /** The end of the run closed it. */
  stopped?: true;
}

/** The bars of one step, item or phase, in order. At most the last one is open. */
export class Lane {
  readonly bars: Bar[] = [];

  get open(): Bar | undefined {
    const last = this.bars.at(-1);
    return last?.to === undefined ? last : undefined;
  }

  /** Opens a bar. An attempt that is open already continues. */
  begin(kind: BarKind, attempt: number, from: Instant, more: Pick<Bar, "whole" | "until"> = {}): void {
    const { open } = this;
    if (open?.kind === kind && (kind !== "attempt" || open.attempt === attempt)) return;
    this.end("paused", from);
    this.bars.push({ kind, attempt, from, ...more });
  }

  /** The number of the attempt that begins next, where events do not tell it. */
  get next(): number {
    const last = this.bars.findLast(({ kind }) => kind === "attempt");
    if (last === undefined) return 1;
    return last.to === undefined || last.end === "paused" ? last.attempt : last.attempt + 1;
  }

  /** Closes the open bar, if there is one, and gives it. */
  end(end: BarEnd, to: Instant, error?: Failure): Bar | undefined {
    this.#dropFuture(to);
    const { open } = this;
    if (open === undefined) return undefined;
    open.to = to;
    // A wait ends well, whatever follows it, unless the run stopped it.
    open.end = open.kind === "retry-wait" && end !== "cancelled" ? "done" : end;
    if (error !== undefined && open.kind === "attempt") open.error = error;
    return open;
  }

  /** A wait with a known end, and then the attempt. No event will tell when it continues. */
  wait(from: Instant, until: number, attempt: number): void {
    const to = { seq: from.seq + 0.5, ms: Math.max(from.ms, until) };
    const wait: Bar = { kind: "retry-wait", attempt, from, to, end: "done", until: to.ms };
    this.bars.push(wait, { kind: "attempt", attempt, from: to });
  }

  /** The time of the view. A wait that has not ended is open, and its attempt has not begun. */
  settle(ms: number): void {
    this.#dropFuture({ ms });
  }

  /** What happens before a wait was to end comes first: the wait is open, and its attempt has not begun. */
  #dropFuture(at: Pick<Instant, "ms">): void {
    const { open } = this;
    if (open === undefined || open.from.ms <= at.ms) return;
    this.bars.pop();
    const wait = this.bars.at(-1);
    delete wait?.to;
    delete wait?.end;
  }
}
