// Tells whether a JSON Schema can be checked whole by conform.ts. In: a schema. Out: the first part that cannot, as
// data. A schema with such a part is refused before anything is recorded, so that no answer is checked in part only.
import { LIMITS } from "../../limits.js";
import { depthOf, isObject, own, pointerTo, type Json, type JsonObject } from "../json.js";
import { nearestNames } from "../nearest.js";
import { expression } from "./conform.js";
import { resolvePointer } from "./schema.js";

/** Why a schema cannot be used. `pointer` is a JSON pointer into the schema. */
export type SchemaFault =
  | { readonly fault: "keyword"; readonly pointer: string; readonly keyword: string; readonly instead?: string }
  | { readonly fault: "near"; readonly pointer: string; readonly keyword: string; readonly near: string }
  | { readonly fault: "type"; readonly pointer: string; readonly type: string; readonly types: readonly string[] }
  | { readonly fault: "value"; readonly pointer: string; readonly keyword: string; readonly wanted: string }
  | { readonly fault: "pattern"; readonly pointer: string; readonly text: string }
  | { readonly fault: "reference"; readonly pointer: string; readonly reference: string }
  | { readonly fault: "size"; readonly bytes: number; readonly most: number }
  | { readonly fault: "depth"; readonly most: number }
  | { readonly fault: "nodes"; readonly most: number };

const TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"];

type Form = "number" | "count" | "flag" | "texts" | "schema" | "schemas" | "named" | "lists" | "any" | "pattern";

const WANTED: { readonly [form in Form]: string } = {
  number: "a number",
  count: "a whole number from 0",
  flag: "true or false",
  texts: "a list of names",
  schema: "a schema",
  schemas: "a list of schemas",
  named: "an object of schemas by name",
  lists: "an object of lists of names",
  any: "a value",
  pattern: "a regular expression",
};

/** Keywords that are checked, with the form of their values. */
const CHECKED: { readonly [keyword: string]: Form } = {
  $ref: "any",
  type: "any",
  enum: "any",
  const: "any",
  nullable: "flag",
  minimum: "number",
  maximum: "number",
  exclusiveMinimum: "number",
  exclusiveMaximum: "number",
  multipleOf: "number",
  minLength: "count",
  maxLength: "count",
  pattern: "pattern",
  minItems: "count",
  maxItems: "count",
  uniqueItems: "flag",
  items: "schema",
  prefixItems: "schemas",
  contains: "schema",
  minProperties: "count",
  maxProperties: "count",
  required: "texts",
  properties: "named",
  patternProperties: "named",
  additionalProperties: "schema",
  propertyNames: "schema",
  dependentRequired: "lists",
  allOf: "schemas",
  anyOf: "schemas",
  oneOf: "schemas",
  not: "schema",
  if: "schema",
  then: "schema",
  else: "schema",
  $defs: "named",
  definitions: "named",
};

/** Keywords that would be a condition, and that nothing here checks. With what to write instead, if there is something. */
const UNCHECKED: { readonly [keyword: string]: string } = {
  $dynamicRef: "$ref",
  $recursiveRef: "$ref",
  $dynamicAnchor: "$defs",
  $anchor: "$defs",
  $id: "$defs",
  additionalItems: "items",
  dependencies: "dependentRequired",
  dependentSchemas: "if",
  unevaluatedProperties: "additionalProperties",
  unevaluatedItems: "items",
  minContains: "contains",
  maxContains: "contains",
  contentSchema: "",
};

/** The first part of a schema that cannot be checked, or undefined. Never throws. */
export function schemaFault(schema: JsonObject): SchemaFault | undefined {
  const most = LIMITS.answerSchemaBytes;
  const bytes = new TextEncoder().encode(JSON.stringify(schema)).length;
  if (bytes > most) return { fault: "size", bytes, most };
  if (depthOf(schema, LIMITS.jsonDepth) > LIMITS.jsonDepth) return { fault: "depth", most: LIMITS.jsonDepth };
  return faultIn(schema, "", { root: schema, left: LIMITS.schemaNodes });
}

interface Reading {
  readonly root: JsonObject;
  left: number;
}

