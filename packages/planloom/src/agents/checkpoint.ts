// What a role needs of whoever runs it: the signal, its place in the run, and a journal that pays and acts only once.
// In: a name, an effect class and the work. Out: the work's outcome, or the one that was recorded before.
// Separate because the engine implements it and the roles know nothing else of stores.
import type { Json } from "../plan/json.js";
import type { EffectClass, ToolSpec } from "../plan/tool-spec.js";
import { NO_USAGE, type Usage } from "../plan/usage.js";

export interface CheckpointOptions {
  readonly effects: EffectClass;
  /** Names this very call over all attempts of the step; given where it has effects. */
  readonly key?: string;
  /** What is about to be done, for whoever reads the journal. */
  readonly intent?: Json;
  readonly tool?: string;
}

/**
 * Runs `run` at most once. The n-th call within an attempt is the n-th row of its journal, so calls are made in the same
 * order on every replay: n is taken at once, before anything is awaited.
 * - When the journal of this attempt already holds the outcome of the n-th checkpoint, that is returned.
 * - With effects other than none the intent is durable before `run` is called, and `key` is looked up over all attempts of
 *   the step: a recorded outcome is returned without running. An intent without an outcome (a crash in between) throws
 *   UnknownOutcome for "once"; for "idempotent" it runs again.
 * - What `run` throws is passed on and not recorded: the next attempt runs it again. `again` tells `run` that a call under
 *   its key was begun before and left no outcome, so that it may have acted.
 */
export type Checkpoint = <T extends Json>(
  name: string,
  options: CheckpointOptions,
  run: (again?: boolean) => Promise<T>,
) => Promise<T>;

/** A call that acts in the world ended, or stopped, without telling whether it acted. Never repeated by itself. */
export class UnknownOutcome extends Error {
  override readonly name = "UnknownOutcome";
  readonly key: string;
  readonly tool: string;
  /** What the attempt had spent on models by then. */
  readonly usage: Usage;

  constructor(call: { readonly key: string; readonly tool: string; readonly cause?: unknown; readonly usage?: Usage }) {
    super(
      `It is not known whether the call of "${call.tool}" took effect.`,
      call.cause === undefined ? undefined : { cause: call.cause },
    );
    this.key = call.key;
    this.tool = call.tool;
    this.usage = call.usage ?? NO_USAGE;
  }
}

export interface ModelCall {
  /** Default: the executor's. */
  readonly model?: string;
  /** At most, as far as that can be known. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What one effect of a run uses of its budget. */
export interface CallBudget {
  /**
   * Sends a call once its part is reserved, and counts its usage; one call at a time. `again` is awaited before the same call is sent
   * once more. Rejects with a StepFailure (BUDGET_EXHAUSTED, BUDGET_UNPRICED) and sends nothing where the call is not to be made, and
   * with the signal's reason when it is aborted.
   */
  within<T extends { readonly usage: Usage }>(
    call: ModelCall,
    signal: AbortSignal,
    send: (again: () => Promise<void>) => Promise<T>,
  ): Promise<T>;
  /** Counts what needed no reservation: replies that the journal remembered, and what tools report. */
  spend(usage: Usage): void;
}

/** A step of a plan that is still being written. */
export interface DraftedStep {
  /** Its place in the plan, from 0. */
  readonly index: number;
  /** In its canonical form where it is sound among those before it, else as it was read. */
  readonly step: Json;
  /** Those that it uses, where it is sound. */
  readonly tools?: readonly ToolSpec[];
}

/** The place of a role's work in its run. */
export interface AgentContext {
  readonly signal: AbortSignal;
  readonly runId: string;
  readonly stepId: string;
  /** Index in a fan-out, or null. */
  readonly item: number | null;
  /** From 1. */
  readonly attempt: number;
  readonly checkpoint: Checkpoint;
  /** Where the run has one: every model call goes through it. */
  readonly budget?: CallBudget;
  /** Hears each step of a plan while the planner goes on writing; absent: nobody wants to. */
  readonly drafted?: (step: DraftedStep) => void;
  /** Shows how far the work is; never stored. */
  progress(value: number | string): void;
}
