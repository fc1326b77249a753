// Checks what an expression of a draft refers to. In: an expression and its place. Out: its type, the steps whose
// skipping gives a null, and findings on unknown names. Arguments, conditions, lists and the answer use it.
import type { ASTNode } from "@marcbachmann/cel-js";
import type { OutputTypes } from "./outputs.js";
import { Later, type Report } from "./report.js";
import type { Expression } from "../expression/expression.js";
import type { ExpressionProblem } from "../expression/problem.js";
import { ROUND_NAMES } from "../graph.js";
import type { FindingParams } from "../finding-params.js";
import type { InferenceWork } from "../expression/infer-work.js";
import type { Names, Problem } from "../expression/infer.js";
import type { Json } from "../json.js";
import { nearestNames } from "../nearest.js";
import { type InferredValue, inferValue, scanTemplate, wholeExpression } from "../expression/reference.js";
import { withoutHabits } from "../expression/habits.js";
import { eachTemplate, OPEN } from "../expression/split.js";
import { assignable } from "../type/fit.js";
import { NULL, unionOf, UNKNOWN, type RecordType, type Type } from "../type/type.js";

export interface Known {
  readonly outputs: ReadonlyMap<string, OutputTypes>;
  readonly inputs: ReadonlyMap<string, Type>;
  /**
   * Steps that may be skipped, by their own fields or through the steps that they refer to. It grows during the check.
   */
  readonly skippable: Set<string>;
  /** The work of all expressions of the draft. */
  readonly work: InferenceWork;
}

export interface ExpressionSite {
  readonly pointer: string;
  /** The step of the expression. */
  readonly self?: string;
  /** Names beside steps and inputs: the item, `index`, `previous`, `round`, `output`. */
  readonly locals: ReadonlyMap<string, Type>;
}

export interface Judged {
  readonly type: Type;
  /** Steps whose skipping gives a null that is not allowed here, or makes an expression fail. */
  readonly skips: readonly string[];
  /** Whether some text could not be read. Then the type is not reliable. */
  readonly broken: boolean;
}

/**
 * The type of a value with references. Reports unknown names, unreadable expressions and the problems of inference. A
 * null of a skipped step is reported if `wanted` does not accept it; without `wanted`, if there would be no null
 * otherwise.
 */
export function judge(value: Json, site: ExpressionSite, known: Known, report: Report, wanted?: Type): Judged {
  const used = new Set<string>();
  let broken = false;
  let unknownInput = false;
  const noInput = (at: ExpressionSite, name: string): void => {
    unknownInput = true;
    unknownInputName(name, at, known, report);
  };
  eachTemplate(value, (at, text) => {
    if (!text.includes("${{")) return;
    known.work.spend(TEMPLATE_UNITS);
    const template = scanTemplate(text);
    if (!template.ok) {
      broken = true;
      badExpression(text, template, site.pointer + at, report);
      return;
    }
    for (const part of template.parts) {
      if ("expression" in part)
        checkNames(part.expression, { ...site, pointer: site.pointer + at }, known, used, noInput, report);
    }
  });
  const inputs = inputsType(known.inputs, unknownInput);
  const memo = { known: new Map<string, InferredValue>() };
  const inferred = inferValue(value, namesAt(site, known, inputs, new Set()), known.work, memo);
  for (const problem of inferred.problems) reportProblem(problem, site, report);
  const skips = [...used].filter((name) => known.skippable.has(name) && !site.locals.has(name));
  const reaching = skips.filter((name) =>
    skipShows(value, name, inferred, wanted, () =>
      inferValue(value, namesAt(site, known, inputs, new Set([name])), known.work, { ...memo, changed: name }),
    ),
  );
  return { type: inferred.type, skips: reaching, broken };
}

/** A text is parsed, and may give a finding. */
const TEMPLATE_UNITS = 8;

function badExpression(
  text: string,
  { problem, at }: { readonly problem: ExpressionProblem; readonly at: number },
  pointer: string,
  report: Report,
): void {
  const near = text.slice(at, at + 30);
  const instead = insteadOf(text, at);
  const told = { ...(near === "" ? {} : { near }), ...(instead === undefined ? {} : { instead }) };
  report("BAD_EXPRESSION", pointer, { problem, ...told });
}

/** The reference at this place as it may be meant. */
function insteadOf(text: string, at: number): string | undefined {
  const begin = text.lastIndexOf(OPEN, at);
  const end = text.indexOf(CLOSE, Math.max(at, begin));
  if (begin < 0 || end < 0) return undefined;
  const meant = withoutHabits(text.slice(begin + OPEN.length, end).trim());
  return meant === undefined ? undefined : `${OPEN} ${meant} ${CLOSE}`;
}

const CLOSE = "}}";

function reportProblem(problem: Problem & { readonly pointer: string }, site: ExpressionSite, report: Report): void {
  if (problem.code === "UNREADABLE_REFERENCE" || problem.code === "UNKNOWN_REFERENCE") return;
  const { code, params, severity, pointer } = problem;
  report(code, site.pointer + pointer, new Later(keyOf(problem), () => params), severity);
}

