// Converts between types and JSON Schema 2020-12. In: a schema of a tool or of a step's `output`, or a type. Out: the
// other form. Schemas come from outside: a part that is not understood becomes unknown, never an error.
import { assertNever } from "../../assert-never.js";
import { LIMITS } from "../../limits.js";
import { FORBIDDEN_KEYS, isObject, type Json, type JsonObject, own } from "../json.js";
import type { Step } from "../plan.js";
import { parseType, type ParsedType } from "./text.js";
import {
  BOOLEAN,
  type Field,
  listOf,
  literalOf,
  NULL,
  NUMBER,
  type RecordType,
  STRING,
  type Type,
  UNKNOWN,
  unionOf,
} from "./type.js";

const known = new WeakMap<JsonObject, Type>();

/**
 * The type of the values that a schema allows. It is wider if the schema says more than types can. Never throws. Cached
 * by schema object, which must not change.
 */
export function typeFromSchema(schema: JsonObject): Type {
  let type = known.get(schema);
  if (type === undefined) {
    type = read(schema, schemaReading(schema));
    known.set(schema, type);
  }
  return type;
}

/** The type that a step's `output` declares: the text of a type, or a JSON Schema. */
export function typeOf(output: string | JsonObject): ParsedType {
  return typeof output === "string" ? parseType(output) : { ok: true, type: typeFromSchema(output) };
}

/**
 * The words of an `output` that is a description and not a type, such as "list of tickets": several words without signs
 * of a type. The type of such an output is unknown. undefined for anything else.
 */
export function describedOutput(output: Step["output"]): string | undefined {
  const words = typeof output === "string" ? output.trim() : "";
  if (!/^\p{L}/u.test(words) || !/\s/u.test(words) || SIGNS.test(words)) return undefined;
  return parseType(words).ok ? undefined : words;
}

