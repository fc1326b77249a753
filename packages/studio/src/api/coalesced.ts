// Asks again when something has changed, but never twice at once. In: a question. Out: the newest answer. Changes during
// a question lead to one more. A slow question is asked less often.

/** Time between two questions, as a multiple of what the last one took, and its limit in ms. */
const SPACING = 2;
const LONGEST_SPACING = 1500;

export class Coalesced {
  #wanted = false;
  #busy: Promise<void> | undefined;

  /** `ask` may reject: then the change that led to it is forgotten. */
  constructor(
    private readonly ask: () => Promise<void>,
    private readonly clock: { now(): number; pause(ms: number): Promise<void> } = CLOCK,
  ) {}

  /** Resolves when an answer is there that is newer than this call. */
  want(): Promise<void> {
    this.#wanted = true;
    this.#busy ??= this.#drain().finally(() => (this.#busy = undefined));
    return this.#busy;
  }

  async #drain(): Promise<void> {
    while (this.#wanted) {
      this.#wanted = false;
      const since = this.clock.now();
      await this.ask();
      const spacing = Math.min((this.clock.now() - since) * SPACING, LONGEST_SPACING);
      if (this.#wanted) await this.clock.pause(spacing);
    }
  }
}

const CLOCK = {
  now: () => performance.now(),
  pause: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};
