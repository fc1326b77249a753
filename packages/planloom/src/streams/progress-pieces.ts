// What is never stored: progress of steps, waits, turns and pieces of the answer, for one reader. In: what a run tells
// while this process drives it. Out: pieces, when the reader wants them. Memory is bounded.
import type { Progress } from "../engine/engine.js";
import { LIMITS } from "../limits.js";

export class ProgressPieces {
  readonly #pieces: Progress[] = [];
  /** Characters of the answer since the last `take`. The whole answer comes as an event. */
  #chars = 0;
  #bell: (() => void) | undefined;

  add(progress: Progress): void {
    if (progress.type === "answer" && (this.#chars += progress.delta.length) > LIMITS.streamText) return;
    const at = this.#pieces.findIndex((one) => replaces(progress, one));
    const last = this.#pieces.at(-1);
    if (at !== -1) this.#pieces[at] = progress;
    else if (progress.type === "answer" && last?.type === "answer")
      this.#pieces[this.#pieces.length - 1] = { type: "answer", delta: last.delta + progress.delta };
    else this.#pieces.push(progress);
    if (this.#pieces.length > LIMITS.progressPieces) this.#pieces.shift();
    this.#bell?.();
  }

  /** All pieces since the last call. */
  take(): readonly Progress[] {
    this.#chars = 0;
    return this.#pieces.splice(0);
  }

  /** Calls the function when there is more. The returned function stops that. */
  onMore(bell: () => void): () => void {
    this.#bell = bell;
    return () => (this.#bell = undefined);
  }
}

/** The newest value of a step is enough. */
const replaces = (next: Progress, earlier: Progress): boolean =>
  (next.type === "step" || next.type === "wait") &&
  earlier.type === next.type &&
  earlier.step === next.step &&
  earlier.item === next.item;
