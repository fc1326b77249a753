// The errors of an evaluation. In: a code, what happened, what to do next. Out: an error that the command prints.
// Every code stands in docs/plan-intake.md.

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
