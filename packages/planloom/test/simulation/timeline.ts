// The time of a simulated world: one queue of all future events. In: work after a delay, optionally owned by a process.
// Out: the work is done in order of time; a die orders events of the same time. Nothing else in the world waits:
// timers, disks, networks and people all use it.
import type { Dice } from "./dice.js";

/** What can be killed (its future never happens) and paused (it happens later). */
export interface Owner {
  alive: boolean;
  paused: boolean;
  /** What fell due while it was paused. */
  readonly held: Happening[];
}

interface Happening {
  at: number;
  tie: number;
  order: number;
  readonly owner: Owner | undefined;
  run: (() => void) | undefined;
}

/** A world in which more happens goes round in circles; most need less than a thousandth of it. */
const MOST_HAPPENINGS = 300_000;

const before = (a: Happening, b: Happening): boolean =>
  a.at !== b.at ? a.at < b.at : a.tie !== b.tie ? a.tie < b.tie : a.order < b.order;

export class Timeline {
  /** ms since the world began; never goes back, never jumps. */
  now = 0;
  /** How far the clocks on the wall were put forward, in ms. */
  shift = 0;
  happened = 0;
  readonly #ties: Dice;
  readonly #heap: Happening[] = [];
  #order = 0;

  constructor(ties: Dice) {
    this.#ties = ties;
  }

  /** The function returned takes it back. */
  after(ms: number, run: () => void, owner?: Owner): () => void {
    const tie = Math.floor(this.#ties.next() * 8);
    const happening: Happening = { at: this.now + Math.max(0, Math.ceil(ms)), tie, order: this.#order++, owner, run };
    this.#push(happening);
    return () => void (happening.run = undefined);
  }

  resume(owner: Owner): void {
    owner.paused = false;
    for (const happening of owner.held.splice(0)) {
      happening.at = this.now;
      happening.tie = Math.floor(this.#ties.next() * 8);
      this.#push(happening);
    }
  }

  /**
   * Lets things happen until `done`, or nothing is left, or the time is `limit`. All promises settle between two of
   * them.
   */
  play(done: () => boolean, limit: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        try {
          const next = done() ? undefined : this.#take(limit);
          if (next === undefined) return resolve();
          if (++this.happened > MOST_HAPPENINGS) throw new Error(`more than ${MOST_HAPPENINGS} things happened`);
          next();
        } catch (error) {
          return reject(error instanceof Error ? error : new Error(String(error)));
        }
        // A tick that was asked for by a promise job runs when no promise job is left.
        queueMicrotask(() => process.nextTick(turn));
      };
      turn();
    });
  }

  #take(limit: number): (() => void) | undefined {
    for (;;) {
      const next = (this.#heap[0]?.at ?? Infinity) > limit ? undefined : this.#pop();
      if (next === undefined) return undefined;
      const { owner, run } = next;
      if (run === undefined || owner?.alive === false) continue;
      if (owner?.paused === true) owner.held.push(next);
      else {
        this.now = next.at;
        return run;
      }
    }
  }

  #push(happening: Happening): void {
    const heap = this.#heap;
    let at = heap.push(happening) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(happening, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = happening;
  }

  #pop(): Happening | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

/** A promise of a dead process. */
export const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
