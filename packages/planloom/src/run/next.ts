// What is owed to the world now. In: a run. Out: its obligations. Separate because this one line is the engine's whole agenda.
import type { Effect } from "./effect.js";
import type { Run } from "./state.js";

/** The obligations of a run. An engine performs the keys that it is not yet performing, and aborts those that are gone. */
export function next(run: Run): Iterable<Effect> {
  return run.owed.values();
}
