// Makes a failure safe to record. In: a failure with parts from programs without types. Out: a failure within the
// limits. An event keeps it for ever.
import { beginning } from "../beginning.js";
import { LIMITS } from "../limits.js";
import { messageOf } from "../error.js";
import { depthOf, isObject, sizeOf, type JsonObject } from "../plan/json.js";
import type { Failure } from "./failure.js";

/** An invalid code is replaced by `otherwise`, and is put before the text. */
export function soundFailure(given: { readonly [field in keyof Failure]?: unknown }, otherwise: string): Failure {
  const { code, params, text, foreign, thrown, retryable, retryAfterMs } = given;
  const known = typeof code === "string" && code.length <= LIMITS.codeChars && /^[A-Z][A-Z0-9_]*$/.test(code);
  const said = text === undefined ? undefined : messageOf(text);
  const unknown = `${beginning(messageOf(code), LIMITS.codeChars)}: ${said ?? ""}`;
  const words = known ? said : messageOf(unknown);
  return {
    code: known ? code : otherwise,
    ...(isSound(params) ? { params } : {}),
    ...(words === undefined ? {} : { text: words }),
    ...(foreign === true ? { foreign } : {}),
    ...(isSound(thrown) ? { thrown } : {}),
    retryable: retryable === true,
    ...(typeof retryAfterMs === "number" && retryAfterMs >= 0 && retryAfterMs < Infinity ? { retryAfterMs } : {}),
  };
}

const isSound = (params: unknown): params is JsonObject =>
  isObject(params) &&
  depthOf(params, LIMITS.jsonDepth) <= LIMITS.jsonDepth &&
  sizeOf(params, LIMITS.valueBytes) <= LIMITS.valueBytes;
