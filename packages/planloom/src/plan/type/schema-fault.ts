// Finds what is wrong with a JSON Schema that a person wrote: misspelt words, parts that no value can fit, and, where
// conform.ts must check all of it, parts that it cannot. In: a schema. Out: the first fault with its place, as data.
import { LIMITS } from "../../limits.js";
import { depthOf, isObject, pointerTo, type Json, type JsonObject } from "../json.js";
import { nearestNames } from "../nearest.js";
import { expression, isOf } from "./conform.js";
import { resolvePointer } from "./schema.js";
import { formOf, keywordMeant, typeMeant, TYPES, uncheckedInstead, type KeywordForm } from "./schema-keywords.js";

/** What is wrong at one place of a schema. `write`: the word that is meant, if that is known. */
type FaultKind =
  | { readonly is: "type"; readonly given: string; readonly types: readonly string[]; readonly write?: string }
  | { readonly is: "keyword"; readonly keyword: string; readonly write: string }
  /** A condition that is not checked. `write`: one that is. */
  | { readonly is: "unchecked"; readonly keyword: string; readonly write?: string }
  | { readonly is: "value"; readonly keyword?: string; readonly wanted: KeywordForm }
  | { readonly is: "pattern"; readonly given: string }
  | { readonly is: "reference"; readonly given: string }
  | { readonly is: "never"; readonly first: string; readonly second: string }
  | { readonly is: "required"; readonly name: string; readonly properties: readonly string[]; readonly write?: string }
  | { readonly is: "size"; readonly bytes: number; readonly most: number }
  | { readonly is: "depth"; readonly most: number }
  | { readonly is: "nodes"; readonly most: number };

/** `at`: a JSON pointer into the schema. */
export type SchemaFault = { readonly at: string } & FaultKind;

/** The first fault of a schema; undefined if none is found. A part beyond the limits is not read. Never throws. */
export const schemaFault = (schema: JsonObject): SchemaFault | undefined => new Search(schema, false).all();

/**
 * The same for a schema that conform.ts must check whole: a condition that it does not check is a fault, and so is a
 * schema beyond the limits. Never throws.
 */
export function wholeSchemaFault(schema: JsonObject): SchemaFault | undefined {
  const most = LIMITS.answerSchemaBytes;
  const bytes = new TextEncoder().encode(JSON.stringify(schema)).length;
  if (bytes > most) return { at: "", is: "size", bytes, most };
  if (depthOf(schema, LIMITS.jsonDepth) > LIMITS.jsonDepth) return { at: "", is: "depth", most: LIMITS.jsonDepth };
  return new Search(schema, true).all();
}

class Search {
  #nodes = LIMITS.schemaNodes;

  constructor(
    private readonly root: JsonObject,
    private readonly isWhole: boolean,
  ) {}

  all(): SchemaFault | undefined {
    return this.#fault(this.root, "", 0);
  }

  #fault(schema: Json, at: string, depth: number): SchemaFault | undefined {
    if (typeof schema === "boolean") return undefined;
    if (!isObject(schema)) return { at, is: "value", wanted: "schema" };
    if (depth > LIMITS.jsonDepth) return undefined;
    if (this.#nodes-- <= 0) return this.isWhole ? { at, is: "nodes", most: LIMITS.schemaNodes } : undefined;
    for (const [name, value] of Object.entries(schema)) {
      const place = pointerTo(at, name);
      const kind = this.#unchecked(name, value) ?? keywordFault(name, value) ?? this.#reference(name, value);
      if (kind !== undefined) return { at: place, ...kind };
      const inner = this.#within(name, value, place, depth + 1);
      if (inner !== undefined) return inner;
    }
    const never = contradiction(schema);
    return never === undefined ? undefined : { at, ...never };
  }

  /** A condition, or an older form of one, that conform.ts would pass over. */
  #unchecked(keyword: string, value: Json): FaultKind | undefined {
    if (!this.isWhole) return undefined;
    const write = uncheckedInstead(keyword);
    if (write !== undefined) return { is: "unchecked", keyword, ...(write === "" ? {} : { write }) };
    if (keyword === "items" && Array.isArray(value)) return { is: "unchecked", keyword: "items", write: "prefixItems" };
    const isExclusive = keyword === "exclusiveMinimum" || keyword === "exclusiveMaximum";
    return isExclusive && typeof value !== "number" ? { is: "value", keyword, wanted: "number" } : undefined;
  }

  /** A schema of a tool may also refer to other documents: its library reads them. */
  #reference(name: string, value: Json): FaultKind | undefined {
    if (name !== "$ref" || typeof value !== "string" || !(this.isWhole || value.startsWith("#/"))) return undefined;
    const target = resolvePointer(value, this.root);
    const isFound = this.isWhole ? isObject(target) || typeof target === "boolean" : target !== undefined;
    return isFound ? undefined : { is: "reference", given: value };
  }

  #within(name: string, value: Json, place: string, depth: number): SchemaFault | undefined {
    const form = formOf(name);
    // Drafts before 2020-12 have a list of schemas in `items`.
    if (form === "schemas" || (name === "items" && Array.isArray(value)))
      return first(value as readonly Json[], (one, index) => this.#fault(one, pointerTo(place, index), depth));
    if (form === "schema") return this.#fault(value, place, depth);
    if (form !== "named") return undefined;
    return first(Object.entries(value as JsonObject), ([key, one]) => this.#fault(one, pointerTo(place, key), depth));
  }
}

