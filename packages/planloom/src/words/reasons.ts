// The words for reasons of decisions. In: a reason as an event holds it. Out: a clause without a capital and a full
// stop.
import type { Reason } from "../run/reason.js";
import { failureText } from "./failures.js";
import { REPLAN_REASONS } from "./replan-reasons.js";
import { textOr } from "./words.js";

type Of<Code extends Reason["code"]> = Extract<Reason, { readonly code: Code }>;

const dropped = {
  refused: "the plan that it is in was refused",
  failed: "the plan that it is in did not come",
  "other-goal": "it was for another goal",
};

export const REASONS: { readonly [Code in Reason["code"]]: (reason: Of<Code>) => string } = {
  ...REPLAN_REASONS,
  CONDITION_FALSE: () => "its condition is false",
  SOURCE_SKIPPED: ({ where, source }) =>
    `${where} refers to ${source}, which was skipped, and null is not allowed there`,
  FAILED: ({ error }) => failureText(error),
  CANCELLED: ({ comment }) => comment || ASKED,
  OUT_OF_TIME: ({ allowed }) => `the run may use ${allowed} ms, and that time is over`,
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
  FUNCTION_ASKS: ({ text }) => text || "the approval function asks for it",
  FUNCTION_ALLOWS: () => "the approval function asks for no approval",
  FUNCTION_FAILED: ({ text }) => `the approval function failed: ${text}`,
  FUNCTION_LATE: ({ ms }) => `the approval function did not decide within ${ms} ms`,
  FUNCTION_UNCLEAR: () => "the approval function gave neither true, false nor a reason",
  FUNCTION_ABSENT: () => "no approval function has decided that it needs no approval",
  RESUMED: () => "resumed",
  COMMAND_ARRIVED: () => "a command arrived",
  RETRIED: () => "retried",
};

/** Used if a person gave no comment. */
const ASKED = "asked by a person";

export function reasonText(reason: Reason): string {
  if (!Object.hasOwn(REASONS, reason.code)) return JSON.stringify(reason);
  return textOr(reason, () => (REASONS[reason.code] as (reason: Reason) => string)(reason));
}

/** A person's comment, or a text that there is none. */
export const commentText = (comment: string | undefined, none = ASKED): string => comment || none;
