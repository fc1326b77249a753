// The limits of a value, in words for models and people. In: a JSON Schema. Out: a text with what its keywords say beside
// types and names.
import { beginning } from "../beginning.js";
import { LIMITS } from "../limits.js";
import { isObject, own, type Json, type JsonObject } from "../plan/json.js";

/** The words of each keyword. undefined: the value of the keyword says nothing. */
const WORDS: { readonly [keyword: string]: (value: Json) => string | undefined } = {
  minimum: (value) => counted(value, "at least"),
  exclusiveMinimum: (value) => counted(value, "more than"),
  maximum: (value) => counted(value, "at most"),
  exclusiveMaximum: (value) => counted(value, "less than"),
  multipleOf: (value) => counted(value, "a multiple of"),
  minLength: (value) => counted(value, "at least", " characters"),
  maxLength: (value) => counted(value, "at most", " characters"),
  pattern: (value) => (typeof value === "string" ? `matches /${shown(value)}/` : undefined),
  format: (value) => (typeof value === "string" ? `format ${shown(value)}` : undefined),
  minItems: (value) => counted(value, "at least", " items"),
  maxItems: (value) => counted(value, "at most", " items"),
  uniqueItems: (value) => (value === true ? "no item twice" : undefined),
  minProperties: (value) => counted(value, "at least", " fields"),
  maxProperties: (value) => counted(value, "at most", " fields"),
  default: (value) => `default ${shown(JSON.stringify(value))}`,
};

export function limitsText(schema: JsonObject): string {
  const said = Object.entries(WORDS).flatMap(([keyword, words]) => {
    const value = own(schema, keyword);
    return value === undefined ? [] : (words(value) ?? []);
  });
  return [...valuesText(schema), ...said, ...namesText(schema)].join(", ");
}

const shown = (text: string): string => beginning(text, LIMITS.schemaLimitChars);

/** JSON Schema of old drafts has booleans for exclusive limits, and then says nothing by them alone. */
const counted = (value: Json, before: string, after = ""): string | undefined =>
  typeof value === "number" ? `${before} ${value}${after}` : undefined;

/** Values that are not sent as an enum: all but texts. */
function valuesText(schema: JsonObject): readonly string[] {
  const values = Object.hasOwn(schema, "const") ? [schema["const"]!] : own(schema, "enum");
  const others = Array.isArray(values) ? (values as readonly Json[]).filter((value) => typeof value !== "string") : [];
  if (others.every((value) => value === null)) return [];
  const texts = (values as readonly Json[]).map((value) => JSON.stringify(value));
  return [shown(texts.length === 1 ? `always ${texts[0]!}` : `one of ${texts.join(", ")}`)];
}

/** The names of an object that may have any. */
function namesText(schema: JsonObject): readonly string[] {
  const more = own(schema, "additionalProperties");
  if (!isObject(more)) return [];
  const type = own(more, "type");
  return [`fields of any name${typeof type === "string" ? `, each of type ${type}` : ""}`];
}
