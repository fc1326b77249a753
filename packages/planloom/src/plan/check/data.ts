// The type check of a draft: every argument, condition, list and the answer. In: steps, ordered so that references
// point backwards. Out: findings.
import { beginning } from "../../beginning.js";
import { checkArguments, checkMissing, NO_LOCALS, wanting } from "./arguments.js";
import type { Report } from "./report.js";
import { judge as judgeValue, type Judged, type Known, type ExpressionSite } from "./expressions.js";
import { checkRounds, roundNames } from "./rounds.js";
import type { StepNode } from "./shape.js";
import type { FindingParams } from "../finding-params.js";
import type { Step } from "../plan.js";
import { parseExpression } from "../expression/expression.js";
import { scanTemplate, wholeExpression } from "../expression/reference.js";
import type { ToolSpec } from "../tool-spec.js";
import { assignable } from "../type/fit.js";
import { BOOLEAN, listOf, membersOf, NUMBER, typeText, unionOf, UNKNOWN, type Type } from "../type/type.js";
import { isForgottenExpression } from "../prose.js";
import { asksPerson, directToolIn, proseOf } from "../step-kind.js";

export interface JudgeOptions {
  /** Whether a model can judge outputs by an `expect` in prose. Default: true. */
  readonly judge?: boolean;
}

export function checkData(
  nodes: readonly StepNode[],
  tools: ReadonlyMap<string, ToolSpec>,
  known: Known,
  { judge = true }: JudgeOptions,
  report: Report,
): void {
  for (const node of nodes) {
    if (node.step !== undefined) checkStep(node, node.step, { tools, judge }, known, report);
  }
}

function checkStep(
  node: StepNode,
  step: Step,
  { tools, judge }: { readonly tools: ReadonlyMap<string, ToolSpec>; readonly judge: boolean },
  known: Known,
  report: Report,
): void {
  const site = (field: string, locals: ExpressionSite["locals"]): ExpressionSite => ({
    pointer: `${node.pointer}/${field}`,
    self: step.id,
    locals,
  });
  const skips = new Set<string>();
  const note = (judged: Judged, at: ExpressionSite): void => maybeSkipped(judged, at, step.id, skips, report);
  if (step.when !== undefined) checkCondition(step.when, site("when", NO_LOCALS), known, note, report);
  const own = known.outputs.get(step.id)?.own ?? UNKNOWN;
  const items =
    step.forEach === undefined
      ? NO_LOCALS
      : checkList(step.forEach, step.as ?? "item", site("forEach", NO_LOCALS), known, note, report);
  const locals = new Map([...items, ...roundNames(node, step, own)]);
  const tool = directToolIn(tools, step);
  checkArguments(step, site("with", locals), tool, known, note, report);
  if (tool !== undefined && !node.dropped.has("with") && !node.dropped.has("fill")) {
    checkMissing(step, tool, `${node.pointer}/with`, report);
  }
  if (step.expect !== undefined) {
    const at = site("expect", new Map([...locals, ["output", own]]));
    if (proseOf(step) !== undefined && !isForgottenExpression(step.expect)) checkProse(step, at.pointer, judge, report);
    else checkCondition(step.expect, at, known, note, report);
  }
  if (step.repeat !== undefined) {
    const at = site("repeat/until", new Map([...locals, ["output", own]]));
    checkCondition(step.repeat.until, at, known, note, report);
    checkRounds(node, step, step.repeat, report);
  }
  if (skips.size > 0) known.skippable.add(step.id);
}

/** A person's answer is not judged by a model. */
function checkProse(step: Step, pointer: string, judge: boolean, report: Report): void {
  if (asksPerson(step)) report("PROSE_NOT_JUDGED", pointer, { step: step.id, because: "ask" });
  else if (!judge) report("PROSE_NOT_JUDGED", pointer, { step: step.id, because: "no-model" });
}

function maybeSkipped(judged: Judged, site: ExpressionSite, id: string, skips: Set<string>, report: Report): void {
  if (judged.skips.length === 0) return;
  for (const name of judged.skips) skips.add(name);
  report("MAY_BE_SKIPPED", site.pointer, { skipped: judged.skips, step: id }, "warning");
}

type NoteSkips = (judged: Judged, site: ExpressionSite) => void;

function checkCondition(source: string, site: ExpressionSite, known: Known, note: NoteSkips, report: Report): void {
  const judged = judgeWhole(source, BOOLEAN, site, known, report);
  if (judged === undefined) return;
  if (assignable(judged.type, BOOLEAN) === "no") {
    const type = beginning(typeText(judged.type), 200);
    report("CONDITION_NOT_BOOLEAN", site.pointer, { type, compare: comparison(judged.type) });
  }
  note(judged, site);
}

/** The kind of value for an example of a comparison. */
function comparison(type: Type): FindingParams["CONDITION_NOT_BOOLEAN"]["compare"] {
  const kinds = membersOf(type).map(({ kind }) => kind);
  return (["list", "boolean", "number"] as const).find((kind) => kinds.includes(kind)) ?? "other";
}

/** undefined unless there is exactly one expression. */
function judgeWhole(
  source: string,
  wanted: Type,
  site: ExpressionSite,
  known: Known,
  report: Report,
): Judged | undefined {
  if (wholeExpression(source) === undefined && scanTemplate(source).ok) {
    const bare = source.trim();
    const isBare = !bare.includes("${{") && parseExpression(bare).ok;
    const problem = { kind: "not-whole" } as const;
    report(
      "BAD_EXPRESSION",
      site.pointer,
      isBare ? { problem, instead: `\${{ ${beginning(bare, 200)} }}` } : { problem },
    );
    return undefined;
  }
  const judged = judgeValue(source, site, known, report, wanted);
  return judged.broken ? undefined : judged;
}

/** The names that each item can see. */
function checkList(
  source: string,
  as: string,
  site: ExpressionSite,
  known: Known,
  note: NoteSkips,
  report: Report,
): ReadonlyMap<string, Type> {
  const judged = judgeWhole(source, listOf(UNKNOWN), site, known, report);
  const locals = (item: Type): ReadonlyMap<string, Type> =>
    new Map([
      [as, item],
      ["index", NUMBER],
    ]);
  if (judged === undefined) return locals(UNKNOWN);
  if (assignable(judged.type, listOf(UNKNOWN)) === "no") {
    const type = beginning(typeText(judged.type), 200);
    const instead = wanting(judged.type, listOf(UNKNOWN), source);
    report("FOREACH_NOT_A_LIST", site.pointer, { type, ...(instead === undefined ? {} : { instead }) });
  }
  note(judged, site);
  const items = membersOf(judged.type).flatMap((member) =>
    member.kind === "list" ? [member.of] : member.kind === "unknown" ? [UNKNOWN] : [],
  );
  return locals(items.length === 0 ? UNKNOWN : unionOf(items));
}
