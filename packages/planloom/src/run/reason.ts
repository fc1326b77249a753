// Why something was decided, as data. In: nothing. Out: the union of reasons, each a code with its parameters.
// words/reasons.ts puts them into sentences.
import type { ValueSource } from "../plan/origin.js";
import type { ToolDifference } from "../plan/tool-change.js";
import type { OneStepStrategy } from "../plan/strategy.js";
import type { ChoiceReason } from "./choice-reason.js";
import type { PlaybookChange } from "./recorded-playbook.js";
import type { Failure } from "./failure.js";

/** Why failed work is, or is not, retried. */
export type RetryReason =
  | { readonly code: "ATTEMPTS_LEFT"; readonly attempt: number; readonly of: number }
  | { readonly code: "ATTEMPTS_USED"; readonly of: number }
  | { readonly code: "NOT_RETRYABLE" }
  | { readonly code: "RUN_CANCELLING" }
  /** For a failing run: a step failed for good, the budget is used up, or the log is full. */
  | { readonly code: "NOTHING_STARTS"; readonly because: "failure" | "budget" | "log-full" }
  | { readonly code: "ITEMS_ENDED" };

/** Why no other plan is requested. */
export type NoReplanReason =
  | { readonly code: "RUN_FAILING" }
  | { readonly code: "PLAN_NO_HELP" }
  | { readonly code: "REPLAN_NEVER" }
  | { readonly code: "NO_PLANNER" }
  | { readonly code: "REPLANS_USED"; readonly of: number }
  | { readonly code: "REPLAN_TOKENS"; readonly expected: number; readonly limit: number }
  | { readonly code: "REPLAN_COST"; readonly expectedUsd: number; readonly limitUsd: number };

/** How a failure of a step is answered. `why` is the reason for no further attempt. */
export type FailureReason =
  | RetryReason
  /** The plan is still being written. The step starts again when the plan is complete. */
  | { readonly code: "AFTER_PLAN"; readonly why: RetryReason }
  | { readonly code: "BUDGET_USED"; readonly why: RetryReason }
  /** A person skipped it, because the output of its call cannot be used. */
  | { readonly code: "PERSON_SKIPS" }
  | {
      readonly code: "POLICY";
      readonly why: RetryReason;
      readonly policy: "skip" | "patch" | "replan";
      readonly by: "plan" | "run";
    }
  | { readonly code: "NO_REPLAN"; readonly why: RetryReason; readonly because: NoReplanReason }
  | { readonly code: "PATCH_FAILED"; readonly why: RetryReason }
  /** The one step of a strategy used all its turns, so a planner takes over. */
  | { readonly code: "HANDED_OVER"; readonly strategy: OneStepStrategy; readonly why: RetryReason };

/** Why a step is skipped. */
export type SkipReason =
  | { readonly code: "CONDITION_FALSE" }
  | { readonly code: "SOURCE_SKIPPED"; readonly where: string; readonly source: string }
  | { readonly code: "FAILED"; readonly error: Failure };

/** Why a call is stopped, or not made. */
export type StopReason =
  | { readonly code: "CANCELLED"; readonly comment: string }
  | { readonly code: "OUT_OF_TIME"; readonly allowed: number; readonly wanted: number }
  | { readonly code: "NOTHING_STARTS"; readonly because: "failure" | "budget" | "log-full" }
  /** It started before its plan was complete, and that plan will not come. */
  | { readonly code: "DRAFT_DROPPED"; readonly because: "refused" | "failed" | "other-goal" };

/**
 * Why a call was not made yet. TOOL_CHANGED: the tools have changed since the plan was recorded. ITEMS_TOGETHER: the
 * guard asks about it, together with the other items of its step, when these have their arguments, too.
 */
export interface HoldReason {
  readonly code: "TOOL_CHANGED" | "ITEMS_TOGETHER";
  readonly tools: readonly string[];
}

/** A tool that is not what it was when the plan was recorded. */
export interface ChangedToolReason {
  readonly tool: string;
  readonly differences: readonly ToolDifference[];
}

