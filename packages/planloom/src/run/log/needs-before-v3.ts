// Computes which steps each step of a recorded plan waits for. In: a plan or step of version 1 or 2. Out: `needs`, as
// version 3 records it. Frozen: it follows the rules of these versions, not those of today.
import { recordedNames } from "../../plan/expression/recorded-names.js";
import type { Plan, Step } from "../../plan/plan.js";
import type { StepNeeds } from "../event.js";

const NOT_STEPS: ReadonlySet<string> = new Set(["inputs", "index", "item", "output", "secrets"]);

export function recordedNeeds({ steps }: Pick<Plan, "steps">): StepNeeds {
  const ids = new Set(steps.map(({ id }) => id));
  return Object.fromEntries(
    steps.flatMap((step) => {
      const needs = referredBy(step).filter((id) => ids.has(id) && !step.dependsOn.includes(id));
      return needs.length === 0 ? [] : [[step.id, needs]];
    }),
  );
}

/** All steps that a drafted step waits for. */
export const recordedStepNeeds = (step: Step): readonly string[] => [
  ...new Set([...step.dependsOn, ...referredBy(step)]),
];

function referredBy(step: Step): readonly string[] {
  const names = recordedNames([step.when ?? "", step.forEach ?? "", step.with, step.expect ?? ""]);
  return names.filter((name) => !NOT_STEPS.has(name) && !(step.forEach !== undefined && name === step.as));
}
