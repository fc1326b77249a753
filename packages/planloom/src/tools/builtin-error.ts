// A failure of a built-in tool: its words are those of the catalogue. In: a code with its parameters. Out: a ToolError.
import { toolFailureWords, type ToolFailureCode, type ToolFailureParams } from "../words/tool-failures.js";
import { ToolError } from "./tool.js";

/** `retryable`: where the same code may pass or not; default: what the catalogue says. */
export function builtinError<Code extends ToolFailureCode>(
  code: Code,
  params: ToolFailureParams[Code],
  options: { readonly retryable?: boolean; readonly retryAfterMs?: number | undefined; readonly cause?: unknown } = {},
): ToolError {
  const words = toolFailureWords(code, params);
  const { retryable = words.retryable, retryAfterMs, cause } = options;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new ToolError(words.message, { code, retryable, ...wait, cause });
}