function faultIn(schema: Json | undefined, pointer: string, reading: Reading): SchemaFault | undefined {
  if (typeof schema === "boolean") return undefined;
  if (!isObject(schema)) return { fault: "value", pointer, keyword: lastOf(pointer), wanted: WANTED.schema };
  if (reading.left-- <= 0) return { fault: "nodes", most: LIMITS.schemaNodes };
  for (const [keyword, value] of Object.entries(schema)) {
    const fault = keywordFault(keyword, value, pointerTo(pointer, keyword), reading);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

const lastOf = (pointer: string): string => pointer.slice(pointer.lastIndexOf("/") + 1);

function keywordFault(keyword: string, value: Json, pointer: string, reading: Reading): SchemaFault | undefined {
  const form = own(CHECKED, keyword) as Form | undefined;
  if (form === undefined) return otherFault(keyword, pointer);
  if (keyword === "type") return typeFault(value, pointer);
  if (keyword === "enum" && !Array.isArray(value))
    return { fault: "value", pointer, keyword, wanted: "a list of values" };
  if (keyword === "$ref") return referenceFault(value, pointer, reading);
  if (!hasForm(value, form)) return { fault: "value", pointer, keyword, wanted: WANTED[form] };
  if (form === "pattern") return patternFault(value as string, pointer);
  return insideFault(value, form, keyword, pointer, reading);
}

function insideFault(
  value: Json,
  form: Form,
  keyword: string,
  pointer: string,
  reading: Reading,
): SchemaFault | undefined {
  if (form === "schema") return faultIn(value, pointer, reading);
  if (form !== "schemas" && form !== "named") return undefined;
  for (const [name, schema] of Object.entries(value as JsonObject)) {
    const at = pointerTo(pointer, name);
    const fault =
      (keyword === "patternProperties" ? patternFault(name, at) : undefined) ?? faultIn(schema, at, reading);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function hasForm(value: Json, form: Form): boolean {
  switch (form) {
    case "number":
      return typeof value === "number";
    case "count":
      return Number.isInteger(value) && (value as number) >= 0;
    case "flag":
      return typeof value === "boolean";
    case "texts":
      return isTexts(value);
    case "pattern":
      return typeof value === "string";
    case "schemas":
      return Array.isArray(value);
    case "named":
      return isObject(value);
    case "lists":
      return isObject(value) && Object.values(value).every(isTexts);
    case "schema":
    case "any":
      return true;
  }
}

const isTexts = (value: Json): boolean =>
  Array.isArray(value) && (value as readonly Json[]).every((one) => typeof one === "string");

/** A word that no draft knows is a note of its author, unless it looks like a slip. */
function otherFault(keyword: string, pointer: string): SchemaFault | undefined {
  const instead = own(UNCHECKED, keyword);
  if (typeof instead === "string")
    return { fault: "keyword", pointer, keyword, ...(instead === "" ? {} : { instead }) };
  if (NOTES.has(keyword)) return undefined;
  const [near] = nearestNames(keyword, Object.keys(CHECKED));
  return near === undefined ? undefined : { fault: "near", pointer, keyword, near };
}

/** Words that say something about a schema and of no value. */
const NOTES: ReadonlySet<string> = new Set([
  "$schema",
  "$comment",
  "$vocabulary",
  "title",
  "description",
  "default",
  "example",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
  "format",
  "contentEncoding",
  "contentMediaType",
]);

function typeFault(value: Json, pointer: string): SchemaFault | undefined {
  const types = Array.isArray(value) ? (value as readonly Json[]) : [value];
  const wrong = types.find((type) => typeof type !== "string" || !TYPES.includes(type));
  if (wrong === undefined) return undefined;
  return { fault: "type", pointer, type: typeof wrong === "string" ? wrong : JSON.stringify(wrong), types: TYPES };
}

function patternFault(pattern: string, pointer: string): SchemaFault | undefined {
  try {
    expression(pattern);
    return undefined;
  } catch (thrown) {
    return { fault: "pattern", pointer, text: (thrown as Error).message };
  }
}

function referenceFault(value: Json, pointer: string, { root }: Reading): SchemaFault | undefined {
  const target = typeof value === "string" ? resolvePointer(value, root) : undefined;
  if (isObject(target) || typeof target === "boolean") return undefined;
  return { fault: "reference", pointer, reference: typeof value === "string" ? value : JSON.stringify(value) };
}
