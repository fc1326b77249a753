// The difference between two plans. In: the plan before and after. Out: data by field and step id, and the same as
// text. A person approves a new revision by it. It compares plans as people write them, without the kernel's defaults.
import { LIMITS } from "../../limits.js";
import { visible } from "../visible.js";
import { canonicalJson, isObject, own, type Json, type JsonObject } from "../json.js";
import type { Plan } from "../plan.js";
import { writePlan } from "../write.js";

/**
 * `before` or `after` is absent if the field is. Fields of records are listed separately: `with.query`,
 * `inputs.salary`.
 */
export interface FieldChange {
  readonly field: string;
  readonly before?: Json;
  readonly after?: Json;
}

export interface StepChange {
  readonly id: string;
  /** The title in the plan after. */
  readonly title: string;
  readonly fields: readonly FieldChange[];
}

export interface PlanDiff {
  /** Goal, inputs and answer. */
  readonly plan: readonly FieldChange[];
  /** Steps as written, in the order of their plan. */
  readonly dropped: readonly JsonObject[];
  readonly added: readonly JsonObject[];
  /** In the order of the plan after. */
  readonly changed: readonly StepChange[];
  readonly unchanged: readonly string[];
}

/** Steps are matched by id. A step that only moved is unchanged. */
export function diffPlans(before: Plan, after: Plan): PlanDiff {
  const [from, to] = [documentOf(before), documentOf(after)];
  const changed: StepChange[] = [];
  const unchanged: string[] = [];
  for (const [id, step] of to.steps) {
    const fields = fieldsOf(from.steps.get(id) ?? step, step);
    if (fields.length > 0) changed.push({ id, title: textOf(step, "title"), fields });
    else if (from.steps.has(id)) unchanged.push(id);
  }
  return {
    plan: fieldsOf(from.rest, to.rest),
    dropped: missingIn(from.steps, to.steps),
    added: missingIn(to.steps, from.steps),
    changed,
    unchanged,
  };
}

type Steps = ReadonlyMap<string, JsonObject>;

function documentOf(plan: Plan): { readonly rest: JsonObject; readonly steps: Steps } {
  const { steps, ...rest } = writePlan(plan);
  const list = (steps as readonly JsonObject[]).map((step) => [textOf(step, "id"), step] as const);
  return { rest, steps: new Map(list) };
}

const missingIn = (steps: Steps, others: Steps): readonly JsonObject[] =>
  [...steps].filter(([id]) => !others.has(id)).map(([, step]) => step);

function textOf(step: JsonObject, field: string): string {
  const value = step[field];
  return typeof value === "string" ? value : "";
}

/** The fields that differ, in the order of writing. Records are compared field by field. */
function fieldsOf(before: JsonObject, after: JsonObject): readonly FieldChange[] {
  return keysOf(before, after).flatMap((field) => {
    const [from, to] = [own(before, field), own(after, field)];
    const [left, right] = [from ?? {}, to ?? {}];
    const inner = isObject(left) && isObject(right) ? keysOf(left, right) : [];
    if (inner.length === 0 || !isObject(left) || !isObject(right)) return change(field, from, to);
    return inner.flatMap((name) => change(inside(field, name), own(left, name), own(right, name)));
  });
}

const keysOf = (a: JsonObject, b: JsonObject): readonly string[] => [
  ...new Set([...Object.keys(b), ...Object.keys(a)]),
];

const inside = (field: string, name: string): string =>
  /^[A-Za-z_]\w*$/.test(name) ? `${field}.${name}` : `${field}[${JSON.stringify(name)}]`;

function change(field: string, before: Json | undefined, after: Json | undefined): readonly FieldChange[] {
  if (before === undefined) return after === undefined ? [] : [{ field, after }];
  if (after === undefined) return [{ field, before }];
  return canonicalJson(before) === canonicalJson(after) ? [] : [{ field, before, after }];
}

/**
 * The difference as lines: the plan's own fields, `- step` dropped, `~ step` changed, `+ step` added, and the number of
 * unchanged steps. Long values are cut around the first difference. Control characters and characters that change the
 * direction of text are escaped. Ends in a new line.
 */
export function diffText(diff: PlanDiff): string {
  const lines = [
    ...diff.plan.flatMap((field) => fieldLines(field, "")),
    ...diff.dropped.map((step) => stepLine("-", textOf(step, "id"), textOf(step, "title"))),
    ...diff.changed.flatMap(({ id, title, fields }) => [
      stepLine("~", id, title),
      ...fields.flatMap((field) => fieldLines(field, "    ")),
    ]),
    ...diff.added.flatMap(addedLines),
  ];
  if (lines.length === 0) return "The plans do not differ.\n";
  const same = diff.unchanged.length;
  const rest = same === 0 ? [] : [`  ${same} ${same === 1 ? "step" : "steps"} unchanged`];
  return visible([...lines, ...rest].join("\n")) + "\n";
}

function addedLines(step: JsonObject): readonly string[] {
  const { id: _id, title: _title, ...rest } = step;
  return [
    stepLine("+", textOf(step, "id"), textOf(step, "title")),
    ...fieldsOf({}, rest).flatMap((field) => fieldLines(field, "    ")),
  ];
}

const stepLine = (sign: string, id: string, title: string): string =>
  `${sign} ${id}: ${cut(title.replace(/\s+/g, " "), 0)}`;

function fieldLines({ field, before, after }: FieldChange, indent: string): readonly string[] {
  const [from, to] = [before, after].map((value) => (value === undefined ? "" : JSON.stringify(value)));
  const shared = sharedStart(from ?? "", to ?? "");
  const line = (sign: string, text = ""): readonly string[] =>
    text === "" ? [] : [`${indent}${sign} ${cut(field, 0)}: ${cut(text, shared)}`];
  return [...line("-", from), ...line("+", to)];
}

function sharedStart(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}

/** The part of a long text around the first difference: two cut lines must not look the same. */
function cut(text: string, shared: number): string {
  const most = LIMITS.diffChars;
  if (text.length <= most) return text;
  const start = Math.max(0, Math.min(shared - most / 4, text.length - most));
  const end = start + most;
  return `${start > 0 ? "…" : ""}${text.slice(start, end)}${end < text.length ? "…" : ""}`;
}
