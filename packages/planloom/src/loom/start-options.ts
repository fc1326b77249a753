// What a run may be opened with, whoever calls: its goal, its inputs, its id. In: these, as given. Out: as they are recorded.
// Separate because programs without types call the library, and what the first event holds is never looked at again.
import { PlanloomError } from "../error.js";
import { LIMITS } from "../limits.js";
import type { Json } from "../plan/json.js";
import { asJson } from "../tools/output.js";

export type Inputs = { readonly [name: string]: Json };

/** The goal as it is. Throws GOAL_EMPTY, GOAL_TOO_LONG. */
export function soundGoal(goal: string): string {
  if (goal.trim() === "") {
    const next = "Say what you want to be done.";
    throw new PlanloomError("GOAL_EMPTY", "The goal is empty.", { kind: "usage", next });
  }
  if (goal.length <= LIMITS.goalChars) return goal;
  const message = `The goal has ${goal.length} characters; the limit is ${LIMITS.goalChars}.`;
  const next = "Say briefly what you want to be done, and give the data as inputs.";
  throw new PlanloomError("GOAL_TOO_LONG", message, { kind: "usage", next });
}

/** A copy, so that nobody changes what is recorded. Throws INPUTS_NOT_JSON. */
export function soundInputs(inputs: Inputs): Inputs {
  const copy = asJson(inputs);
  if (copy.ok) return copy.value as Inputs;
  const message = `The inputs of a run are recorded as JSON, and these cannot be: ${copy.problem}.`;
  const next = "Give plain data: texts, numbers, booleans, null, lists and records.";
  throw new PlanloomError("INPUTS_NOT_JSON", message, { kind: "usage", next });
}

/** An id that somebody has chosen, as it is. Throws RUN_ID_INVALID. */
export function soundRunId(runId: string): string {
  if (runId.trim() !== "" && runId.length <= LIMITS.nameChars) return runId;
  const message = `A run cannot have an id of ${runId.length} characters.`;
  const next = `Choose one of 1 to ${LIMITS.nameChars} characters, or none: then a new one is made.`;
  throw new PlanloomError("RUN_ID_INVALID", message, { kind: "usage", next });
}
