// The types of parts under CEL's operators: a field, an element, an item, a sum. In: types (and sometimes their trees).
// Out: the resulting type, or undefined if the operator fails. infer.ts walks the tree and reports the problems.
import { LIMITS } from "../../limits.js";
import type { ASTNode } from "@marcbachmann/cel-js";
import { FUNCTIONS, METHODS } from "./functions.js";
import { assignable } from "../type/fit.js";
import {
  BOOLEAN,
  fieldOf,
  listOf,
  membersOf,
  NUMBER,
  type RecordType,
  STRING,
  type Type,
  UNKNOWN,
  unionOf,
} from "../type/type.js";

/** The type of a field of one member of a union; undefined if it cannot have one. */
export function fieldType(type: Type, name: string): Type | undefined {
  if (type.kind === "unknown") return UNKNOWN;
  return type.kind === "record" ? (fieldOf(type, name)?.type ?? type.rest) : undefined;
}

/** The type of an element under an index that is not a known name. */
export function elementType(type: Type, by: Type): Type | undefined {
  if (type.kind === "unknown") return UNKNOWN;
  if (type.kind === "list") return assignable(by, NUMBER) === "no" ? undefined : type.of;
  return type.kind === "record" && assignable(by, STRING) !== "no" ? valuesType(type) : undefined;
}

function valuesType(record: RecordType): Type {
  const declared = Object.values(record.fields).map((field) => field.type);
  return unionOf(record.rest === undefined ? declared : [...declared, record.rest]);
}

/** The type of a macro's variable: the items of a list, the names of a record. */
export function itemType(target: Type): Type {
  const items = membersOf(target).map((member) =>
    member.kind === "list"
      ? [member.of]
      : member.kind === "record"
        ? [STRING]
        : member.kind === "unknown"
          ? [UNKNOWN]
          : [],
  );
  return items.some((of) => of.length > 0) ? unionOf(items.flat()) : UNKNOWN;
}

/** The result of an operator on two members of unions; undefined if it fails. */
export function pairType(
  op: string,
  left: Type,
  right: Type,
  result: (kind: string) => Type | undefined,
): Type | undefined {
  if (op === "+" && left.kind === "list" && right.kind === "list") return listOf(unionOf([left.of, right.of]));
  const [a, b] = [scalarKind(left), scalarKind(right)];
  if (a === undefined && b === undefined)
    return left.kind === "unknown" && right.kind === "unknown" ? unknownResult(op) : listOr(op, left, right);
  if (a !== undefined && b !== undefined) return a === b ? result(a) : undefined;
  const other = a === undefined ? left : right;
  return other.kind === "unknown" ? result(a ?? b ?? "") : undefined;
}

const unknownResult = (op: string): Type => (op === "+" ? UNKNOWN : BOOLEAN);

/** One side is unknown and the other is not a scalar. Only + on a list may work. */
function listOr(op: string, left: Type, right: Type): Type | undefined {
  const unknown = left.kind === "unknown" || right.kind === "unknown";
  const list = left.kind === "list" || right.kind === "list";
  return op === "+" && unknown && list ? listOf(UNKNOWN) : undefined;
}

function scalarKind(type: Type): string | undefined {
  if (type.kind === "literal") return typeof type.value;
  return type.kind === "number" || type.kind === "string" || type.kind === "boolean" ? type.kind : undefined;
}

/** Whether an expression certainly gives one of CEL's integers. Data never do. */
export function isInteger(node: ASTNode): boolean {
  switch (node.op) {
    case "value":
      return typeof node.args === "bigint";
    case "-_":
      return isInteger(node.args);
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
      return node.args.every(isInteger);
    case "call":
      return FUNCTIONS.get(node.args[0])?.integer === true;
    case "rcall":
      return METHODS.get(node.args[0])?.integer === true;
    default:
      return false;
  }
}

export function rootOf(node: ASTNode | undefined): ASTNode | undefined {
  let root = node;
  while (root?.op === "." || root?.op === "[]") root = root.args[0];
  return root;
}

const sizes = new WeakMap<Type, number>();

export function limited(type: Type): Type {
  return typeSize(type) > LIMITS.typeNodes ? UNKNOWN : type;
}

/** Number of nodes of a type. Shared parts count each time. Results are cached. */
export function typeSize(type: Type): number {
  const known = sizes.get(type);
  if (known !== undefined) return known;
  const parts: readonly Type[] =
    type.kind === "list"
      ? [type.of]
      : type.kind === "union"
        ? type.of
        : type.kind === "record"
          ? [...Object.values(type.fields).map((field) => field.type), ...(type.rest === undefined ? [] : [type.rest])]
          : [];
  const size = parts.reduce((sum, part) => sum + typeSize(part), 1);
  sizes.set(type, size);
  return size;
}
