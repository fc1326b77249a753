// The errors of an evaluation. In: a code, what happened, what to do next. Out: an error that the command prints.
// docs/plan-intake.md lists every code.

export class EvalError extends Error {
  override readonly name = "EvalError";

  constructor(
    /** UPPER_SNAKE. */
    readonly code: string,
    message: string,
    readonly next: string,
  ) {
    super(message);
  }
}

export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
