// The failure of a role, as data, with the usage of the attempt. In: any error. Out: a StepFailure, which the engine
// turns into the failed event of its effect.
import { PlanloomError } from "../words/planloom-error.js";
import { NO_USAGE, type Usage } from "../plan/usage.js";
import type { JsonObject } from "../plan/json.js";
import { failWith, type Failure } from "../run/failure.js";
import { failureText } from "../words/failures.js";
import { CallAsked, CallHeld, UnknownOutcome } from "./checkpoint.js";

/** A failed attempt of a role. `usage` is the sum of all its replies, also of those from the journal. */
export class StepFailure extends Error {
  override readonly name = "StepFailure";

  constructor(
    readonly failure: Failure,
    readonly usage: Usage = NO_USAGE,
    cause?: unknown,
    /** The model call of this turn failed: nothing else of the attempt did. */
    readonly turn?: number,
  ) {
    super(failureText(failure), cause === undefined ? undefined : { cause });
  }
}

/**
 * The error that a role throws for `thrown`. Provider errors and aborts become a StepFailure (an abort has the code
 * INTERRUPTED; the engine knows the reason). An UnknownOutcome gets the usage. Every other error stays as it is: the
 * engine's own (a lost store) or a programmer's error.
 */
export function failureOf(thrown: unknown, signal: AbortSignal, usage: Usage): unknown {
  if (thrown instanceof StepFailure) return thrown;
  if (thrown instanceof CallHeld) return new CallHeld(thrown.call, thrown.args, usage);
  if (thrown instanceof CallAsked) return new CallAsked(thrown.call, thrown.question, usage);
  if (thrown instanceof UnknownOutcome) {
    const { key, tool, args, cause } = thrown;
    return new UnknownOutcome({ key, tool, args, usage, ...(cause === undefined ? {} : { cause }) });
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