/** Why a person is asked to approve a plan or a call. */
export type ApprovalReason =
  | { readonly code: "POLICY_ALWAYS" }
  | { readonly code: "MAY_ACT"; readonly tools: readonly string[] }
  | { readonly code: "MAY_ACT_AGAIN"; readonly steps: readonly string[] }
  | { readonly code: "EARLIER_REJECTED" }
  /** A person rejected a call of this step, and the plan may act instead. */
  | { readonly code: "CALL_WAS_REJECTED"; readonly step: string }
  | { readonly code: "PLAN_EDITED" }
  | { readonly code: "NOT_APPROVED_BEFORE" }
  /** The standing approval of the playbook answers the question. */
  | { readonly code: "PLAYBOOK_STANDING"; readonly playbook: string }
  /** The playbook had a standing approval, and it does not hold for this run. */
  | { readonly code: "PLAYBOOK_CHANGED"; readonly playbook: string; readonly changes: readonly PlaybookChange[] }
  | { readonly code: "STEP_ASKS" }
  | { readonly code: "TOOL_ASKS"; readonly tool: string }
  | { readonly code: "UNTRUSTED_READ" }
  /** A call of the step was undone, and the step acts a second time. */
  | { readonly code: "WAS_UNDONE" }
  /** It undoes a call. */
  | { readonly code: "UNDOES"; readonly tool: string }
  | GuardReason
  /** `also`: why a person would be asked without this change, too. */
  | {
      readonly code: "TOOL_CHANGED";
      readonly changes: readonly ChangedToolReason[];
      readonly also?: ApprovalReason;
    }
  | FunctionReason;

/**
 * Why the guard has a person see a call. `args` are the control arguments with an untrusted part, `from` are their
 * untrusted sources, and `private` are the private sources of all arguments.
 */
export type GuardReason =
  | {
      readonly code: "CONTROL_UNTRUSTED";
      readonly tool: string;
      readonly args: readonly string[];
      readonly from: readonly ValueSource[];
    }
  | {
      readonly code: "PRIVATE_LEAVES";
      readonly tool: string;
      readonly args: readonly string[];
      readonly from: readonly ValueSource[];
      readonly private: readonly ValueSource[];
    };

/** The reason that the approval function gave. `text` is its own words. */
export type FunctionReason =
  | { readonly code: "FUNCTION_ASKS"; readonly text?: string }
  | { readonly code: "FUNCTION_ALLOWS" }
  | { readonly code: "FUNCTION_FAILED"; readonly text: string }
  | { readonly code: "FUNCTION_LATE"; readonly ms: number }
  | { readonly code: "FUNCTION_UNCLEAR" }
  | { readonly code: "FUNCTION_ABSENT" };

/** Why there is another plan. */
export type ReplanReason =
  | FailureReason
  | { readonly code: "GOAL_CHANGED"; readonly comment: string }
  /** A person has answered the questions that the planner asked instead of planning. */
  | { readonly code: "QUESTIONS_ANSWERED"; readonly answers: readonly { question: string; answer: string }[] }
  | { readonly code: "PLAN_REJECTED" }
  /** A person was not content with the answer. `text` says what should be different. */
  | { readonly code: "FEEDBACK"; readonly text: string }
  /** `text` is the reviewer's. */
  | { readonly code: "REVIEWED"; readonly text: string };

/** Why a process took a run over. */
export type ResumeReason =
  | { readonly code: "RESUMED" }
  | { readonly code: "COMMAND_ARRIVED" }
  | { readonly code: "RETRIED" }
  /** A person took it from a process that may still be alive, and may still be calling. */
  | { readonly code: "TAKEN_OVER"; readonly from?: { readonly host: string; readonly pid?: string } };

/** Text of a version-1 log, which had no codes. */
export interface LegacyReason {
  readonly code: "LEGACY";
  readonly text: string;
}

export type Reason =
  | FailureReason
  | NoReplanReason
  | SkipReason
  | StopReason
  | ApprovalReason
  | ReplanReason
  | ChoiceReason
  | ResumeReason
  | LegacyReason;