/** Distinguishes problems of one code in one text. A division, or a value that may be null, is reported once. */
function keyOf({ code, params }: Problem): string {
  if (code === "INTEGER_DIVISION") return "";
  return JSON.stringify("use" in params ? { ...params, use: "" } : params);
}

function namesAt(site: ExpressionSite, known: Known, inputs: Type, skipped: ReadonlySet<string>): Names {
  return (name) => {
    const local = site.locals.get(name);
    if (local !== undefined) return local;
    if (name === "inputs") return inputs;
    const type = known.outputs.get(name)?.type ?? UNKNOWN;
    return skipped.has(name) ? unionOf([type, NULL]) : type;
  };
}

const inputTypes = new WeakMap<ReadonlyMap<string, Type>, RecordType>();

/** checkNames has reported an unknown name already, with a suggestion. Nothing more is reported. */
function inputsType(inputs: ReadonlyMap<string, Type>, unknownInput: boolean): Type {
  let record = inputTypes.get(inputs);
  if (record === undefined) {
    const fields = Object.fromEntries([...inputs].map(([name, type]) => [name, { type, optional: false }]));
    inputTypes.set(inputs, (record = { kind: "record", fields }));
  }
  return unknownInput ? { ...record, rest: UNKNOWN } : record;
}

/**
 * Whether a null in place of the step's output reaches a place that does not accept it, or makes an expression fail.
 */
function skipShows(
  value: Json,
  name: string,
  inferred: { readonly type: Type; readonly problems: readonly Problem[] },
  wanted: Type | undefined,
  inferSkipped: () => InferredValue,
): boolean {
  const path = typeof value === "string" ? pathOf(value) : undefined;
  const refusesNull = wanted === undefined || assignable(NULL, wanted) === "no";
  if (path?.root === name) return path.deep || refusesNull;
  const skipped = inferSkipped();
  if (skipped.problems.length > inferred.problems.length) return true;
  const target = wanted ?? inferred.type;
  return assignable(skipped.type, target) === "no" && assignable(inferred.type, target) !== "no";
}

/** The first name of a whole expression that is only a path, such as `find.results[0]`. */
function pathOf(text: string): { readonly root: string; readonly deep: boolean } | undefined {
  const top = wholeExpression(text)?.ast;
  let node: ASTNode | undefined = top;
  while (node !== undefined && (node.op === "." || node.op === "[]")) node = node.args[0];
  return node?.op === "id" ? { root: node.args, deep: node !== top } : undefined;
}

function checkNames(
  expression: Expression,
  site: ExpressionSite,
  known: Known,
  used: Set<string>,
  noInput: (at: ExpressionSite, name: string) => void,
  report: Report,
): void {
  for (const name of expression.names) {
    used.add(name);
    if (name === "inputs") {
      for (const input of inputNamesIn(expression.ast)) if (!known.inputs.has(input)) noInput(site, input);
    } else if (site.locals.has(name)) continue;
    else if (name === site.self) {
      report("SELF_REFERENCE", site.pointer, { step: name, in: site.locals.has("output") ? "expect" : "reference" });
    } else if (!known.outputs.has(name))
      report("UNKNOWN_REFERENCE", site.pointer, new Later(name, () => unknownName(name, site, known)));
  }
}

function unknownName(name: string, site: ExpressionSite, known: Known): FindingParams["UNKNOWN_REFERENCE"] {
  const meant = meantBy(name, known);
  if (meant !== undefined) return { name, meant };
  const ids = [...known.outputs.keys()].filter((id) => id !== site.self);
  const near = nearestNames(name, [...ids, ...[...site.locals.keys()].filter((id) => id !== site.self)]);
  return { name, near, steps: ids.slice(0, 12) };
}

/** Names that exist, but with another meaning, or not here. */
function meantBy(name: string, known: Known): "input" | "output" | "secret" | "item" | "round" | "steps" | undefined {
  if (known.inputs.has(name)) return "input";
  if (name === "output") return "output";
  if (name === "secrets") return "secret";
  if (name === "steps") return "steps";
  if (ROUND_NAMES.has(name)) return "round";
  return name === "index" || name === "item" ? "item" : undefined;
}

/** The names of `inputs.name` anywhere in a tree. */
function inputNamesIn(node: unknown): readonly string[] {
  if (Array.isArray(node)) return node.flatMap(inputNamesIn);
  if (typeof node !== "object" || node === null || !("op" in node)) return [];
  const { op, args } = node as ASTNode;
  const own = op === "." && args[0].op === "id" && args[0].args === "inputs" ? [args[1]] : [];
  return [...own, ...inputNamesIn(args)];
}

function unknownInputName(name: string, site: ExpressionSite, known: Known, report: Report): void {
  const inputs = [...known.inputs.keys()];
  report("UNKNOWN_INPUT", site.pointer, new Later(name, () => ({ name, near: nearestNames(name, inputs), inputs })));
}
