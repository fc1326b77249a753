// Values while an expression is evaluated, and what operators do to them. In: values. Out: values, or a Stop.
// Separate because CEL's numbers are of two kinds at work (literals are big integers, data are doubles), while plans
// know one: here is the only place where they meet. Every operation pays into a meter, so no expression runs for long.
import { LIMITS } from "../../limits.js";
import { FORBIDDEN_KEYS, type Json } from "../json.js";

export type Value = null | boolean | number | bigint | string | readonly Value[] | { readonly [key: string]: Value };
export type ValueRecord = { readonly [key: string]: Value };

/** Ends an evaluation; never leaves evaluate(). */
export class Stop extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Counts work: about one unit per node, list element, or 64 characters. */
export class Meter {
  /** Ten units for each evaluation that two nested macros may make. */
  private left = 10 * LIMITS.macroList ** LIMITS.macroDepth;

  spend(units: number): void {
    this.left -= units;
    if (this.left < 0) throw new Stop("LIMIT_EXCEEDED", "the expression takes too long; do this work in a tool");
  }

  /** A string of this many characters is about to be made or read. */
  text(length: number): void {
    if (length > LIMITS.valueBytes)
      throw new Stop("LIMIT_EXCEEDED", `a string is longer than ${LIMITS.valueBytes} characters`);
    this.spend(1 + length / 64);
  }
}

export const isNumeric = (value: Value): value is number | bigint =>
  typeof value === "number" || typeof value === "bigint";
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
export const isRecord = (value: Value): value is ValueRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The name of a value's kind, for messages. */
export function kindName(value: Value): string {
  if (value === null) return "null";
  if (isList(value)) return "a list";
  return isNumeric(value) ? "a number" : typeof value === "object" ? "a record" : `a ${typeof value}`;
}

const MAX_INT = 2n ** 63n;

function checkedInteger(value: bigint): bigint {
  if (value < MAX_INT && value >= -MAX_INT) return value;
  throw new Stop("NUMBER_OUT_OF_RANGE", "an integer does not fit into 64 bits");
}

/** `- * / %` on numbers; two integers stay integers, so that `7 / 2` is 3 as CEL says. */
export function arithmetic(op: "-" | "*" | "/" | "%", left: Value, right: Value): Value {
  if (!isNumeric(left) || !isNumeric(right)) {
    throw new Stop("TYPE_MISMATCH", `${op} needs two numbers, not ${kindName(left)} and ${kindName(right)}`);
  }
  if ((op === "/" || op === "%") && Number(right) === 0) throw new Stop("DIVISION_BY_ZERO", "a division by zero");
  if (typeof left === "bigint" && typeof right === "bigint") return checkedInteger(onIntegers(op, left, right));
  return onDoubles(op, Number(left), Number(right));
}

function onIntegers(op: "-" | "*" | "/" | "%", left: bigint, right: bigint): bigint {
  return op === "-" ? left - right : op === "*" ? left * right : op === "/" ? left / right : left % right;
}

function onDoubles(op: "-" | "*" | "/" | "%", left: number, right: number): number {
  return op === "-" ? left - right : op === "*" ? left * right : op === "/" ? left / right : left % right;
}

/** `+` on two numbers, two strings or two lists. */
export function plus(left: Value, right: Value, meter: Meter): Value {
  if (typeof left === "bigint" && typeof right === "bigint") return checkedInteger(left + right);
  if (isNumeric(left) && isNumeric(right)) return Number(left) + Number(right);
  if (typeof left === "string" && typeof right === "string") {
    meter.text(left.length + right.length);
    return left + right;
  }
  if (isList(left) && isList(right)) {
    meter.spend(left.length + right.length);
    return [...left, ...right];
  }
  throw new Stop(
    "TYPE_MISMATCH",
    `+ cannot add ${kindName(left)} and ${kindName(right)}; string(…) makes text of a number`,
  );
}

