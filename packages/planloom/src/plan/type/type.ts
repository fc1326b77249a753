// Defines types: a small lattice over JSON. In: types and values. Out: whether a value has a type, and a type's text.
// Check, inference, schemas and the run-time check of outputs use types.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import { assertNever } from "../../assert-never.js";
import { canonicalJson, isObject, kindOf, pointerTo, type Json, type JsonObject } from "../json.js";

export interface Field {
  readonly type: Type;
  readonly optional: boolean;
}

/**
 * `rest` is the type of additional properties. Without it no others are known, but values may have them unless `closed`
 * is set (a schema's `additionalProperties: false`).
 */
export interface RecordType {
  readonly kind: "record";
  readonly fields: { readonly [name: string]: Field };
  readonly rest?: Type;
  readonly closed?: true;
}

/** The empty union (`never`): the item type of an empty list. No value has it. */
export type Type =
  | { readonly kind: "unknown" }
  | { readonly kind: "null" }
  | { readonly kind: "boolean" }
  | { readonly kind: "number" }
  | { readonly kind: "string" }
  | { readonly kind: "literal"; readonly value: string | number | boolean }
  | { readonly kind: "list"; readonly of: Type }
  | RecordType
  | { readonly kind: "union"; readonly of: readonly Type[] };

export const UNKNOWN: Type = { kind: "unknown" };
export const NULL: Type = { kind: "null" };
export const BOOLEAN: Type = { kind: "boolean" };
export const NUMBER: Type = { kind: "number" };
export const STRING: Type = { kind: "string" };

export const listOf = (of: Type): Type => ({ kind: "list", of });
export const literalOf = (value: string | number | boolean): Type => ({ kind: "literal", value });

/** The members of a union, or the type itself. */
export const membersOf = (type: Type): readonly Type[] => (type.kind === "union" ? type.of : [type]);

/** The union of types: flat, without duplicates, literals absorbed by their kind; unknown absorbs all. */
export function unionOf(types: readonly Type[]): Type {
  const members = new Map<string, Type>();
  for (const type of types) {
    for (const member of membersOf(type)) {
      if (member.kind === "unknown") return UNKNOWN;
      members.set(keyOf(member), member);
    }
  }
  const of = widen([...members.values()]);
  return of.length === 1 ? (of[0] as Type) : { kind: "union", of };
}

const keys = new WeakMap<Type, string>();

/** The text of a type. Equal types have equal texts. Cached, because large types occur in many unions. */
function keyOf(type: Type): string {
  let key = keys.get(type);
  if (key === undefined) keys.set(type, (key = canonicalJson(type)));
  return key;
}

function widen(members: readonly Type[]): readonly Type[] {
  let widened = members;
  for (const [name, base] of [
    ["string", STRING] as const,
    ["number", NUMBER] as const,
    ["boolean", BOOLEAN] as const,
  ]) {
    const literals = widened.filter((member) => member.kind === "literal" && typeof member.value === name).length;
    if (literals === 0) continue;
    const complete = literals > LIMITS.typeLiterals || (name === "boolean" && literals === 2);
    if (!complete && !widened.some((member) => member.kind === name)) continue;
    const rest = widened.filter(
      (member) => member.kind !== name && !(member.kind === "literal" && typeof member.value === name),
    );
    widened = [...rest, base];
  }
  return widened;
}

/** The declared field of a record. Never a field of the prototype. */
export function fieldOf(record: RecordType, name: string): Field | undefined {
  return Object.hasOwn(record.fields, name) ? record.fields[name] : undefined;
}

export interface Mismatch {
  /** A JSON pointer into the value. */
  readonly path: string;
  /** The text of the expected type. */
  readonly expected: string;
  /** The value that was found. */
  readonly found: Gist;
}

/** A value in brief: its kind, and for a scalar the value itself. Texts are cut at 60 characters. */
export type Gist =
  | { readonly kind: "nothing" | "null" | "record" }
  | { readonly kind: "list"; readonly length: number }
  | { readonly kind: "string" | "number" | "boolean"; readonly value: string | number | boolean };

