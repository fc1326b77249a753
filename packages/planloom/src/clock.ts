// Time as a port: the time of day, and timers. In: nothing, or a delay and a function. Out: ms, or a call of the
// function. Tests and the simulator replace it.

export interface Clock {
  /** ms since 1970. */
  now(): number;
  /**
   * Calls `fn` once, `ms` from now (0 or less: as soon as possible). The returned function cancels the call; cancelling
   * late is harmless.
   */
  setTimer(ms: number, fn: () => void): () => void;
}

/** setTimeout counts in 32 bits: a longer delay would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** The clock of this machine. A pending timer keeps the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(ms, fn) {
    let timer: NodeJS.Timeout;
    const arm = (left: number): void => {
      const delay = Math.min(left, LONGEST_DELAY_MS);
      timer = setTimeout(() => (left > delay ? arm(left - delay) : fn()), delay);
    };
    arm(Math.max(0, ms));
    return () => clearTimeout(timer);
  },
};
