// The strategy that a run follows. In: a run. Out: its strategy, whether a step is the whole run, and who plans for
// another goal. Pure.
import type { Step } from "../plan/plan.js";
import { ownFields } from "../plan/step-kind.js";
import { isAnswer } from "../plan/one-step.js";
import { isOneStep, type OneStepStrategy, type Strategy } from "../plan/strategy.js";
import { currentPlan } from "./lookup.js";
import type { Run } from "./state.js";

/** The strategy of the start. */
export function wantedStrategy({ request }: Pick<Run, "request">): Strategy {
  return request.strategy === "plan-and-execute" ? "plan" : request.strategy;
}

/** The strategy that the run follows: the chosen one, if there was a choice; `auto` before it. */
export const strategyOf = (run: Pick<Run, "request" | "planning">): Strategy =>
  run.planning.choice?.strategy ?? wantedStrategy(run);

/** The strategy whose step this is: its output is the answer. undefined for a step of any other plan. */
export function wholeRunBy(run: Run, step: Step): OneStepStrategy | undefined {
  const strategy = strategyOf(run);
  const answer = currentPlan(run)?.plan.answer;
  const isWhole = answer !== undefined && isAnswer(answer, step);
  return isWhole && ownFields(step)["turns"] !== undefined && isOneStep(strategy) ? strategy : undefined;
}

/** Whether no planner is needed for another goal: the strategy makes its plan of one step again. */
export const isChosenAnew = (run: Run): boolean =>
  run.request.models.planner === null && run.request.models.executor !== null && wantedStrategy(run) !== "plan";

/** Whether a strategy is chosen before the first plan, so that no planner may be needed. */
export const isFirstChosen = (run: Run): boolean => run.request.strategy === "auto" || isChosenAnew(run);
