// Types as JSON Schema for constrained decoding, and the way back. In: a type. Out: a schema inside the subset that strict
// decoders share: objects are closed, every property is required, no keywords but type, properties, items, anyOf, enum.
// Separate from plan/type-schema.ts because that schema describes the type, while this one bends it for decoders:
// - a property that may be absent is required and may be null;
// - an object with free names is a list of { name, value }.
import { LIMITS } from "../limits.js";
import { isObject, type Json, type JsonObject } from "../plan/json.js";
import { membersOf, type RecordType, type Type } from "../plan/type.js";

export const TEXT: JsonObject = { type: "string" };
const SCALARS: readonly JsonObject[] = [TEXT, { type: "number" }, { type: "boolean" }];
const ANYTHING: readonly JsonObject[] = [...SCALARS, { type: "array", items: { anyOf: SCALARS } }];

/** An object whose properties are all required and that has no others. */
export function closedObject(properties: JsonObject): JsonObject {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

export function orNull(schema: JsonObject): JsonObject {
  return anyOf([schema, { type: "null" }]);
}

/** A free-form object, as a list of names and values. */
export function entries(value: JsonObject = anyOf(ANYTHING)): JsonObject {
  return { type: "array", items: closedObject({ name: TEXT, value }) };
}

/** The strict schema of a type; with `references` each value may also be a text with `${{ … }}`. */
export function strictSchema(type: Type, references: boolean, depth: number = LIMITS.schemaDepth): JsonObject {
  const options = depth < 0 ? ANYTHING : optionsOf(type, references, depth);
  return anyOf(references ? [...options, TEXT] : options);
}

function optionsOf(type: Type, references: boolean, depth: number): readonly JsonObject[] {
  switch (type.kind) {
    case "unknown":
      return ANYTHING;
    case "literal":
      return [{ type: typeof type.value, enum: [type.value] }];
    case "list":
      return [{ type: "array", items: strictSchema(type.of, references, depth - 1) }];
    case "record":
      return [recordSchema(type, references, depth)];
    case "union":
      return type.of.length === 0 ? ANYTHING : unionOptions(type.of, references, depth);
    default:
      return [{ type: type.kind }];
  }
}

/** The options of all members; literals of one kind share one `enum`. */
function unionOptions(members: readonly Type[], references: boolean, depth: number): readonly JsonObject[] {
  const literals = members.flatMap((member) => (member.kind === "literal" ? [member.value] : []));
  const others = members.filter((member) => member.kind !== "literal");
  const enums = ["string", "number", "boolean"].flatMap((type) => {
    const alike = literals.filter((value) => typeof value === type);
    return alike.length === 0 ? [] : [{ type, enum: alike }];
  });
  return [...enums, ...others.flatMap((member) => optionsOf(member, references, depth))];
}

/** The object itself, without the option of a reference in its place. */
export function recordSchema(type: RecordType, references: boolean, depth: number = LIMITS.schemaDepth): JsonObject {
  if (isFree(type)) return entries(type.rest && strictSchema(type.rest, references, depth - 1));
  const properties = Object.entries(type.fields).map(([name, field]) => {
    const schema = strictSchema(field.type, references, depth - 1);
    return [name, field.optional ? orNull(schema) : schema] as const;
  });
  return closedObject(Object.fromEntries(properties));
}

const isFree = (type: RecordType): boolean => Object.keys(type.fields).length === 0 && type.closed !== true;

function anyOf(options: readonly JsonObject[]): JsonObject {
  const flat = options.flatMap((option) => (option["anyOf"] as readonly JsonObject[] | undefined) ?? [option]);
  const different = [...new Map(flat.map((option) => [JSON.stringify(option), option])).values()];
  return different.length === 1 ? different[0]! : { anyOf: different };
}

/**
 * A value written under the strict schema, as the type means it: nulls of properties that may be absent are left out, lists
 * of { name, value } become objects. A null stays where the type of the property takes null. Values written in the plain way
 * pass unchanged, so nothing is lost when a provider ignores the schema.
 */
export function fromStrict(value: Json, type: Type): Json {
  if (Array.isArray(value)) return listFromStrict(value as readonly Json[], type);
  if (!isObject(value)) return value;
  const record = membersOf(type).find((member) => member.kind === "record");
  return record === undefined ? value : fieldsFromStrict(value, record);
}

function listFromStrict(value: readonly Json[], type: Type): Json {
  const list = membersOf(type).find((member) => member.kind === "list");
  if (list !== undefined) return value.map((item) => fromStrict(item, list.of));
  const free = membersOf(type).find((member) => member.kind === "record" && isFree(member));
  const object = free && objectFromEntries(value);
  return object === undefined ? value : fromStrict(object, type);
}

function fieldsFromStrict(value: JsonObject, type: RecordType): JsonObject {
  const kept = Object.entries(value).flatMap(([name, field]) => {
    const known = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    if (field === null && known?.optional === true && !takesNull(known.type)) return [];
    const fieldType = known?.type ?? type.rest;
    return [[name, fieldType === undefined ? field : fromStrict(field, fieldType)] as const];
  });
  return Object.fromEntries(kept);
}

/** `[{ name, value }]` as an object, or undefined where the list is something else. */
export function objectFromEntries(list: readonly Json[]): JsonObject | undefined {
  const pairs: [string, Json][] = [];
  for (const entry of list) {
    if (!isObject(entry) || typeof entry["name"] !== "string" || !("value" in entry)) return undefined;
    pairs.push([entry["name"], entry["value"]!]);
  }
  return Object.fromEntries(pairs);
}

function takesNull(type: Type): boolean {
  return membersOf(type).some((member) => member.kind === "null" || member.kind === "unknown");
}
