// Tells what a run has done and what it has not. In: a run. Out: steps with their outputs, and the steps without. The
// answer is written from it, also the partial answer of a run that has failed.
import type { Json } from "../plan/json.js";
import type { Run } from "./state.js";
import { isFinished } from "./steps.js";
import type { StepState } from "./work.js";

export interface DoneStep {
  readonly state: StepState;
  readonly output: Json;
  /** Only for a fan-out that has not ended: the number of its items that have. The others are null in `output`. */
  readonly items?: number;
}

/** The steps with an output, in the order of the plan. Skipped steps have none. */
export function doneSteps({ execution: { steps } }: Run): readonly DoneStep[] {
  return [...steps.values()].flatMap((state): readonly DoneStep[] => {
    const { work, fan } = state;
    if (work.status === "completed") return [{ state, output: work.output ?? null }];
    if (fan === undefined || work.status === "skipped" || work.status === "undone") return [];
    const items = fan.items.filter(({ status }) => status === "completed").length;
    return items === 0 ? [] : [{ state, output: fan.items.map(({ output = null }) => output), items }];
  });
}

/** The steps that have neither completed nor been skipped by a condition. */
export const notDoneSteps = ({ execution: { steps } }: Run): readonly StepState[] =>
  [...steps.values()].filter(({ work }) => !isFinished(work) || (work.status === "skipped" && work.cause !== "when"));
