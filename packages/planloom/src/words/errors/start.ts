// Words for errors of the options that start a run.
import type { ErrorTable } from "../error-words.js";

export interface StartErrors {
  START_ABORTED: Record<string, never>;
  SIGNAL_INVALID: Record<string, never>;
}

export const START_ERRORS: ErrorTable<StartErrors> = {
  START_ABORTED: {
    kind: "interrupted",
    message: () => "The signal was aborted before the run started. Nothing was recorded.",
    next: () => ["Start it again with a signal that is not aborted: ", { action: "start" }, "."],
  },
  SIGNAL_INVALID: {
    kind: "usage",
    message: () => "`signal` is not an AbortSignal.",
    next: () => ["Give the `signal` of an AbortController, or `AbortSignal.timeout(ms)`."],
  },
};
