// What an agent step is performed from: its data, its tools, and what earlier attempts have done.
import type { AgentStep } from "../../plan/plan.js";
import type { OneStepStrategy } from "../../plan/strategy.js";
import type { Type } from "../../plan/type/type.js";
import type { MadeCall } from "../../run/event.js";
import type { Tool } from "../../tools/tool.js";
import type { CallEdits, CallGuard } from "../checkpoint.js";
import type { StepFacts } from "../prompts.js";
import type { KeyOf } from "./tool-bench.js";

export interface AgentRequest extends StepFacts {
  readonly step: AgentStep;
  /**
   * The tools of the step. Those that need a person's approval are not offered, because nobody could approve their
   * arguments here; they are only needed for calls that were made before. Each call is awaited without a time limit.
   * The caller sets limits, and throws an error other than a ToolError for a call that is too late.
   */
  readonly tools: readonly Tool[];
  /** Maximum number of model replies. One more is allowed to correct a result that does not match. */
  readonly turns: number;
  /** A planner takes over at the limit: the last turn need not give the result. */
  readonly handsOver?: boolean;
  /** The step is the whole run, whose strategy this is. */
  readonly strategy?: OneStepStrategy;
  /** Replaces the opening of the executor's prompt. */
  readonly instructions?: string;
  readonly keyOf: KeyOf;
  /** Absent: every call is made. */
  readonly guard?: CallGuard;
  /** Absent: every call has the arguments that the model gives it. */
  readonly edits?: CallEdits;
  /** Calls with effects that the step has made in another conversation. */
  readonly made?: readonly MadeCall[];
  /** Where the conversation continues after a failure. Turns are counted anew from there. In order. */
  readonly breaks?: readonly AgentBreak[];
  /** Type of the output; undefined or string = text. */
  readonly type: Type | undefined;
}

/** A failure after that many replies. `atLimit`: the calls of the last reply were not made. */
export interface AgentBreak {
  readonly turns: number;
  readonly why: string;
  /** The words of another model about the result. */
  readonly said?: string;
  readonly atLimit: boolean;
}
