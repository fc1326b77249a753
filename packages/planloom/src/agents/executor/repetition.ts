// Detects repetition in an agent step. In: its turns, one by one, each with its calls and their results. Out: how often
// the latest turns have repeated.
import { hashOf } from "../../plan/hash.js";
import type { Json } from "../../plan/json.js";

/**
 * One call with its result. undefined for a tool with effects: such a call changes something, so no two of them are
 * alike.
 */
export type Trace = Json | undefined;

/**
 * The turns of one attempt. Two turns are alike if they make the same calls, in any order, with the same arguments and
 * the same results. A tool that is polled and gives a new result each time does not repeat.
 */
export class Turns {
  readonly #turns: string[] = [];

  /** Forgets all turns. */
  clear(): void {
    this.#turns.length = 0;
  }

  /** How often the latest turn, or the latest few, came in a row, this time included. 1 if nothing repeats. */
  add(traces: readonly Trace[]): number {
    const sorted = traces.map((trace) => (trace === undefined ? undefined : hashOf(trace))).sort();
    this.#turns.push(sorted.includes(undefined) ? `turn ${this.#turns.length}` : sorted.join(" "));
    const most = Math.floor(this.#turns.length / 2);
    return Math.max(1, ...Array.from({ length: most }, (_, index) => this.#times(index + 1)));
  }

  /** How often the latest `length` turns came in a row. */
  #times(length: number): number {
    const end = this.#turns.length;
    let times = 1;
    const alike = (offset: number) => this.#turns[end - 1 - offset] === this.#turns[end - 1 - offset - times * length];
    const block = Array.from({ length }, (_, offset) => offset);
    while (end >= (times + 1) * length && block.every(alike)) times++;
    return times;
  }
}
