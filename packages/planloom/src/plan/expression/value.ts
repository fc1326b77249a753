// Values during an evaluation, and the operators on them. In: values. Out: values, or a Stop. CEL has two kinds of
// numbers here (literals are big integers, data are doubles) and plans have one. Only this file converts between them.
// Every operation adds to a meter, so no expression runs for long.
import { LIMITS } from "../../limits.js";
import { FORBIDDEN_KEYS, type Json, type JsonKind } from "../json.js";
import { evaluationProblem, type EvaluationCode, type EvaluationParams, type EvaluationProblem } from "./problem.js";

export type Value = null | boolean | number | bigint | string | readonly Value[] | { readonly [key: string]: Value };
export type ValueRecord = { readonly [key: string]: Value };

/** Ends an evaluation. It never leaves evaluate(). */
export class Stop extends Error {
  constructor(readonly problem: EvaluationProblem) {
    super(problem.code);
  }
}

export const stop = <Code extends EvaluationCode>(code: Code, params: EvaluationParams[Code]): Stop =>
  new Stop(evaluationProblem(code, params));

/**
 * Counts the work of evaluations. A unit takes at most about 100 ns: a node, a list element, a quarter of a record's
 * field, or 64 characters that are written.
 */
export class Meter {
  private left: number = LIMITS.expressionWork;

  spend(units: number): void {
    this.left -= units;
    if (this.left < 0) throw stop("LIMIT_EXCEEDED", { of: "work" });
  }

  /** How many units are left, as a whole number. */
  get room(): number {
    return Math.floor(this.left);
  }

  /** A string of this many characters is about to be made or read. */
  text(length: number): void {
    if (length > LIMITS.gatheredBytes) throw stop("LIMIT_EXCEEDED", { of: "string", most: LIMITS.gatheredBytes });
    this.spend(1 + length / 64);
  }

  /** A string is about to be compared, or used as a key. */
  compared(length: number): void {
    if (length > 64) this.spend(length / 512);
  }
}

export const isNumeric = (value: Value): value is number | bigint =>
  typeof value === "number" || typeof value === "bigint";
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
export const isRecord = (value: Value): value is ValueRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The kind of the JSON form of a value. */
export function kindOfValue(value: Value): JsonKind {
  if (value === null) return "null";
  if (isList(value)) return "list";
  if (isNumeric(value)) return "number";
  return typeof value === "object" ? "record" : (typeof value as "string" | "boolean");
}

const MAX_INT = 2n ** 63n;

function checkedInteger(value: bigint): bigint {
  if (value < MAX_INT && value >= -MAX_INT) return value;
  throw stop("NUMBER_OUT_OF_RANGE", { of: "int64" });
}

/** `- * / %` on numbers. Two integers give an integer, so `7 / 2` is 3, as in CEL. */
export function arithmetic(op: "-" | "*" | "/" | "%", left: Value, right: Value): Value {
  if (!isNumeric(left) || !isNumeric(right)) throw operands(op, left, right);
  if ((op === "/" || op === "%") && Number(right) === 0) throw stop("DIVISION_BY_ZERO", {});
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
  throw operands("+", left, right);
}

const operands = (by: string, left: Value, right: Value): Stop =>
  stop("TYPE_MISMATCH", { is: "operands", by, left: kindOfValue(left), right: kindOfValue(right) });

/** Negative, zero or positive, for two numbers, two strings or two booleans. */
export function compare(op: string, left: Value, right: Value, meter: Meter): number {
  const comparable =
    (isNumeric(left) && isNumeric(right)) ||
    (typeof left === "string" && typeof right === "string") ||
    (typeof left === "boolean" && typeof right === "boolean");
  if (!comparable) throw operands(op, left, right);
  if (typeof left === "string" && typeof right === "string") meter.compared(Math.min(left.length, right.length));
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Deep equality. Values of different kinds are not equal. */
export function equal(left: Value, right: Value, meter: Meter): boolean {
  meter.spend(1);
  if (typeof left === "string" && typeof right === "string") {
    if (left.length !== right.length) return false;
    meter.compared(left.length);
    return left === right;
  }
  if (left === right) return true;
  if (isNumeric(left) && isNumeric(right)) return !(left < right) && !(left > right) && !Number.isNaN(Number(left));
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((item, i) => equal(item, right[i] as Value, meter));
  }
  if (!isRecord(left) || !isRecord(right)) return false;
  const keys = fieldNames(left, meter);
  return (
    keys.length === fieldNames(right, meter).length &&
    keys.every((key) => Object.hasOwn(right, key) && equal(left[key] as Value, right[key] as Value, meter))
  );
}

/** Large records are slow. */
export function fieldNames(record: ValueRecord, meter: Meter): readonly string[] {
  const names = Object.keys(record);
  meter.spend(names.length * 4);
  return names;
}

/** `in`: an element of a list, or a key of a record. */
export function isIn(value: Value, container: Value, meter: Meter): boolean {
  if (isList(container)) return container.some((item) => equal(value, item, meter));
  if (isRecord(container)) {
    if (typeof value === "string") meter.compared(value.length);
    return typeof value === "string" && Object.hasOwn(container, value);
  }
  throw stop("TYPE_MISMATCH", { is: "operand", by: "in", kind: kindOfValue(container), wanted: "list | record" });
}

/** An own property of a record. */
export function fieldOfValue(target: Value, name: string): Value {
  if (FORBIDDEN_KEYS.has(name)) throw stop("FORBIDDEN_KEY", { name });
  if (target === null) throw stop("NULL_ACCESS", { name });
  if (!isRecord(target)) throw stop("TYPE_MISMATCH", { is: "field", kind: kindOfValue(target), name });
  if (Object.hasOwn(target, name)) return target[name] as Value;
  throw stop("NO_SUCH_FIELD", { name });
}

/** An element of a list by its number, or a field of a record by its name. */
export function indexValue(target: Value, index: Value, meter: Meter): Value {
  if (typeof index === "string") meter.compared(index.length);
  if (target === null) throw stop("NULL_ACCESS", {});
  if (!isList(target)) {
    if (typeof index === "string") return fieldOfValue(target, index);
    throw stop("TYPE_MISMATCH", { is: "index", kind: kindOfValue(target), by: kindOfValue(index) });
  }
  if (!isNumeric(index)) throw stop("TYPE_MISMATCH", { is: "index", kind: "list", by: kindOfValue(index) });
  const item = target[Number(index)];
  if (item === undefined) throw stop("INDEX_OUT_OF_RANGE", { index: Number(index), length: target.length });
  return item;
}

/** The JSON form of a value. Integers become numbers. Values that JSON cannot hold are refused. */
export function toJson(value: Value, meter: Meter): Json {
  let room = LIMITS.gatheredBytes;
  const convert = (part: Value, depth: number): Json => {
    meter.spend(1);
    room -= typeof part === "string" ? part.length + 2 : 2;
    if (room < 0) throw stop("LIMIT_EXCEEDED", { of: "value", most: LIMITS.gatheredBytes });
    if (depth > LIMITS.jsonDepth) throw stop("LIMIT_EXCEEDED", { of: "depth", most: LIMITS.jsonDepth });
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
  const exact = typeof value === "bigint" ? Number.isSafeInteger(number) : Number.isFinite(number);
  if (!exact) throw stop("NUMBER_OUT_OF_RANGE", { of: "json", number: String(value) });
  return number;
}
