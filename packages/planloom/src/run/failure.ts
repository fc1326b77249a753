// Defines why something failed, as data: a code with its parameters. In: nothing. Out: Failure, and the parameters of
// each code that Planloom records. words/failures.ts turns them into sentences. Tools have codes and words of their
// own.
import type { EvaluationCode, EvaluationParams, EvaluationProblem } from "../plan/expression/problem.js";
import type { Finding } from "../plan/finding.js";
import type { JsonKind, JsonObject } from "../plan/json.js";
import type { NotJson } from "../plan/not-json.js";
import type { OneStepStrategy } from "../plan/strategy.js";
import type { Breach, Misfit } from "../plan/type/conform.js";
import type { Mismatch } from "../plan/type/type.js";
import type { Budget } from "./settings.js";

export interface Failure {
  /** UPPER_SNAKE; docs/errors.md lists those of Planloom. */
  readonly code: string;
  /** Details of the failure: see FailureParams. */
  readonly params?: JsonObject;
  /** Words of a tool, a model, a server, a person, or a version-1 log. Never Planloom's own. */
  readonly text?: string;
  /** The code is a tool's own, although Planloom has one of the same name. */
  readonly foreign?: true;
  /** What a tool threw, for people. No model reads it. */
  readonly thrown?: Thrown;
  /** Whether trying again may help. */
  readonly retryable: boolean;
  /** The wait that a server asked for, in ms. */
  readonly retryAfterMs?: number;
}

// Types and no interfaces, so that they are JSON for the compiler.

/** An error that caused another one. `at`: a place in its code, as `file:line:column`. */
export type Cause = {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly at?: string;
};

/** A thrown value beyond its message, within limits and without secrets. */
export type Thrown = {
  readonly name?: string;
  /** The place in the tool's own code, as `file:line:column`. */
  readonly at?: string;
  readonly stack?: string;
  readonly causes?: readonly Cause[];
  /** A fault of the program, such as a TypeError. */
  readonly program?: true;
};

/** An expression of a step or of the answer without a value: its place and the problem. */
export interface ExpressionParams<Code extends EvaluationCode = EvaluationCode> {
  /** A field with a JSON pointer into it: `with/query`, `when`. */
  readonly where: string;
  /** The expression as written. Absent if no single one is at fault. */
  readonly expression?: string;
  readonly problem: EvaluationParams[Code];
}

type ExpressionFailures = { readonly [Code in EvaluationCode]: ExpressionParams<Code> };

/** Why a model's reply cannot be used. */
export type ReplyProblem =
  | { readonly code: "EMPTY" | "CUT" | "WITHHELD" | "NOT_AN_OBJECT" | "NO_VERDICT" | "NO_STRATEGY" | "NO_PLAN" }
  /** The text holds a tool call that cannot be read; or it announces a call that was not made. */
  | { readonly code: "CALL_IN_TEXT" | "CALL_ANNOUNCED" }
  | { readonly code: "NOT_JSON"; readonly type: string }
  | { readonly code: "TOO_DEEP"; readonly limit: number }
  | ({ readonly code: "MISFIT" } & Mismatch)
  /** The value has the right type, and breaks another rule of its schema. */
  | ({ readonly code: "BREACH" } & Breach)
  /** `text` is that of the schema library. */
  | { readonly code: "SCHEMA_REFUSES"; readonly text: string };

export const misfitProblem = (misfit: Misfit): ReplyProblem =>
  "keyword" in misfit ? { code: "BREACH", ...misfit } : { code: "MISFIT", ...misfit };

/** Why arguments or an output of a tool do not fit its schema. */
export type SchemaProblem =
  | ({ readonly code: "MISFIT" } & Mismatch)
  /** `text` is that of the schema library. */
  | { readonly code: "SCHEMA_REFUSES"; readonly text: string };

/** UNCLEAR_ANSWER: `reconcile` says neither that the call happened, nor that it did not, nor "unknown". */
export type ValueProblem =
  ({ readonly code: "NOT_JSON" } & NotJson) | SchemaProblem | { readonly code: "UNCLEAR_ANSWER" };

/**
 * For a fan-out: how many of its items failed. It accompanies any code: the items' own code if all failed items have
 * the same.
 */
export interface ItemsParams {
  readonly items: {
    readonly failed: number;
    readonly total: number;
    readonly first?: { readonly item: number; readonly error: Failure };
  };
}

