// The error of an expression without a value. In: a code, a position and the text found there. Out: a ToolError that is
// never retryable.
import type { ToolFailureParams } from "../../words/tool-failures.js";
import type { ArithmeticFailures, Valued } from "../../words/tools/arithmetic.js";
import { builtinError } from "../builtin-error.js";

/** Throws; `at` is the position in the expression from 0 (shown from 1). */
export function wrong<Code extends keyof ArithmeticFailures>(
  code: Code,
  at: number,
  params: WithoutPosition<ArithmeticFailures[Code]>,
): never {
  throw builtinError(code, { position: at + 1, ...params } as unknown as ToolFailureParams[Code]);
}

type WithoutPosition<Params> = Params extends { readonly position: number } ? Omit<Params, "position"> : never;

/** Returns finite numbers, with -0 as 0. Throws for any other number. */
export function finite(value: number, at: number, what: Valued): number {
  if (Number.isNaN(value)) wrong("CALC_NOT_A_NUMBER", at, what);
  if (!Number.isFinite(value)) wrong("CALC_OVERFLOW", at, what);
  return value === 0 ? 0 : value;
}
