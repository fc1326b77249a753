// What a run may be opened with, whoever calls: its goal, its inputs, its id. In: these, as given. Out: as they are recorded.
// Separate because programs without types call the library, and what the first event holds is never looked at again.
import { PlanloomError } from "../words/planloom-error.js";
import { LIMITS } from "../limits.js";
import type { Json } from "../plan/json.js";
import { asJson } from "../tools/output.js";

export type Inputs = { readonly [name: string]: Json };

/** The goal as it is. Throws GOAL_EMPTY, GOAL_TOO_LONG. */
export function soundGoal(goal: string): string {
  if (goal.trim() === "") throw new PlanloomError("GOAL_EMPTY", {});
  if (goal.length <= LIMITS.goalChars) return goal;
  throw new PlanloomError("GOAL_TOO_LONG", { chars: goal.length, limit: LIMITS.goalChars });
}

/** A copy, so that nobody changes what is recorded. Throws INPUTS_NOT_JSON. */
export function soundInputs(inputs: Inputs): Inputs {
  const copy = asJson(inputs);
  if (copy.ok) return copy.value as Inputs;
  throw new PlanloomError("INPUTS_NOT_JSON", { problem: copy.problem });
}

/** An id that somebody has chosen, as it is. Throws RUN_ID_INVALID. */
export function soundRunId(runId: string): string {
  if (runId.trim() !== "" && runId.length <= LIMITS.nameChars) return runId;
  throw new PlanloomError("RUN_ID_INVALID", { chars: runId.length, limit: LIMITS.nameChars });
}
