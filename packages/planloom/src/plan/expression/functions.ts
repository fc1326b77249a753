// The functions of expressions: parameters, result and behaviour. In: checked arguments. Out: a value, or a Stop.
// Evaluation and inference read the same table, so an inferred type always matches the run.
import { beginning } from "../../beginning.js";
import { BOOLEAN, listOf, NUMBER, STRING, type Type, UNKNOWN, unionOf } from "../type/type.js";
import { isList, isNumeric, fieldNames, isRecord, type Meter, stop, type Value } from "./value.js";

export interface CelFunction {
  /** The receiver of a method comes first. */
  readonly params: readonly Type[];
  /** Number of arguments at the end that may be left out. */
  readonly optional: number;
  readonly returns: Type;
  /** The result is an integer of CEL. Dividing two of them truncates. */
  readonly integer: boolean;
  readonly call: (args: readonly Value[], meter: Meter) => Value;
}

const ANY_RECORD: Type = { kind: "record", fields: {}, rest: UNKNOWN };
const SIZED = unionOf([STRING, listOf(UNKNOWN), ANY_RECORD]);
const CONVERTIBLE = unionOf([STRING, NUMBER, BOOLEAN]);

type Call = CelFunction["call"];
const define = (params: readonly Type[], returns: Type, call: Call, extra: Partial<CelFunction> = {}): CelFunction => ({
  params,
  returns,
  call,
  optional: 0,
  integer: false,
  ...extra,
});
const integer = { integer: true };
const text = (args: readonly Value[], i: number): string => args[i] as string;

const onTexts = (returns: Type, call: (receiver: string, argument: string) => Value): CelFunction =>
  define([STRING, STRING], returns, (args, meter) => {
    paySearch(text(args, 0), text(args, 1), meter);
    return call(text(args, 0), text(args, 1));
  });
/** The worst case of a search compares every pair of characters. */
function paySearch(receiver: string, part: string, meter: Meter): void {
  meter.text(receiver.length);
  meter.spend((receiver.length * part.length) / 1024);
}

const onText = (call: (receiver: string) => string): CelFunction =>
  define([STRING], STRING, (args, meter) => {
    meter.text(text(args, 0).length);
    return call(text(args, 0));
  });

/** Changes letters of ASCII. Beside other letters each run of them is changed for itself, which is slow. */
const onLetters = (letters: RegExp, change: (part: string) => string): CelFunction =>
  define([STRING], STRING, (args, meter) => {
    const receiver = text(args, 0);
    meter.text(receiver.length);
    if (!/[^\0-\x7f]/.test(receiver)) return change(receiver);
    meter.spend(receiver.length / 2);
    return receiver.replaceAll(letters, change);
  });

const size = define([SIZED], NUMBER, ([value], meter) => BigInt(sizeOf(value as Value, meter)), integer);

/** The text of a scalar. The arguments have been checked. */
const scalarText = (value: Value): string => (typeof value === "object" ? JSON.stringify(value) : `${value}`);

/** Characters of a string (code points), elements of a list, fields of a record. */
function sizeOf(value: Value, meter: Meter): number {
  if (isList(value)) return value.length;
  if (isRecord(value)) return fieldNames(value, meter).length;
  const characters = scalarText(value);
  meter.text(characters.length);
  if (!/[\ud800-\udfff]/.test(characters)) return characters.length;
  let count = 0;
  meter.spend(characters.length / 8);
  for (const _char of characters) count++;
  return count;
}

/** Functions called by name: `size(x)`. */
export const FUNCTIONS: ReadonlyMap<string, CelFunction> = new Map([
  ["size", size],
  ["string", define([CONVERTIBLE], STRING, ([value]) => scalarText(value as Value))],
  ["int", define([unionOf([STRING, NUMBER])], NUMBER, ([value]) => toInteger(value as Value), integer)],
  ["double", define([unionOf([STRING, NUMBER])], NUMBER, ([value]) => toDouble(value as Value))],
  ["bool", define([unionOf([STRING, BOOLEAN])], BOOLEAN, ([value]) => toBoolean(value as Value))],
  ["dyn", define([UNKNOWN], UNKNOWN, ([value]) => value as Value)],
]);

