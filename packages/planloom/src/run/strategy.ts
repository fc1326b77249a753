// The strategy that a run follows. In: a run. Out: its strategy, and whether a step is the whole run. Pure.
import type { Step } from "../plan/plan.js";
import { ownFields } from "../plan/step-kind.js";
import { isOneStep, type OneStepStrategy, type Strategy } from "../plan/strategy.js";
import { currentPlan } from "./lookup.js";
import type { Run } from "./state.js";

/** The strategy of the start; `auto` until one is chosen. */
export function strategyOf({ request }: Pick<Run, "request">): Strategy {
  return request.strategy === "plan-and-execute" ? "plan" : request.strategy;
}

/** The strategy whose only step this is; undefined for a step of any other plan. */
export function wholeRunBy(run: Run, step: Step): OneStepStrategy | undefined {
  const strategy = strategyOf(run);
  const isAlone = currentPlan(run)?.plan.steps.length === 1 && ownFields(step)["turns"] !== undefined;
  return isAlone && isOneStep(strategy) ? strategy : undefined;
}
