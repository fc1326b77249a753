// Finds what is wrong with a JSON Schema that a person wrote: words that are misspelt, and parts that no value can ever
// fit. In: a schema. Out: the first fault with its place, or nothing. Words for programs of others (`x-…`) are left.
import { LIMITS } from "../limits.js";
import { isObject, pointerTo, type Json, type JsonObject } from "../plan/json.js";
import { nearestNames } from "../plan/nearest.js";
import { resolvePointer } from "../plan/type/schema.js";
import type { ToolSchemaFault, SchemaFaultKind } from "../words/errors/schemas.js";

const TYPES = ["string", "number", "integer", "boolean", "object", "array", "null"] as const;

/** Types as other languages name them. */
const TYPES_MEANT: { readonly [given: string]: string } = {
  ...{ str: "string", text: "string", char: "string", varchar: "string", uuid: "string", date: "string" },
  ...{ int: "integer", int32: "integer", int64: "integer", long: "integer", bigint: "integer" },
  ...{ float: "number", double: "number", decimal: "number", num: "number", real: "number" },
  ...{ bool: "boolean", list: "array", tuple: "array", set: "array" },
  ...{ dict: "object", map: "object", record: "object", struct: "object", json: "object" },
  ...{ none: "null", nil: "null", undefined: "null" },
};

type Form =
  "any" | "text" | "number" | "count" | "boolean" | "schema" | "schemas" | "named" | "texts" | "list" | "record";

const words = (form: Form, names: string): readonly (readonly [string, Form])[] =>
  names.split(" ").map((name) => [name, form] as const);

/** The keywords of JSON Schema 2020-12 and the drafts before it, and those of OpenAPI. */
const KEYWORDS: ReadonlyMap<string, Form> = new Map([
  ...words(
    "any",
    "type const default examples example exclusiveMinimum exclusiveMaximum dependencies discriminator xml",
  ),
  ...words("any", "externalDocs $vocabulary $recursiveAnchor enumNames enumDescriptions markdownDescription"),
  ...words("text", "title description $ref $id id $schema $comment $anchor $dynamicRef $dynamicAnchor pattern format"),
  ...words("text", "contentMediaType contentEncoding $recursiveRef"),
  ...words("number", "minimum maximum multipleOf"),
  ...words("count", "minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains"),
  ...words("boolean", "uniqueItems nullable deprecated readOnly writeOnly"),
  ...words("schema", "additionalItems additionalProperties unevaluatedItems unevaluatedProperties"),
  ...["items", "not", "if", "then", "else"].map((name) => [name, "schema"] as const),
  ...words("schema", "contains propertyNames contentSchema"),
  ...words("schemas", "anyOf oneOf allOf prefixItems"),
  ...words("named", "properties patternProperties $defs definitions dependentSchemas"),
  ...words("texts", "required"),
  ...words("list", "enum"),
  ...words("record", "dependentRequired"),
]);

/** Keywords as other libraries name them. */
const KEYWORDS_MEANT: { readonly [given: string]: string } = {
  ...{ props: "properties", fields: "properties", attributes: "properties", shape: "properties", args: "properties" },
  ...{ min: "minimum", max: "maximum", gte: "minimum", lte: "maximum", gt: "exclusiveMinimum", lt: "exclusiveMaximum" },
  ...{
    enums: "enum",
    values: "enum",
    choices: "enum",
    options: "enum",
    oneof: "oneOf",
    anyof: "anyOf",
    allof: "allOf",
  },
  ...{ regex: "pattern", regexp: "pattern", desc: "description", doc: "description", item: "items", of: "items" },
  ...{
    minlen: "minLength",
    maxlen: "maxLength",
    min_length: "minLength",
    max_length: "maxLength",
    length: "maxLength",
  },
  ...{
    optional: "required",
    mandatory: "required",
    additional: "additionalProperties",
    strict: "additionalProperties",
  },
  ...{ ref: "$ref", defs: "$defs", defaultvalue: "default", default_value: "default", unique: "uniqueItems" },
};

