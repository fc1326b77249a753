// Whether a plan is one step whose output is the answer. In: a plan. Out: its step, or nothing. Such a plan needs no
// table and no model for its answer.
import type { Plan, Step } from "./plan.js";
import { splitTemplate } from "./expression/split.js";

export function onlyStep({ steps, answer }: Pick<Plan, "steps" | "answer">): Step | undefined {
  const [step, ...others] = steps;
  if (step === undefined || others.length > 0 || answer.kind !== "value" || typeof answer.value !== "string")
    return undefined;
  const { parts, broken } = splitTemplate(answer.value);
  const [part, ...more] = parts;
  const isWhole = broken === undefined && part !== undefined && "source" in part && more.length === 0;
  return isWhole && part.source.trim() === step.id ? step : undefined;
}
