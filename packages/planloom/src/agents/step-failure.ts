// How a role fails: the failure as data, with what the attempt had spent. In: whatever was thrown. Out: a StepFailure.
// Separate because every role ends in it, and the engine turns it into the failed event of its effect.
import { PlanloomError } from "../words/planloom-error.js";
import { NO_USAGE, type Usage } from "../plan/usage.js";
import type { JsonObject } from "../plan/json.js";
import { failWith, type Failure } from "../run/failure.js";
import { failureText } from "../words/failures.js";
import { UnknownOutcome } from "./checkpoint.js";

/** An attempt of a role that failed. `usage` is the sum of all its replies, also of those that came from the journal. */
export class StepFailure extends Error {
  override readonly name = "StepFailure";

  constructor(
    readonly failure: Failure,
    readonly usage: Usage = NO_USAGE,
    cause?: unknown,
  ) {
    super(failureText(failure), cause === undefined ? undefined : { cause });
  }
}

/**
 * What a role throws for `thrown`: provider errors and aborts become a StepFailure (an abort has the code INTERRUPTED; the
 * engine knows better why it aborted), an UnknownOutcome learns what was spent, and everything else stays as it is: it is
 * the engine's own (a store that was lost) or a programmer's error.
 */
export function failureOf(thrown: unknown, signal: AbortSignal, usage: Usage): unknown {
  if (thrown instanceof StepFailure) return thrown;
  if (thrown instanceof UnknownOutcome) {
    const { key, tool, cause } = thrown;
    return new UnknownOutcome({ key, tool, usage, ...(cause === undefined ? {} : { cause }) });
  }
  if (thrown instanceof PlanloomError && thrown.kind === "provider") {
    return new StepFailure(operatingFailure(thrown), usage, thrown);
  }
  if (!signal.aborted) return thrown;
  return new StepFailure(failWith("INTERRUPTED", {}, { retryable: true }), usage, thrown);
}

/** An operating error as a failure of a run. */
export function operatingFailure({ code, params, retryable, retryAfterMs }: PlanloomError): Failure {
  return {
    code,
    params: params as unknown as JsonObject,
    retryable,
    ...(typeof retryAfterMs === "number" ? { retryAfterMs } : {}),
  };
}
