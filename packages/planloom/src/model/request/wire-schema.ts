// The schema of a tool's arguments as it is sent. In: a JSON Schema. Out: one with the few keywords that all decoders
// know, and without references. What it leaves out stands in the descriptions. Arguments are checked against the whole
// schema when the tool is called.
import { LIMITS } from "../../limits.js";
import { FORBIDDEN_KEYS, isObject, own, type Json, type JsonObject } from "../../plan/json.js";
import { resolvePointer, schemaReading, type SchemaReading } from "../../plan/type/schema.js";
import { limitsText } from "../../words/schema-limits.js";

const sent = new WeakMap<JsonObject, JsonObject>();

/** Always the same for the same schema object, which must not change. */
export function wireSchema(schema: JsonObject): JsonObject {
  let wire = sent.get(schema);
  if (wire === undefined) {
    const { type: _type, properties = {}, ...rest } = reduced(schema, schemaReading(schema));
    wire = { type: "object", properties, ...rest };
    sent.set(schema, wire);
  }
  return wire;
}

function reduced(schema: Json | undefined, reading: SchemaReading): JsonObject {
  if (!isObject(schema) || reading.depth > LIMITS.jsonDepth || reading.budget.nodes-- <= 0) return {};
  const inner = { ...reading, depth: reading.depth + 1 };
  const reference = own(schema, "$ref");
  if (typeof reference === "string") return referred(schema, reference, inner);
  const all = own(schema, "allOf");
  if (Array.isArray(all)) return reduced(merged(schema, all as readonly Json[], inner), inner);
  const options = optionsOf(schema, inner);
  const form = options.length === 1 ? options[0]! : { anyOf: flat(options) };
  const description = descriptionOf(schema);
  return { ...form, ...(description === "" ? {} : { description }) };
}

/** The forms of a value: one for each type, for each branch, or for the values of an enum. */
function optionsOf(schema: JsonObject, reading: SchemaReading): readonly JsonObject[] {
  const nothing = own(schema, "nullable") === true ? [{ type: "null" }] : [];
  const values = Object.hasOwn(schema, "const") ? [schema["const"]!] : own(schema, "enum");
  if (Array.isArray(values)) return [...valueOptions(values as readonly Json[]), ...nothing];
  const type = own(schema, "type");
  const branches = own(schema, "anyOf") ?? own(schema, "oneOf");
  if (type === undefined && Array.isArray(branches)) {
    return [...(branches as readonly Json[]).map((branch) => reduced(branch, reading)), ...nothing];
  }
  const implied = isObject(own(schema, "properties")) ? "object" : undefined;
  const types = Array.isArray(type) ? (type as readonly Json[]) : [type ?? implied];
  return [...types.map((one) => ofType(one, schema, reading)), ...nothing];
}

/** Some services take enums of texts only. The description names the values of others. */
function valueOptions(values: readonly Json[]): readonly JsonObject[] {
  const texts = values.filter((value) => typeof value === "string");
  const kinds = new Set(values.filter((value) => typeof value !== "string").map(typeOf));
  return [...(texts.length === 0 ? [] : [{ type: "string", enum: texts }]), ...[...kinds].map((type) => ({ type }))];
}

function typeOf(value: Json): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function ofType(type: Json | undefined, schema: JsonObject, reading: SchemaReading): JsonObject {
  if (type === "array") return { type, items: itemsOf(schema, reading) };
  if (type === "object") return objectOf(schema, reading);
  return typeof type === "string" ? { type } : {};
}

function itemsOf(schema: JsonObject, reading: SchemaReading): JsonObject {
  const places = own(schema, "prefixItems");
  if (!Array.isArray(places)) return reduced(own(schema, "items"), reading);
  const options = flat((places as readonly Json[]).map((place) => reduced(place, reading)));
  return options.length === 1 ? options[0]! : { anyOf: options };
}

function objectOf(schema: JsonObject, reading: SchemaReading): JsonObject {
  const properties = own(schema, "properties");
  if (!isObject(properties)) return { type: "object" };
  const fields = Object.entries(properties).filter(([name]) => !FORBIDDEN_KEYS.has(name));
  const required = own(schema, "required");
  const names = Array.isArray(required) ? fields.map(([name]) => name).filter((name) => required.includes(name)) : [];
  return {
    type: "object",
    properties: Object.fromEntries(fields.map(([name, field]) => [name, reduced(field, reading)])),
    ...(names.length === 0 ? {} : { required: names }),
  };
}

/** A recursive part becomes one of its own type, without its fields. */
function referred(schema: JsonObject, reference: string, reading: SchemaReading): JsonObject {
  const target = resolvePointer(reference, reading.root);
  const { $ref: _reference, ...beside } = schema;
  if (reading.open.has(reference)) {
    const type = isObject(target) ? own(target, "type") : undefined;
    return typeof type === "string" ? { type } : {};
  }
  const whole = isObject(target) ? { ...target, ...beside } : beside;
  return reduced(whole, { ...reading, open: new Set([...reading.open, reference]) });
}

/** All parts of an allOf as one schema: the fields of all; of other keywords, the first. */
function merged(schema: JsonObject, all: readonly Json[], reading: SchemaReading): JsonObject {
  const { allOf: _all, ...rest } = schema;
  const parts = [rest, ...all.map((part) => resolved(part, reading))];
  const named = parts.flatMap((part) => Object.entries(own(part, "properties") ?? {})) as readonly [string, Json][];
  const properties = Object.fromEntries([...named].reverse());
  const order = Object.fromEntries(named.map(([name]) => [name, properties[name]!]));
  const required = parts.flatMap((part) => (own(part, "required") ?? []) as readonly Json[]);
  const first = Object.assign({}, ...parts.toReversed()) as JsonObject;
  return named.length === 0 ? first : { ...first, properties: order, required };
}

function resolved(part: Json, reading: SchemaReading): JsonObject {
  const reference = isObject(part) ? own(part, "$ref") : undefined;
  const target = typeof reference === "string" ? resolvePointer(reference, reading.root) : part;
  const isOpen = typeof reference === "string" && reading.open.has(reference);
  if (!isObject(target) || isOpen) return {};
  const { allOf, ...rest } = target;
  return Array.isArray(allOf) && reading.depth < LIMITS.jsonDepth
    ? merged(rest, allOf as readonly Json[], { ...reading, depth: reading.depth + 1 })
    : rest;
}

/** A union inside a union is part of it. */
const flat = (options: readonly JsonObject[]): readonly JsonObject[] => {
  const all = options.flatMap((option) =>
    Array.isArray(option["anyOf"]) && Object.keys(option).length === 1 ? (option["anyOf"] as JsonObject[]) : [option],
  );
  return [...new Map(all.map((option) => [JSON.stringify(option), option])).values()];
};

function descriptionOf(schema: JsonObject): string {
  const said = own(schema, "description");
  const text = typeof said === "string" ? said : "";
  const limits = limitsText(schema);
  if (limits === "") return text;
  return text === "" ? limits : `${text} (${limits})`;
}
