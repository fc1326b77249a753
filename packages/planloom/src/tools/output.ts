// Values that enter or leave a tool or a program. In: anything. Out: a copy that is JSON within limits, or the problem.
import { LIMITS } from "../limits.js";
import type { Json } from "../plan/json.js";
import { notJson, type NotJson } from "../plan/not-json.js";

/**
 * Copies what a tool was given or returned: undefined becomes null (fields that are undefined are left out), -0 becomes
 * 0. Cycles, functions, symbols, BigInt, NaN, infinities, class instances and `__proto__` keys are problems, as are
 * depth and size (`most`: bytes of its text) over LIMITS. Never throws.
 */
export const asJson = (value: unknown, most: number = LIMITS.valueBytes): JsonCopy => copied(value, false, most);

export type JsonCopy = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: NotJson };

/**
 * Copies what a person or a program gave to be recorded: undefined, holes and getters are problems too. Never throws.
 */
export const strictJson = (value: unknown): JsonCopy => copied(value, true, LIMITS.valueBytes);

function copied(value: unknown, strict: boolean, most: number): JsonCopy {
  const problem = notJson(value, { strict, most });
  if (problem !== undefined) return { ok: false, problem };
  try {
    const text = JSON.stringify(value) ?? "null";
    if (Buffer.byteLength(text) <= most) return { ok: true, value: JSON.parse(text) as Json };
    return { ok: false, problem: { path: [], is: "size", most } };
  } catch {
    // A proxy may answer differently the second time.
    return { ok: false, problem: { path: [], is: "unreadable" } };
  }
}
