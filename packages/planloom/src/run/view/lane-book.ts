// The lanes of a run that have an open bar, and what models have used for each. In: beginnings and ends. Out: bars. Steps
// and phases share it, because the end of a run closes all.
import { addUsage, NO_USAGE, usageSince, type Usage } from "../../plan/usage.js";
import type { Failure } from "../failure.js";
import type { Run } from "../state.js";
import type { Bar, BarEnd, Instant, Lane } from "./lane.js";

export class LaneBook {
  readonly open = new Set<Lane>();
  readonly #spent = new Map<Lane, Usage>();

  constructor(private readonly run: Run) {}

  begin(
    lane: Lane,
    kind: Bar["kind"],
    at: Instant,
    attempt = lane.next,
    more: Pick<Bar, "whole" | "until"> = {},
  ): void {
    lane.begin(kind, attempt, at, more);
    this.open.add(lane);
  }

  end(lane: Lane, end: BarEnd, at: Instant, error?: Failure): Bar | undefined {
    this.open.delete(lane);
    return lane.end(end, at, error);
  }

  /** A wait that no event ends, and then the attempt. `until`: ms since 1970. */
  wait(lane: Lane, at: Instant, until: number, attempt = lane.next): void {
    lane.wait(at, this.after(until, at), attempt);
    this.open.add(lane);
  }

  /** ms from the start of the run, of a time in the log that is not before `at`. */
  after(time: number, at: Instant): number {
    return Math.max(at.ms, time - this.run.log.startedAt);
  }

  spentIn(lane: Lane): Usage {
    return this.#spent.get(lane) ?? NO_USAGE;
  }

  /** `total`: all that the work has used until now. The bar used what is new. */
  spendTo(lane: Lane, bar: Bar, total: Usage): void {
    const before = this.spentIn(lane);
    // An item that a new plan begins anew counts from 0.
    bar.usage = total.calls < before.calls ? total : usageSince(before, total);
    this.#spent.set(lane, total);
  }

  spend(lane: Lane, bar: Bar | undefined, usage: Usage): void {
    if (bar?.kind === "attempt") bar.usage = usage;
    this.#spent.set(lane, addUsage(this.spentIn(lane), usage));
  }
}
