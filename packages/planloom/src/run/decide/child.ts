// Decides about sub-plans: how much of the budget a child run may use, how deep runs may nest, and what is recorded of a
// child run. In: a run and a step, or what a child run tells. Out: facts and limits.
import { LIMITS } from "../../limits.js";
import { hashOf } from "../../plan/hash.js";
import { subPlanOf } from "../../plan/step-kind.js";
import type { BudgetShare } from "../../plan/plan.js";
import { fact, type Fact } from "../event.js";
import { failWith, type Failure } from "../failure.js";
import type { Delegated, Input } from "../input.js";
import { owedAs, workOf } from "../lookup.js";
import type { Run } from "../state.js";
import type { Spent } from "../spent.js";
import type { Work } from "../work.js";
import { refOf } from "./failure.js";

/** Why this sub-plan cannot be a run of its own; undefined if it can. */
export function nestsTooDeep(run: Run, { step }: Work): Failure | undefined {
  if (subPlanOf(step.spec) === undefined || (run.request.within?.depth ?? 0) < LIMITS.subPlanDepth) return undefined;
  return failWith("SUBPLAN_DEPTH", { most: LIMITS.subPlanDepth });
}

const UNITS = ["modelCalls", "tokens", "costUsd"] as const;

/**
 * The part of the budget for the child run of this sub-plan: what its plan says, else half of what is free; never more
 * than is free. null for other steps, and without a budget and a share.
 */
export function allowanceOf(run: Run, { step }: Work): Spent | null {
  const spec = subPlanOf(step.spec);
  const { budget } = run.request.settings;
  if (spec === undefined || UNITS.every((unit) => budget[unit] === null && spec.budget?.[unit] === undefined))
    return null;
  const free = freeBudget(run);
  const part = (unit: (typeof UNITS)[number]): number => shareOf(free[unit], spec.budget?.[unit], unit);
  return { modelCalls: part("modelCalls"), tokens: part("tokens"), costUsd: part("costUsd") };
}

function shareOf(free: number, wanted: BudgetShare[(typeof UNITS)[number]], unit: (typeof UNITS)[number]): number {
  if (wanted !== undefined) return Math.min(wanted, free);
  if (free === Number.MAX_SAFE_INTEGER) return free;
  return unit === "costUsd" ? free / 2 : Math.ceil(free / 2);
}

/** What no call has used or reserved. Without a limit: the largest number. */
function freeBudget({ request: { settings }, spending }: Run): Spent {
  const left = (unit: (typeof UNITS)[number]): number => {
    const limit = settings.budget[unit];
    if (limit === null) return Number.MAX_SAFE_INTEGER;
    let free = limit - spending.used[unit];
    for (const { spent, reserved } of spending.allowances.values()) free -= spent[unit] + reserved[unit];
    return Math.max(0, free);
  };
  return { modelCalls: left("modelCalls"), tokens: left("tokens"), costUsd: left("costUsd") };
}

/** What is told of a child run, if it is new. */
export function delegated(run: Run, { key, run: id, waits, used }: Input & Delegated): Fact[] {
  const work = workOf(run, owedAs(run, key, "call"));
  const told = { run: id, ...(waits === undefined ? {} : { waits }), used };
  if (work.child !== undefined && hashOf(work.child) === hashOf(told)) return [];
  return [fact("step.delegated", { ...refOf(work), attempt: work.attempt, ...told })];
}
