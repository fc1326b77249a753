// A clock that only moves when a test moves it. In: advance(ms). Out: the due timers, called in order. Tests of waits,
// retries and expiry need no real time.
import type { Clock } from "../clock.js";

export interface FakeClock extends Clock {
  /** Timers that have not fired and were not cancelled. */
  readonly pending: number;
  /**
   * Moves time on, calls the timers that become due on the way (also timers set meanwhile), and lets promises settle
   * after each.
   */
  advance(ms: number): Promise<void>;
}

/** Maximum timers of one advance. More means that a timer sets itself again without a delay. */
const MOST_TIMERS = 100_000;

export function fakeClock(start = 0): FakeClock {
  let now = start;
  let order = 0;
  const timers = new Map<number, { readonly at: number; readonly fn: () => void }>();

  const nextDue = (until: number): number | undefined => {
    let due: number | undefined;
    for (const [id, timer] of timers) {
      if (timer.at <= until && (due === undefined || timer.at < (timers.get(due)?.at ?? Infinity))) due = id;
    }
    return due;
  };

  return {
    now: () => now,
    setTimer(ms, fn) {
      const id = order++;
      timers.set(id, { at: now + Math.max(0, ms), fn });
      return () => void timers.delete(id);
    },
    get pending() {
      return timers.size;
    },
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (let fired = 0, id = nextDue(until); id !== undefined; fired++, id = nextDue(until)) {
        if (fired >= MOST_TIMERS) throw new Error(`more than ${MOST_TIMERS} timers fired within ${ms} ms`);
        const timer = timers.get(id);
        timers.delete(id);
        now = Math.max(now, timer?.at ?? now);
        timer?.fn();
        await settle();
      }
      now = until;
    },
  };
}

/** When the event loop turns, all promises that wait for nothing outside have settled. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
