// Decides what follows when a step has failed for good: fail, skip, patch or replan. In: the step and its error.
// Out: the decision with its reason. failure.ts decides about retries before that.
import { estimateReplan } from "../../plan/estimate/replan.js";
import type { Decision, EventData } from "../event.js";
import { priceOf } from "../evolve/budget.js";
import { failWith, isFailure, type Failure } from "../failure.js";
import { wholeRunBy } from "../strategy.js";
import { planOf } from "../lookup.js";
import type { FailureReason, NoReplanReason, RetryReason } from "../reason.js";
import { type Run } from "../state.js";
import { changeOf, isCancelling, isFailing } from "../status.js";
import type { StepState, Work } from "../work.js";

interface Verdict {
  readonly decision: Exclude<Decision, "retry">;
  readonly reason: FailureReason;
}

/** `why` is the reason for no further attempt. The plan decides, otherwise the settings. The planner is not asked. */
export function verdictOn(run: Run, step: StepState, error: Failure, why: RetryReason): Verdict {
  const { onFailure = run.request.settings.onFailure } = step.spec;
  const by = step.spec.onFailure === undefined ? "run" : "plan";
  if (isCancelling(run) || onFailure === "fail" || onFailure === "compensate") return { decision: "fail", reason: why };
  // A skipped step counts as finished, so after a raise of the budget it could not run any more.
  if (isFailure(error, "BUDGET_EXHAUSTED")) return { decision: "fail", reason: { code: "BUDGET_USED", why } };
  if (onFailure === "skip") return { decision: "skip", reason: { code: "POLICY", why, policy: "skip", by } };
  const because = whyNoReplan(run, error);
  if (because !== undefined) return { decision: "fail", reason: { code: "NO_REPLAN", why, because } };
  if (onFailure === "patch" && cameFromPatch(run, step)) {
    return { decision: "replan", reason: { code: "PATCH_FAILED", why } };
  }
  const strategy = isFailure(error, "TURN_LIMIT") ? wholeRunBy(run, step.spec) : undefined;
  if (strategy !== undefined && onFailure === "replan")
    return { decision: onFailure, reason: { code: "HANDED_OVER", strategy, why } };
  return { decision: onFailure, reason: { code: "POLICY", why, policy: onFailure, by } };
}

/** Whether a planner takes over when the turns of this step are used up: then its last turn is a turn like any other. */
export function handsOver(run: Run, step: StepState): boolean {
  const error = failWith("TURN_LIMIT", { turns: 0 });
  return verdictOn(run, step, error, { code: "NOT_RETRYABLE" }).reason.code === "HANDED_OVER";
}

function cameFromPatch(run: Run, { spec, revision }: StepState): boolean {
  const plan = run.planning.plans.find((proposed) => proposed.revision === revision);
  return plan?.cause === "patch" && plan.written.has(spec.id);
}

/**
 * Another plan cannot help here: a person said no, the configuration is incomplete, or a model server or its filter
 * refused. A plan around a refusal would get round what somebody decided.
 */
const NOT_FOR_PLANNERS: ReadonlySet<string> = new Set([
  "ABORTED",
  "APPROVAL_EXPIRED",
  "NEEDS_PERSON",
  "TOOL_GONE",
  "NOT_SIMULATED",
  "NO_MODEL",
  "SECRET_UNKNOWN",
  "BUDGET_EXHAUSTED",
  "EXPECT_NOT_JUDGED",
  "MODEL_REFUSED",
  "PROVIDER_REFUSED",
  "PROVIDER_UNAUTHORIZED",
  "PROVIDER_RATE_LIMITED",
  "PROVIDER_UNREACHABLE",
]);

function whyNoReplan(run: Run, error: Failure): NoReplanReason | undefined {
  const {
    request: { settings, models },
    planning: { replans },
  } = run;
  if (isFailing(run)) return { code: "RUN_FAILING" };
  if (error.foreign !== true && NOT_FOR_PLANNERS.has(error.code)) return { code: "PLAN_NO_HELP" };
  if (settings.replan === "never") return { code: "REPLAN_NEVER" };
  if (models.planner === null) return { code: "NO_PLANNER" };
  if (changeOf(run) === undefined && replans >= settings.replans) return { code: "REPLANS_USED", of: settings.replans };
  return whyTooDear(run);
}

/** The reason why the expected cost forbids a replan. */
export function whyTooDear(run: Run): NoReplanReason | undefined {
  const { replanTokens, replanCostUsd } = run.request.settings;
  const { tokens, costUsd } = replanEstimate(run);
  if (replanTokens !== null && tokens !== null && tokens > replanTokens) {
    return { code: "REPLAN_TOKENS", expected: tokens, limit: replanTokens };
  }
  if (replanCostUsd !== null && costUsd !== null && costUsd > replanCostUsd) {
    return { code: "REPLAN_COST", expectedUsd: costUsd, limitUsd: replanCostUsd };
  }
  return undefined;
}

export function replanEstimate(run: Run): EventData["replan.requested"]["estimate"] {
  const { planner } = run.request.models;
  if (planner === null || planner === "function") return { tokens: null, costUsd: null };
  const spent = {
    usage: run.usage.planner,
    plans: run.planning.plans.filter(({ cause }) => PLANNED.has(cause)).length,
  };
  const { inputTokens, outputTokens, costUsd } = estimateReplan({
    planner,
    priceOf: (model) => priceOf(run, model),
    spent,
  });
  return { tokens: inputTokens + outputTokens, costUsd };
}

/**
 * Whether a review of the rest follows the end of a step: it was done, or it failed and was skipped. The planner's own
 * questions are not reviewed.
 */
export function reviewAfter(run: Run, { item }: Work): { readonly review?: true } {
  if (run.request.settings.replan !== "each-step" || item !== null) return {};
  const { mode, halt, execution, request } = run;
  const goesOn = mode.phase === "executing" && halt === undefined && planOf(run).cause !== "questions";
  const asks = goesOn && execution.open > 1 && request.models.planner !== null;
  return asks ? { review: true } : {};
}

/** Causes of plans that the planner wrote. */
const PLANNED: ReadonlySet<string> = new Set(["goal", "questions", "rejection", "patch", "replan", "goal-change"]);
