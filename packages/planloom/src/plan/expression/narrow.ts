// Finds what a condition says about the types of paths. In: a condition and its result. Out: the narrowed types by
// path. It knows only tests (`x != null`, `x.kind == "a"`), not types of expressions.
import type { ASTNode } from "@marcbachmann/cel-js";
import { assignable } from "../type/fit.js";
import { fieldOf, literalOf, membersOf, NULL, type Type, unionOf } from "../type/type.js";

/** Keeps the members of a path's type that are possible under the condition. */
export interface Narrowing {
  readonly path: ASTNode;
  readonly keep: (type: Type) => Type;
}

/** `a.b.c` or `a["b"].c` as one text; undefined if the tree is not a plain path. */
export function pathKey(node: ASTNode): string | undefined {
  if (node.op === "id") return node.args;
  const name = node.op === "." ? node.args[1] : node.op === "[]" ? literalIndex(node.args[1]) : undefined;
  if (name === undefined || (node.op !== "." && node.op !== "[]")) return undefined;
  const target = pathKey(node.args[0]);
  return target === undefined ? undefined : `${target}.${name}`;
}

function literalIndex(node: ASTNode): string | undefined {
  if (node.op !== "value") return undefined;
  return typeof node.args === "string" || typeof node.args === "bigint" ? String(node.args) : undefined;
}

/** The facts that hold if `condition` gave `truth`. */
export function narrowings(condition: ASTNode, truth: boolean): readonly Narrowing[] {
  switch (condition.op) {
    case "!_":
      return narrowings(condition.args, !truth);
    case "&&":
    case "||": {
      // Only one result says something about both sides: && that is true, || that is false.
      if ((condition.op === "&&") !== truth) return [];
      return condition.args.flatMap((side) => narrowings(side, truth));
    }
    case "==":
    case "!=": {
      const [left, right] = condition.args;
      const equals = (condition.op === "==") === truth;
      return [...againstLiteral(left, right, equals), ...againstLiteral(right, left, equals)];
    }
    case "call":
      return truth && condition.args[0] === "has" ? present(condition.args[1][0]) : [];
    default:
      return [];
  }
}

/**
 * Records that a field exists. The object around it is not null. If its type does not name the field, the field may
 * have any type.
 */
function present(field: ASTNode | undefined): readonly Narrowing[] {
  if (field?.op !== ".") return [];
  return [
    { path: field.args[0], keep: (of) => without(of, NULL) },
    { path: field, keep: (of) => of },
  ];
}

function againstLiteral(path: ASTNode, literal: ASTNode, equals: boolean): readonly Narrowing[] {
  if (literal.op !== "value" || pathKey(path) === undefined) return [];
  const type = literalTypeOf(literal.args);
  if (type === undefined) return [];
  const keep = (of: Type): Type => (equals ? only(of, type) : without(of, type));
  if (path.op !== ".") return [{ path, keep }];
  const [target, name] = path.args;
  return [
    { path, keep },
    { path: target, keep: (of) => keepRecords(of, name, type, equals) },
  ];
}

/** The type of a literal of the syntax tree. */
export function literalTypeOf(value: unknown): Type | undefined {
  if (value === null) return NULL;
  if (typeof value === "bigint") return literalOf(Number(value));
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? literalOf(value)
    : undefined;
}

/** The type of a path if its condition cannot hold. A branch that is never taken has no mistakes and gives no value. */
const NEVER_RUNS = unionOf([]);

function only(type: Type, literal: Type): Type {
  if (type.kind === "unknown") return literal;
  return membersOf(type).some((member) => assignable(literal, member) !== "no") ? literal : NEVER_RUNS;
}

/** A type without one of its members. */
function without(type: Type, literal: Type): Type {
  if (type.kind === "unknown") return type;
  const rest = membersOf(type).filter((member) => assignable(member, literal) !== "yes");
  return rest.length === 0 ? NEVER_RUNS : unionOf(rest);
}

/** The records of a union whose field may (or may not only) be the literal. */
function keepRecords(type: Type, name: string, literal: Type, equals: boolean): Type {
  if (type.kind !== "union") return type;
  const rest = type.of.filter((member) => {
    if (member.kind === "null") return !equals && literal.kind !== "null";
    const field = member.kind === "record" ? fieldOf(member, name) : undefined;
    if (field === undefined) return true;
    const fit = equals ? assignable(literal, field.type) : assignable(field.type, literal);
    return equals ? fit !== "no" : fit !== "yes";
  });
  return rest.length === 0 ? type : unionOf(rest);
}
