// The words for reasons of decisions. In: a reason as an event holds it. Out: a clause without a capital and a full stop.
import type { Reason } from "../run/reason.js";
import { failureText } from "./failures.js";
import { textOr } from "./words.js";

type Of<Code extends Reason["code"]> = Extract<Reason, { readonly code: Code }>;

const because = {
  failure: "a step failed for good",
  budget: "the budget is used up",
  "log-full": "the run has too many events",
};

const dropped = {
  refused: "the plan that it stands in was refused",
  failed: "the plan that it stands in did not come",
  "other-goal": "it was for another goal",
};

const who = { plan: "the plan says to", run: "the run is set to" };

export const REASONS: { readonly [Code in Reason["code"]]: (reason: Of<Code>) => string } = {
  LEGACY: ({ text }) => text,
  ATTEMPTS_LEFT: ({ attempt, of }) => `attempt ${attempt} of ${of} failed`,
  ATTEMPTS_USED: ({ of }) => (of === 1 ? "it had one attempt" : `all ${of} attempts failed`),
  NOT_RETRYABLE: () => "trying again would not help",
  RUN_CANCELLING: () => "the run is being cancelled",
  NOTHING_STARTS: (reason) => `${because[reason.because]}, so nothing is started any more`,
  ITEMS_ENDED: () => "its items have ended",
  RUN_FAILING: () => "the run is failing already",
  PLAN_NO_HELP: () => "another plan would not help",
  REPLAN_NEVER: () => "the run is set not to replan",
  NO_PLANNER: () => "there is no planner that could mend the plan",
  REPLANS_USED: ({ of }) => `all ${of} replans are used up`,
  REPLAN_TOKENS: ({ expected, limit }) =>
    `a replan is expected to take ${expected} tokens, and limits.replanTokens is ${limit}`,
  REPLAN_COST: ({ expectedUsd, limitUsd }) =>
    `a replan is expected to cost ${expectedUsd.toFixed(4)} USD, and limits.replanCostUsd is ${limitUsd}`,
  AFTER_PLAN: ({ why }) => `${reasonText(why)}; it starts again when its plan is whole`,
  BUDGET_USED: ({ why }) => `${reasonText(why)}; the budget is used up`,
  POLICY: ({ why, policy, by }) => `${reasonText(why)}; ${who[by]} ${policy === "skip" ? "go on without it" : policy}`,
  NO_REPLAN: ({ why, because: no }) => `${reasonText(why)}; ${reasonText(no)}`,
  PATCH_FAILED: ({ why }) => `${reasonText(why)}; it came from a patch itself, so the rest is planned anew`,
  CONDITION_FALSE: () => "its condition is false",
  SOURCE_SKIPPED: ({ where, source }) =>
    `${where} refers to ${source}, which was skipped, and null is not allowed there`,
  FAILED: ({ error }) => failureText(error),
  CANCELLED: ({ comment }) => comment || ASKED,
  OUT_OF_TIME: ({ allowed }) => `the run may use ${allowed} ms, and they are over`,
  DRAFT_DROPPED: (reason) => dropped[reason.because],
  POLICY_ALWAYS: () => "every plan is approved",
  MAY_ACT: ({ tools }) => `it may act through ${tools.join(", ")}`,
  MAY_ACT_AGAIN: ({ steps }) => `it may act again in ${steps.join(", ")}`,
  EARLIER_REJECTED: () => "an earlier plan was rejected",
  PLAN_EDITED: () => "the plan was edited",
  NOT_APPROVED_BEFORE: () => "it was not approved before the run ended",
  STEP_ASKS: () => "the plan asks for it",
  TOOL_ASKS: ({ tool }) => `${tool} asks for it`,
  UNTRUSTED_READ: () => "it was planned after untrusted text was read",
  FUNCTION_ASKS: ({ text }) => text ?? "the approval function asks for it",
  FUNCTION_ALLOWS: () => "the approval function asks for none",
  FUNCTION_FAILED: ({ text }) => `the approval function failed: ${text}`,
  FUNCTION_LATE: ({ ms }) => `the approval function did not decide within ${ms} ms`,
  FUNCTION_UNCLEAR: () => "the approval function gave neither true, false nor a reason",
  FUNCTION_ABSENT: () => "nobody has decided that it needs no approval",
  GOAL_CHANGED: ({ comment }) => comment || "the goal was changed by a person",
  PLAN_REJECTED: () => "the plan was rejected",
  REVIEWED: ({ text }) => text || "the reviewer gave no reason",
  RESUMED: () => "resumed",
  COMMAND_ARRIVED: () => "a command arrived",
  RETRIED: () => "retried",
};

/** What stands for a comment that a person did not give. */
const ASKED = "asked by a person";

export function reasonText(reason: Reason): string {
  if (!Object.hasOwn(REASONS, reason.code)) return JSON.stringify(reason);
  return textOr(reason, () => (REASONS[reason.code] as (reason: Reason) => string)(reason));
}

/** A person's comment, or that there is none. */
export const commentText = (comment: string | undefined, none = ASKED): string => comment || none;
