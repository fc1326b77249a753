// Why an expression has no value. In: a code, a place and what to write. Out: a ToolError that is never worth a retry.
// Separate because reading, names and functions all report in the same words.
import { ToolError } from "../tool.js";

export type ArithmeticCode =
  | "CALC_SYNTAX"
  | "CALC_NUMBER"
  | "CALC_NAME"
  | "CALC_VARIABLE"
  | "CALC_LIST"
  | "CALC_ARGUMENTS"
  | "CALC_EXPONENT"
  | "CALC_DIVISION_BY_ZERO"
  | "CALC_NOT_A_NUMBER"
  | "CALC_OVERFLOW"
  | "CALC_TOO_LONG"
  | "CALC_TOO_DEEP";

/** Throws; `at` is the position in the expression from 0 (shown from 1), `fix` one sentence. */
export function wrong(code: ArithmeticCode, at: number, what: string, fix: string): never {
  throw new ToolError(`Position ${at + 1}: ${what}. ${fix}`, { code, retryable: false });
}

/** Lets only finite numbers pass, and no negative zero. */
export function finite(value: number, at: number, what: string): number {
  if (Number.isNaN(value))
    wrong("CALC_NOT_A_NUMBER", at, `${what} is not a real number`, "Check the values it is given.");
  if (!Number.isFinite(value)) wrong("CALC_OVERFLOW", at, `${what} is too large`, "Results stay below 1.8e308.");
  return value === 0 ? 0 : value;
}
