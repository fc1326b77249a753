// Walks the syntax tree of an expression. In: a checked tree and the values of its names. Out: a value, or a Stop. It
// replaces the evaluator of cel-js, which type-checks first and refuses `ok ? 1 : null`, has no meter, and has two
// kinds of numbers that do not mix.
import type { ASTNode } from "@marcbachmann/cel-js";
import { assertNever } from "../../assert-never.js";
import { LIMITS } from "../../limits.js";
import { FORBIDDEN_KEYS } from "../json.js";
import { FUNCTIONS, MACROS, METHODS, type CelFunction } from "./functions.js";
import { type Type, typeText } from "../type/type.js";
import {
  arithmetic,
  compare,
  equal,
  fieldNames,
  fieldOfValue,
  indexValue,
  isIn,
  isList,
  isNumeric,
  isRecord,
  kindOfValue,
  type Meter,
  plus,
  stop,
  Stop,
  type Value,
} from "./value.js";

/** The names in reach: the variables of the surrounding macros, innermost first, then the scope. */
export interface Surroundings {
  readonly read: (name: string) => Value;
  readonly meter: Meter;
  readonly locals?:
    { readonly name: string; readonly value: Value; readonly outer: Surroundings["locals"] } | undefined;
}

/** The value of a tree that `parseExpression` accepted. Throws Stop. */
export function run(node: ASTNode, around: Surroundings): Value {
  around.meter.spend(1);
  switch (node.op) {
    case "value":
      return node.args as Value;
    case "id":
      return readName(node.args, around);
    case ".":
      return fieldOfValue(run(node.args[0], around), node.args[1]);
    case "[]":
      return indexValue(run(node.args[0], around), run(node.args[1], around), around.meter);
    case "list":
      return node.args.map((item) => run(item, around));
    case "map":
      return recordOf(node.args, around);
    case "?:":
      return run(truth(node.args[0], around, "?:") ? node.args[1] : node.args[2], around);
    case "&&":
      return logical(node.args, false, around);
    case "||":
      return logical(node.args, true, around);
    case "!_":
      return !truth(node.args, around, "!");
    case "-_":
      return arithmetic("-", 0n, run(node.args, around));
    case "call":
      return node.args[0] === "has"
        ? has(node.args[1][0], around)
        : callNamed(node.args[0], FUNCTIONS, node.args[1], around);
    case "rcall":
      return callOn(node.args[0], node.args[1], node.args[2], around);
    case ".?":
    case "[?]":
      throw stop("NOT_SUPPORTED", { is: "optional-access" });
    default:
      return binary(node.op, run(node.args[0], around), run(node.args[1], around), around.meter);
  }
}

type BinaryOp = "==" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%" | "in";

function binary(op: BinaryOp, left: Value, right: Value, meter: Meter): Value {
  switch (op) {
    case "==":
      return equal(left, right, meter);
    case "!=":
      return !equal(left, right, meter);
    case "<":
      return compare(op, left, right, meter) < 0;
    case "<=":
      return compare(op, left, right, meter) <= 0;
    case ">":
      return compare(op, left, right, meter) > 0;
    case ">=":
      return compare(op, left, right, meter) >= 0;
    case "+":
      return plus(left, right, meter);
    case "in":
      return isIn(left, right, meter);
    case "-":
    case "*":
    case "/":
    case "%":
      return arithmetic(op, left, right);
    default:
      return assertNever(op);
  }
}

function readName(name: string, around: Surroundings): Value {
  for (let local = around.locals; local !== undefined; local = local.outer) if (local.name === name) return local.value;
  return around.read(name);
}

function recordOf(entries: readonly (readonly [ASTNode, ASTNode])[], around: Surroundings): Value {
  return Object.fromEntries(
    entries.map(([key, value]) => {
      const name = run(key, around);
      if (typeof name !== "string") throw stop("TYPE_MISMATCH", { is: "record-key", kind: kindOfValue(name) });
      around.meter.spend(FIELD_UNITS);
      around.meter.compared(name.length);
      if (FORBIDDEN_KEYS.has(name)) throw stop("FORBIDDEN_KEY", { name });
      return [name, run(value, around)];
    }),
  );
}

const FIELD_UNITS = 3;

function truth(node: ASTNode, around: Surroundings, by: string): boolean {
  const value = run(node, around);
  if (typeof value === "boolean") return value;
  throw stop("TYPE_MISMATCH", { is: "operand", by, kind: kindOfValue(value), wanted: "boolean" });
}

