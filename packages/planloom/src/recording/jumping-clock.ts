// A clock for runs that are played again: nobody waits for it, it jumps to where it is told. In: times. Out: the timers that are
// due by then, called once each. Separate from the testing kit's clock, which walks through all that happens on the way: here
// a day may pass, and whoever looks into an inbox every 100 ms looks once.
import type { Clock } from "../clock.js";

export interface JumpingClock extends Clock {
  /** Moves on to `at` (never back), in ms since 1970, and calls the timers that are due by then, the earliest first. */
  jumpTo(at: number): void;
  /** When the next timer is due. */
  nextDue(): number | undefined;
}

export function jumpingClock(start: number): JumpingClock {
  let now = start;
  const timers = new Set<{ readonly at: number; readonly fn: () => void }>();
  return {
    now: () => now,
    setTimer(ms, fn) {
      const timer = { at: now + Math.max(0, ms), fn };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    jumpTo(at) {
      now = Math.max(now, at);
      const due = [...timers].filter((timer) => timer.at <= now).sort((a, b) => a.at - b.at);
      for (const timer of due) if (timers.delete(timer)) timer.fn();
    },
    nextDue: () => (timers.size === 0 ? undefined : Math.min(...[...timers].map(({ at }) => at))),
  };
}
