// The port through which an engine performs effects. In: nothing. Out: types. An engine knows no agent and no tool;
// perform/ implements this port.
import type { Checkpoint } from "../agents/checkpoint.js";
import type { WorkEffect } from "../run/effect.js";
import type { Failure } from "../run/failure.js";
import type { Delegated, Drafted, Outcome, Reserve } from "../run/input.js";
import type { Run } from "../run/state.js";
import type { ChildRuns } from "./children.js";
import type { Progress } from "./engine.js";

/**
 * Performs one effect. Called at least once for each key that the run owes, and by one process at a time: after a crash
 * it is called again with the same key and attempt. Resolves with the outcome, which is the next input of the run.
 * Rejects only if the store failed or the run was lost (PlanloomError of kind `store`), or if this process lacks a
 * model that the run has (PROCESS_LACKS). Then nothing may be decided, and the run is left to its next owner. `run` is
 * the live state. It may change during the effect, and must not be changed here.
 */
export type Perform = (effect: WorkEffect, run: Run, context: PerformContext) => Promise<Outcome>;

/**
 * The context of one effect, from the engine. All of it may be passed on to another process: values, and functions with
 * plain data.
 */
export interface PerformContext {
  /** Aborted when the effect is stopped, is not owed any more, or the engine stops. The outcome is still awaited. */
  readonly signal: AbortSignal;
  /** The key of the effect, which names it in its run. */
  readonly key: string;
  /** 1-based. Together with its step, it names the effect's rows in the journal. */
  readonly attempt: number;
  /** The fencing number of the run's owner: the store refuses what an earlier owner writes. */
  readonly epoch: number;
  /**
   * Runs a call at most once over all attempts, and records it in the journal of the store: see Checkpoint. Rejects
   * with STORE_FENCED before the call where another process owns the run, and as the store does where it cannot read or
   * write.
   */
  readonly checkpoint: Checkpoint;
  /**
   * Resolves if this process still owns the run; rejects with STORE_FENCED. To be called after a wait and before a call
   * that acts: the process may have been stopped meanwhile, and another one may have made the call. Absent: no other
   * process can take the run.
   */
  stillOwned?(): Promise<void>;
  /**
   * Gives the run an input of this effect while the effect goes on. Resolves once the events that follow are durable
   * (there may be none); rejects with what stopped the run.
   */
  emit(input: Omit<Drafted, "key"> | Omit<Delegated, "key">): Promise<void>;
  /** Starts and follows the child run of a sub-plan. Absent: the engine runs no sub-plans. */
  readonly children?: ChildRuns;
  /** Shows how far the effect is. Never stored, may be lost, never throws. */
  progress(progress: Progress): void;
  readonly reserve: ReservePart;
  /**
   * To be called when a model call of the effect begins to wait for its endpoint, and when it ends to. While a person
   * pauses the run, a waiting effect is put down: its signal is aborted, its outcome is ignored, and it is performed
   * again after the pause. Absent: the engine does not put effects down.
   */
  waits?(isWaiting: boolean): void;
}

/**
 * Asks for a part of the run's budget for one model call. Resolves with nothing once it is reserved, durably; or with
 * the reason why it is not: then no further call is sent. Rejects with the signal's reason. An effect has one
 * reservation at a time: `spent` of the next one settles the one before.
 */
export type ReservePart = (call: Omit<Reserve, "type" | "key">, signal: AbortSignal) => Promise<Failure | undefined>;
