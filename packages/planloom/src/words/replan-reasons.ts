// The words for why a step is not retried, and why there is or is not a replan. In: a reason as an event holds it. Out:
// a clause without a capital and a full stop. Findings use these reasons too.
import type { LegacyReason, NoReplanReason, ReplanReason, RetryReason } from "../run/reason.js";

type Reason = RetryReason | NoReplanReason | ReplanReason | LegacyReason;
type Of<Code extends Reason["code"]> = Extract<Reason, { readonly code: Code }>;

const because = {
  failure: "a step failed for good",
  budget: "the budget is used up",
  "log-full": "the run has too many events",
};

const who = { plan: "the plan says to", run: "the run is set to" };

export const REPLAN_REASONS: { readonly [Code in Reason["code"]]: (reason: Of<Code>) => string } = {
  LEGACY: ({ text }) => text || "no reason was recorded",
  ATTEMPTS_LEFT: ({ attempt, of }) => `attempt ${attempt} of ${of} failed`,
  ATTEMPTS_USED: ({ of }) => (of === 1 ? "it had one attempt" : `all ${of} attempts failed`),
  NOT_RETRYABLE: () => "trying again would not help",
  RUN_CANCELLING: () => "the run is being cancelled",
  NOTHING_STARTS: (reason) => `${because[reason.because]}, so nothing more is started`,
  ITEMS_ENDED: () => "its items have ended",
  RUN_FAILING: () => "the run is failing already",
  PLAN_NO_HELP: () => "another plan would not help",
  REPLAN_NEVER: () => "the run is set not to replan",
  NO_PLANNER: () => "no planner is set that can correct the plan",
  REPLANS_USED: ({ of }) => `all ${of} replans are used up`,
  REPLAN_TOKENS: ({ expected, limit }) =>
    `a replan is expected to take ${expected} tokens, and limits.replanTokens is ${limit}`,
  REPLAN_COST: ({ expectedUsd, limitUsd }) =>
    `a replan is expected to cost ${expectedUsd.toFixed(4)} USD, and limits.replanCostUsd is ${limitUsd}`,
  AFTER_PLAN: ({ why }) => `${replanReasonText(why)}; it runs again when the plan is complete`,
  BUDGET_USED: ({ why }) => `${replanReasonText(why)}; the budget is used up`,
  PERSON_SKIPS: () => "a person says to go on without it",
  POLICY: ({ why, policy, by }) =>
    `${replanReasonText(why)}; ${who[by]} ${policy === "skip" ? "go on without it" : policy}`,
  NO_REPLAN: ({ why, because: no }) => `${replanReasonText(why)}; ${replanReasonText(no)}`,
  PATCH_FAILED: ({ why }) => `${replanReasonText(why)}; it came from a patch itself, so the rest is planned again`,
  HANDED_OVER: ({ strategy }) => `the turns of ${strategy} are used up, so the planner takes over`,
  GOAL_CHANGED: ({ comment }) => comment || "the goal was changed by a person",
  QUESTIONS_ANSWERED: ({ answers }) =>
    `a person answered the questions of the planner: ${answers.map(({ question, answer }) => `${question} ${answer}`).join("; ")}`,
  FEEDBACK: ({ text }) => `a person wants another result: ${text}`,
  PLAN_REJECTED: () => "the plan was rejected",
  REVIEWED: ({ text }) => text || "the reviewer gave no reason",
};

export function replanReasonText(reason: Reason): string {
  if (!Object.hasOwn(REPLAN_REASONS, reason.code)) return JSON.stringify(reason);
  return (REPLAN_REASONS[reason.code] as (reason: Reason) => string)(reason);
}
