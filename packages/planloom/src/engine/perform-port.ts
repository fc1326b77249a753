// The port through which an engine performs effects: what it calls, and what it hands over. In: nothing. Out: types.
// Separate because an engine knows no agent and no tool; perform/ implements this.
import type { DraftedStep } from "../agents/checkpoint.js";
import type { Effect } from "../run/effect.js";
import type { Failure } from "../run/event.js";
import type { Outcome, Reserve } from "../run/input.js";
import type { Run } from "../run/state.js";
import type { Progress } from "./engine.js";

/**
 * Asks for a part of the run's budget for one model call. Resolves once it is reserved, durably; or with why it is not, and no
 * further call is sent. Rejects with the signal's reason.
 */
export type ReservePart = (call: Omit<Reserve, "type" | "key">, signal: AbortSignal) => Promise<Failure | undefined>;

export interface PerformContext {
  readonly signal: AbortSignal;
  /** The writer's, for the journal. */
  readonly epoch: number;
  /** Resolves at once while the run is this process's; to be asked after each durable intent. Rejects with STORE_FENCED. */
  stillOwned(): Promise<void>;
  readonly reserve: ReservePart;
  /** Tells of a step of a plan that is still being written. */
  drafted(step: DraftedStep): void;
  progress(progress: Progress): void;
}

/** undefined for effects that are waited for and not performed. */
export type Perform = (effect: Effect, run: Run, context: PerformContext) => Promise<Outcome | undefined>;
