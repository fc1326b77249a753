// Values that cross the edge of a tool. In: anything a tool returned or was given. Out: a copy that is JSON within limits,
// or where and why it is not. Separate because it is the only place where foreign values become recorded facts.
import { LIMITS } from "../limits.js";
import type { Json } from "../plan/json.js";

export type AsJson = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: string };

/** Thrown inside this file only: leaves the walk at the first thing that is not JSON. */
class NotJson extends Error {}

/**
 * Copies a value as JSON: undefined becomes null (fields that are undefined are left out), -0 becomes 0. Cycles, functions,
 * symbols, BigInt, NaN, infinities, class instances and `__proto__` keys are problems, as are depth and size over LIMITS.
 */
export function asJson(value: unknown): AsJson {
  const walk = { left: LIMITS.valueBytes, above: new Set<object>() };
  try {
    const copy = copyOf(value, "the value", walk);
    const bytes = Buffer.byteLength(JSON.stringify(copy));
    if (bytes > LIMITS.valueBytes) tooLarge();
    return { ok: true, value: copy };
  } catch (error) {
    if (error instanceof NotJson) return { ok: false, problem: error.message };
    throw error;
  }
}

interface Walk {
  /** A lower bound of the bytes still free, so that a value that shares parts of itself cannot run for ever. */
  left: number;
  readonly above: Set<object>;
}

function copyOf(value: unknown, at: string, walk: Walk): Json {
  walk.left -= typeof value === "string" ? value.length + 2 : 1;
  if (walk.left < 0) tooLarge();
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "undefined":
      return null;
    case "number":
      if (!Number.isFinite(value)) throw new NotJson(`${at} is ${value}, which JSON has no word for`);
      return value === 0 ? 0 : value;
    case "object":
      return value === null ? null : nested(value, at, walk);
    default:
      throw new NotJson(`${at} is a ${typeof value}`);
  }
}

function nested(value: object, at: string, walk: Walk): Json {
  if (walk.above.has(value)) throw new NotJson(`${at} contains itself`);
  if (walk.above.size >= LIMITS.jsonDepth) throw new NotJson(`${at} nests deeper than ${LIMITS.jsonDepth}`);
  walk.above.add(value);
  const copy = Array.isArray(value) ? listCopy(value, at, walk) : recordCopy(value, at, walk);
  walk.above.delete(value);
  return copy;
}

function listCopy(value: readonly unknown[], at: string, walk: Walk): Json {
  const copy: Json[] = [];
  // By index: holes count as undefined.
  for (let i = 0; i < value.length; i++) copy.push(copyOf(value[i], `${at}[${i}]`, walk));
  return copy;
}

function recordCopy(value: object, at: string, walk: Walk): Json {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw new NotJson(`${at} is a ${className(value)}`);
  const copy: Record<string, Json> = {};
  for (const [key, field] of Object.entries(value)) {
    if (key === "__proto__") throw new NotJson(`${at} has a key __proto__`);
    walk.left -= key.length + 3;
    if (field !== undefined) copy[key] = copyOf(field, at === "the value" ? key : `${at}.${key}`, walk);
  }
  return copy;
}

function className(value: object): string {
  const name = (value.constructor as { name?: unknown } | undefined)?.name;
  return typeof name === "string" && name !== "" ? name : "class instance";
}

function tooLarge(): never {
  throw new NotJson(`the value is larger than ${LIMITS.valueBytes} bytes`);
}
