// Checks steps of kind `plan`. In: the steps, the runs above this plan, and the budget of the run. Out: findings on
// sub-plans that nest too deep, that ask for a goal which is pursued already, or that want more than the run has.
import { LIMITS } from "../../limits.js";
import type { PlanStep } from "../plan.js";
import { subPlanOf } from "../step-kind.js";
import type { Report } from "./report.js";
import type { StepNode } from "./shape.js";

/** The runs above the run of a plan. Absent: it is the topmost run. */
export interface PlanPlace {
  /** 1 for the plan of a sub-plan in the topmost run. */
  readonly depth: number;
  /** The goals of the runs above, the topmost first. */
  readonly goals: readonly string[];
}

/** Limits of the run; null = no limit. */
export type RunBudget = { readonly [unit in (typeof UNITS)[number]]: number | null };

export interface SubPlanOptions {
  readonly within?: PlanPlace;
  readonly budget?: RunBudget;
}

const UNITS = ["modelCalls", "tokens", "costUsd"] as const;

export function checkSubPlans(
  nodes: readonly StepNode[],
  goal: string,
  { within, budget }: SubPlanOptions,
  report: Report,
): void {
  const { depth = 0, goals = [] } = within ?? {};
  const pursued = new Map([...goals, goal].map((one, above) => [plainGoal(one), above] as const));
  for (const { step, pointer, dropped } of nodes) {
    const subPlan = step === undefined ? undefined : subPlanOf(step);
    if (subPlan === undefined) continue;
    if (depth >= LIMITS.subPlanDepth) report("SUBPLAN_DEPTH", pointer, { step: subPlan.id, most: LIMITS.subPlanDepth });
    const above = dropped.has("plan") ? undefined : pursued.get(plainGoal(subPlan.plan));
    if (above !== undefined)
      report("SUBPLAN_REPEATS", `${pointer}/plan`, {
        goal: subPlan.plan,
        of: above === goals.length ? "plan" : "above",
      });
    checkShare(subPlan, pointer, budget, report);
  }
}

/** Two goals that differ in space and case only are the same. */
const plainGoal = (goal: string): string => goal.normalize("NFC").trim().replace(/\s+/gu, " ").toLowerCase();

/** A share can be stricter than the budget of the run, and never less strict. */
function checkShare(step: PlanStep, pointer: string, budget: RunBudget | undefined, report: Report): void {
  for (const unit of UNITS) {
    const [share, most] = [step.budget?.[unit], budget?.[unit]];
    if (share === undefined) continue;
    if (share === 0) report("SUBPLAN_BUDGET", `${pointer}/budget/${unit}`, { unit, share });
    else if (most !== undefined && most !== null && share > most)
      report("SUBPLAN_BUDGET", `${pointer}/budget/${unit}`, { unit, share, most });
  }
}
