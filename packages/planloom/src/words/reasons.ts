// The words for reasons of decisions. In: a reason as an event holds it. Out: a clause without a capital and a full
// stop.
import type { Reason } from "../run/reason.js";
import { APPROVAL_REASONS } from "./approval-reasons.js";
import { CHOICE_REASONS } from "./choice-reasons.js";
import { failureText } from "./failures.js";
import { processText } from "./phrases.js";
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
  ...APPROVAL_REASONS,
  ...CHOICE_REASONS,
  CONDITION_FALSE: () => "its condition is false",
  SOURCE_SKIPPED: ({ where, source }) =>
    `${where} refers to ${source}, which was skipped, and null is not allowed there`,
  FAILED: ({ error }) => failureText(error),
  CANCELLED: ({ comment }) => comment || ASKED,
  OUT_OF_TIME: ({ allowed }) => `the run may use ${allowed} ms, and that time is over`,
  DRAFT_DROPPED: (reason) => dropped[reason.because],
  RESUMED: () => "resumed",
  COMMAND_ARRIVED: () => "a command arrived",
  RETRIED: () => "retried",
  TAKEN_OVER: ({ from }) => `taken over from ${from === undefined ? "another process" : processText(from)}`,
};

/** Used if a person gave no comment. */
const ASKED = "asked by a person";

export function reasonText(reason: Reason): string {
  if (!Object.hasOwn(REASONS, reason.code)) return JSON.stringify(reason);
  return textOr(reason, () => (REASONS[reason.code] as (reason: Reason) => string)(reason));
}

/** A person's comment, or a text that there is none. */
export const commentText = (comment: string | undefined, none = ASKED): string => comment || none;
