// The budget of one effect. In: the model calls of a role or tool. Out: the same calls, each sent after its reservation
// is durable. It keeps the usage of the effect so far, which every further request reports.
import type { CallBudget, ModelCall } from "../agents/checkpoint.js";
import { StepFailure } from "../agents/step-failure.js";
import { soundUsage } from "../plan/sound-usage.js";
import { addUsage, NO_USAGE, type Usage } from "../plan/usage.js";
import { failWith, type Failure } from "../run/failure.js";
import type { ReservePart } from "../engine/perform-port.js";
import type { ModelRequest } from "../model/port.js";
import type { Run } from "../run/state.js";

/** The server refused the request's form, or failed: no tokens are known. */
const REFUSED: Usage = { calls: 1, inputTokens: 0, outputTokens: 0 };

export class EffectBudget implements CallBudget {
  #used = NO_USAGE;
  #last: Promise<void> = Promise.resolve();
  #failure: Failure | undefined;

  constructor(
    private readonly run: Run,
    private readonly reserve: ReservePart,
  ) {}

  async within<T extends { readonly usage: Usage }>(
    call: ModelCall,
    signal: AbortSignal,
    send: (again: NonNullable<ModelRequest["again"]>) => Promise<T>,
  ): Promise<T> {
    let refused = 0;
    return this.#afterOthers(async () => {
      await this.#ask(call, signal);
      const reply = await send(async (next) => {
        refused++;
        this.spend(REFUSED);
        await this.#ask({ ...call, ...next }, signal);
      });
      const usage = soundUsage(reply.usage);
      this.spend({ ...usage, calls: Math.max(1, usage.calls - refused) });
      return reply;
    });
  }

  spend(usage: Usage): void {
    this.#used = addUsage(this.#used, usage);
  }

  /** Throws if a call was not allowed, even if the tool caught that error: the outcome must not be recorded. */
  throwIfRefused(): void {
    if (this.#failure !== undefined) throw new StepFailure(this.#failure, this.#used);
  }

  /** The kernel keeps one reservation per effect: the previous call has reported its usage before the next one asks. */
  async #afterOthers<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#last;
    let done!: () => void;
    this.#last = new Promise((resolve) => (done = resolve));
    await before;
    try {
      return await work();
    } finally {
      done();
    }
  }

  async #ask({ model, ...most }: ModelCall, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const {
      request: { settings, models },
    } = this.run;
    const name = model ?? models.executor ?? "";
    const priced = settings.budget.costUsd === null || Object.hasOwn(settings.prices, name);
    this.#failure ??= priced ? await this.reserve({ spent: this.#used, model: name, ...most }, signal) : unpriced(name);
    this.throwIfRefused();
  }
}

function unpriced(model: string): Failure {
  return failWith("BUDGET_UNPRICED", { model });
}