/** The first place where a value does not have a type, or undefined. */
export function mismatch(value: Json, type: Type): Mismatch | undefined {
  return mismatchAt(value, type, "");
}

function mismatchAt(value: Json, type: Type, path: string): Mismatch | undefined {
  if (type.kind === "unknown") return undefined;
  if (type.kind === "union") return unionMismatch(value, type, path);
  if (type.kind === "list" && Array.isArray(value)) return listMismatch(value, type.of, path);
  if (type.kind === "record" && isObject(value)) return recordMismatch(value, type, path);
  const fits =
    type.kind === "literal" ? value === type.value : type.kind === "null" ? value === null : typeof value === type.kind;
  return fits ? undefined : { path, expected: shortText(type), found: gistOf(value) };
}

/** The most helpful mismatch: if exactly one member has the value's kind, the place inside it. */
function unionMismatch(value: Json, type: Type & { readonly kind: "union" }, path: string): Mismatch | undefined {
  const alike: Mismatch[] = [];
  for (const member of type.of) {
    const found = mismatchAt(value, member, path);
    if (found === undefined) return undefined;
    if (member.kind === kindOf(value)) alike.push(found);
  }
  const [only] = alike;
  return alike.length === 1 && only !== undefined ? only : { path, expected: shortText(type), found: gistOf(value) };
}

function listMismatch(value: readonly Json[], of: Type, path: string): Mismatch | undefined {
  for (let i = 0; i < value.length; i++) {
    const found = mismatchAt(value[i] as Json, of, `${path}/${i}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function recordMismatch(value: JsonObject, type: RecordType, path: string): Mismatch | undefined {
  for (const [name, field] of Object.entries(type.fields)) {
    const at = pointerTo(path, name);
    if (!Object.hasOwn(value, name)) {
      if (!field.optional) return { path: at, expected: shortText(field.type), found: { kind: "nothing" } };
      continue;
    }
    const found = mismatchAt(value[name] as Json, field.type, at);
    if (found !== undefined) return found;
  }
  if (type.rest === undefined && type.closed !== true) return undefined;
  for (const name of Object.keys(value)) {
    if (fieldOf(type, name) !== undefined) continue;
    const at = pointerTo(path, name);
    if (type.rest === undefined) return { path: at, expected: "nothing", found: gistOf(value[name] as Json) };
    const found = mismatchAt(value[name] as Json, type.rest, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A value in brief. */
export function gistOf(value: Json): Gist {
  if (value === null) return { kind: "null" };
  if (Array.isArray(value)) return { kind: "list", length: value.length };
  if (typeof value === "string") return { kind: "string", value: value.slice(0, 60) };
  return typeof value === "object" ? { kind: "record" } : { kind: typeof value as "number" | "boolean", value };
}

/** The TypeScript-like text of a type. parseType reads it back. */
export function typeText(type: Type): string {
  switch (type.kind) {
    case "literal":
      return JSON.stringify(type.value);
    case "list":
      return type.of.kind === "union" && type.of.of.length > 1 ? `(${typeText(type.of)})[]` : `${typeText(type.of)}[]`;
    case "union":
      return type.of.length === 0 ? "never" : type.of.map(typeText).join(" | ");
    case "record":
      return recordText(type);
    case "unknown":
    case "null":
    case "boolean":
    case "number":
    case "string":
      return type.kind;
    default:
      return assertNever(type);
  }
}

function recordText(type: RecordType): string {
  const fields = Object.entries(type.fields).map(
    ([name, field]) => `${nameText(name)}${field.optional ? "?" : ""}: ${typeText(field.type)}`,
  );
  if (type.rest !== undefined && fields.length === 0) return `Record<string, ${typeText(type.rest)}>`;
  if (type.rest !== undefined) fields.push(`[name: string]: ${typeText(type.rest)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

const nameText = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

/** The text of a type for a message: at most about 160 characters. */
export function shortText(type: Type): string {
  const text = typeText(type);
  return text.length <= 160 ? text : `${beginning(text, 157)}...`;
}

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
