// The signal of a start: its abort cancels the run. In: a signal and a run. Out: a cancel, when it is aborted.
import { beginning } from "../beginning.js";
import type { Engine } from "../engine/engine.js";
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import { endedAfter } from "../engine/log.js";
import { PlanloomError } from "../words/planloom-error.js";

/** Throws START_ABORTED if the signal is aborted already, SIGNAL_INVALID if it is no signal. */
export function assertNotAborted(signal: AbortSignal | undefined): void {
  // The caller may be JavaScript.
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw new PlanloomError("SIGNAL_INVALID", {});
  if (signal?.aborted === true) throw new PlanloomError("START_ABORTED", {}, { cause: signal.reason });
}

/** Cancels the run when the signal is aborted, until the run ends here. */
export function cancelWith(signal: AbortSignal | undefined, runId: string, engine: Engine): void {
  if (signal === undefined) return;
  const cancel = (): void => {
    const reason = beginning(messageOf(signal.reason), LIMITS.messageChars);
    // A run that has ended, or a loom that was closed, has nothing to cancel.
    void engine.send(runId, { type: "cancel", reason }, { by: "signal" }).catch(() => undefined);
  };
  if (signal.aborted) return cancel();
  signal.addEventListener("abort", cancel, { once: true });
  engine.listen(runId, {
    event: (event) => {
      if (endedAfter(event) === true) signal.removeEventListener("abort", cancel);
    },
  });
}
