// The timers of one run. In: the times at which something is due. Out: a call when such a time has come. A timer is set
// once for each time, so a clock that is set back afterwards does not make it wait longer.
import type { Clock } from "../clock.js";

export class WakeUps {
  readonly #timers = new Map<number, () => void>();
  #recordedAt: number;

  constructor(
    private readonly clock: Clock,
    /** Time of the last event in the log, in ms since 1970. The clock of this machine may be behind it. */
    recordedAt: number,
    /** Called with a due time, in ms since 1970, at which the clock may be behind it. */
    private readonly wake: (dueAt: number) => void,
  ) {
    this.#recordedAt = recordedAt;
  }

  /**
   * Waits for the next due time; Infinity: there is none. `stillDue`: the times whose timers are kept. `decidedAt`: time
   * of the last input.
   */
  set(dueAt: number, stillDue: ReadonlySet<number>, decidedAt: number): void {
    for (const time of this.#timers.keys()) if (time !== dueAt && !stillDue.has(time)) this.#drop(time);
    if (dueAt !== Infinity && !this.#timers.has(dueAt)) {
      const now = Math.max(this.clock.now(), decidedAt, this.#recordedAt);
      this.#timers.set(
        dueAt,
        this.clock.setTimer(Math.max(0, dueAt - now), () => {
          this.#timers.delete(dueAt);
          this.wake(dueAt);
        }),
      );
    }
    this.#recordedAt = 0;
  }

  clear(): void {
    for (const time of this.#timers.keys()) this.#drop(time);
  }

  #drop(time: number): void {
    this.#timers.get(time)?.();
    this.#timers.delete(time);
  }
}