/** The first fault of a schema that is JSON; undefined if none is found. */
export function toolSchemaFault(schema: JsonObject): ToolSchemaFault | undefined {
  const found = new Search(schema).fault(schema, "", 0);
  return found === undefined ? undefined : { at: found.at, ...found.kind };
}

interface Found {
  readonly at: string;
  readonly kind: SchemaFaultKind;
}

class Search {
  #nodes = LIMITS.schemaNodes;

  constructor(private readonly root: JsonObject) {}

  fault(schema: Json, at: string, depth: number): Found | undefined {
    if (typeof schema === "boolean") return undefined;
    if (!isObject(schema)) return { at, kind: { is: "value", wanted: "schema" } };
    if (depth > LIMITS.jsonDepth || this.#nodes-- <= 0) return undefined;
    for (const [name, value] of Object.entries(schema)) {
      const place = pointerTo(at, name);
      const kind = keywordFault(name, value) ?? this.#reference(name, value);
      if (kind !== undefined) return { at: place, kind };
      const inner = this.#within(name, value, place, depth + 1);
      if (inner !== undefined) return inner;
    }
    const never = contradiction(schema);
    return never === undefined ? undefined : { at, kind: never };
  }

  #reference(name: string, value: Json): SchemaFaultKind | undefined {
    if (name !== "$ref" || typeof value !== "string" || !value.startsWith("#/")) return undefined;
    return resolvePointer(decoded(value), this.root) === undefined ? { is: "reference", given: value } : undefined;
  }

  #within(name: string, value: Json, place: string, depth: number): Found | undefined {
    const form = KEYWORDS.get(name);
    // Drafts before 2020-12 have a list of schemas in `items`.
    if (form === "schemas" || (name === "items" && Array.isArray(value)))
      return first(value as readonly Json[], (one, index) => this.fault(one, pointerTo(place, String(index)), depth));
    if (form === "schema") return this.fault(value, place, depth);
    if (form !== "named") return undefined;
    return first(Object.entries(value as JsonObject), ([key, one]) => this.fault(one, pointerTo(place, key), depth));
  }
}

function first<T>(list: readonly T[], find: (one: T, index: number) => Found | undefined): Found | undefined {
  for (const [index, one] of list.entries()) {
    const found = find(one, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
}

function keywordFault(name: string, value: Json): SchemaFaultKind | undefined {
  if (name === "type") return typeFault(value);
  const form = KEYWORDS.get(name);
  if (form === undefined) return unknownKeyword(name);
  if (!fits(form, name, value)) return { is: "value", keyword: name, wanted: form === "any" ? "text" : form };
  if (name === "pattern" && !isPattern(value as string)) return { is: "pattern", given: value as string };
  const wrong =
    name === "patternProperties" ? Object.keys(value as JsonObject).find((key) => !isPattern(key)) : undefined;
  return wrong === undefined ? undefined : { is: "pattern", given: wrong };
}

function typeFault(value: Json): SchemaFaultKind | undefined {
  const names = Array.isArray(value) ? (value as readonly Json[]) : [value];
  const wrong = names.find((name) => !(TYPES as readonly Json[]).includes(name));
  if (names.length > 0 && wrong === undefined) return undefined;
  const given = names.length === 0 ? "[]" : typeof wrong === "string" ? wrong : JSON.stringify(wrong);
  const lower = given.toLowerCase();
  const meant = Object.hasOwn(TYPES_MEANT, lower) ? TYPES_MEANT[lower] : nearestNames(lower, TYPES)[0];
  return { is: "type", given, types: TYPES, ...(meant === undefined ? {} : { write: meant }) };
}

/** A word that is far from every keyword may be one of another program. */
function unknownKeyword(name: string): SchemaFaultKind | undefined {
  if (/^(?:x[-_]|\$|~)/.test(name)) return undefined;
  const lower = name.toLowerCase();
  const known = [...KEYWORDS.keys()];
  const meant =
    (Object.hasOwn(KEYWORDS_MEANT, lower) ? KEYWORDS_MEANT[lower] : undefined) ??
    known.find((keyword) => keyword.toLowerCase() === lower.replace(/[_-]/g, "")) ??
    nearestNames(name, known)[0];
  return meant === undefined ? undefined : { is: "keyword", keyword: name, write: meant };
}

const isTexts = (value: Json): boolean =>
  Array.isArray(value) && (value as readonly Json[]).every((one) => typeof one === "string");

function fits(form: Form, name: string, value: Json): boolean {
  switch (form) {
    case "any":
      return true;
    case "text":
    case "boolean":
      return typeof value === (form === "text" ? "string" : "boolean");
    case "number":
      return typeof value === "number" && (name !== "multipleOf" || value > 0);
    case "count":
      return Number.isSafeInteger(value) && (value as number) >= 0;
    case "schema":
      return typeof value === "boolean" || isObject(value) || (name === "items" && Array.isArray(value));
    case "schemas":
      return Array.isArray(value) && value.length > 0;
    case "list":
      return Array.isArray(value) && value.length > 0;
    case "texts":
      return isTexts(value);
    case "named":
    case "record":
      return isObject(value);
  }
}

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, "u") !== undefined;
  } catch {
    return canBePattern(pattern);
  }
}

