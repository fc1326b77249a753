// What answers a step that has failed for good: the default flow of seed 000, and who decides it. In: the step, its error. Out: the
// decision with its reason. Separate from failure.ts, which knows how calls end: this is what a run makes of that.
import { estimateReplan } from "../../plan/estimate/replan.js";
import { priceOf } from "./budget.js";
import type { Decision, EventData, Failure } from "../event.js";
import { failingOf, type Run, type StepState } from "../state.js";

interface Verdict {
  readonly decision: Exclude<Decision, "retry">;
  readonly reason: string;
}

/** `why` says why it is not tried again. The plan decides, else the settings of the run; a planner only says how. */
export function verdictOn(run: Run, step: StepState, error: Failure, why: string): Verdict {
  const { onFailure = run.settings.onFailure } = step.spec;
  const who = step.spec.onFailure === undefined ? "the run is set to" : "the plan says to";
  if (run.cancelling !== undefined || onFailure === "fail") return { decision: "fail", reason: why };
  // What is skipped counts as finished: who raises the budget could not have it done any more.
  if (error.code === "BUDGET_EXHAUSTED") return { decision: "fail", reason: `${why}; the budget is used up` };
  if (onFailure === "skip") return { decision: "skip", reason: `${why}; ${who} go on without it` };
  const no = whyNoReplan(run, error);
  if (no !== undefined) return { decision: "fail", reason: `${why}; ${no}` };
  if (onFailure === "patch" && cameFromPatch(run, step)) {
    return { decision: "replan", reason: `${why}; it came from a patch itself, so the rest is planned anew` };
  }
  return { decision: onFailure, reason: `${why}; ${who} ${onFailure}` };
}

function cameFromPatch(run: Run, { spec, revision }: StepState): boolean {
  const plan = run.plans.find((proposed) => proposed.revision === revision);
  return plan?.cause === "patch" && plan.written.has(spec.id);
}

/** Another plan does not help against these: a person has said no, or the configuration lacks something. */
const NOT_FOR_PLANNERS: ReadonlySet<string> = new Set([
  "CALL_REJECTED",
  "ABORTED",
  "APPROVAL_EXPIRED",
  "TOOL_GONE",
  "NO_MODEL",
  "SECRET_UNKNOWN",
  "BUDGET_EXHAUSTED",
]);

function whyNoReplan(run: Run, { code }: Failure): string | undefined {
  const { settings, models, replans } = run;
  if (failingOf(run) !== undefined) return "the run is failing already";
  if (NOT_FOR_PLANNERS.has(code)) return "another plan would not help";
  if (settings.replan === "never") return "the run is set not to replan";
  if (models.planner === null) return "there is no planner that could mend the plan";
  if (run.changing === undefined && replans >= settings.replans) return `all ${settings.replans} replans are used up`;
  return whyTooDear(run);
}

/** Why a replan is not asked for, for what it is expected to take. */
export function whyTooDear(run: Run): string | undefined {
  const { replanTokens, replanCostUsd } = run.settings;
  const { tokens, costUsd } = replanEstimate(run);
  if (replanTokens !== null && tokens !== null && tokens > replanTokens) {
    return `a replan is expected to take ${tokens} tokens, and limits.replanTokens is ${replanTokens}`;
  }
  if (replanCostUsd !== null && costUsd !== null && costUsd > replanCostUsd) {
    return `a replan is expected to cost ${costUsd.toFixed(4)} USD, and limits.replanCostUsd is ${replanCostUsd}`;
  }
  return undefined;
}

export function replanEstimate(run: Run): EventData["replan.requested"]["estimate"] {
  const { planner } = run.models;
  if (planner === null || planner === "function") return { tokens: null, costUsd: null };
  const spent = { usage: run.usage.planner, plans: run.plans.filter(({ cause }) => PLANNED.has(cause)).length };
  const { inputTokens, outputTokens, costUsd } = estimateReplan({
    planner,
    priceOf: (model) => priceOf(run, model),
    spent,
  });
  return { tokens: inputTokens + outputTokens, costUsd };
}

/** Causes whose plan came from the planner. */
const PLANNED: ReadonlySet<string> = new Set(["goal", "rejection", "patch", "replan", "goal-change"]);
