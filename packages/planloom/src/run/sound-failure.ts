// A failure as it may be recorded. In: whatever a tool, a model or a planner function said of what went wrong. Out: a failure
// within the limits. Separate because what is thrown comes from programs without types, and every event keeps it for ever.
import { LIMITS } from "../limits.js";
import { messageOf } from "../error.js";
import type { Failure } from "./event.js";

/** A code that is none becomes `otherwise`, and stands before the message. */
export function soundFailure(given: { readonly [field in keyof Failure]?: unknown }, otherwise: string): Failure {
  const { code, retryable, retryAfterMs, next } = given;
  const known = typeof code === "string" && code.length <= LIMITS.codeChars && /^[A-Z][A-Z0-9_]*$/.test(code);
  const message = messageOf(given.message);
  return {
    code: known ? code : otherwise,
    message: known ? message : messageOf(`${messageOf(code).slice(0, LIMITS.codeChars)}: ${message}`),
    retryable: retryable === true,
    ...(typeof retryAfterMs === "number" && retryAfterMs >= 0 && retryAfterMs < Infinity ? { retryAfterMs } : {}),
    ...(next === undefined ? {} : { next: messageOf(next) }),
  };
}