/** Patterns without the flag `u` may escape more signs. */
function canBePattern(pattern: string): boolean {
  try {
    return new RegExp(pattern) !== undefined;
  } catch {
    return false;
  }
}

const BOUNDS = ["Length", "Items", "Properties", "Contains"].map((what) => [`min${what}`, `max${what}`] as const);

/** Keywords of one schema that no value can fit together. */
function contradiction(schema: JsonObject): SchemaFaultKind | undefined {
  for (const [low, high] of [["minimum", "maximum"] as const, ...BOUNDS]) {
    const [least, most] = [schema[low], schema[high]];
    if (typeof least === "number" && typeof most === "number" && least > most)
      return { is: "never", first: `${low} ${least}`, second: `${high} ${most}` };
  }
  return constFault(schema) ?? requiredFault(schema);
}

function constFault(schema: JsonObject): SchemaFaultKind | undefined {
  const { type, enum: values, nullable } = schema;
  if (type === undefined) return undefined;
  const types = Array.isArray(type) ? (type as readonly Json[]) : [type];
  const isOf = (value: Json) => types.some((one) => isOfType(value, one)) || (value === null && nullable === true);
  const all = Array.isArray(values)
    ? (values as readonly Json[])
    : Object.hasOwn(schema, "const")
      ? [schema["const"]!]
      : [];
  const wrong = all.find((value) => !isOf(value));
  if (wrong === undefined) return undefined;
  const keyword = Array.isArray(values) ? "enum" : "const";
  return {
    is: "never",
    first: `type ${types.map(String).join(", ")}`,
    second: `${keyword} ${JSON.stringify(wrong).slice(0, 80)}`,
  };
}

function isOfType(value: Json, type: Json): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  if (type === "integer") return Number.isInteger(value);
  return typeof value === type;
}

/** A required name that the object may not have, or that is a slip for one that it has. */
function requiredFault(schema: JsonObject): SchemaFaultKind | undefined {
  const { required, properties, additionalProperties, patternProperties } = schema;
  if (!Array.isArray(required) || !isObject(properties) || patternProperties !== undefined) return undefined;
  const known = Object.keys(properties);
  const missing = (required as readonly string[]).find((name) => !known.includes(name));
  if (missing === undefined) return undefined;
  const near = nearestNames(missing, known)[0];
  if (additionalProperties !== false && near === undefined) return undefined;
  return { is: "required", name: missing, properties: known, ...(near === undefined ? {} : { write: near }) };
}
