// What an expression of a draft may refer to, and what comes of it. In: an expression's place. Out: its type, the steps that
// it takes a null from when they are skipped, and findings on unknown names. Separate because arguments, conditions, lists
// and the answer all ask the same.
import type { ASTNode } from "@marcbachmann/cel-js";
import type { OutputTypes } from "./outputs.js";
import { orList, quoted, type Report } from "./report.js";
import type { Expression } from "../expression/expression.js";
import type { Names, Problem } from "../expression/infer.js";
import type { Json } from "../json.js";
import { nearestNames } from "../nearest.js";
import { eachTemplate, inferValue, scanTemplate, wholeExpression } from "../expression/reference.js";
import { assignable } from "../type/fit.js";
import { NULL, unionOf, UNKNOWN, type RecordType, type Type } from "../type/type.js";

export interface Known {
  readonly outputs: ReadonlyMap<string, OutputTypes>;
  readonly inputs: ReadonlyMap<string, Type>;
  /** Steps that may be skipped, by their own fields or because of what they refer to; grows while steps are checked. */
  readonly skippable: Set<string>;
}

export interface Place {
  readonly pointer: string;
  /** The step that the expression belongs to. */
  readonly self?: string;
  /** Names beside steps and inputs: the item, `index`, `output`. */
  readonly locals: ReadonlyMap<string, Type>;
}

export interface Judged {
  readonly type: Type;
  /** Steps whose being skipped gives a null that is not wanted here, or makes an expression fail. */
  readonly skips: readonly string[];
  /** Whether some text could not be read, so that the type says nothing. */
  readonly broken: boolean;
}

/**
 * The type of a value with references; reports unknown names, unreadable expressions and what inference finds. A null of a
 * skipped step shows where `wanted` does not take it; without `wanted`, wherever there would be none otherwise.
 */
export function judge(value: Json, place: Place, known: Known, report: Report, wanted?: Type): Judged {
  const used = new Set<string>();
  let broken = false;
  let unknownInput = false;
  const reportName: Report = (code, ...finding) => {
    unknownInput ||= code === "UNKNOWN_INPUT";
    report(code, ...finding);
  };
  eachTemplate(value, (at, text) => {
    if (!text.includes("${{")) return;
    const template = scanTemplate(text);
    if (!template.ok) {
      broken = true;
      badExpression(text, template, place.pointer + at, report);
      return;
    }
    for (const part of template.parts) {
      if ("expression" in part)
        checkNames(part.expression, { ...place, pointer: place.pointer + at }, known, used, reportName);
    }
  });
  const inputs = inputsType(known.inputs, unknownInput);
  const inferred = inferValue(value, namesAt(place, known, inputs, new Set()));
  for (const problem of inferred.problems) reportProblem(problem, place, report);
  const skips = [...used].filter((name) => known.skippable.has(name) && !place.locals.has(name));
  const reaching = skips.filter((name) =>
    skipShows(value, name, inferred, namesAt(place, known, inputs, new Set([name])), wanted),
  );
  return { type: inferred.type, skips: reaching, broken };
}

function badExpression(
  text: string,
  bad: { readonly message: string; readonly at: number },
  pointer: string,
  report: Report,
): void {
  const near = text.slice(bad.at, bad.at + 30);
  const message = `The reference cannot be read${near === "" ? "" : ` at ${quoted(near)}`}: ${bad.message}.`;
  report("BAD_EXPRESSION", pointer, message, "Write ${{ step.field }}, or $${{ for a literal ${{.");
}

function reportProblem(problem: Problem & { readonly pointer: string }, place: Place, report: Report): void {
  if (problem.code === "UNREADABLE_REFERENCE" || problem.code === "UNKNOWN_REFERENCE") return;
  report(problem.code, place.pointer + problem.pointer, problem.message, problem.fix, problem.severity);
}

function namesAt(place: Place, known: Known, inputs: Type, skipped: ReadonlySet<string>): Names {
  return (name) => {
    const local = place.locals.get(name);
    if (local !== undefined) return local;
    if (name === "inputs") return inputs;
    const type = known.outputs.get(name)?.type ?? UNKNOWN;
    return skipped.has(name) ? unionOf([type, NULL]) : type;
  };
}

const inputTypes = new WeakMap<ReadonlyMap<string, Type>, RecordType>();

