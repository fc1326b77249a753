// One expression of a plan: CEL, parsed once, refused if unsafe, evaluated over the outputs of steps. In: its source;
// later a scope of values. Out: a tree and its free names; later a JSON value with its origin. cel-js parses. This file
// decides before the run which constructs are allowed.
import { Environment, ParseError, type ASTNode } from "@marcbachmann/cel-js";
import { LIMITS } from "../../limits.js";
import { run } from "./evaluate.js";
import { FUNCTIONS, MACROS, METHODS } from "./functions.js";
import { FORBIDDEN_KEYS, type Json } from "../json.js";
import { mergeOrigins, type Origin } from "../origin.js";
import type { EvaluationProblem, ExpressionProblem } from "./problem.js";
import { Meter, stop, Stop, toJson, type Value } from "./value.js";

export interface Expression {
  readonly source: string;
  readonly ast: ASTNode;
  /** The names that it reads, each once. Variables of its macros are not included. */
  readonly names: readonly string[];
  /** The inputs that it reads by name, each once; undefined where it reads them as a whole. */
  readonly inputs: readonly string[] | undefined;
}

export type ParsedExpression =
  | { readonly ok: true; readonly expression: Expression }
  /** `at` is an offset into the source, from 0. */
  | { readonly ok: false; readonly problem: ExpressionProblem; readonly at: number };

/** Words, types and functions of CEL. A step with such a name could not be referred to. */
export const CEL_WORDS: ReadonlySet<string> = new Set(
  (
    "true false null in as break const continue else for function if import let loop package namespace return var void " +
    "while bool bytes double dyn int list map null_type string type uint timestamp duration google cel optional has size"
  ).split(" "),
);

const cache = new Map<string, ParsedExpression>();

/** Parses and checks an expression. Never throws. A source in the cache gives the same object again. */
export function parseExpression(source: string): ParsedExpression {
  if (source.length > LIMITS.expressionChars) {
    const most = LIMITS.expressionChars;
    return { ok: false, problem: { kind: "too-long", most }, at: most };
  }
  const known = cache.get(source);
  if (known !== undefined) return known;
  const parsed = parseFresh(source);
  const oldest = cache.size >= LIMITS.parsedExpressions ? cache.keys().next() : undefined;
  if (oldest?.done === false) cache.delete(oldest.value);
  cache.set(source, parsed);
  return parsed;
}

let environment: Environment | undefined;

/** Only its parser is used. Created on first use. */
function parser(): Environment {
  environment ??= new Environment({
    unlistedVariablesAreDyn: true,
    limits: { maxAstNodes: LIMITS.expressionNodes, maxDepth: LIMITS.expressionDepth },
  });
  return environment;
}

function parseFresh(source: string): ParsedExpression {
  if (source.trim() === "") return { ok: false, problem: { kind: "empty" }, at: 0 };
  try {
    const { ast } = parser().parse(source);
    const names = new Set<string>();
    const inputs = new Set<string>();
    inspect(ast, { names, inputs, bound: new Set(), depth: 0, macros: 0 });
    const named = inputs.has(ALL_INPUTS) ? undefined : [...inputs];
    return { ok: true, expression: { source, ast, names: [...names], inputs: named } };
  } catch (thrown) {
    if (thrown instanceof Refusal) return { ok: false, problem: thrown.problem, at: thrown.at };
    if (thrown instanceof ParseError)
      return { ok: false, problem: { kind: "syntax", text: thrown.summary }, at: thrown.range?.start ?? 0 };
    throw thrown;
  }
}

class Refusal extends Error {
  constructor(
    readonly at: number,
    readonly problem: ExpressionProblem,
  ) {
    super(problem.kind);
  }
}

/** Stands for a use of `inputs` itself. No input has this name. */
const ALL_INPUTS = "";

interface Inspection {
  readonly names: Set<string>;
  readonly inputs: Set<string>;
  readonly bound: ReadonlySet<string>;
  readonly depth: number;
  readonly macros: number;
}

/** Collects the free names of a tree. Throws a Refusal if a construct is not allowed. */
function inspect(node: ASTNode, outer: Inspection): void {
  const inspection = { ...outer, depth: outer.depth + 1 };
  const inner = (...nodes: readonly ASTNode[]): void => nodes.forEach((child) => inspect(child, inspection));
  if (inspection.depth > LIMITS.expressionDepth) {
    throw new Refusal(node.start, { kind: "too-deep", most: LIMITS.expressionDepth });
  }
  switch (node.op) {
    case "value":
      return inspectLiteral(node.start, node.args);
    case "id":
      refuseKey(node.start, node.args);
      if (!inspection.bound.has(node.args)) inspection.names.add(node.args);
      if (readsInputs(node, inspection)) inspection.inputs.add(ALL_INPUTS);
      return;
    case ".":
      refuseKey(node.end - node.args[1].length, node.args[1]);
      if (readsInputs(node.args[0], inspection)) return readInput(node.args[1], inspection);
      return inner(node.args[0]);
    case "[]": {
      const [of, key] = node.args;
      refuseLiteralKey(key);
      if (readsInputs(of, inspection) && key.op === "value" && typeof key.args === "string")
        return readInput(key.args, inspection);
      return inner(...node.args);
    }
    case "map":
      node.args.forEach(([key]) => refuseLiteralKey(key));
      return inner(...node.args.flat());
    case "call":
      inspectCall(node.start, node.args[0], node.args[1]);
      return inner(...node.args[1]);
    case "rcall":
      return inspectMethod(node.start, node.args, inspection);
    case "!_":
    case "-_":
      return inner(node.args);
    case ".?":
    case "[?]":
      throw new Refusal(node.start, { kind: "optional-access" });
    default:
      return inner(...node.args);
  }
}

