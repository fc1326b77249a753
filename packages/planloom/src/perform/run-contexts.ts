// The contexts of runs: what a program gives to its tools. In: the context given at a start, or the stored part of it.
// Out: the context of a run in this process. Models and prompts never get it.
import { beginning } from "../beginning.js";
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import type { JsonObject } from "../plan/json.js";
import type { RecordedContext } from "../run/context.js";
import { PlanloomError } from "../words/planloom-error.js";

/**
 * Makes the context of a run from its stored part. A child run has the context of the run that the program started.
 * Called once each time this process begins to drive the run, and before its start for an approval function; `runId` is
 * then "" unless the start names the run.
 */
export type ResolveContext<C = unknown> = (runId: string, stored: JsonObject) => C | Promise<C>;

/** A run, or what is known of it before its first event. */
export interface ContextHolder {
  readonly id: string;
  readonly request: { readonly context?: RecordedContext; readonly within?: { readonly root: string } };
}

/** A child run has the context of the run that the program started. */
const rootOf = ({ id, request: { within } }: ContextHolder): string => within?.root ?? id;

export class RunContexts {
  /** Given at a start in this process, by what the run has recorded of it: another process has another object. */
  readonly #given = new WeakMap<RecordedContext, unknown>();
  /** Each drive of a run has a state of its own, so it looks its context up once. */
  readonly #lookedUp = new WeakMap<ContextHolder, Promise<unknown>>();

  constructor(
    private readonly resolve: ResolveContext | undefined,
    private readonly configFile: string | null | undefined,
    /** Takes the values of secrets out of a text. */
    private readonly clean: (text: string) => string = (text) => text,
  ) {}

  /** Whether a context can be made from its stored part alone. */
  get canLookUp(): boolean {
    return this.resolve !== undefined;
  }

  give(recorded: RecordedContext, context: unknown): void {
    this.#given.set(recorded, context);
  }

  /** The context of a run; undefined if it was started without one. Rejects with CONTEXT_NEEDED, CONTEXT_FAILED. */
  async of(run: ContextHolder): Promise<unknown> {
    const { context } = run.request;
    if (context === undefined) return undefined;
    if (this.#given.has(context)) return this.#given.get(context);
    this.assertFor(run);
    const { resolve } = this;
    if (resolve === undefined) return context.stored;
    let found = this.#lookedUp.get(run);
    if (found === undefined) this.#lookedUp.set(run, (found = this.#lookUp(rootOf(run), context.stored, resolve)));
    return found;
  }

  /** Throws CONTEXT_NEEDED if a part of the context is not stored, and this process cannot look it up. */
  assertFor({ id: runId, request: { context } }: ContextHolder): void {
    if (context?.lookedUp === undefined || this.resolve !== undefined || this.#given.has(context)) return;
    const fields = context.lookedUp;
    const config = this.configFile === undefined ? {} : { config: this.configFile };
    throw new PlanloomError("CONTEXT_NEEDED", { runId, fields, ...config });
  }

  async #lookUp(runId: string, stored: JsonObject, resolve: ResolveContext): Promise<unknown> {
    try {
      // A copy, so that the function cannot change the state of the run.
      return await resolve(runId, structuredClone(stored));
    } catch (thrown) {
      const reason = beginning(messageOf(thrown, this.clean), LIMITS.messageChars);
      throw new PlanloomError("CONTEXT_FAILED", { runId, reason }, { cause: thrown });
    }
  }
}
