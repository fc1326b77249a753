// References `${{ … }}` inside the JSON of a plan. In: a value with references. Out: the names that it needs, its type,
// or its value with the origin. `with`, `when`, `forEach`, `expect` and `answer` are all read here.
import { LIMITS } from "../../limits.js";
import { evaluate, type Expression, parseExpression, type Scope } from "./expression.js";
import { InferenceWork } from "./infer-work.js";
import { inferType, type Names, type Problem } from "./infer.js";
import { canonicalJson, isObject, pointerTo, sizeOf, type Json, type JsonObject } from "../json.js";
import { mergeOrigins, NO_ORIGIN, type Origin } from "../origin.js";
import { evaluationProblem, type EvaluationProblem, type ExpressionProblem } from "./problem.js";
import { eachTemplate, OPEN, splitTemplate } from "./split.js";
import { Meter } from "./value.js";
import { listOf, literalOf, membersOf, NULL, STRING, type Type, unionOf } from "../type/type.js";

export type TemplatePart =
  | { readonly text: string }
  /** From the first character of `${{` to the end of `}}`. */
  | { readonly expression: Expression; readonly start: number; readonly end: number };

export type Template =
  | { readonly ok: true; readonly parts: readonly TemplatePart[] }
  /** `at` is an offset into the text, from 0. */
  | { readonly ok: false; readonly problem: ExpressionProblem; readonly at: number };

/** Splits a text into literal parts and expressions. `$${{` stands for a literal `${{`. Never throws. */
export function scanTemplate(text: string): Template {
  const { parts: split, broken } = splitTemplate(text);
  const parts: TemplatePart[] = [];
  for (const part of split) {
    if ("text" in part) {
      parts.push(part);
      continue;
    }
    const { source, start, end } = part;
    const parsed = parseExpression(source);
    if (!parsed.ok) return { ok: false, problem: parsed.problem, at: start + OPEN.length + parsed.at };
    parts.push({ expression: parsed.expression, start, end });
  }
  return broken === undefined ? { ok: true, parts } : { ok: false, ...broken };
}

/** The expression of a text that is exactly one `${{ … }}`, with optional white space around it. */
export function wholeExpression(text: string): Expression | undefined {
  const template = text.includes(OPEN) ? scanTemplate(text.trim()) : undefined;
  return template?.ok === true ? wholePart(template.parts) : undefined;
}

function wholePart(parts: readonly TemplatePart[]): Expression | undefined {
  const [first] = parts;
  return parts.length === 1 && first !== undefined && "expression" in first ? first.expression : undefined;
}

/** The names that the expressions of a value read, each once. Unreadable texts are ignored. */
export function referencedNames(value: Json): readonly string[] {
  return readsOf(value).names;
}

function expressionsIn(value: Json): readonly (TemplatePart & { readonly expression: Expression })[] {
  const found: (TemplatePart & { readonly expression: Expression })[] = [];
  eachTemplate(value, (_pointer, text) => {
    const template = text.includes(OPEN) ? scanTemplate(text) : undefined;
    if (template?.ok !== true) return;
    for (const part of template.parts) if ("expression" in part) found.push(part);
  });
  return found;
}

/** What the expressions of a value read. */
export interface Reads {
  /** Names: `inputs`, steps, the item of a fan-out. */
  readonly names: readonly string[];
  /** The inputs by name; undefined where some expression reads them as a whole. */
  readonly inputs: readonly string[] | undefined;
}

/** The names and inputs that the expressions of a value read, each once; texts that cannot be read are passed over. */
export function readsOf(value: Json): Reads {
  const names = new Set<string>();
  const inputs = new Set<string>();
  let whole = false;
  for (const { expression } of expressionsIn(value)) {
    for (const name of expression.names) names.add(name);
    for (const name of expression.inputs ?? []) inputs.add(name);
    whole ||= expression.inputs === undefined;
  }
  return { names: [...names], inputs: whole ? undefined : [...inputs] };
}

/** A place where a whole expression gave null, and the steps in the origin of the null. */
export interface NullSource {
  readonly pointer: string;
  readonly steps: readonly string[];
}

