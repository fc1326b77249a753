// NESTFUL's words for types. In: a parameter as its specifications write it. Out: JSON Schema. The words are free text,
// so a word that is not understood must not cause a false alarm.
import { isObject, type Json, type JsonObject } from "planloom/plan";

const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as readonly Json[]) : []);
const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : "");
export const fieldsOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

const KINDS: { readonly [word: string]: string } = {
  string: "string",
  enum: "string",
  date: "string",
  number: "number",
  float: "number",
  integer: "number",
  boolean: "boolean",
  array: "array",
  object: "object",
};

/**
 * A parameter `{ type: "String", allowed_values }`, or only the name of its type. An unknown type allows everything.
 */
export function schemaOf(field: Json | undefined): JsonObject {
  const { type, ...more } = isObject(field) ? field : { type: field ?? null };
  const kind = KINDS[/^[a-z]+/.exec(textOf(type).toLowerCase())?.[0] ?? ""];
  if (kind === undefined) return {};
  if (kind === "array") return { type: kind, ...("items" in more ? { items: schemaOf(more["items"]) } : {}) };
  if (kind === "object") {
    const named = Object.entries(fieldsOf(more["properties"])).map(([name, part]) => [name, schemaOf(part)] as const);
    const properties = named.length === 0 ? {} : { properties: Object.fromEntries(named) };
    return { type: kind, ...properties, additionalProperties: true };
  }
  const values = list(more["enum"] ?? more["allowed_values"] ?? more["possible_values"]);
  return values.length === 0 ? { type: kind } : { enum: values };
}

/** Parameters are part of an address, where 1 and "1" are the same. So a text may be given as a number or a boolean. */
export function inAddress(schema: JsonObject): JsonObject {
  if (schema["type"] === "string") return { type: ["string", "number", "boolean"] };
  const values = list(schema["enum"]);
  const numbers = values.filter((value) => typeof value === "string" && String(Number(value)) === value).map(Number);
  return numbers.length === 0 ? schema : { enum: [...values, ...numbers] };
}
