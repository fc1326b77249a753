// Input of a replan: the abandoned plan, the steps that are kept, and whether the planner will read untrusted text.
// In: a run. Out: these. The kernel judges the new plan by the same facts.
import { currentPlan } from "./lookup.js";
import { replanOf } from "./status.js";
import { holdsDoubt, isFinished, waitsUnusable } from "./steps.js";
import { type ProposedPlan, type Run } from "./state.js";
import { givesUntrusted } from "../plan/step-kind.js";

/** The plan that was followed last. A replan mends this plan, not a later proposal that was refused. */
export function followedPlan(run: Run, superseded?: ProposedPlan): ProposedPlan | undefined {
  return run.planning.plans.findLast((plan) => plan !== superseded && wasFollowed(plan)) ?? currentPlan(run);
}

/** True for any plan that is not waiting for approval now. */
export const wasFollowed = ({ denied }: ProposedPlan): boolean => denied === undefined || denied === "expired";

/** Steps that any new plan must keep unchanged: finished steps, and steps about whose call a person is asked. */
export function fixedSteps(run: Run): ReadonlySet<string> {
  const failed = new Set(replanOf(run)?.failed.map(({ step }) => step));
  const states = [...run.execution.steps.values()];
  const fixed = states.filter(
    (state) => isFinished(state.work) || ((holdsDoubt(state) || waitsUnusable(state)) && !failed.has(state.spec.id)),
  );
  return new Set(fixed.map(({ spec }) => spec.id));
}

/** Whether the prompt of a replan contains text of tools or models. Such text may hold instructions. */
export function readsUntrusted(run: Run): boolean {
  if (run.request.settings.replanContext === "codes" || currentPlan(run) === undefined) return false;
  return [...run.execution.steps.values()].some(({ spec, tool, work, fan }) => {
    const begun = (work.status !== "pending" && work.status !== "ready") || work.startedAt !== undefined;
    return (begun || fan !== undefined) && givesUntrusted(spec, tool);
  });
}
