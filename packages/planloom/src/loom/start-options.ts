// Validates the options that start a run: its goal, inputs and id. In: the options as given, perhaps from JavaScript.
// Out: the values to record. The first event is not validated again.
import { PlanloomError } from "../words/planloom-error.js";
import { LIMITS } from "../limits.js";
import type { Json } from "../plan/json.js";
import { asJson } from "../tools/output.js";

export type Inputs = { readonly [name: string]: Json };

/** The goal, unchanged. Throws GOAL_EMPTY, GOAL_TOO_LONG. */
export function soundGoal(goal: string): string {
  if (goal.trim() === "") throw new PlanloomError("GOAL_EMPTY", {});
  if (goal.length <= LIMITS.goalChars) return goal;
  throw new PlanloomError("GOAL_TOO_LONG", { chars: goal.length, limit: LIMITS.goalChars });
}

/** A copy, so that later changes do not affect the record. Throws INPUTS_NOT_JSON. */
export function soundInputs(inputs: Inputs): Inputs {
  const copy = asJson(inputs);
  if (copy.ok) return copy.value as Inputs;
  throw new PlanloomError("INPUTS_NOT_JSON", { problem: copy.problem });
}

/** A chosen run id, unchanged. Throws RUN_ID_INVALID. */
export function soundRunId(runId: string): string {
  if (runId.trim() !== "" && runId.length <= LIMITS.nameChars) return runId;
  throw new PlanloomError("RUN_ID_INVALID", { chars: runId.length, limit: LIMITS.nameChars });
}