/** CEL's && and ||: if one side alone decides the result, the other side may fail. */
function logical([left, right]: readonly [ASTNode, ASTNode], decides: boolean, around: Surroundings): boolean {
  const op = decides ? "||" : "&&";
  const first = attempt(() => truth(left, around, op), around.meter);
  if (first === decides) return decides;
  const second = truth(right, around, op);
  if (first instanceof Stop && second !== decides) throw first;
  return second;
}

/** The result, or the reason why there is none. Exceeded limits always stop the evaluation. */
function attempt(evaluation: () => boolean, meter: Meter): boolean | Stop {
  try {
    return evaluation();
  } catch (thrown) {
    if (!(thrown instanceof Stop) || thrown.problem.code === "LIMIT_EXCEEDED") throw thrown;
    meter.spend(STOP_UNITS);
    return thrown;
  }
}

/** An error is slow: it keeps the place where it was made. */
const STOP_UNITS = 100;

/** Whether the last field of a path exists. False if the path ends earlier. */
function has(node: ASTNode | undefined, around: Surroundings): boolean {
  if (node?.op !== ".") return false;
  const [target, name] = node.args;
  if (target.op === "." && !has(target, around)) return false;
  const value = run(target, around);
  return isRecord(value) && Object.hasOwn(value, name);
}

function callOn(name: string, receiver: ASTNode, args: readonly ASTNode[], around: Surroundings): Value {
  if (MACROS.has(name)) return callMacro(name, itemsOf(run(receiver, around), name, around.meter), args, around);
  return callNamed(name, METHODS, [receiver, ...args], around);
}

function callNamed(
  name: string,
  table: ReadonlyMap<string, CelFunction>,
  args: readonly ASTNode[],
  around: Surroundings,
): Value {
  const called = table.get(name);
  if (called === undefined) throw stop("NOT_SUPPORTED", { is: "function", name });
  around.meter.spend(CALL_UNITS);
  const values = args.map((arg) => run(arg, around));
  const wrong = values.findIndex((value, i) => !accepts(called.params[i], value));
  if (wrong === -1) return called.call(values, around.meter);
  const wanted = called.params[wrong];
  const kind = kindOfValue(values[wrong] as Value);
  throw stop("TYPE_MISMATCH", { is: "operand", by: name, kind, ...(wanted && { wanted: typeText(wanted) }) });
}

/** A call checks its arguments, and may convert a text. */
const CALL_UNITS = 5;

function accepts(param: Type | undefined, value: Value): boolean {
  if (param === undefined) return false;
  if (param.kind === "unknown") return true;
  if (param.kind === "union") return param.of.some((member) => accepts(member, value));
  if (param.kind === "number") return isNumeric(value);
  if (param.kind === "list") return isList(value);
  return param.kind === "record" ? isRecord(value) : typeof value === param.kind;
}

function itemsOf(value: Value, macro: string, meter: Meter): readonly Value[] {
  const items = isList(value) ? value : isRecord(value) ? fieldNames(value, meter) : undefined;
  if (items === undefined)
    throw stop("TYPE_MISMATCH", { is: "operand", by: macro, kind: kindOfValue(value), wanted: "list" });
  if (items.length <= LIMITS.macroList) return items;
  throw stop("LIMIT_EXCEEDED", { of: "elements", most: LIMITS.macroList, by: macro, count: items.length });
}

function callMacro(name: string, items: readonly Value[], args: readonly ASTNode[], around: Surroundings): Value {
  const variable = args[0] as ASTNode & { readonly op: "id" };
  const [first, last] = [args[1] as ASTNode, args.at(-1) as ASTNode];
  const within = (value: Value): Surroundings => ({
    ...around,
    locals: { name: variable.args, value, outer: around.locals },
  });
  const holds = (value: Value): boolean => truth(first, within(value), name);
  switch (name) {
    case "all":
      return !decidedBy(items, false, holds, around.meter);
    case "exists":
      return decidedBy(items, true, holds, around.meter);
    case "exists_one":
      return items.filter(holds).length === 1;
    case "filter":
      return items.filter(holds);
    default:
      return (args.length === 3 ? items.filter(holds) : items).map((item) => run(last, within(item)));
  }
}

/** Whether the test gives `wanted` for some element. A failed test counts only if no element does. */
function decidedBy(items: readonly Value[], wanted: boolean, holds: (value: Value) => boolean, meter: Meter): boolean {
  let failure: Stop | undefined;
  for (const item of items) {
    const result = attempt(() => holds(item), meter);
    if (result === wanted) return true;
    if (result instanceof Stop) failure ??= result;
  }
  if (failure !== undefined) throw failure;
  return false;
}
