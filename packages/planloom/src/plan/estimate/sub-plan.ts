// The expected cost of a sub-plan, which nobody has planned yet. In: the models and the samples of earlier sub-plans.
// Out: one part of the work for each role of its run. The time of the whole is in the part of the executor.
import { ASSUMED, type Assumed } from "./assumptions.js";
import { likelyWork, workKey, type History } from "./history.js";

const ROLES = ["planner", "executor", "synthesizer"] as const;

/** One sub-plan, or one item of a list of them. A role without a model has a name without a price. */
export function subPlanParts(models: { readonly [role in (typeof ROLES)[number]]: string }, history: History) {
  return ROLES.map((role) => {
    const model = models[role];
    const key = workKey.subPlan(role, model);
    const assumed: Assumed = ASSUMED.subPlan[role];
    const toolCalls = role === "executor" ? ASSUMED.subPlanToolCalls : 0;
    return { key, of: { model }, model, toolCalls, likely: likelyWork(history, key, assumed) };
  });
}