/** Below zero, zero or above, for two numbers, two strings or two booleans. */
export function compare(op: string, left: Value, right: Value): number {
  const comparable =
    (isNumeric(left) && isNumeric(right)) ||
    (typeof left === "string" && typeof right === "string") ||
    (typeof left === "boolean" && typeof right === "boolean");
  if (!comparable) throw new Stop("TYPE_MISMATCH", `${op} cannot compare ${kindName(left)} with ${kindName(right)}`);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Deep equality; values of different kinds are not equal. */
export function equal(left: Value, right: Value, meter: Meter): boolean {
  meter.spend(1);
  if (left === right) return true;
  if (isNumeric(left) && isNumeric(right)) return !(left < right) && !(left > right) && !Number.isNaN(Number(left));
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((item, i) => equal(item, right[i] as Value, meter));
  }
  if (!isRecord(left) || !isRecord(right)) return false;
  const keys = Object.keys(left);
  meter.spend(keys.length);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && equal(left[key] as Value, right[key] as Value, meter))
  );
}

/** `in`: an element of a list, or a key of a record. */
export function isIn(value: Value, container: Value, meter: Meter): boolean {
  if (isList(container)) return container.some((item) => equal(value, item, meter));
  if (isRecord(container)) return typeof value === "string" && Object.hasOwn(container, value);
  throw new Stop("TYPE_MISMATCH", `in needs a list or a record on its right, not ${kindName(container)}`);
}

/** An own property of a record. */
export function fieldOfValue(target: Value, name: string): Value {
  if (FORBIDDEN_KEYS.has(name)) throw new Stop("FORBIDDEN_KEY", `the name ${name} is refused`);
  if (target === null) throw new Stop("NULL_ACCESS", `the value before .${name} is null`);
  if (!isRecord(target)) throw new Stop("TYPE_MISMATCH", `${kindName(target)} has no field ${name}`);
  if (Object.hasOwn(target, name)) return target[name] as Value;
  throw new Stop("NO_SUCH_FIELD", `there is no field ${name}`);
}

/** An element of a list by its number, or a field of a record by its name. */
export function indexValue(target: Value, index: Value): Value {
  if (target === null) throw new Stop("NULL_ACCESS", "the value before [ ] is null");
  if (!isList(target)) {
    if (typeof index === "string") return fieldOfValue(target, index);
    throw new Stop("TYPE_MISMATCH", `${kindName(target)} cannot be indexed with ${kindName(index)}`);
  }
  if (!isNumeric(index)) throw new Stop("TYPE_MISMATCH", `a list is indexed with a number, not ${kindName(index)}`);
  const item = target[Number(index)];
  if (item === undefined)
    throw new Stop("INDEX_OUT_OF_RANGE", `there is no element ${index} in a list of ${target.length}`);
  return item;
}

/** The JSON of a value: integers become numbers, and what JSON cannot hold is refused. */
export function toJson(value: Value): Json {
  let room = LIMITS.valueBytes;
  const convert = (part: Value, depth: number): Json => {
    room -= typeof part === "string" ? part.length + 2 : 2;
    if (room < 0) throw new Stop("LIMIT_EXCEEDED", `the value is larger than ${LIMITS.valueBytes} bytes`);
    if (depth > LIMITS.jsonDepth) throw new Stop("LIMIT_EXCEEDED", `the value nests deeper than ${LIMITS.jsonDepth}`);
    if (isNumeric(part)) return jsonNumber(part);
    if (isList(part)) return part.map((item) => convert(item, depth + 1));
    if (!isRecord(part)) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, field]) => {
        room -= key.length + 2;
        return [key, convert(field, depth + 1)];
      }),
    );
  };
  return convert(value, 0);
}

function jsonNumber(value: number | bigint): number {
  const number = Number(value);
  if (typeof value === "bigint" && !Number.isSafeInteger(number)) {
    throw new Stop("NUMBER_OUT_OF_RANGE", `the integer ${value} is too large to be exact in JSON`);
  }
  if (!Number.isFinite(number)) throw new Stop("NUMBER_OUT_OF_RANGE", `${number} is not a JSON number`);
  return number;
}
