// Warns of likely mistakes in a sound plan. In: steps, and the answer. Out: warnings: text that says nothing, unused
// steps, no hand-off. None of them keeps a plan from running.
import type { Report } from "./report.js";
import type { Outline, StepNode } from "./shape.js";
import type { Needs } from "./order.js";
import { contextNeedsOf } from "../graph.js";
import type { Step } from "../plan.js";
import { referencedNames } from "../expression/reference.js";
import type { ToolSpec } from "../tool-spec.js";
import { asksPerson, takesContext, toolNames, wordsOf } from "../step-kind.js";

export function checkTexts(nodes: readonly StepNode[], report: Report): void {
  for (const node of nodes) {
    if (node.step === undefined) continue;
    checkText(node, node.step, report);
    checkExecutor(node, node.step, report);
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

const SAYS_NOTHING =
  /^\W*(?:(?:step|task|phase)\s*\d*|todo|tbd|do (?:it|this|that|the task)|execute|run|process|continue|n\/?a|none|x+|\.*)\W*$/iu;

function checkText(node: StepNode, step: Step, report: Report): void {
  const { field, text } = wordsOf(step);
  if (text === undefined || !isEmptyTalk(text)) return;
  if (step.description !== undefined && !isEmptyTalk(step.description)) return;
  report("NO_TEXT", `${node.pointer}/${field}`, { text }, "warning");
}

const isEmptyTalk = (text: string): boolean => SAYS_NOTHING.test(text.trim()) || !/\p{L}/u.test(text);

function checkExecutor(node: StepNode, step: Step, report: Report): void {
  if (step.executor !== undefined) report("UNUSED_FIELD", `${node.pointer}/executor`, { field: "executor" }, "warning");
}

/** Only if the answer names its steps. Otherwise it is made from every step that no other step refers to. */
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
 * Steps in a list without any hand-off between them. Direct calls with all their arguments, and the first step, need no
 * data. So only a model's step counts, and only if no step of the plan hands anything on, or if it is the last one.
 */
function checkHandOff(
  nodes: readonly StepNode[],
  needs: ReadonlyMap<string, Needs>,
  used: ReadonlySet<string>,
  report: Report,
): void {
  const suspect = used.size === 0 ? nodes.slice(1) : nodes.slice(-1);
  if (nodes.length < 2) return;
  const found = suspect.find(({ step }) => step !== undefined && isAlone(step, needs, used));
  if (found?.step === undefined) return;
  report("NO_HANDOFF", found.pointer, { step: found.step.id }, "warning");
}

function isAlone(step: Step, needs: ReadonlyMap<string, Needs>, used: ReadonlySet<string>): boolean {
  if (used.has(step.id) || (needs.get(step.id)?.all.length ?? 0) > 0 || step.forEach !== undefined) return false;
  return takesContext(step) && Object.keys(step.with).length === 0;
}

/** The steps whose outputs no other step receives. The answer is made from them if the plan names none. */
export function unreferenced(steps: readonly Step[]): string[] {
  const given = new Set(steps.flatMap((step) => contextNeedsOf(step)));
  return steps.map(({ id }) => id).filter((id) => !given.has(id));
}
