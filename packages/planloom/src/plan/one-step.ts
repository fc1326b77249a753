// Whether a step's output is the answer, and whether a plan is such a step alone. In: a plan. Out: facts, or its step.
// Such a plan needs no table and no model for its answer.
import type { Answer, Plan, Step } from "./plan.js";
import { splitTemplate } from "./expression/split.js";

export function onlyStep({ steps, answer }: Pick<Plan, "steps" | "answer">): Step | undefined {
  const [step, ...others] = steps;
  return step !== undefined && others.length === 0 && isAnswer(answer, step) ? step : undefined;
}

/** Whether the answer is one reference to this step, and nothing else. */
export function isAnswer(answer: Answer, { id }: Pick<Step, "id">): boolean {
  if (answer.kind !== "value" || typeof answer.value !== "string") return false;
  const { parts, broken } = splitTemplate(answer.value);
  const [part, ...more] = parts;
  const isWhole = broken === undefined && part !== undefined && "source" in part && more.length === 0;
  return isWhole && part.source.trim() === id;
}
