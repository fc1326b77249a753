// Model calls of one driven run that wait for a reservation of the budget. In: their requests, and the decisions of the
// kernel. Out: inputs for the kernel, and promises that settle once a decision is durable. It is separate so that the
// loop stays short.
import { exhaustedFailure } from "../run/evolve/budget.js";
import type { RunEvent } from "../run/event.js";
import type { Failure } from "../run/failure.js";
import type { Input, Reserve } from "../run/input.js";
import type { Run } from "../run/state.js";

interface Asking {
  readonly call: Omit<Reserve, "type">;
  /** The id of the input that requests it now, until that is decided. */
  inputId: string | undefined;
  settle(failure?: Failure): void;
}

export class Reservations {
  readonly #waiting: Asking[] = [];

  constructor(
    private readonly run: Run,
    /** Queues the input and returns its id. */
    private readonly feed: (input: Reserve) => string,
  ) {}

  /** See ReservePart. */
  ask(call: Asking["call"], signal: AbortSignal): Promise<Failure | undefined> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        signal.removeEventListener("abort", onAbort);
        const index = this.#waiting.indexOf(asking);
        if (index >= 0) this.#waiting.splice(index, 1);
      };
      const settle = (failure?: Failure) => (leave(), resolve(failure));
      const onAbort = () => (leave(), reject(signal.reason as Error));
      const asking: Asking = { call, inputId: undefined, settle };
      if (signal.aborted) return onAbort();
      signal.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(asking);
      this.#feed(asking);
    });
  }

  #feed(asking: Asking): void {
    asking.inputId = this.feed({ type: "reserve", ...asking.call });
  }

  /**
   * Called when these inputs are decided and their events are durable. Settles the requests that were answered. Any
   * event may have released a part of the budget: then the request that waits longest asks again.
   */
  decided(inputs: readonly Input[], events: readonly RunEvent[]): void {
    if (this.#waiting.length === 0) return;
    const requested = new Set(inputs.flatMap(({ id, type }) => (type === "reserve" ? [id] : [])));
    const reserved = new Set(events.flatMap(({ inputId, type }) => (type === "budget.reserved" ? [inputId] : [])));
    for (const asking of [...this.#waiting]) {
      const { inputId } = asking;
      if (inputId !== undefined && requested.has(inputId)) asking.inputId = undefined;
      if (inputId !== undefined && reserved.has(inputId)) asking.settle();
      else if (this.run.spending.exhausted !== undefined) asking.settle(exhaustedFailure(this.run.spending.exhausted));
    }
    const first = this.#waiting[0];
    if (events.length > 0 && first !== undefined && first.inputId === undefined) this.#feed(first);
  }
}
