// Decides about sub-plans: how much of the budget a child run may use, how deep runs may nest, and what is recorded of a
// child run. In: a run and a step, or what a child run tells. Out: facts and limits.
import { LIMITS } from "../../limits.js";
import { hashOf } from "../../plan/hash.js";
import { subPlanOf } from "../../plan/step-kind.js";
import { childNews } from "../child-use.js";
import { fact, type Fact } from "../event.js";
import type { ChildShare } from "../event/child.js";
import { failWith, type Failure } from "../failure.js";
import type { Delegated, Input } from "../input.js";
import { owedAs, workOf } from "../lookup.js";
import type { Run } from "../state.js";
import type { Work } from "../work.js";
import { refOf } from "./failure.js";

/** Why this sub-plan cannot be a run of its own; undefined if it can. */
export function nestsTooDeep(run: Run, { step }: Work): Failure | undefined {
  if (subPlanOf(step.spec) === undefined || (run.request.within?.depth ?? 0) < LIMITS.subPlanDepth) return undefined;
  return failWith("SUBPLAN_DEPTH", { most: LIMITS.subPlanDepth });
}

const UNITS = ["modelCalls", "tokens", "costUsd"] as const;
type Unit = (typeof UNITS)[number];

/**
 * The part of the budget for the child run of this sub-plan: what its plan says, else half of what is free; never more
 * than is free. null for other steps, and without a budget and a share.
 */
export function allowanceOf(run: Run, { step }: Work): ChildShare | null {
  const spec = subPlanOf(step.spec);
  if (spec === undefined) return null;
  const part = (unit: Unit): number | null => shareOf(freeBudget(run, unit), spec.budget?.[unit], unit);
  const share = { modelCalls: part("modelCalls"), tokens: part("tokens"), costUsd: part("costUsd") };
  return UNITS.every((unit) => share[unit] === null) ? null : share;
}

function shareOf(free: number | null, wanted: number | undefined, unit: Unit): number | null {
  if (free === null) return wanted ?? null;
  if (wanted !== undefined) return Math.min(wanted, free);
  return unit === "costUsd" ? free / 2 : Math.ceil(free / 2);
}

/** What no call has used or reserved. null: there is no limit. */
function freeBudget({ request: { settings }, spending }: Run, unit: Unit): number | null {
  const limit = settings.budget[unit];
  if (limit === null) return null;
  let free = limit - spending.used[unit];
  for (const { spent, reserved } of spending.allowances.values()) free -= spent[unit] + reserved[unit];
  return Math.max(0, free);
}

/** What is told of a child run, if it is new. */
export function delegated(run: Run, input: Input & Delegated): Fact[] {
  const work = workOf(run, owedAs(run, input.key, "call"));
  const said = childNews(input);
  const { refused: _refused, ...known } = work.child ?? {};
  if (hashOf(known) === hashOf(said)) return [];
  return [fact("step.delegated", { ...refOf(work), attempt: work.attempt, ...said })];
}
