// Follows a run for one reader. In: an engine, a run, and where the reader stands. Out: moments, as they happen. Memory
// is bounded: events stay in the store until the reader takes them, and pieces of an answer are joined.
import type { Engine, Progress } from "../engine/engine.js";
import { LIMITS } from "../limits.js";
import type { RunEvent } from "../run/event.js";
import { isEnded, isWaiting } from "../run/status.js";
import { refText } from "../run/step-ref.js";
import { Moments, type Moment } from "./moments.js";

export interface FeedOptions {
  /** The last event that the reader has: moments of later ones are given. Default: 0, all of them. */
  readonly after?: number;
  /** When the stream ends: `waiting` (default): at the end of the run, or when it needs a person. `end`: at its end. */
  readonly until?: "waiting" | "end";
  /** Ends the stream. The run goes on. */
  readonly signal?: AbortSignal;
}

/** What the reader is told at once. `seq`: number of the last event that it covers. */
export interface Told {
  readonly seq: number;
  readonly moments: readonly Moment[];
}

/** `moments` is the state that the stream is at. It is folded from the first event on, whatever `after` says. */
export interface Feed {
  readonly moments: Moments;
  readonly told: AsyncGenerator<Told, void>;
}

export function feedOf(engine: Engine, runId: string, options: FeedOptions): Feed {
  const moments = new Moments(runId);
  return { moments, told: follow(engine, moments, options) };
}

async function* follow(
  engine: Engine,
  moments: Moments,
  { after = 0, until = "waiting", signal }: FeedOptions,
): AsyncGenerator<Told, void> {
  const runId = moments.run.id;
  const live = new Live();
  const gone = new AbortController();
  const leave = () => (gone.abort(), live.ring());
  signal?.addEventListener("abort", leave, { once: true });
  const unheard = engine.listen(runId, { event: (event) => live.heard(event), progress: (one) => live.take(one) });
  const events = engine.events(runId, { follow: true, signal: gone.signal })[Symbol.asyncIterator]() as AsyncGenerator<
    RunEvent,
    void
  >;
  const mayStop = ({ run }: Moments) => isEnded(run) || (until === "waiting" && isWaiting(run));
  try {
    let next = live.watch(events.next());
    while (signal?.aborted !== true) {
      if (next.settled === undefined) {
        const pieces = live.pieces(moments.seq);
        if (pieces.length > 0) yield { seq: moments.seq, moments: pieces };
        else await live.rung();
        continue;
      }
      const { done, value } = await next.settled;
      if (done === true) return;
      const shown = moments.of(value);
      if (moments.seq > after) yield { seq: moments.seq, moments: shown };
      if (mayStop(moments) && !(await hasMore(engine, moments))) {
        yield { seq: moments.seq, moments: [moments.end()] };
        return;
      }
      next = live.watch(events.next());
    }
  } finally {
    signal?.removeEventListener("abort", leave);
    unheard();
    gone.abort();
    await events.return?.().catch(() => undefined);
  }
}

/** Whether the log goes on: after an end a run may be retried, and several events may be recorded at once. */
async function hasMore(engine: Engine, { run, seq }: Moments): Promise<boolean> {
  for await (const _ of engine.events(run.id, { fromSeq: seq + 1 })) return true;
  return false;
}

type Next<T> = { settled?: Promise<T> };

/** Progress of the run that this process drives, until the reader takes it. */
class Live {
  #heard = 0;
  #text = "";
  /** The last event before the text. The reader gets it first. */
  #textAfter = 0;
  /** A piece was not kept. The rest comes with the whole answer. */
  #isLost = false;
  readonly #values = new Map<string, { readonly value: number | string; readonly text?: string }>();
  #bell: (() => void) | undefined;

  ring(): void {
    this.#bell?.();
  }

  /** Resolves at the next ring. */
  rung(): Promise<void> {
    return new Promise((resolve) => (this.#bell = resolve));
  }

  /** Rings when the promise has settled. */
  watch<T>(promise: Promise<T>): Next<T> {
    const next: Next<T> = {};
    const settle = () => {
      next.settled = promise;
      this.ring();
    };
    promise.then(settle, settle);
    return next;
  }

  heard({ seq, type }: RunEvent): void {
    this.#heard = seq;
    // Text that the reader has not taken is void, or is part of the recorded answer.
    if (type === "answer.failed" || type === "answer.written") [this.#text, this.#isLost] = ["", false];
  }

  take(progress: Progress): void {
    if (progress.type === "wait" || progress.type === "turn") return;
    if (progress.type === "answer") this.#add(progress.delta);
    else {
      const { type: _type, step, item, ...said } = progress;
      const id = refText(item === null ? { step } : { step, item });
      if (this.#values.has(id) || this.#values.size < LIMITS.streamProgress) this.#values.set(id, said);
    }
    this.ring();
  }

  #add(delta: string): void {
    if (this.#text === "") this.#textAfter = this.#heard;
    this.#isLost ||= this.#text.length + delta.length > LIMITS.streamText;
    if (!this.#isLost) this.#text += delta;
  }

  /** What has come since, once the reader has all events before it. */
  pieces(seq: number): readonly Moment[] {
    if (seq < this.#textAfter) return [];
    const values = [...this.#values].map(([id, said]) => ({ type: "progress", id, ...said }) as const);
    this.#values.clear();
    const text = this.#text;
    this.#text = "";
    return text === "" ? values : [...values, { type: "delta", text }];
  }
}
