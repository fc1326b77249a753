// Callers of Engine.stopped for one run. In: calls, and the end or wait of the run. Out: each call is answered once.
import type { Run } from "../run/state.js";
import type { RunStop } from "./engine.js";

interface Waiter {
  readonly untilEnd: boolean;
  resolve(stop: RunStop): void;
  reject(error: Error): void;
}

export class StopWaiters {
  readonly #waiters = new Set<Waiter>();

  /** Whether anyone waits. */
  get some(): boolean {
    return this.#waiters.size > 0;
  }

  stop(untilEnd: boolean): Promise<RunStop> {
    return new Promise((resolve, reject) => void this.#waiters.add({ untilEnd, resolve, reject }));
  }

  /** The run waits for a person: answers the callers that do not wait for its end. */
  waiting(run: Run): void {
    for (const waiter of this.#waiters) {
      if (waiter.untilEnd) continue;
      this.#waiters.delete(waiter);
      waiter.resolve({ run, why: "waiting" });
    }
  }

  ended(run: Run): void {
    for (const waiter of this.#waiters) waiter.resolve({ run, why: "ended" });
    this.#waiters.clear();
  }

  reject(error: Error): void {
    for (const waiter of this.#waiters) waiter.reject(error);
    this.#waiters.clear();
  }
}