const SIGNS = /[{}[\]<>|"`]/;

/** How far a schema has been read. */
export interface SchemaReading {
  readonly root: JsonObject;
  /** References being followed. Meeting one again means recursion. */
  readonly open: ReadonlySet<string>;
  readonly budget: { nodes: number };
  readonly depth: number;
}

export const schemaReading = (root: JsonObject): SchemaReading => ({
  root,
  open: new Set(["#"]),
  budget: { nodes: LIMITS.schemaNodes },
  depth: 0,
});

function read(schema: Json | undefined, reading: SchemaReading): Type {
  if (!isObject(schema) || reading.depth > LIMITS.jsonDepth || reading.budget.nodes-- <= 0) return UNKNOWN;
  const inner = { ...reading, depth: reading.depth + 1 };
  const type = readForm(schema, inner);
  return own(schema, "nullable") === true ? unionOf([type, NULL]) : type;
}

function readForm(schema: JsonObject, reading: SchemaReading): Type {
  const reference = own(schema, "$ref");
  if (typeof reference === "string") return readReference(reference, reading);
  if (Object.hasOwn(schema, "const")) return literalType(schema["const"] as Json);
  const values = own(schema, "enum");
  if (Array.isArray(values)) return unionOf((values as Json[]).map(literalType));
  const all = own(schema, "allOf");
  if (Array.isArray(all)) return readAllOf(schema, all as Json[], reading);
  const named = own(schema, "type");
  if (named !== undefined) return readNamed(named, schema, reading);
  const any = own(schema, "anyOf") ?? own(schema, "oneOf");
  if (Array.isArray(any)) return unionOf((any as Json[]).map((member) => read(member, reading)));
  if (isObject(own(schema, "properties"))) return readObject(schema, reading);
  return UNKNOWN;
}

function literalType(value: Json): Type {
  if (value === null) return NULL;
  return typeof value === "object" ? UNKNOWN : literalOf(value);
}

function readNamed(named: Json, schema: JsonObject, reading: SchemaReading): Type {
  const names: readonly Json[] = Array.isArray(named) ? (named as Json[]) : [named];
  return unionOf(names.map((name) => readKind(name, schema, reading)));
}

function readKind(name: Json, schema: JsonObject, reading: SchemaReading): Type {
  switch (name) {
    case "null":
      return NULL;
    case "boolean":
      return BOOLEAN;
    case "number":
    case "integer":
      return NUMBER;
    case "string":
      return STRING;
    case "array":
      return readArray(schema, reading);
    case "object":
      return readObject(schema, reading);
    default:
      return UNKNOWN;
  }
}

function readArray(schema: JsonObject, reading: SchemaReading): Type {
  const prefix = own(schema, "prefixItems");
  const items = own(schema, "items");
  if (!Array.isArray(prefix)) return listOf(read(items, reading));
  const types = (prefix as Json[]).map((item) => read(item, reading));
  return listOf(unionOf(items === false ? types : [...types, read(items, reading)]));
}

function readObject(schema: JsonObject, reading: SchemaReading): Type {
  const properties = own(schema, "properties");
  const required = own(schema, "required");
  const names = new Set(Array.isArray(required) ? (required as Json[]) : []);
  const fields = Object.entries(isObject(properties) ? properties : {})
    .filter(([name]) => !FORBIDDEN_KEYS.has(name))
    .map(([name, field]): [string, Field] => [name, { type: read(field, reading), optional: !names.has(name) }]);
  return { kind: "record", fields: Object.fromEntries(fields), ...additional(schema, fields.length > 0, reading) };
}

function additional(schema: JsonObject, declared: boolean, reading: SchemaReading): { rest?: Type; closed?: true } {
  const rest = own(schema, "additionalProperties");
  if (isObject(own(schema, "patternProperties"))) return { rest: UNKNOWN };
  if (rest === false) return { closed: true };
  if (rest === undefined) return declared ? {} : { rest: UNKNOWN };
  return { rest: read(rest, reading) };
}

function readAllOf(schema: JsonObject, all: readonly Json[], reading: SchemaReading): Type {
  const { allOf: _allOf, ...rest } = schema;
  const parts = [...all.map((part) => read(part, reading)), readForm(rest, reading)].filter(
    (part) => part.kind !== "unknown",
  );
  const [first, ...others] = parts;
  if (first === undefined) return UNKNOWN;
  if (others.length === 0) return first;
  return parts.every((part) => part.kind === "record") ? mergeRecords(parts) : UNKNOWN;
}

function mergeRecords(parts: readonly RecordType[]): Type {
  const fields = new Map<string, Field>();
  for (const [name, field] of parts.flatMap((part) => Object.entries(part.fields))) {
    const before = fields.get(name);
    // Both must hold. Computing the narrower one is not worth it; the first known one is usually right.
    const type = before === undefined || before.type.kind === "unknown" ? field.type : before.type;
    fields.set(name, { type, optional: field.optional && (before?.optional ?? true) });
  }
  const rest = parts.every((part) => part.rest !== undefined) ? { rest: UNKNOWN } : {};
  return { kind: "record", fields: Object.fromEntries(fields), ...rest };
}

function readReference(reference: string, reading: SchemaReading): Type {
  if (reading.open.has(reference)) return UNKNOWN;
  const target = resolvePointer(reference, reading.root);
  return read(target, { ...reading, open: new Set([...reading.open, reference]) });
}

/** Only references into the same document (`#`, `#/$defs/name`) are followed. */
export function resolvePointer(reference: string, root: JsonObject): Json | undefined {
  if (reference === "#") return root;
  if (!reference.startsWith("#/")) return undefined;
  let value: Json | undefined = root;
  for (const token of reference.slice(2).split("/")) {
    const name = decoded(token).replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(value)) value = (value as Json[])[Number(name)];
    else value = isObject(value) ? own(value, name) : undefined;
  }
  return value;
}

/** A reference is a part of an address. A name with a single % stands as it is. */
function decoded(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}

/** The schema of a type: objects are closed unless they have `rest`; every field is required unless optional. */
export function schemaFromType(type: Type): JsonObject {
  switch (type.kind) {
    case "unknown":
      return {};
    case "null":
    case "boolean":
    case "number":
    case "string":
      return { type: type.kind };
    case "literal":
      return { type: typeof type.value, const: type.value };
    case "list":
      return { type: "array", items: schemaFromType(type.of) };
    case "record":
      return recordSchema(type);
    case "union":
      return unionSchema(type.of);
    default:
      return assertNever(type);
  }
}

function recordSchema(type: RecordType): JsonObject {
  const entries = Object.entries(type.fields);
  return {
    type: "object",
    properties: Object.fromEntries(entries.map(([name, field]) => [name, schemaFromType(field.type)])),
    required: entries.filter(([, field]) => !field.optional).map(([name]) => name),
    additionalProperties: type.rest === undefined ? false : schemaFromType(type.rest),
  };
}

function unionSchema(of: readonly Type[]): JsonObject {
  if (of.length === 0) return { not: {} };
  const literals = of.flatMap((member): Json[] =>
    member.kind === "literal" ? [member.value] : member.kind === "null" ? [null] : [],
  );
  if (literals.length === of.length) return { enum: literals };
  return { anyOf: of.map(schemaFromType) };
}
