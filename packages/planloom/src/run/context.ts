// The context of a run as its log has it. In: nothing. Out: a type. The context is private: no plan, no prompt and no
// hash holds it.
import type { JsonObject } from "../plan/json.js";

export interface RecordedContext {
  readonly stored: JsonObject;
  /** Names of the fields that are not stored. A process that resumes the run looks them up. Absent: there are none. */
  readonly lookedUp?: readonly string[];
}
