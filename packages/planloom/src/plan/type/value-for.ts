// Reads a text as a value of a declared type. In: a type and a text, from a command line, a form or a file. Out: the
// value, or the reading that does not fit, with an example of one that does. Every door that takes texts uses it.
import { losesDigits } from "../exact-integer.js";
import { FORBIDDEN_KEYS, isObject, jsonIn, type Json, type JsonObject } from "../json.js";
import { typeOf } from "./schema.js";
import { membersOf, mismatch, shortText, UNKNOWN, type Type } from "./type.js";

/** As a plan declares it: the text of a type, or a JSON Schema. */
export type Declared = string | JsonObject;

/** One value in three readings. */
export interface Reading {
  /** A number that would lose digits is a text of its digits. */
  readonly value: Json;
  /** The same, but fractions are rounded to the nearest number. */
  readonly rounded: Json;
  /** Each number and boolean is its text. */
  readonly written: Json;
}

/** If it is not ok, `value` is the reading without a type. */
export type ValueFor =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly value: Json; readonly expected: string; readonly example: string };

/**
 * The value of a text for this type. JSON that fits comes first, then the text itself, then JSON whose numbers and
 * booleans are taken as texts where the type wants texts. Without a type, or with one that cannot be read: see
 * plainValue. Never throws.
 */
export function valueFor(declared: Declared | undefined, text: string): ValueFor {
  const reading = jsonReading(text);
  return fitting(declared, reading === undefined ? [asText(text)] : [reading, asText(text)], plainValue(text));
}

/** The same for the text of a file. Without a `reading`, the file holds a text: it is only read as JSON if it has to. */
export function fileValueFor(declared: Declared | undefined, text: string, reading: Reading | undefined): ValueFor {
  if (reading !== undefined) return fitting(declared, [reading, asText(text)], reading.value);
  const json = jsonReading(text);
  return fitting(declared, json === undefined ? [asText(text)] : [asText(text), json], text);
}

const asText = (text: string): Reading => ({ value: text, rounded: text, written: text });

/** JSON if it parses, else the text. A number that would lose digits is a text of its digits. */
export function plainValue(text: string): Json {
  const reading = jsonReading(text);
  return reading === undefined ? text : reading.value;
}

function fitting(declared: Declared | undefined, readings: readonly Reading[], plain: Json): ValueFor {
  const type = declared === undefined ? UNKNOWN : typeIn(declared);
  if (type.kind === "unknown") return { ok: true, value: plain };
  const fits = (value: Json) => mismatch(value, type) === undefined && !isFraction(declared, value);
  const inOrder = [
    ...readings.map(({ value }) => value),
    ...readings.map(({ rounded }) => rounded),
    ...readings.map(({ rounded, written }) => converted(rounded, written, type)),
  ];
  const value = inOrder.find(fits);
  if (value !== undefined) return { ok: true, value };
  return { ok: false, value: plain, expected: shortText(type), example: exampleText(declared ?? {}) };
}

function typeIn(declared: Declared): Type {
  const parsed = typeOf(declared);
  return parsed.ok ? parsed.type : UNKNOWN;
}

/** Types know no integers: a number that is none would have this type. */
export const isFraction = (declared: Declared | undefined, value: Json | undefined): boolean =>
  typeof value === "number" && !Number.isInteger(value) && declared !== undefined && wantsInteger(declared);

function wantsInteger(declared: Declared): boolean {
  if (typeof declared === "string") return /^\s*int(?:eger)?\s*(?:\|\s*null\s*)?$/i.test(declared);
  const { type } = declared;
  const names = Array.isArray(type) ? (type as readonly Json[]) : [type];
  return names.includes("integer") && !names.includes("number");
}

/** The value, with texts in the place of numbers and booleans where the type wants texts. */
function converted(value: Json, written: Json, type: Type): Json {
  if (mismatch(value, type) === undefined) return value;
  for (const member of membersOf(type)) {
    const made = inMember(value, written, member);
    if (mismatch(made, member) === undefined) return made;
  }
  return value;
}

