// Makes a report of usage safe to record. In: anything that a model or a tool reports. Out: a usage.
import { beginning } from "../beginning.js";
import { LIMITS } from "../limits.js";
import { isObject, type Json, type JsonObject } from "./json.js";
import type { Usage, Waited } from "./usage.js";

/**
 * Makes a report of a model or a tool safe to record. A value that is not a count is unknown. At least one call was
 * made.
 */
export function soundUsage(reported: unknown): Usage {
  const { calls, inputTokens, outputTokens, cachedInputTokens, waited, others } = isObject(reported) ? reported : {};
  const cached = countOf(cachedInputTokens) ?? 0;
  return {
    calls: countOf(calls) ?? 1,
    inputTokens: countOf(inputTokens),
    outputTokens: countOf(outputTokens),
    ...(cached === 0 ? {} : { cachedInputTokens: cached }),
    ...(isObject(waited) ? soundWaited(waited) : {}),
    ...(isObject(others) ? soundOthers(others) : {}),
  };
}

/** A few reasons exist. A model of the port may report anything. */
function soundWaited(waited: JsonObject): Pick<Usage, "waited"> {
  const known = Object.entries(waited).filter(([why, ms]) => why.length <= 40 && countOf(ms) !== null);
  return known.length === 0 ? {} : { waited: Object.fromEntries(known.slice(0, 10)) as Waited };
}

function soundOthers(others: JsonObject): Pick<Usage, "others"> {
  const sound = Object.entries(others).flatMap(([model, other]) => {
    const because = isObject(other) ? other["because"] : undefined;
    if (!isObject(because) || typeof because["code"] !== "string" || typeof because["model"] !== "string") return [];
    const {
      model: failed,
      code,
      text,
    } = because as { readonly model: string; readonly code: string; readonly text?: Json };
    const words = typeof text === "string" ? { text: beginning(text, LIMITS.errorExcerptChars) } : {};
    const { waited: _waited, others: _others, ...counts } = soundUsage(other);
    const told = { model: beginning(failed, LIMITS.nameChars), code: beginning(code, LIMITS.codeChars), ...words };
    return [[model, { ...counts, because: told }] as const];
  });
  return sound.length === 0 ? {} : { others: Object.fromEntries(sound.slice(0, 10)) };
}

const countOf = (value: unknown): number | null =>
  typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : null;
