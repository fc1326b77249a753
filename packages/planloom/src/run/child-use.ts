// Tells sub-plans among the effects of a run, and counts what their child runs use. In: a run and an effect. Out: facts
// for the fold.
import { isSubPlan } from "../plan/step-kind.js";
import { NO_USAGE } from "../plan/usage.js";
import type { Effect } from "./effect.js";
import type { EventData } from "./event.js";
import type { ChildUse } from "./event/child.js";
import type { Run } from "./state.js";

export const NOTHING_USED: ChildUse = {
  planner: NO_USAGE,
  executor: NO_USAGE,
  synthesizer: NO_USAGE,
  spent: { modelCalls: 0, tokens: 0, costUsd: 0 },
};

/** What is told of a child run, without the step. */
export const childNews = ({ run, waits, acted, used }: Told): Told => ({
  run,
  ...(waits === undefined ? {} : { waits }),
  ...(acted === undefined ? {} : { acted }),
  used,
});

type Told = Pick<EventData["step.delegated"], "run" | "waits" | "acted" | "used">;

/** Whether the effect under this key is a sub-plan. */
export function isSubPlanCall(run: Run, effect: Effect | undefined): boolean {
  if (effect?.kind !== "call") return false;
  const spec = run.execution.steps.get(effect.step)?.spec;
  return spec !== undefined && isSubPlan(spec);
}
