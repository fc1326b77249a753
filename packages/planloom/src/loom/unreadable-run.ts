// The error of a run that cannot be read. In: its row in a list, or the reason. Out: a PlanloomError.
import type { UnreadableRun } from "../store/event-store.js";
import type { Unreadable } from "../store/unreadable.js";
import type { ErrorSubject } from "../words/errors.js";
import { PlanloomError } from "../words/planloom-error.js";

export const unreadableError = ({ runId, unreadable }: UnreadableRun): PlanloomError => reasonError(runId, unreadable);

/** A newer version may have stored it, with a code that has no words here. */
export function reasonError(runId: string, { code, params }: Unreadable): PlanloomError {
  try {
    return new PlanloomError(...([code, params] as ErrorSubject));
  } catch {
    return new PlanloomError("RUN_DAMAGED", { runId, soundTo: 0, damage: "values-odd" });
  }
}