function inMember(value: Json, written: Json, type: Type): Json {
  if (type.kind === "list" && Array.isArray(value) && Array.isArray(written))
    return value.map((item: Json, at) => converted(item, written[at] as Json, type.of));
  if (type.kind === "record" && isObject(value) && isObject(written)) {
    const fields = Object.entries(value).map(([name, field]): [string, Json] => {
      const wanted = Object.hasOwn(type.fields, name) ? type.fields[name]?.type : type.rest;
      return [name, converted(field, written[name] as Json, wanted ?? UNKNOWN)];
    });
    return Object.fromEntries(fields);
  }
  return typeof value === "number" || typeof value === "boolean" ? written : value;
}

/** Texts, then numbers and booleans. A text without an end goes to the end. */
const TOKEN = /"(?:\\.|[^"\\])*"?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false/gs;

/** The readings of a JSON text; undefined for any other text. */
export function jsonReading(text: string): Reading | undefined {
  if (jsonIn(text) === undefined) return undefined;
  // Only whole numbers and booleans are put in quotes, so the text stays JSON.
  const quoted = (wanted: (token: string) => boolean): Json =>
    JSON.parse(
      text.replace(TOKEN, (token) => (token.startsWith('"') || !wanted(token) ? token : `"${token}"`)),
    ) as Json;
  const isNumber = (token: string) => /\d/.test(token);
  return {
    value: quoted((token) => isNumber(token) && !keepsDigits(token)),
    rounded: quoted((token) => isNumber(token) && isUnheld(token)),
    written: quoted(() => true),
  };
}

/** An integer whose digits a number cannot hold, or a number that is too large. */
export const isUnheld = (digits: string): boolean => losesDigits(digits) || !Number.isFinite(Number(digits));

/** Whether a number says the same as its digits. Zeros at the end of a fraction and the exponent may differ. */
export function keepsDigits(digits: string): boolean {
  if (/^-?\d+$/.test(digits)) return !losesDigits(digits);
  const number = Number(digits);
  return Number.isFinite(number) && significant(digits) === significant(String(number));
}

/** The digits that count, and the place of the first: `1.50e2` and `150` are the same. */
function significant(number: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(number) ?? [];
  const all = whole + fraction;
  const first = all.search(/[1-9]/);
  if (first === -1) return "0";
  return `${sign}${all.slice(first).replace(/0+$/, "")}@${whole.length - first + Number(exponent)}`;
}

const MOST_EXAMPLES = 8;

/** How a value of this type is written, on one line. Choices are listed. */
export function exampleText(declared: Declared): string {
  const type = typeIn(declared);
  const members = membersOf(type).slice(0, MOST_EXAMPLES);
  const all = members.map((member) => {
    const value = wantsInteger(declared) && member.kind === "number" ? 42 : exampleOf(member, 0);
    return typeof value === "string" && type.kind !== "union" && type.kind !== "literal"
      ? value
      : JSON.stringify(value);
  });
  const last = all.pop();
  return all.length === 0 ? (last ?? "") : `${all.join(", ")} or ${last}`;
}

const DEPTH = 3;

function exampleOf(type: Type, depth: number): Json {
  switch (type.kind) {
    case "literal":
      return type.value;
    case "number":
      return 4.2;
    case "boolean":
      return true;
    case "string":
      return "text";
    case "list":
      return depth > DEPTH ? [] : [exampleOf(type.of, depth + 1)];
    case "record":
      return depth > DEPTH ? {} : recordExample(type, depth);
    case "union":
      return type.of.length === 0 ? null : exampleOf(type.of[0]!, depth);
    case "unknown":
    case "null":
      return null;
  }
}

function recordExample({ fields, rest }: Extract<Type, { kind: "record" }>, depth: number): Json {
  const wanted = Object.entries(fields).filter(([name, { optional }]) => !optional && !FORBIDDEN_KEYS.has(name));
  const made = wanted.map(([name, { type }]): [string, Json] => [name, exampleOf(type, depth + 1)]);
  if (made.length === 0 && rest !== undefined) made.push(["name", exampleOf(rest, depth + 1)]);
  return Object.fromEntries(made);
}
