// The interface between a role and the engine: the signal, the role's place in the run, and the journal. In: a name, an
// effect class and the work. Out: the work's outcome, or the recorded one. The engine implements it, and roles know
// nothing else of stores.
import type { Json, JsonObject } from "../plan/json.js";
import type { ModelRequest } from "../model/port.js";
import type { HeldCall, ToolQuestion } from "../run/event.js";
import type { Failure } from "../run/failure.js";
import type { EffectClass, ToolSpec } from "../plan/tool-spec.js";
import { NO_USAGE, type Usage } from "../plan/usage.js";

export interface CheckpointOptions {
  readonly effects: EffectClass;
  /** Names this call over all attempts of the step. Given if the call has effects. */
  readonly key?: string;
  /** What the call is about to do, for readers of the journal. */
  readonly intent?: Json;
  readonly tool?: string;
  /**
   * Asked right before `run`, so never about a call whose outcome is in the journal. An outcome: the call is not made,
   * and this is recorded for it. It may throw; then nothing is recorded. `again`: as for `run`.
   */
  readonly instead?: (again: boolean) => Json | undefined;
}

/**
 * Runs `run` at most once. The n-th call within an attempt is the n-th row of its journal, so calls are made in the
 * same order on every replay: n is taken at once, before anything is awaited.
 * - If the journal of this attempt already holds the outcome of the n-th checkpoint, that is returned.
 * - With effects other than none, the intent is durable before `run` is called, and `key` is looked up over all
 *   attempts of the step: a recorded outcome is returned without running. An intent without an outcome (a crash in
 *   between) throws UnknownOutcome for "once"; for "idempotent" it runs again.
 * - CallAsked of `run` is passed on, and the row of a call with effects records it: the call is not in doubt.
 * - Any other error of `run` is passed on and not recorded: the next attempt runs it again. `again` tells `run` that an
 *   earlier call under its key started and left no outcome, so that it may have acted.
 */
export interface Checkpoint {
  <T extends Json>(name: string, options: CheckpointOptions, run: (again?: boolean) => Promise<T>): Promise<T>;
  /** The recorded intent of the next checkpoint; null if it has none. Only between two calls, not beside one. */
  readonly intended?: () => Promise<Json>;
}

/** A call with effects ended or stopped, and it is unknown whether it acted. Never repeated automatically. */
export class UnknownOutcome extends Error {
  override readonly name = "UnknownOutcome";
  readonly key: string;
  readonly tool: string;
  /** Its arguments, as far as they are known. */
  readonly args: JsonObject | undefined;
  /** The attempt's usage of models so far. */
  readonly usage: Usage;

  constructor(call: {
    readonly key: string;
    readonly tool: string;
    readonly args?: JsonObject | undefined;
    readonly cause?: unknown;
    readonly usage?: Usage;
  }) {
    super(
      `It is not known whether the call of "${call.tool}" took effect.`,
      call.cause === undefined ? undefined : { cause: call.cause },
    );
    this.key = call.key;
    this.tool = call.tool;
    this.args = call.args;
    this.usage = call.usage ?? NO_USAGE;
  }
}

/** A call inside an agent step waits for a person. Nothing was called. */
export class CallHeld extends Error {
  override readonly name = "CallHeld";

  constructor(
    readonly call: HeldCall,
    readonly args: JsonObject,
    /** The attempt's usage of models so far. */
    readonly usage: Usage = NO_USAGE,
  ) {
    super(`The call of "${call.tool}" waits for a person.`);
  }
}

/** The tool of a call inside an agent step asks a person. The call has ended for now, and nothing of it is in doubt. */
export class CallAsked extends Error {
  override readonly name = "CallAsked";

  constructor(
    readonly call: { readonly key: string; readonly tool: string; readonly args: JsonObject },
    readonly question: ToolQuestion,
    /** The attempt's usage of models so far. */
    readonly usage: Usage = NO_USAGE,
  ) {
    super(`The tool "${call.tool}" asks a person.`);
  }
}

/** The decision about a call that a model wants. refused: it is not made, and the model reads why. */
export type GuardAnswer = "call" | "wait" | { readonly refused: Failure };

/**
 * Decides about each call before it is made. `called` are the tools whose results the model had seen. `instead`: the
 * key of the call that the model asked for, if a person gave it these arguments.
 */
export type CallGuard = (
  tool: ToolSpec,
  call: { readonly args: JsonObject; readonly key: string; readonly instead?: string },
  called: readonly string[],
) => GuardAnswer;

/** The arguments that a person gave the call with this key. */
export type CallEdits = (key: string) => JsonObject | undefined;

export interface ModelCall {
  /** Default: the executor's model. */
  readonly model?: string;
  /** The most tokens that the call may use, as far as that can be known. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The part of a run's budget that one effect uses. */
export interface CallBudget {
  /**
   * Sends a call after its reservation, and counts its usage; one call at a time. `again` is awaited before the same
   * call is sent once more, or to the `next` model. If the call must not be made, rejects with a StepFailure (BUDGET_EXHAUSTED,
   * BUDGET_UNPRICED) and sends nothing. Rejects with the signal's reason when it is aborted.
   */
  within<T extends { readonly usage: Usage }>(
    call: ModelCall,
    signal: AbortSignal,
    send: (again: NonNullable<ModelRequest["again"]>) => Promise<T>,
  ): Promise<T>;
  /** Counts usage that needed no reservation: replies from the journal, and usage that tools report. */
  spend(usage: Usage): void;
}

/** A step of a plan that is still being written. */
export interface DraftedStep {
  /** Its index in the plan, from 0. */
  readonly index: number;
  /** The canonical form if the step is valid among those before it, else the step as it was read. */
  readonly step: Json;
  /** The tools that it uses, if it is valid. */
  readonly tools?: readonly ToolSpec[];
}

/** The step, item and attempt that a role works for. */
export interface AgentContext {
  readonly signal: AbortSignal;
  /** What the program gave the run, for tools and model functions. No prompt holds it. */
  readonly context?: unknown;
  readonly runId: string;
  readonly stepId: string;
  /** Index in a fan-out, or null. */
  readonly item: number | null;
  /** From 1. */
  readonly attempt: number;
  readonly checkpoint: Checkpoint;
  /** See Checkpoint. Absent: nothing is recorded. */
  readonly intended?: () => Promise<Json>;
  /** The run's budget, if it has one: every model call uses it. */
  readonly budget?: CallBudget;
  /** See ModelRequest. Absent: nobody is told. */
  readonly waits?: ModelRequest["waits"];
  /** The same for a model call of a tool. A pause does not stop it: another call of its turn may have acted. */
  readonly toolWaits?: ModelRequest["waits"];
  /** Called with each step of a plan while the planner writes. Absent: nobody listens. */
  readonly drafted?: (step: DraftedStep) => void;
  /** Reports progress of the work. Never stored. */
  progress(value: number | string, text?: string): void;
}