export type Resolved =
  | { readonly ok: true; readonly value: Json; readonly from: Origin; readonly nulls: readonly NullSource[] }
  | {
      readonly ok: false;
      readonly problem: EvaluationProblem;
      /** The expression as written. Absent if no single one is at fault. */
      readonly expression?: string;
      readonly pointer: string;
      /** The steps that the failed expression reads. For NULL_IN_TEXT: the origin of the null. */
      readonly steps: readonly string[];
    };

/**
 * Evaluates every reference of a value. Never throws. A whole expression keeps its type. Inside a longer text, strings
 * are inserted unchanged, numbers and booleans as JavaScript writes them, other values as canonical JSON; null fails
 * with NULL_IN_TEXT. Further codes: those of evaluate, and UNREADABLE_REFERENCE. Values without references are not
 * copied.
 */
export function resolveValue(value: Json, scope: Scope, meter = new Meter()): Resolved {
  const resolution: Resolution = { scope, meter, origins: new Set(), nulls: [], room: LIMITS.gatheredBytes };
  try {
    const resolved = resolve(value, "", resolution);
    return { ok: true, value: resolved, from: mergeOrigins([...resolution.origins]), nulls: resolution.nulls };
  } catch (thrown) {
    if (!(thrown instanceof Unresolved)) throw thrown;
    const { problem, pointer, steps, expression } = thrown;
    return { ok: false, problem, pointer, steps, ...(expression === undefined ? {} : { expression }) };
  }
}

interface Resolution {
  readonly scope: Scope;
  /** Counts the work of all expressions together. */
  readonly meter: Meter;
  readonly origins: Set<Origin>;
  readonly nulls: NullSource[];
  /** Bytes left for all further values together. */
  room: number;
}

class Unresolved extends Error {
  constructor(
    readonly problem: EvaluationProblem,
    readonly pointer: string,
    readonly steps: readonly string[] = [],
    readonly expression?: string,
  ) {
    super(problem.code);
  }
}

function resolve(value: Json, pointer: string, resolution: Resolution): Json {
  if (typeof value === "string") return value.includes(OPEN) ? resolveText(value, pointer, resolution) : value;
  if (isObject(value)) return resolveFields(value, pointer, resolution);
  if (typeof value !== "object" || value === null) return value;
  const list: readonly Json[] = value;
  const items = list.map((item, i) => resolve(item, `${pointer}/${i}`, resolution));
  return items.some((item, i) => item !== list[i]) ? items : list;
}

function resolveFields(value: JsonObject, pointer: string, resolution: Resolution): Json {
  const fields = Object.entries(value).map(([name, field]): [string, Json] => [
    name,
    resolve(field, pointerTo(pointer, name), resolution),
  ]);
  return fields.some(([name, field]) => field !== value[name]) ? Object.fromEntries(fields) : value;
}

function resolveText(text: string, pointer: string, resolution: Resolution): Json {
  const whole = wholeExpression(text);
  if (whole !== undefined) {
    const { value, from } = evaluated(whole, pointer, resolution);
    if (value === null) resolution.nulls.push({ pointer, steps: from.steps });
    return value;
  }
  const template = scanTemplate(text);
  if (!template.ok)
    throw new Unresolved(evaluationProblem("UNREADABLE_REFERENCE", { problem: template.problem }), pointer);
  return template.parts
    .map((part) => ("text" in part ? part.text : inText(part.expression, pointer, resolution)))
    .join("");
}

function evaluated(expression: Expression, pointer: string, resolution: Resolution): { value: Json; from: Origin } {
  const result = evaluate(expression, resolution.scope, resolution.meter);
  if (!result.ok)
    throw new Unresolved(result.problem, pointer, stepsRead(expression, resolution), expression.source.trim());
  if (result.from !== NO_ORIGIN) resolution.origins.add(result.from);
  resolution.room -= sizeOf(result.value, resolution.room);
  if (resolution.room < 0) {
    const problem = evaluationProblem("LIMIT_EXCEEDED", { of: "all-values", most: LIMITS.gatheredBytes });
    throw new Unresolved(problem, pointer, stepsRead(expression, resolution));
  }
  return result;
}

function stepsRead(expression: Expression, { scope }: Resolution): readonly string[] {
  return mergeOrigins(expression.names.flatMap((name) => scope(name)?.from ?? [])).steps;
}

