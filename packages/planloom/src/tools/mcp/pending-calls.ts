// Calls of one connection that have not ended. In: requests of the server during a call. Out: the next thing that happens
// to a call: its end, or a question. A call that waits for a person is kept by its key, and goes on in this process.
import type { ElicitResult } from "@modelcontextprotocol/client";
import { LIMITS } from "../../limits.js";
import { CANCELLED } from "./elicitation.js";

/** A request of the server for a person's answer. */
export interface ServerQuestion {
  readonly params: unknown;
  readonly answer: (result: ElicitResult) => void;
}

export type CallSign<T> = { readonly end: Promise<T> } | { readonly question: ServerQuestion };

export class PendingCall<T> {
  readonly #abort = new AbortController();
  readonly #questions: ServerQuestion[] = [];
  #wake: () => void = () => undefined;
  /** The question that a person was asked. */
  asked: ServerQuestion | undefined;
  readonly end: Promise<T>;

  constructor(send: (signal: AbortSignal) => Promise<T>) {
    this.end = send(this.#abort.signal);
    // Nobody may be waiting for it while a person is asked.
    this.end.catch(() => undefined);
  }

  /** What happens next. Rejects with the reason of the signal if that is aborted; then the server is told. */
  async next(signal: AbortSignal): Promise<CallSign<T>> {
    const abort = (): void => this.cancel(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    try {
      const question = this.#questions.shift() ?? (await Promise.race([this.#settled(), this.#woken()]));
      if (question === undefined) return { end: this.end };
      if (question !== "woken") return { question };
      const first = this.#questions.shift();
      return first === undefined ? { end: this.end } : { question: first };
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  ask(question: ServerQuestion): void {
    this.#questions.push(question);
    this.#wake();
  }

  cancel(reason: unknown): void {
    this.#abort.abort(reason);
    for (const question of [...this.#questions.splice(0), this.asked]) question?.answer(CANCELLED);
  }

  #settled(): Promise<undefined> {
    return this.end.then(
      () => undefined,
      () => undefined,
    );
  }

  #woken(): Promise<"woken"> {
    return new Promise((resolve) => (this.#wake = () => resolve("woken")));
  }
}

export class PendingCalls {
  readonly #all = new Set<PendingCall<unknown>>();
  readonly #kept = new Map<string, PendingCall<unknown>>();

  begin<T>(send: (signal: AbortSignal) => Promise<T>): PendingCall<T> {
    const call = new PendingCall(send);
    this.#all.add(call);
    const forget = (): void => void this.#all.delete(call);
    call.end.then(forget, forget);
    return call;
  }

  /**
   * The older revision does not say to which call a question belongs. It is that of the call that began last, which is
   * the only one as a rule. A question outside of all calls is cancelled.
   */
  ask(params: unknown): Promise<ElicitResult> {
    const call = [...this.#all].at(-1);
    if (call === undefined) return Promise.resolve(CANCELLED);
    return new Promise((answer) => call.ask({ params, answer }));
  }

  /** Keeps a call that waits for a person. */
  keep(key: string, call: PendingCall<unknown>): void {
    this.#kept.set(key, call);
    for (const [first, oldest] of this.#kept) {
      if (this.#kept.size <= LIMITS.mcpKeptCalls) return;
      this.#kept.delete(first);
      oldest.cancel(undefined);
    }
  }

  /** undefined if the call is not in this connection. */
  take<T>(key: string): PendingCall<T> | undefined {
    const call = this.#kept.get(key);
    this.#kept.delete(key);
    return call as PendingCall<T> | undefined;
  }
}
