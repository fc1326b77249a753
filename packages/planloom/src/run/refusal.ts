// Defines why a command is refused, as data: a code with its parameters. In: nothing. Out: the parameters of each code.
// words/refusals.ts turns them into sentences.
import type { Finding } from "../plan/finding.js";
import type { JsonObject } from "../plan/json.js";
import type { Breach } from "../plan/type/conform.js";
import type { Mismatch } from "../plan/type/type.js";
import type { Budget } from "./settings.js";

interface Ref {
  readonly step: string;
  readonly item?: number;
}

/** Why a call cannot get these arguments: a secret that the plan does not have there, the depth, or the type. */
export interface ArgumentProblem {
  readonly tool: string;
  readonly secret?: string;
  readonly depth?: number;
  readonly wrong?: Mismatch;
}

export interface RefusalParams {
  /** Only a call inside an agent step can be approved for the rest of its step. */
  readonly REST_NOT_POSSIBLE: object;
  /** Only the arguments of one call of a tool can be changed, and not those of a tool that has changed. */
  readonly ARGS_NOT_EDITABLE: object;
  readonly ARGS_INVALID: ArgumentProblem;
  /** `command` is its type as it was sent, "" if it has none. */
  readonly COMMAND_UNREADABLE: { readonly command: string };
  /** `expired`: it failed because nobody approved in time. */
  readonly RUN_ENDED: { readonly ended: "completed" | "failed" | "cancelled"; readonly expired?: true };
  readonly RUN_CANCELLING: object;
  readonly RUN_FAILING: object;
  readonly ALREADY_APPROVED: { readonly hash: string };
  readonly NOTHING_TO_APPROVE: object;
  /** `revision` is set if the hash is that of an earlier plan. `waiting` are the hashes that wait for approval. */
  readonly STALE_HASH: { readonly hash: string; readonly revision?: number; readonly waiting: readonly string[] };
  /**
   * The clock of this machine is behind the last event of the run, so nobody knows whether the approval has expired.
   */
  readonly CLOCK_BEHIND: { readonly behindMs: number };
  readonly WHICH_APPROVAL: object;
  readonly NOT_A_PLAN: { readonly hash: string };
  readonly NOTHING_CHANGED: object;
  readonly EDIT_INVALID: { readonly finding: Finding };
  readonly UNKNOWN_STEP: Ref;
  /** `status` is that of the step or item. `expanded` means a fan-out: its items are answered one by one. */
  readonly NOT_ASKED: Ref & { readonly status: string };
  readonly NOT_UNKNOWN: Ref & { readonly status: string };
  readonly STALE_DOUBT: Ref;
  /** An answer to an earlier question, approval or doubt about the same thing, which is asked again now. */
  readonly STALE_REPLY: object;
  /** `verdict` does not answer what is asked; `verdicts` do. */
  readonly WRONG_VERDICT: Ref & { readonly verdict: string; readonly verdicts: readonly string[] };
  readonly ANSWER_TYPE: Mismatch;
  /** The answer to a tool has the right type, and breaks another rule of its JSON Schema. */
  readonly ANSWER_SCHEMA: Breach;
  readonly ALREADY_PAUSED: object;
  readonly NOT_PAUSED: object;
  readonly ALREADY_CANCELLING: object;
  readonly NO_PLANNER: object;
  readonly GOAL_INVALID: { readonly limit: number };
  readonly SAME_GOAL: object;
  readonly RUN_NOT_ENDED: object;
  /** The calls of the run are being undone. */
  readonly RUN_COMPENSATING: object;
  /** nothing-acted: no call acted. no-way: those that acted cannot be undone. */
  readonly NOTHING_TO_UNDO: { readonly because: "nothing-acted" | "all-undone" | "no-way" };
  /** The calls are not those that the person saw. */
  readonly UNDOING_CHANGED: object;
  readonly NOTHING_TO_RETRY: { readonly because: "completed" | "no-plan" };
  /** Feedback to a plan that is replaced, or that does not exist. */
  readonly NO_FEEDBACK: { readonly because: "plan-given" | "no-plan" | "empty" };
  /**
   * A run that has failed gives no answer from what is done. answered: it has one. no-room: its log is full, or the
   * outputs together are too large. budget: the `limit` is used up.
   */
  readonly NO_PARTIAL_ANSWER: {
    readonly because: "answered" | "nothing-done" | "no-room" | "budget";
    readonly limit?: keyof Budget;
  };
  /** `fork`: the command asks for a new run, not for a retry of this one. */
  readonly STEP_UNKNOWN: { readonly step: string; readonly fork?: true };
  readonly UNDOING_UNKNOWN: { readonly step: string };
  /** A fork would call again a step that acted with an unusable output. */
  readonly STEP_UNUSABLE: { readonly step: string };
  /** `stopped`: the error that stopped the process that drove the run. `text` is that of a program. */
  readonly NOT_ANSWERED: {
    readonly stopped?: { readonly code: string; readonly params?: JsonObject } | { readonly text: string };
  };
}

export type RefusalCode = keyof RefusalParams;

/** `text` is the message of a version-1 log. */
export interface Refusal {
  readonly code: string;
  readonly params?: JsonObject;
  readonly text?: string;
}

export function refusal<Code extends RefusalCode>(code: Code, params: RefusalParams[Code]): Refusal {
  return Object.keys(params).length === 0 ? { code } : { code, params: params as unknown as JsonObject };
}
