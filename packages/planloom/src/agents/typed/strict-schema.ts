// Types as JSON Schema for constrained decoding, and the conversion back. In: a type. Out: a schema inside the subset
// that strict decoders share: objects are closed, every property is required, no keywords but type, properties, items,
// anyOf, enum. plan/type/schema.ts describes a type exactly; this file changes the schema for decoders:
// - a property that may be absent is required and may be null;
// - an object with free names is a list of { name, value };
// - an object that accepts anything is { object: [{ name, value }] }, so that a list is never mistaken for one.
import { LIMITS } from "../../limits.js";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { membersOf, mismatch, UNKNOWN, type RecordType, type Type } from "../../plan/type/type.js";

export const TEXT: JsonObject = { type: "string" };
export const NOTHING: JsonObject = { type: "null" };
const SCALARS: readonly JsonObject[] = [TEXT, { type: "number" }, { type: "boolean" }, NOTHING];

/** An object schema. All its properties are required, and it has no others. */
export function closedObject(properties: JsonObject): JsonObject {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

export function orNull(schema: JsonObject): JsonObject {
  return anyOf([schema, NOTHING]);
}

/** A free-form object, as a list of names and values. */
export function entries(value: JsonObject = anyOf(anything(LIMITS.schemaFreeDepth))): JsonObject {
  return { type: "array", items: closedObject({ name: TEXT, value }) };
}

const anythings: (readonly JsonObject[])[] = [SCALARS];

/** Any JSON value, up to this nesting. Made once for each depth. */
function anything(depth: number): readonly JsonObject[] {
  if (depth <= 0) return SCALARS;
  const inner = anyOf(anything(depth - 1));
  const array = { type: "array", items: inner };
  return (anythings[depth] ??= [...SCALARS, array, closedObject({ object: entries(inner) })]);
}

/** The strict schema of a type. With `references`, each value may also be a text with `${{ … }}`. */
export function strictSchema(type: Type, references: boolean, depth: number = LIMITS.schemaDepth): JsonObject {
  const options = depth < 0 ? anything(1) : optionsOf(type, references, depth);
  return anyOf(references ? [...options.filter((option) => !isTexts(option)), TEXT] : options);
}

/** Drops an enum of texts if any text is allowed too: providers count each of its values. */
const isTexts = (option: JsonObject): boolean => option["type"] === "string" && "enum" in option;

function optionsOf(type: Type, references: boolean, depth: number): readonly JsonObject[] {
  switch (type.kind) {
    case "unknown":
      return anything(Math.min(LIMITS.schemaFreeDepth, Math.max(1, depth)));
    case "literal":
      return [{ type: typeof type.value, enum: [type.value] }];
    case "list":
      return [{ type: "array", items: strictSchema(type.of, references, depth - 1) }];
    case "record":
      return recordOptions(type, references, depth);
    case "union":
      return type.of.length === 0 ? anything(0) : unionOptions(type.of, references, depth);
    default:
      return [{ type: type.kind }];
  }
}

/** The options of all members. Literals of one kind share one `enum`. */
function unionOptions(members: readonly Type[], references: boolean, depth: number): readonly JsonObject[] {
  const literals = members.flatMap((member) => (member.kind === "literal" ? [member.value] : []));
  const others = members.filter((member) => member.kind !== "literal");
  const enums = ["string", "number", "boolean"].flatMap((type) => {
    const alike = literals.filter((value) => typeof value === type);
    return alike.length === 0 ? [] : [{ type, enum: alike }];
  });
  return [...enums, ...others.flatMap((member) => optionsOf(member, references, depth))];
}

/** The object schema alone, without the option of a reference: the root of a schema must be one object. */
export function recordSchema(type: RecordType, references: boolean): JsonObject {
  return recordOptions(type, references, LIMITS.schemaDepth)[0]!;
}

/** The same inside a schema. Also allows further names, if the type accepts any. */
export function argumentsSchema(type: RecordType): JsonObject {
  return anyOf(recordOptions(type, true, LIMITS.schemaDepth));
}

/** An object with further names is a closed object of its own names, or a list of any names. */
function recordOptions(type: RecordType, references: boolean, depth: number): readonly JsonObject[] {
  const { fields, rest } = type;
  const free = isFree(type) || rest !== undefined;
  const values = [rest ?? UNKNOWN, ...Object.values(fields).map(({ type: one }) => one)];
  const list = free ? [entries(anyOf(values.map((one) => strictSchema(one, references, depth - 1))))] : [];
  if (Object.keys(fields).length === 0 && free) return list;
  const properties = Object.entries(fields).map(([name, field]) => {
    const schema = strictSchema(field.type, references, depth - 1);
    return [name, field.optional ? orNull(schema) : schema] as const;
  });
  const closed = closedObject(Object.fromEntries(properties));
  return [closed, ...list];
}

/** Whether any object is of this type, whatever its fields are. */
export const isFree = (type: RecordType): boolean => Object.keys(type.fields).length === 0 && type.closed !== true;

function anyOf(options: readonly JsonObject[]): JsonObject {
  const flat = options.flatMap((option) => (option["anyOf"] as readonly JsonObject[] | undefined) ?? [option]);
  const different = [...new Map(flat.map((option) => [JSON.stringify(option), option])).values()];
  return different.length === 1 ? different[0]! : { anyOf: different };
}

/**
 * Converts a value written under the strict schema back to the type. Nulls of optional properties are left out, and
 * lists of { name, value } become objects. A null stays if the property's type accepts null. Values written in the
 * plain form pass unchanged, so nothing is lost if a provider ignores the schema.
 */
export function fromStrict(value: Json, type: Type): Json {
  if (Array.isArray(value)) return listFromStrict(value as readonly Json[], type);
  if (!isObject(value)) return value;
  const records = membersOf(type).filter((member) => member.kind === "record");
  if (records.length > 1) {
    const fitting = records.map((one) => fromStrict(value, one)).find((read) => mismatch(read, type) === undefined);
    if (fitting !== undefined) return fitting;
  }
  const [record] = records;
  const held = record !== undefined && Object.hasOwn(record.fields, HOLDER) ? undefined : heldIn(value);
  return recordFromStrict(held ?? value, record);
}

const HOLDER = "object";
const ANY_RECORD: RecordType = { kind: "record", fields: {}, rest: UNKNOWN };

/** The object that `{ object: [{ name, value }] }` represents. */
function heldIn(value: JsonObject): JsonObject | undefined {
  const list = value[HOLDER];
  return Object.keys(value).length === 1 && Array.isArray(list)
    ? objectFromEntries(list as readonly Json[])
    : undefined;
}

function listFromStrict(value: readonly Json[], type: Type): Json {
  const list = membersOf(type).find((member) => member.kind === "list");
  if (list !== undefined) return value.map((item) => fromStrict(item, list.of));
  const free = membersOf(type).find((member) => member.kind === "record" && (isFree(member) || "rest" in member));
  const object = free && objectFromEntries(value);
  return object === undefined ? value.map((item) => fromStrict(item, UNKNOWN)) : fromStrict(object, type);
}

/** The fields of an object, each converted by its type. */
export function recordFromStrict(value: JsonObject, type: RecordType = ANY_RECORD): JsonObject {
  const kept = Object.entries(value).flatMap(([name, field]) => {
    const known = Object.hasOwn(type.fields, name) ? type.fields[name] : undefined;
    if (field === null && known?.optional === true && !takesNull(known.type)) return [];
    return [[name, fromStrict(field, known?.type ?? type.rest ?? UNKNOWN)] as const];
  });
  return Object.fromEntries(kept);
}

/** `[{ name, value }]` as an object, or undefined if the list is something else. */
export function objectFromEntries(list: readonly Json[]): JsonObject | undefined {
  const pairs = new Map<string, Json>();
  for (const entry of list) {
    if (!isObject(entry) || typeof entry["name"] !== "string" || !("value" in entry)) return undefined;
    // A duplicate name would hide a value.
    if (Object.keys(entry).length !== 2 || pairs.has(entry["name"])) return undefined;
    pairs.set(entry["name"], entry["value"] ?? null);
  }
  return Object.fromEntries(pairs);
}

/** If the type accepts anything, its fields are unknown, and a null counts as absent. */
function takesNull(type: Type): boolean {
  return membersOf(type).some((member) => member.kind === "null");
}
