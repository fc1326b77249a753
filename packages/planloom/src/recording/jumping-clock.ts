// A clock for replaying recordings: it jumps to a given time. In: times. Out: the due timers, each called once. The
// testing kit's clock fires every repetition on the way; here a whole day may pass, and a timer that looks into an
// inbox every 100 ms fires once.
import type { Clock } from "../clock.js";

export interface JumpingClock extends Clock {
  /** Moves on to `at` (never back), in ms since 1970, and calls the due timers, the earliest first. */
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
