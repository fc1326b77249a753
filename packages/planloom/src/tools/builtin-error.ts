// A failure of a tool, worded by the catalogue. In: a code with its parameters. Out: a ToolError.
import type { JsonObject } from "../plan/json.js";
import type { Failure } from "../run/failure.js";
import { toolFailureWords, type ToolFailureCode, type ToolFailureParams } from "../words/tool-failures.js";
import { ToolError } from "./tool.js";

/** `retryable`: given for a code that is only sometimes retryable. Default: the catalogue's value. */
export function builtinError<Code extends ToolFailureCode>(
  code: Code,
  params: ToolFailureParams[Code],
  options: { readonly retryable?: boolean; readonly retryAfterMs?: number | undefined; readonly cause?: unknown } = {},
): ToolError & { readonly failure: Failure } {
  const words = toolFailureWords(code, params);
  const { retryable = words.retryable, retryAfterMs, cause } = options;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  const failure = { code, params: params as unknown as JsonObject, retryable, ...wait };
  return Object.assign(new ToolError(words.message, { code, retryable, ...wait, cause }), { failure });
}
