// JSON values as data: the type, safe own-property access, depth, and the canonical text for hashes. In: any JSON
// value. Out: values and strings.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Keys that reach an object's prototype. They are refused everywhere. */
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The own property `key`, or undefined. Never a property of the prototype. */
export function own(value: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The value of a text that is JSON; undefined for any other text. */
export function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** One more token on a JSON pointer (RFC 6901). */
export function pointerTo(parent: string, token: string | number): string {
  return `${parent}/${String(token).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/**
 * The canonical text of a value after RFC 8785: keys sorted by UTF-16 code units, no white space, numbers as JavaScript
 * writes them. Properties with the value undefined are left out.
 */
export const canonicalJson = (value: unknown): string => canonicalText(value, 0);

/** How deep a part is looked at as a whole: each level looks again at what is below it. */
const LOOKED_AT = 3;

function canonicalText(value: unknown, depth: number): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  // Five times as fast for large values, whose keys often are in order.
  if (depth <= LOOKED_AT && isInOrder(value)) return JSON.stringify(value);
  if (Array.isArray(value)) {
    let text = "[";
    for (let i = 0; i < value.length; i++) text += (i > 0 ? "," : "") + canonicalText(value[i], depth + 1);
    return text + "]";
  }
  const object = value as Record<string, unknown>;
  let text = "{";
  for (const key of Object.keys(object).sort()) {
    const field = object[key];
    if (field === undefined) continue;
    text += (text.length > 1 ? "," : "") + JSON.stringify(key) + ":" + canonicalText(field, depth + 1);
  }
  return text + "}";
}

/** Whether JSON.stringify writes the canonical text: all keys are in order, and nothing writes itself. */
function isInOrder(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function" && typeof value !== "symbol";
  if ("toJSON" in value) return false;
  if (Array.isArray(value)) return (value as unknown[]).every(isInOrder);
  let before: string | undefined;
  for (const key of Object.keys(value)) {
    if (before !== undefined && before > key) return false;
    before = key;
    if (!isInOrder((value as Record<string, unknown>)[key])) return false;
  }
  return true;
}

/** The nesting depth of a value: 0 for a scalar. Stops counting past `max` and returns max + 1. */
export function depthOf(value: unknown, max: number): number {
  if (value === null || typeof value !== "object") return 0;
  if (max <= 0) return 1;
  let deepest = 0;
  for (const field of Array.isArray(value) ? (value as unknown[]) : Object.values(value)) {
    if (field === null || typeof field !== "object") continue;
    deepest = Math.max(deepest, depthOf(field, max - 1));
    if (deepest >= max) break;
  }
  return deepest + 1;
}

export type JsonKind = "null" | "boolean" | "number" | "string" | "list" | "record";

export function kindOf(value: Json): JsonKind {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  return typeof value === "object" ? "record" : (typeof value as "boolean" | "number" | "string");
}

/** For people: a text unchanged, any other value as indented JSON. */
export const readableText = (value: Json): string =>
  typeof value === "string" ? value : JSON.stringify(value, null, 2);

/** A lower estimate of the bytes of a value's text. Stops counting past `max`. */
export function sizeOf(value: Json, max: number): number {
  if (typeof value === "string") return value.length + 2;
  if (value === null || typeof value !== "object") return 1;
  let size = 1;
  for (const [name, field] of Object.entries(value)) {
    size += (Array.isArray(value) ? 1 : name.length + 4) + sizeOf(field, max - size);
    if (size > max) break;
  }
  return size;
}