function inText(expression: Expression, pointer: string, resolution: Resolution): string {
  const { value, from } = evaluated(expression, pointer, resolution);
  if (typeof value === "string") return value;
  if (value !== null) return typeof value === "object" ? canonicalJson(value) : String(value);
  throw new Unresolved(evaluationProblem("NULL_IN_TEXT", {}), pointer, from.steps, expression.source.trim());
}

export interface InferredValue {
  readonly type: Type;
  /** `start` and `end` are offsets into the string at `pointer`. */
  readonly problems: readonly (Problem & { readonly pointer: string })[];
}

/** The type of a value after its references are resolved, with the problems found. Throws only what `work` throws. */
export function inferValue(
  value: Json,
  names: Names,
  work = new InferenceWork(),
  memo: InferenceMemo = { known: new Map() },
): InferredValue {
  const problems: Problems = [];
  return { type: inferPart(value, "", { names, problems, work, memo }), problems };
}

/**
 * Results by text for the same names. `changed`: the one name that has another type now; texts without it keep theirs.
 */
export interface InferenceMemo {
  readonly known: Map<string, InferredValue>;
  readonly changed?: string;
}

type Problems = (Problem & { readonly pointer: string })[];

interface Inferring {
  readonly names: Names;
  readonly problems: Problems;
  readonly work: InferenceWork;
  readonly memo: InferenceMemo;
}

function inferPart(value: Json, pointer: string, into: Inferring): Type {
  if (value === null) return NULL;
  if (typeof value === "string") return inferText(value, pointer, into);
  if (typeof value !== "object") return literalOf(value);
  if (Array.isArray(value)) {
    return listOf(unionOf((value as readonly Json[]).map((item, i) => inferPart(item, `${pointer}/${i}`, into))));
  }
  const fields = Object.entries(value).map(([name, field]) => {
    const type = inferPart(field, pointerTo(pointer, name), into);
    return [name, { type, optional: false }] as const;
  });
  return { kind: "record", fields: Object.fromEntries(fields), closed: true };
}

function inferText(text: string, pointer: string, into: Inferring): Type {
  if (!text.includes(OPEN)) return literalOf(text);
  const { problems, memo } = into;
  const { known, changed } = memo;
  const before = changed !== undefined && !text.includes(changed) ? known.get(text) : undefined;
  if (before !== undefined) {
    problems.push(...before.problems);
    return before.type;
  }
  const first = problems.length;
  const type = inferTemplate(text, pointer, into);
  if (changed === undefined) known.set(text, { type, problems: problems.slice(first) });
  return type;
}

function inferTemplate(text: string, pointer: string, into: Inferring): Type {
  const { problems, work } = into;
  work.spend(text.length / TEXT_CHARS);
  const lead = text.length - text.trimStart().length;
  const trimmed = scanTemplate(text.trim());
  const whole = trimmed.ok ? wholePart(trimmed.parts) : undefined;
  if (whole !== undefined) return inferExpression(whole, lead + OPEN.length, pointer, into);
  const template = scanTemplate(text);
  if (!template.ok) {
    const { problem, at } = template;
    problems.push({
      code: "UNREADABLE_REFERENCE",
      severity: "error",
      params: { problem },
      start: at,
      end: at,
      pointer,
    });
    return STRING;
  }
  for (const part of template.parts) {
    if ("text" in part) continue;
    const type = inferExpression(part.expression, part.start + OPEN.length, pointer, into);
    problems.push(...nullInText(part.expression, type, part.start, part.end, pointer));
  }
  return STRING;
}

/** Characters that are read in the time of a unit, and units for each expression, which is parsed. */
const TEXT_CHARS = 4;
const EXPRESSION_UNITS = 4;

function inferExpression(
  expression: Expression,
  offset: number,
  pointer: string,
  { names, problems, work }: Inferring,
): Type {
  work.spend(EXPRESSION_UNITS);
  const inferred = inferType(expression, names, work);
  for (const problem of inferred.problems) {
    problems.push({ ...problem, start: problem.start + offset, end: problem.end + offset, pointer });
  }
  return inferred.type;
}

function nullInText(expression: Expression, type: Type, start: number, end: number, pointer: string): Problems {
  const members = membersOf(type);
  const nulls = members.filter((member) => member.kind === "null").length;
  if (nulls === 0) return [];
  const always = nulls === members.length;
  const params = { source: expression.source.trim(), always };
  return [{ code: "NULL_IN_TEXT", severity: always ? "error" : "warning", params, start, end, pointer }];
}