/** A name that is no input was reported by checkNames, which knows what to write instead: then nothing more is said. */
function inputsType(inputs: ReadonlyMap<string, Type>, unknownInput: boolean): Type {
  let record = inputTypes.get(inputs);
  if (record === undefined) {
    const fields = Object.fromEntries([...inputs].map(([name, type]) => [name, { type, optional: false }]));
    inputTypes.set(inputs, (record = { kind: "record", fields }));
  }
  return unknownInput ? { ...record, rest: UNKNOWN } : record;
}

/** Whether null in place of the step's output reaches where it may not, or makes an expression fail. */
function skipShows(
  value: Json,
  name: string,
  inferred: { readonly type: Type; readonly problems: readonly Problem[] },
  names: Names,
  wanted: Type | undefined,
): boolean {
  const path = typeof value === "string" ? pathOf(value) : undefined;
  const refusesNull = wanted === undefined || assignable(NULL, wanted) === "no";
  if (path?.root === name) return path.deep || refusesNull;
  const skipped = inferValue(value, names);
  if (skipped.problems.length > inferred.problems.length) return true;
  const target = wanted ?? inferred.type;
  return assignable(skipped.type, target) === "no" && assignable(inferred.type, target) !== "no";
}

/** The name at the root of a whole expression that is only a path, such as `find.results[0]`. */
function pathOf(text: string): { readonly root: string; readonly deep: boolean } | undefined {
  const top = wholeExpression(text)?.ast;
  let node: ASTNode | undefined = top;
  while (node !== undefined && (node.op === "." || node.op === "[]")) node = node.args[0];
  return node?.op === "id" ? { root: node.args, deep: node !== top } : undefined;
}

function checkNames(expression: Expression, place: Place, known: Known, used: Set<string>, report: Report): void {
  for (const name of expression.names) {
    used.add(name);
    if (name === "inputs") checkInputNames(expression.ast, place, known, report);
    else if (place.locals.has(name)) continue;
    else if (name === place.self) selfReference(name, place, report);
    else if (!known.outputs.has(name)) unknownReference(name, place, known, report);
  }
}

function selfReference(name: string, place: Place, report: Report): void {
  const fix = place.locals.has("output") ? "Write output for what this step gives." : "Refer to an earlier step.";
  report("SELF_REFERENCE", place.pointer, `The step ${name} refers to itself.`, fix);
}

function unknownReference(name: string, place: Place, known: Known, report: Report): void {
  report("UNKNOWN_REFERENCE", place.pointer, `There is no step ${quoted(name)}.`, () => instead(name, place, known));
}

function instead(name: string, place: Place, known: Known): string {
  if (known.inputs.has(name)) return `Write inputs.${name}.`;
  if (name === "output") return "output is known in expect only; refer to a step by its id.";
  if (name === "secrets") return 'A secret is a whole value: { "secret": "NAME" }.';
  if (name === "index" || name === "item") return `${name} is known in with and expect of a step with forEach only.`;
  const near = nearestNames(
    name,
    [...known.outputs.keys(), ...place.locals.keys()].filter((id) => id !== place.self),
  );
  if (near.length > 0) return `Did you mean ${orList(near)}?`;
  const ids = [...known.outputs.keys()].filter((id) => id !== place.self);
  return ids.length === 0
    ? "There is nothing to refer to but inputs."
    : `The steps are ${ids.slice(0, 12).join(", ")}; inputs are inputs.name.`;
}

/** `inputs.name` anywhere in a tree. */
function checkInputNames(node: unknown, place: Place, known: Known, report: Report): void {
  if (Array.isArray(node)) return node.forEach((child) => checkInputNames(child, place, known, report));
  if (typeof node !== "object" || node === null || !("op" in node)) return;
  const { op, args } = node as ASTNode;
  if (op === "." && args[0].op === "id" && args[0].args === "inputs" && !known.inputs.has(args[1])) {
    const near = nearestNames(args[1], known.inputs.keys());
    const names = [...known.inputs.keys()];
    const fix =
      near.length > 0
        ? `Did you mean inputs.${near[0]}?`
        : names.length > 0
          ? `The inputs are ${names.join(", ")}.`
          : `Declare it: "inputs": { "${args[1]}": { "type": "string" } }.`;
    report("UNKNOWN_INPUT", place.pointer, `There is no input ${quoted(args[1])}.`, fix);
  }
  checkInputNames(args, place, known, report);
}