function first<T>(list: readonly T[], find: (one: T, index: number) => SchemaFault | undefined) {
  for (const [index, one] of list.entries()) {
    const found = find(one, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

function keywordFault(name: string, value: Json): FaultKind | undefined {
  if (name === "type") return typeFault(value);
  const form = formOf(name);
  if (form === undefined) {
    const write = keywordMeant(name);
    return write === undefined ? undefined : { is: "keyword", keyword: name, write };
  }
  if (!hasForm(form, name, value)) return { is: "value", keyword: name, wanted: form };
  if (form === "pattern" && !isPattern(value as string)) return { is: "pattern", given: value as string };
  const wrong =
    name === "patternProperties" ? Object.keys(value as JsonObject).find((key) => !isPattern(key)) : undefined;
  return wrong === undefined ? undefined : { is: "pattern", given: wrong };
}

function typeFault(value: Json): FaultKind | undefined {
  const names = Array.isArray(value) ? (value as readonly Json[]) : [value];
  const wrong = names.find((name) => !(TYPES as readonly Json[]).includes(name));
  if (names.length > 0 && wrong === undefined) return undefined;
  const given = names.length === 0 ? "[]" : typeof wrong === "string" ? wrong : JSON.stringify(wrong);
  const write = typeMeant(given);
  return { is: "type", given, types: TYPES, ...(write === undefined ? {} : { write }) };
}

const isTexts = (value: Json): boolean =>
  Array.isArray(value) && (value as readonly Json[]).every((one) => typeof one === "string");

function hasForm(form: KeywordForm, name: string, value: Json): boolean {
  switch (form) {
    case "any":
      return true;
    case "text":
    case "pattern":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "number":
      return typeof value === "number" && (name !== "multipleOf" || value > 0);
    case "count":
      return Number.isSafeInteger(value) && (value as number) >= 0;
    case "schema":
      return typeof value === "boolean" || isObject(value) || (name === "items" && Array.isArray(value));
    case "schemas":
    case "list":
      // Zod writes an empty tuple so.
      return Array.isArray(value) && (value.length > 0 || name === "prefixItems");
    case "texts":
      return isTexts(value);
    case "named":
      return isObject(value);
    case "lists":
      return isObject(value) && Object.values(value).every(isTexts);
  }
}

function isPattern(pattern: string): boolean {
  try {
    return expression(pattern) !== undefined;
  } catch {
    return false;
  }
}

const BOUNDS = ["Length", "Items", "Properties", "Contains"].map((what) => [`min${what}`, `max${what}`] as const);

/** Keywords of one schema that no value can fit together. */
function contradiction(schema: JsonObject): FaultKind | undefined {
  for (const [low, high] of [["minimum", "maximum"] as const, ...BOUNDS]) {
    const [least, most] = [schema[low], schema[high]];
    if (typeof least === "number" && typeof most === "number" && least > most)
      return { is: "never", first: `${low} ${least}`, second: `${high} ${most}` };
  }
  return constFault(schema) ?? requiredFault(schema);
}

function constFault(schema: JsonObject): FaultKind | undefined {
  const { type, enum: values, nullable } = schema;
  if (type === undefined) return undefined;
  const types = Array.isArray(type) ? (type as readonly Json[]) : [type];
  const fits = (value: Json) => types.some((one) => isOf(value, one)) || (value === null && nullable === true);
  const given = Object.hasOwn(schema, "const") ? [schema["const"]!] : [];
  const all = Array.isArray(values) ? (values as readonly Json[]) : given;
  const wrong = all.find((value) => !fits(value));
  if (wrong === undefined) return undefined;
  const keyword = Array.isArray(values) ? "enum" : "const";
  const second = `${keyword} ${JSON.stringify(wrong).slice(0, 80)}`;
  return { is: "never", first: `type ${types.map(String).join(", ")}`, second };
}

/** A required name that the object may not have, or that is a slip for one that it has. */
function requiredFault(schema: JsonObject): FaultKind | undefined {
  const { required, properties, additionalProperties, patternProperties } = schema;
  if (!Array.isArray(required) || !isObject(properties) || patternProperties !== undefined) return undefined;
  const known = Object.keys(properties);
  const missing = (required as readonly string[]).find((name) => !known.includes(name));
  if (missing === undefined) return undefined;
  const near = nearestNames(missing, known)[0];
  if (additionalProperties !== false && near === undefined) return undefined;
  return { is: "required", name: missing, properties: known, ...(near === undefined ? {} : { write: near }) };
}
