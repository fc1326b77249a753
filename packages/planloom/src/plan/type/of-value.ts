// The type that a value shows. In: a JSON value. Out: its type; null, and the items of an empty list, are unknown.
// Separate because check and the planner's prompt speak of inputs whose type nobody declared.
import { isObject, type Json } from "../json.js";
import { BOOLEAN, listOf, NUMBER, STRING, type Type, unionOf, UNKNOWN } from "./type.js";

/** The type that a value suggests: its kind, not the value itself. */
export function typeOfValue(value: Json): Type {
  if (typeof value === "string") return STRING;
  if (typeof value === "number") return NUMBER;
  if (typeof value === "boolean") return BOOLEAN;
  if (Array.isArray(value))
    return listOf(value.length === 0 ? UNKNOWN : unionOf((value as readonly Json[]).map(typeOfValue)));
  if (!isObject(value)) return UNKNOWN;
  const fields = Object.entries(value).map(
    ([name, field]) => [name, { type: typeOfValue(field), optional: false }] as const,
  );
  return { kind: "record", fields: Object.fromEntries(fields) };
}
