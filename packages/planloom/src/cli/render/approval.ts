// Shows all that a person approves. In: a plan with its inputs and tools, or a call with its arguments. Out: lines, one
// for each field and each argument. Pure. `run`, `show`, the review at the terminal, `retry` and `fork` show this text.
import { commandLine, endsWithProcess } from "../carried.js";
import type { WaitingDocument } from "../../loom/document.js";
import { resolveValue } from "../../plan/expression/reference.js";
import type { Scope } from "../../plan/expression/expression.js";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import type { Plan, Step } from "../../plan/plan.js";
import { UNRECORDED } from "../../plan/tool-change.js";
import { directToolIn, mayActThrough } from "../../plan/step-kind.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import { visible } from "../../plan/visible.js";
import { writePlan } from "../../plan/write.js";
import { currentPlan } from "../../run/lookup.js";
import type { ChangedToolReason } from "../../run/reason.js";
import type { Run } from "../../run/state.js";
import { scopeOf } from "../../run/step-scope.js";
import { isFinished } from "../../run/steps.js";
import { LIMITS } from "../../limits.js";
import { UNRECORDED_TEXT } from "../../words/tool-change.js";
import { oneLine, padded, paint } from "../style.js";
import { keyText, textLines, valueLines, type Shown } from "./value.js";
import { shellWord } from "../shell-word.js";

export interface PlanToApprove {
  readonly plan: Plan;
  readonly tools: ReadonlyMap<string, ToolSpec>;
  readonly inputs: JsonObject;
  /** The names that expressions can see before the plan runs. */
  readonly scope: Scope;
  /** The command that shows all of it. */
  readonly all: string;
}

/** The plan that the run follows, or that waits. Finished steps are left out: they do not run again. */
export function planApprovalLines(run: Run): readonly string[] {
  const proposed = currentPlan(run);
  if (proposed === undefined) return [];
  const isLeftOut = (id: string) => isFinished(run.execution.steps.get(id)!.work);
  const around = { inputs: run.request.inputs, scope: scopeOf(run), all: showAll(run.id) };
  return wholePlanLines({ ...proposed, ...around }, isLeftOut);
}

/** A run in memory cannot be looked at from another process. */
export const showAll = (runId: string): string =>
  endsWithProcess() ? "a run with --store FILE shows them" : commandLine(["show", shellWord(runId), "--json"]);

/** Each field of the plan and of its steps, with the values that are known before it runs. */
export function wholePlanLines(shown: PlanToApprove, isLeftOut: (id: string) => boolean): readonly string[] {
  const { plan, inputs, all } = shown;
  const { goal, answer, steps } = writePlan(plan) as { readonly [field: string]: Json } & {
    readonly steps: readonly JsonObject[];
  };
  const atPlan: Shown = { indent: "  ", width: 8, all };
  return [
    paint("bold", "  what it does:"),
    ...(typeof goal === "string" ? textLines("goal", goal, atPlan) : []),
    ...Object.entries(inputs).flatMap(([name, value]) => valueLines(`inputs.${keyText(name)}`, value, atPlan)),
    ...plan.steps.flatMap((step, index) => (isLeftOut(step.id) ? [] : stepLines(step, steps[index]!, shown))),
    ...Object.entries(isObject(answer) ? answer : {}).flatMap(([field, value]) =>
      fieldLines(`answer.${field}`, value, shown, atPlan),
    ),
  ];
}

function stepLines(step: Step, written: JsonObject, shown: PlanToApprove): readonly string[] {
  const { id: _id, title, with: given, ...fields } = written;
  const layout: Shown = { indent: "    ", width: 8, all: shown.all };
  const args = isObject(given) ? Object.entries(given) : [];
  return [
    `  ${paint("cyan", "step")} ${step.id}: ${oneLine(typeof title === "string" ? title : "", 500)}`,
    ...Object.entries(fields).flatMap(([field, value]) =>
      field === "tool" || field === "tools"
        ? [`    ${field.padEnd(8)}  ${toolText(step, value, shown)}`]
        : fieldLines(field, value, shown, layout),
    ),
    ...(args.length === 0 ? [] : ["    with"]),
    ...args.flatMap(([name, value]) => fieldLines(keyText(name), value, shown, { ...layout, indent: "      " })),
  ];
}

/** The value as it stands in the plan, then the value that it gives, where that is known. */
function fieldLines(name: string, value: Json, { scope }: PlanToApprove, layout: Shown): readonly string[] {
  const written = WORDS.has(name) && typeof value === "string" ? textLines(name, value, layout) : undefined;
  const known = WORDS.has(name) ? [] : knownIn(name, value, scope);
  return [
    ...(written ?? valueLines(name, value, layout)),
    ...known.flatMap(([path, given]) => valueLines(path, given, { ...layout, sign: "= " })),
  ];
}