/** The codes that Planloom gives, with their parameters. */
export interface FailureParams extends ExpressionFailures {
  // Decided by the kernel
  readonly APPROVAL_EXPIRED: object;
  /** What a person would have been asked. `reason` is a reason for approval. */
  readonly NEEDS_PERSON: { readonly what: "answer" | "plan" | "call"; readonly reason?: { readonly code: string } };
  readonly REJECTED: { readonly because: "no-planner" | "limit" };
  readonly CALL_REJECTED: { readonly comment: string };
  /** A call inside an agent step was in doubt, and a person says that it did not happen. */
  readonly NOT_HAPPENED: object;
  readonly ABORTED: {
    readonly how: "stopped" | "given-up" | "not-called" | "not-called-again";
    readonly why?: "cancelled" | "out-of-time";
  };
  readonly PLAN_INVALID: {
    readonly rounds: number;
    readonly why: "no-rounds-left" | "nothing-improved" | "asks";
    /** The first finding about the last draft. */
    readonly finding: Finding | null;
    /** Failures that the plan had to answer. */
    readonly failed: readonly { readonly step: string; readonly error: Failure }[];
  };
  readonly CRASHED: object;
  readonly TAKEN_OVER: object;
  readonly POISON_STEP: { readonly crashes: number };
  readonly EVENT_LIMIT: { readonly limit: number };
  readonly BUDGET_EXHAUSTED: { readonly limit: keyof Budget; readonly allowed: number; readonly wanted: number };
  readonly WHEN_NOT_BOOLEAN: { readonly got: JsonKind };
  readonly FOREACH_NOT_A_LIST: { readonly got: JsonKind };
  /** After `rounds` rounds `until` was still false. */
  readonly REPEAT_NOT_MET: { readonly rounds: number; readonly until: string };
  /** As in EXPECT_FAILED, for `until`. */
  readonly UNTIL_NOT_BOOLEAN: { readonly until: string } & (
    { readonly got: JsonKind } | { readonly problem: EvaluationProblem }
  );
  readonly FAN_OUT_LIMIT: { readonly items: number; readonly limit: number };
  /** Child runs nest no deeper. */
  readonly SUBPLAN_DEPTH: { readonly most: number };
  /** The child run of the sub-plan failed with this. */
  readonly SUBPLAN_FAILED: { readonly run: string; readonly error: Failure };
  /** The child run was deleted. */
  readonly SUBPLAN_GONE: { readonly run: string };
  /** A run that is not the child of the step has its id. */
  readonly SUBPLAN_ID_TAKEN: { readonly run: string };
  /** The log of the child run cannot be read. `code`: why, as the store says it. */
  readonly SUBPLAN_UNREADABLE: { readonly run: string; readonly code: string };
  /** Calls of the child run could not be undone, or a person kept them. */
  readonly SUBPLAN_NOT_UNDONE: { readonly run: string };
  /** The undoing of the child run waits for a person. */
  readonly SUBPLAN_UNDOING_WAITS: { readonly run: string };
  /** A person cancelled the child run. */
  readonly SUBPLAN_CANCELLED: { readonly run: string; readonly comment: string };
  /** The engine runs no child runs. */
  readonly SUBPLAN_UNSUPPORTED: object;
  readonly ARGUMENT_DEPTH: { readonly limit: number };
  readonly ARGUMENT_TYPE: { readonly tool: string } & Mismatch;
  /** `acted`: the call of a tool with effects gave the output, so it is not repeated. */
  readonly OUTPUT_MISMATCH: (Mismatch & { readonly acted?: true }) | { readonly problem: ReplyProblem };
  /** `got` is false, or the kind of value that `expect` gave. Or `problem` says why `expect` had no value. */
  readonly EXPECT_FAILED: { readonly expect: string } & (
    { readonly got: false | JsonKind } | { readonly problem: EvaluationProblem }
  );
  /** The judge of an `expect` in prose says no. `says`: its words. */
  readonly EXPECT_NOT_MET: { readonly expect: string; readonly says: string };
  /** Nobody could judge an output by an `expect` in prose. */
  readonly EXPECT_NOT_JUDGED: { readonly expect: string; readonly because: Failure };
  readonly ITEMS_FAILED: ItemsParams;
  // Given by perform/
  readonly NO_MODEL: { readonly role: "planner" | "executor" | "synthesizer" };
  readonly NO_PLANNER: { readonly for: "plan" | "review" };
  readonly TIMEOUT: { readonly of: "call" | "agent" | "planner" | "sub-plan"; readonly ms: number };
  /** Absent if the error has a text. `shown` is the name of the error, or the value as a text. */
  readonly TOOL_THREW: { readonly threw?: { readonly is: "error" | "value"; readonly shown: string } };
  /** The run is simulated, and no output of this tool can say that it is made up. */
  readonly NOT_SIMULATED: { readonly tool: string };
  readonly TOOL_GONE: { readonly tool: string; readonly asked?: true };
  /** No `compensate` of the tool is there. */
  readonly CANNOT_UNDO: { readonly tool: string };
  readonly BAD_ARGUMENTS: { readonly tool: string; readonly problem: ValueProblem };
  /** `acted` as in OUTPUT_MISMATCH. */
  readonly BAD_OUTPUT: { readonly tool: string; readonly problem: ValueProblem; readonly acted?: true };
  readonly SECRET_UNKNOWN: { readonly secret: string };
  readonly RECONCILE_UNKNOWN: { readonly tool: string };
  readonly OUTCOME_UNKNOWN: { readonly tool: string };
  readonly BUDGET_UNPRICED: { readonly model: string };
  readonly JOURNAL_DIVERGED: { readonly recorded: string; readonly now: string; readonly call: number };
  readonly INTERNAL: object;
  /** Nobody answered the question of a tool in time. */
  readonly ASK_EXPIRED: { readonly tool: string };
  /** Nobody attends the run, so its tools cannot ask. */
  readonly ASK_UNATTENDED: { readonly tool: string };
  /** The question is not one that a person can be asked. `limit`: the most characters, bytes or questions. */
  readonly ASK_INVALID: {
    readonly tool: string;
    readonly because: "no-text" | "bad-type" | "bad-state" | "too-many";
    readonly limit?: number;
  };
  /** The tool asks two questions at once. */
  readonly ASK_AT_ONCE: { readonly tool: string };
  /** The question with this number is not the one that was answered. */
  readonly ASK_CHANGED: { readonly tool: string; readonly number: number; readonly answered: string };
  /** The tool went on although its question was open. */
  readonly ASK_IGNORED: { readonly tool: string };
  // Given by agents
  readonly INTERRUPTED: object;
  /** `strategy`: the step is the whole run. */
  readonly TURN_LIMIT: { readonly turns: number; readonly strategy?: OneStepStrategy };
  readonly AGENT_REPEATS: {
    readonly tool: string;
    readonly args: string;
    readonly others: number;
    readonly times: number;
  };
  readonly MODEL_REFUSED: { readonly what: "result" | "answer" };
  readonly STEP_NOT_DONE: object;
  readonly FILL_FAILED: { readonly tool: string; readonly problem: ReplyProblem };
  readonly REVIEW_UNREADABLE: { readonly problem: ReplyProblem };
  readonly JUDGE_UNREADABLE: { readonly of: "output" | "answer"; readonly problem: ReplyProblem };
  readonly CHOICE_UNREADABLE: { readonly problem: ReplyProblem };
  /** Absent: the reply has no text. */
  readonly ANSWER_EMPTY: { readonly problem?: ReplyProblem };
  /**
   * The answer does not have the type that the run or its plan wants. `from`: the synthesizer wrote it, the plan gives
   * it as a value, or it is the outputs of steps.
   */
  readonly ANSWER_INVALID: { readonly from: "synthesizer" | "value" | "outputs"; readonly problem: ReplyProblem };
}

export type FailureCode = keyof FailureParams;

/** Whether it is this failure of Planloom. A tool may use the same code for a failure of its own. */
export const isFailure = ({ code, foreign }: Failure, ours: FailureCode): boolean => code === ours && foreign !== true;

/** A failure that is not retried, unless `more` says so. */
export function failWith<Code extends FailureCode>(
  code: Code,
  params: FailureParams[Code],
  more: { readonly retryable?: boolean; readonly text?: string } = {},
): Failure {
  const { retryable = false, text } = more;
  const given = Object.keys(params).length === 0 ? {} : { params: params as unknown as JsonObject };
  return { code, ...given, ...(text === undefined ? {} : { text }), retryable };
}
