// Warns of likely mistakes in a sound plan. In: steps, and the answer. Out: warnings: text that says nothing, unused
// steps, no hand-off. None of them keeps a plan from running.
import type { Report } from "./report.js";
import type { Outline, StepNode } from "./shape.js";
import type { Needs } from "./order.js";
import { contextNeedsOf } from "../graph.js";
import type { Step } from "../plan.js";
import { referencedNames } from "../expression/reference.js";
import type { ToolSpec } from "../tool-spec.js";
import { asksPerson, hasTools, isConversation, takesContext, toolNames, wordsOf } from "../step-kind.js";
import { namedTools } from "./named-tools.js";
import { isUnclear } from "./unclear.js";

export function checkTexts(nodes: readonly StepNode[], tools: ReadonlyMap<string, ToolSpec>, report: Report): void {
  for (const node of nodes) {
    if (node.step === undefined) continue;
    checkText(node, node.step, report);
    checkNamedTools(node, node.step, tools, report);
  }
}

/** Only for a draft without errors. A misspelt reference would make the intended step look unused. */
export function checkUse(
  outline: Outline,
  needs: ReadonlyMap<string, Needs>,
  tools: ReadonlyMap<string, ToolSpec>,
  report: Report,
): void {
  const used = new Set([...needs.values()].flatMap(({ all }) => all));
  if (outline.hasAnswer) checkUnused(outline, used, tools, report);
  else checkHandOff(outline.nodes, needs, used, report);
}

/** A direct call needs no words. If it has a description, people read it. */
function checkText(node: StepNode, step: Step, report: Report): void {
  const { description, title } = step;
  const { field, text } = wordsOf(step);
  const [at, said] = text === undefined ? ["description", description] : [field, text];
  if (said === undefined || !isUnclear(said)) return;
  if ([description, title].some((other) => other !== undefined && !isUnclear(other))) return;
  report("NO_TEXT", `${node.pointer}/${at}`, { text: said }, "warning");
}

/** An agent step that has no tools, and whose instruction names one. */
function checkNamedTools(node: StepNode, step: Step, tools: ReadonlyMap<string, ToolSpec>, report: Report): void {
  if (!isConversation(step) || hasTools(step) || node.dropped.has("tools")) return;
  const text = [wordsOf(step).text, step.description].join("\n");
  const named = namedTools(text, tools.keys());
  if (named.length > 0) report("TOOL_NOT_GIVEN", node.pointer, { step: step.id, tools: named }, "warning");
}

/** Only if the answer names its steps. Otherwise it is made from all finished steps. */
function checkUnused(
  outline: Outline,
  used: ReadonlySet<string>,
  tools: ReadonlyMap<string, ToolSpec>,
  report: Report,
): void {
  const answer = outline.answer;
  if (answer === undefined) return;
  const named = "value" in answer ? referencedNames(answer.value) : answer.from;
  if (named === undefined) return;
  const wanted = new Set(named);
  for (const { step, pointer } of outline.nodes) {
    if (step === undefined || used.has(step.id) || wanted.has(step.id) || hasEffects(step, tools)) continue;
    report("UNUSED_STEP", pointer, { step: step.id }, "warning");
  }
}

/** Whether running the step may do something besides giving an output. A question to a person counts. */
function hasEffects(step: Step, tools: ReadonlyMap<string, ToolSpec>): boolean {
  const acts = (name: string): boolean => tools.get(name)?.effects !== "none";
  if (asksPerson(step)) return true;
  const names = toolNames(step);
  return names === "all"
    ? [...tools.values()].some((tool) => tool.approval === undefined && tool.effects !== "none")
    : names.some(acts);
}

/**
 * Only a plan without an answer of its own: the answer joins the steps that it names. Direct calls with all their
 * arguments need no data, so only a model's step counts.
 */
function checkHandOff(
  nodes: readonly StepNode[],
  needs: ReadonlyMap<string, Needs>,
  used: ReadonlySet<string>,
  report: Report,
): void {
  if (nodes.length < 2) return;
  const alone = nodes.filter(({ step }) => step !== undefined && isAlone(step, needs, used));
  if (used.size === 0) checkOrder(nodes, alone, report);
  else
    for (const { step, pointer } of lonely(nodes, alone, needs, used)) report("NO_HANDOFF", pointer, step, "warning");
}

/** No step waits for another one. The first step needs no data; steps that do the same with other things are alike. */
function checkOrder(nodes: readonly StepNode[], alone: readonly StepNode[], report: Report): void {
  if (!alone.some((node) => node !== nodes[0]) || areAlike(alone)) return;
  report("NO_ORDER", "/steps", { steps: nodes.flatMap(({ id }) => id ?? []) }, "warning");
}

/** "Research the first vendor", "Research the second vendor": independent steps, which the synthesizer joins. */
function areAlike(nodes: readonly StepNode[]): boolean {
  const texts = nodes.flatMap(({ step }) =>
    step === undefined ? [] : [wordsOf(step).text?.trim().toLowerCase() ?? ""],
  );
  const verbs = new Set(texts.map((text) => text.split(/\s/u, 1)[0]));
  return texts.length > 1 && verbs.size === 1 && new Set(texts).size === texts.length;
}

/** Steps beside a plan that otherwise ends in one step, and a last step that gets nothing. */
function lonely(
  nodes: readonly StepNode[],
  alone: readonly StepNode[],
  needs: ReadonlyMap<string, Needs>,
  used: ReadonlySet<string>,
): readonly { readonly step: { readonly step: string }; readonly pointer: string }[] {
  const ends = nodes.filter(({ id = "" }) => !used.has(id) && (needs.get(id)?.all.length ?? 0) > 0);
  const found = ends.length === 1 ? alone : alone.filter((node) => node === nodes.at(-1));
  return found.map(({ id = "", pointer }) => ({ step: { step: id }, pointer }));
}

function isAlone(step: Step, needs: ReadonlyMap<string, Needs>, used: ReadonlySet<string>): boolean {
  if (used.has(step.id) || (needs.get(step.id)?.all.length ?? 0) > 0 || step.forEach !== undefined) return false;
  return takesContext(step) && Object.keys(step.with).length === 0;
}

/** The steps whose outputs no other step receives. An answer that names no steps shows these whole. */
export function unreferenced(steps: readonly Step[]): string[] {
  const given = new Set(steps.flatMap((step) => contextNeedsOf(step)));
  return steps.map(({ id }) => id).filter((id) => !given.has(id));
}