/** Fields that a model or a person reads as text. */
const WORDS: ReadonlySet<string> = new Set(["agent", "ask", "fill", "description", "answer.instructions"]);

/** The values of the expressions in a value that can be evaluated before the plan runs, each with its place. */
function knownIn(path: string, value: Json, scope: Scope): readonly (readonly [string, Json])[] {
  if (typeof value === "string") {
    const resolved = value.includes("${{") ? resolveValue(value, scope) : undefined;
    return resolved?.ok === true && resolved.value !== value ? [[path, resolved.value]] : [];
  }
  if (Array.isArray(value))
    return (value as readonly Json[]).flatMap((item, index) => knownIn(`${path}[${index}]`, item, scope));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, field]) => knownIn(`${path}.${keyText(key)}`, field, scope));
}

function toolText(step: Step, named: Json, { tools }: PlanToApprove): string {
  if (named === "all") {
    const acting = [...tools.values()].filter((tool) => mayActThrough(step, tool));
    return `all without approval${acting.length === 0 ? "" : `, with ${acting.map(actText).join(", ")}`}`;
  }
  const direct = directToolIn(tools, step);
  if (direct !== undefined) return actText(direct);
  const names = Array.isArray(named) ? (named as readonly Json[]).map(String) : [];
  return names.map((name) => (tools.has(name) ? actText(tools.get(name)!) : visible(name))).join(", ");
}

const actText = ({ name, effects, approval, compensates }: ToolSpec): string =>
  `${visible(name)}${ACTS[effects]}${compensates === undefined ? "" : ", can be undone"}${approval === undefined ? "" : ", needs approval"}`;

const ACTS: Readonly<Record<ToolSpec["effects"], string>> = {
  none: "",
  idempotent: " (acts; may be repeated with its key)",
  once: " (acts once)",
};

/** null means that the definition does not have the field. */
const sideLines = (name: string, value: Json, layout: Shown): readonly string[] =>
  value === null ? [`${layout.indent}${padded(name, layout.width)}  nothing`] : valueLines(name, value, layout);

type CallApproval = WaitingDocument["approvals"][number];

/** All that the call of a step was asked with: what the step does, and each argument. */
export function callApprovalLines(runId: string, approval: CallApproval): readonly string[] {
  const { does, tool, items, args = {} } = approval;
  const layout: Shown = { indent: "  ", width: 9, all: showAll(runId) };
  const fields = isObject(does) ? Object.entries(does) : [];
  const calls = isObject(does) && does["tool"] !== undefined ? [] : textLines("calls", tool ?? "a model", layout);
  return [
    ...fields.flatMap(([field, value]) =>
      typeof value === "string" ? textLines(field, value, layout) : valueLines(field, value, layout),
    ),
    ...calls,
    // All items of a step wait as one question.
    ...(items === undefined
      ? argumentLines(args, layout.all, "  ")
      : valueLines("items", items, { ...layout, items: LIMITS.shownParts })),
    ...(approval.changes ?? []).flatMap((changed) => changeLines(changed, layout)),
  ];
}

/** Each difference of a tool that has changed, with what it was and what it is. */
function changeLines({ tool, differences }: ChangedToolReason, layout: Shown): readonly string[] {
  const inner: Shown = { ...layout, indent: `${layout.indent}    `, width: 5 };
  const isKnown = differences.some(({ field }) => field !== UNRECORDED);
  return [
    isKnown
      ? `${layout.indent}changed    ${oneLine(tool)}, since the plan was made`
      : `${layout.indent}changed    perhaps ${oneLine(tool)}, since the plan was made`,
    ...differences.flatMap(({ field, was, is }) =>
      field === UNRECORDED
        ? [`${layout.indent}  ${UNRECORDED_TEXT}`]
        : [`${layout.indent}  ${oneLine(field)}`, ...sideLines("was", was, inner), ...sideLines("is", is, inner)],
    ),
  ];
}

/** One line for each argument. */
export function argumentLines(args: Json, all: string, indent: string): readonly string[] {
  const layout: Shown = { indent: `${indent}  `, width: 7, all };
  const each = isObject(args) ? Object.entries(args) : [];
  if (each.length === 0) return [`${indent}arguments  none`];
  return [`${indent}arguments`, ...each.flatMap(([name, value]) => valueLines(keyText(name), value, layout))];
}