/** Functions called on a receiver: `x.contains(y)`. */
export const METHODS: ReadonlyMap<string, CelFunction> = new Map([
  ["size", size],
  ["contains", onTexts(BOOLEAN, (receiver, part) => receiver.includes(part))],
  ["startsWith", onTexts(BOOLEAN, (receiver, part) => receiver.startsWith(part))],
  ["endsWith", onTexts(BOOLEAN, (receiver, part) => receiver.endsWith(part))],
  ["lowerAscii", onLetters(/[A-Z]+/g, (part) => part.toLowerCase())],
  ["upperAscii", onLetters(/[a-z]+/g, (part) => part.toUpperCase())],
  ["trim", onText((receiver) => receiver.trim())],
  ["indexOf", define([STRING, STRING, NUMBER], NUMBER, indexOf, { optional: 1, integer: true })],
  ["lastIndexOf", define([STRING, STRING, NUMBER], NUMBER, lastIndexOf, { optional: 1, integer: true })],
  ["substring", define([STRING, NUMBER, NUMBER], STRING, substring, { optional: 1 })],
  ["split", define([STRING, STRING, NUMBER], listOf(STRING), split, { optional: 1 })],
  ["join", define([listOf(STRING), STRING], STRING, join, { optional: 1 })],
]);

/** Functions over a list with a variable of their own, by their number of arguments. */
export const MACROS: ReadonlyMap<string, readonly number[]> = new Map([
  ["all", [2]],
  ["exists", [2]],
  ["exists_one", [2]],
  ["filter", [2]],
  ["map", [2, 3]],
]);

function toInteger(value: Value): Value {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isFinite(value)) return BigInt(Math.trunc(value));
  if (typeof value === "string" && /^[-+]?\d{1,18}$/.test(value)) return BigInt(value.replace(/^\+/, ""));
  throw unreadable("int", value);
}

function toDouble(value: Value): Value {
  if (isNumeric(value)) return Number(value);
  if (typeof value === "string" && /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(value.slice(0, 400)))
    return Number(value);
  throw unreadable("double", value);
}

function toBoolean(value: Value): Value {
  if (typeof value === "boolean") return value;
  if (["1", "t", "true", "TRUE", "True"].includes(value as string)) return true;
  if (["0", "f", "false", "FALSE", "False"].includes(value as string)) return false;
  throw unreadable("bool", value);
}

const unreadable = (by: string, value: Value) =>
  stop("CONVERSION_FAILED", { by, text: beginning(scalarText(value), 60) });

/** An argument that counts characters: an integer from 0 to `max`. */
function position(name: string, value: Value, max: number): number {
  const at = Number(value);
  if (Number.isInteger(at) && at >= 0 && at <= max) return at;
  throw stop("INDEX_OUT_OF_RANGE", { by: name, position: at, length: max });
}

function indexOf(args: readonly Value[], meter: Meter): Value {
  const receiver = text(args, 0);
  paySearch(receiver, text(args, 1), meter);
  const from = args[2] === undefined ? 0 : position("indexOf", args[2], receiver.length);
  return BigInt(receiver.indexOf(text(args, 1), from));
}

function lastIndexOf(args: readonly Value[], meter: Meter): Value {
  const receiver = text(args, 0);
  paySearch(receiver, text(args, 1), meter);
  const from = args[2] === undefined ? receiver.length : position("lastIndexOf", args[2], receiver.length);
  return BigInt(receiver.lastIndexOf(text(args, 1), from));
}

function substring(args: readonly Value[]): Value {
  const receiver = text(args, 0);
  const start = position("substring", args[1] as Value, receiver.length);
  const end = args[2] === undefined ? receiver.length : position("substring", args[2], receiver.length);
  if (end < start) throw stop("INDEX_OUT_OF_RANGE", { by: "substring", start, end });
  return receiver.slice(start, end);
}

function split(args: readonly Value[], meter: Meter): Value {
  const [receiver, separator] = [text(args, 0), text(args, 1)];
  paySearch(receiver, separator, meter);
  // One part more than may be made, so that too many are noticed.
  const parts = receiver.split(separator, meter.room + 1);
  meter.spend(parts.length);
  const most = args[2] === undefined ? -1 : Number(args[2]);
  if (most === 0) return [];
  if (!(most > 0) || parts.length <= most) return parts;
  return [...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)];
}

function join(args: readonly Value[], meter: Meter): Value {
  const parts = args[0] as readonly Value[];
  const separator = args[1] === undefined ? "" : text(args, 1);
  let length = 0;
  meter.spend(parts.length);
  for (const part of parts) {
    if (typeof part !== "string") throw stop("TYPE_MISMATCH", { is: "joined-item" });
    length += part.length + separator.length;
  }
  meter.text(length);
  return (parts as readonly string[]).join(separator);
}