const readsInputs = (node: ASTNode, { bound }: Inspection): boolean =>
  node.op === "id" && node.args === "inputs" && !bound.has("inputs");

function readInput(name: string, { names, inputs }: Inspection): void {
  names.add("inputs");
  inputs.add(name);
}

function inspectLiteral(at: number, value: unknown): void {
  if (value instanceof Uint8Array) throw new Refusal(at, { kind: "bytes" });
  if (typeof value === "object" && value !== null) throw new Refusal(at, { kind: "unsigned" });
  if (typeof value === "bigint" && BigInt.asIntN(64, value) !== value) throw new Refusal(at, { kind: "integer-range" });
}

function refuseKey(at: number, name: string): void {
  if (FORBIDDEN_KEYS.has(name)) throw new Refusal(at, { kind: "forbidden-name", name });
}

function refuseLiteralKey(key: ASTNode): void {
  if (key.op === "value" && typeof key.args === "string") refuseKey(key.start, key.args);
}

function inspectCall(at: number, name: string, args: readonly ASTNode[]): void {
  if (name === "has") {
    if (args.length !== 1 || args[0]?.op !== ".") throw new Refusal(at, { kind: "has-argument" });
    return;
  }
  const called = FUNCTIONS.get(name);
  if (called === undefined)
    throw new Refusal(at, { kind: "unknown-function", name, known: ["has", ...FUNCTIONS.keys()] });
  inspectCount(at, name, args.length, called.params.length - called.optional, called.params.length);
}

function inspectCount(at: number, name: string, count: number, least: number, most: number): void {
  if (count >= least && count <= most) return;
  throw new Refusal(at, { kind: "argument-count", name, count, least, most });
}

function inspectMethod(
  at: number,
  [name, receiver, args]: readonly [string, ASTNode, readonly ASTNode[]],
  inspection: Inspection,
): void {
  inspect(receiver, inspection);
  const counts = MACROS.get(name);
  if (counts !== undefined) return inspectMacro(at, name, counts, args, inspection);
  if (name === "matches") throw new Refusal(at, { kind: "matches" });
  const called = METHODS.get(name);
  if (called === undefined)
    throw new Refusal(at, { kind: "unknown-method", name, known: [...METHODS.keys(), ...MACROS.keys()] });
  inspectCount(at, name, args.length, called.params.length - called.optional - 1, called.params.length - 1);
  for (const arg of args) inspect(arg, inspection);
}

function inspectMacro(
  at: number,
  name: string,
  counts: readonly number[],
  args: readonly ASTNode[],
  inspection: Inspection,
): void {
  inspectCount(at, name, args.length, Math.min(...counts), Math.max(...counts));
  const [variable, ...bodies] = args;
  if (variable?.op !== "id") throw new Refusal(at, { kind: "macro-variable", name });
  refuseKey(variable.start, variable.args);
  if (inspection.macros >= LIMITS.macroDepth)
    throw new Refusal(at, { kind: "macros-too-deep", most: LIMITS.macroDepth });
  const within = { ...inspection, macros: inspection.macros + 1, bound: new Set([...inspection.bound, variable.args]) };
  for (const body of bodies) inspect(body, within);
}

/** The value of a name with its origin; undefined if there is no such name. */
export type Scope = (name: string) => { readonly value: Json; readonly from: Origin } | undefined;

export type Evaluated =
  | { readonly ok: true; readonly value: Json; readonly from: Origin }
  | { readonly ok: false; readonly problem: EvaluationProblem };

/**
 * Evaluates an expression. Never throws. `from` joins the origins of the names that were read. Codes:
 * UNKNOWN_REFERENCE, NO_SUCH_FIELD, NULL_ACCESS, INDEX_OUT_OF_RANGE, TYPE_MISMATCH, CONVERSION_FAILED,
 * DIVISION_BY_ZERO, NUMBER_OUT_OF_RANGE, FORBIDDEN_KEY, LIMIT_EXCEEDED, NOT_SUPPORTED.
 */
export function evaluate(expression: Expression, scope: Scope, meter = new Meter()): Evaluated {
  const origins = new Map<string, Origin>();
  const read = (name: string): Value => {
    const found = scope(name);
    if (found === undefined) throw stop("UNKNOWN_REFERENCE", { name });
    origins.set(name, found.from);
    return found.value;
  };
  try {
    const value = run(expression.ast, { read, meter });
    const json = isPath(expression.ast) ? (value as Json) : toJson(value, meter);
    return { ok: true, value: json, from: mergeOrigins([...origins.values()]) };
  } catch (thrown) {
    if (!(thrown instanceof Stop)) throw thrown;
    return { ok: false, problem: thrown.problem };
  }
}

/** Whether a tree only reads from the scope. Then its value is JSON already and needs no copy. */
function isPath(node: ASTNode): boolean {
  if (node.op === "." || node.op === "[]") return isPath(node.args[0]);
  return node.op === "id";
}
