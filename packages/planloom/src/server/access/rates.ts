// How often a caller may ask. In: the caller's name and the time. Out: nothing, or the refusal. Requests without a
// token share one count, so they cannot use up that of a token.
import type { Clock } from "../../clock.js";
import { LIMITS } from "../../limits.js";
import { PlanloomError } from "../../words/planloom-error.js";

export class Rates {
  readonly #left = new Map<string, { left: number; at: number }>();

  constructor(private readonly clock: Clock) {}

  /** Throws TOO_MANY_REQUESTS. */
  count(name: string): void {
    const most = LIMITS.requestsPerSecond;
    const now = this.clock.now();
    if (this.#left.size >= LIMITS.sessions && !this.#left.has(name)) this.#forgetFull(now);
    const known = this.#left.get(name) ?? { left: most, at: now };
    const left = Math.min(most, known.left + (Math.max(0, now - known.at) * most) / 1_000);
    this.#left.set(name, { left: Math.max(0, left - 1), at: now });
    if (left < 1) throw new PlanloomError("TOO_MANY_REQUESTS", { most }, { retryAfterMs: 1_000 });
  }
  /** Who has not asked for a second has all requests left. A program may know many callers. */
  #forgetFull(now: number): void {
    for (const [name, { at }] of this.#left) if (now - at >= 1_000) this.#left.delete(name);
  }
}
