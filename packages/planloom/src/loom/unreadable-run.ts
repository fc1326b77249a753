// The error of a listed run that cannot be read. In: its row. Out: a PlanloomError.
import type { UnreadableRun } from "../store/event-store.js";
import type { ErrorSubject } from "../words/errors.js";
import { PlanloomError } from "../words/planloom-error.js";

/** A newer version may have stored it, with a code that has no words here. */
export function unreadableError({ runId, unreadable: { code, params } }: UnreadableRun): PlanloomError {
  try {
    return new PlanloomError(...([code, params] as ErrorSubject));
  } catch {
    return new PlanloomError("RUN_DAMAGED", { runId, soundTo: 0, damage: "values-odd" });
  }
}
