// The errors that a call of a tool ends with. In: what happened. Out: errors, each with its failure as data. `ToolError` is
// the one that tools throw themselves.
import { failureText } from "../words/failures.js";
import type { Failure } from "../run/failure.js";

/**
 * A failure that the tool itself reports: nothing happened that must not be repeated. Any other error thrown by a tool
 * with effects counts as an unknown outcome.
 */
export class ToolError extends Error {
  override readonly name = "ToolError";
  readonly code: string;
  readonly retryable: boolean;
  /** The delay that the service asks for, in ms. */
  readonly retryAfterMs: number | undefined;
  /**
   * The failure as data, if its code is one of Planloom's and has words in the catalogue. Absent for a tool's own
   * codes.
   */
  readonly failure: Failure | undefined;
  constructor(
    message: string,
    options: {
      readonly failure?: Failure;
      readonly code?: string;
      readonly retryable?: boolean;
      readonly retryAfterMs?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code ?? "TOOL_FAILED";
    this.retryable = options.retryable ?? true;
    this.retryAfterMs = options.retryAfterMs;
    this.failure = options.failure;
  }
}

/**
 * The tool's `run` returned, so the tool has acted as far as it acts at all, but its output cannot be used: it does not
 * match the output schema, is not JSON, or is too large. `returned` is what came back, whatever that is.
 */
export class UnusableOutput extends Error {
  override readonly name = "UnusableOutput";
  readonly code = "BAD_OUTPUT";

  constructor(
    readonly failure: Failure,
    readonly returned: unknown,
    cause?: unknown,
  ) {
    super(failureText(failure), cause === undefined ? undefined : { cause });
  }
}

/** A call ended without an outcome: it timed out, was stopped, or threw. It may have acted. */
export class CallUnsettled extends Error {
  override readonly name = "CallUnsettled";

  constructor(readonly failure: Failure) {
    super(failureText(failure));
  }
}

/** A ToolError with a code and words of Planloom. */
export function toolErrorOf(failed: Failure, cause?: unknown): ToolError {
  const { code, retryable, retryAfterMs } = failed;
  const later = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new ToolError(failureText(failed), { code, retryable, ...later, failure: failed, cause });
}
