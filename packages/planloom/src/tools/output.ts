// Values that enter or leave a tool. In: anything a tool returned or was given. Out: a copy that is JSON within limits,
// or the place and reason of the problem.
import { LIMITS } from "../limits.js";
import type { Json } from "../plan/json.js";

export type AsJson = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: string };

/** Thrown and caught inside this file: ends the walk at the first value that is not JSON. */
class NotJson extends Error {}

/**
 * Copies a value as JSON: undefined becomes null (fields that are undefined are left out), -0 becomes 0. Cycles,
 * functions, symbols, BigInt, NaN, infinities, class instances and `__proto__` keys are problems, as are depth and size
 * over LIMITS.
 */
export function asJson(value: unknown): AsJson {
  const walk: Walk = { left: LIMITS.valueBytes, above: new Set(), keys: [] };
  try {
    const copy = copyOf(value, walk);
    const bytes = Buffer.byteLength(JSON.stringify(copy));
    if (bytes > LIMITS.valueBytes) tooLarge();
    return { ok: true, value: copy };
  } catch (error) {
    if (error instanceof NotJson) return { ok: false, problem: error.message };
    throw error;
  }
}

interface Walk {
  /** A lower bound of the bytes still free. It stops a value that repeats parts of itself many times. */
  left: number;
  readonly above: Set<object>;
  /** The path from the root to the value being walked. */
  readonly keys: (string | number)[];
}

function copyOf(value: unknown, walk: Walk): Json {
  walk.left -= typeof value === "string" ? value.length + 2 : 1;
  if (walk.left < 0) tooLarge();
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "undefined":
      return null;
    case "number":
      if (!Number.isFinite(value)) notJson(walk, `is ${value}, which JSON has no word for`);
      return value === 0 ? 0 : value;
    case "object":
      return value === null ? null : nested(value, walk);
    default:
      return notJson(walk, `is a ${typeof value}`);
  }
}

function nested(value: object, walk: Walk): Json {
  if (walk.above.has(value)) notJson(walk, "contains itself");
  if (walk.above.size >= LIMITS.jsonDepth) notJson(walk, `nests deeper than ${LIMITS.jsonDepth}`);
  walk.above.add(value);
  const copy = Array.isArray(value) ? listCopy(value, walk) : recordCopy(value, walk);
  walk.above.delete(value);
  return copy;
}

function listCopy(value: readonly unknown[], walk: Walk): Json {
  const copy: Json[] = [];
  // Read by index, so that holes count as undefined.
  for (let i = 0; i < value.length; i++) copy.push(fieldCopy(i, value[i], walk));
  return copy;
}

function recordCopy(value: object, walk: Walk): Json {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) notJson(walk, `is a ${className(value)}`);
  const copy: Record<string, Json> = {};
  for (const [key, field] of Object.entries(value)) {
    if (key === "__proto__") notJson(walk, "has a key __proto__");
    walk.left -= key.length + 3;
    if (field !== undefined) copy[key] = fieldCopy(key, field, walk);
  }
  return copy;
}

function fieldCopy(key: string | number, field: unknown, walk: Walk): Json {
  walk.keys.push(key);
  const copy = copyOf(field, walk);
  walk.keys.pop();
  return copy;
}

function className(value: object): string {
  const name = (value.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === "string" && name !== "" ? name : "class instance";
}

function notJson({ keys }: Walk, what: string): never {
  const at = keys.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
  throw new NotJson(`${at.replace(/^\./, "") || "the value"} ${what}`);
}

function tooLarge(): never {
  throw new NotJson(`the value is larger than ${LIMITS.valueBytes} bytes`);
}
