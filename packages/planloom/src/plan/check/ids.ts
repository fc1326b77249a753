// Checks the names of steps and of the tools they call. In: the sound part of a draft. Out: findings, and steps by id.
// These checks need no types.
import { CEL_WORDS } from "../expression/expression.js";
import { Later, type Report } from "./report.js";
import type { Outline, StepNode } from "./shape.js";
import { builtInMissing } from "../built-in.js";
import { ROUND_NAMES } from "../graph.js";
import { FORBIDDEN_KEYS } from "../json.js";
import { nearestTools } from "../nearest.js";
import type { Step } from "../plan.js";
import type { ToolSpec } from "../tool-spec.js";
import { deedOf, directTool, toolNames, wordsOf } from "../step-kind.js";

const SCOPE_NAMES: ReadonlySet<string> = new Set(["inputs", "index", "item", "output", "secrets"]);
const NAMES_WITH_ROUNDS: ReadonlySet<string> = new Set([...SCOPE_NAMES, ...ROUND_NAMES]);

/** The first step with each id. */
export function checkIds(nodes: readonly StepNode[], report: Report): ReadonlyMap<string, StepNode> {
  const byId = new Map<string, StepNode>();
  const names = nodes.some(({ step }) => step?.repeat !== undefined) ? NAMES_WITH_ROUNDS : SCOPE_NAMES;
  for (const node of nodes) {
    if (node.id === undefined) continue;
    const first = byId.get(node.id);
    if (first === undefined) byId.set(node.id, node);
    else report("DUPLICATE_ID", `${node.pointer}/id`, { id: node.id, first: first.index + 1 });
    reserved(node.id, names, `${node.pointer}/id`, report);
  }
  for (const node of nodes) checkAs(node, names, byId, report);
  return byId;
}

function reserved(name: string, names: ReadonlySet<string>, pointer: string, report: Report): void {
  if (CEL_WORDS.has(name) || names.has(name) || FORBIDDEN_KEYS.has(name)) report("RESERVED_ID", pointer, { name });
}

function checkAs(
  node: StepNode,
  names: ReadonlySet<string>,
  byId: ReadonlyMap<string, StepNode>,
  report: Report,
): void {
  const as = node.step?.as;
  if (as === undefined) return;
  if (as !== "item") reserved(as, names, `${node.pointer}/as`, report);
  if (byId.has(as)) report("AS_IS_STEP", `${node.pointer}/as`, { name: as });
}

export function checkTools(
  nodes: readonly StepNode[],
  { tools, unopened }: { readonly tools: ReadonlyMap<string, ToolSpec>; readonly unopened: readonly string[] },
  report: Report,
): void {
  const known = [...tools.values()];
  for (const { step, pointer } of nodes) {
    for (const [name, at] of toolNamesOf(step)) {
      if (tools.has(name) || hasReference(name)) continue;
      const server = unopened.find((one) => name.startsWith(`${one}.`));
      if (server === undefined) unknownTool(name, aboutOf(step), pointer + at, { tools: known, unopened }, report);
      else report("SERVER_NOT_OPENED", pointer + at, { tool: name, server });
    }
  }
}

function toolNamesOf(step: Step | undefined): (readonly [name: string, at: string])[] {
  if (step === undefined) return [];
  const tool = directTool(step);
  return tool === undefined ? listedTools(step) : tool === "?" ? [] : [[tool, "/tool"]];
}

/** The tools that a step names for its model. */
function listedTools(step: Step): (readonly [name: string, at: string])[] {
  const names = toolNames(step);
  if (names === "all" || directTool(step) !== undefined) return [];
  return names.map((name, i) => [name, `/tools/${i}`]);
}

/** The step's text. It identifies the intended tool better than an invented name does. */
function aboutOf(step: Step | undefined): string {
  if (step === undefined) return "";
  const { title, description = "" } = step;
  const given = Object.keys(step.with).slice(0, 20).join(" ");
  return [title, description, directTool(step) === undefined ? wordsOf(step).text : "", given].join(" ");
}

function unknownTool(
  name: string,
  about: string,
  pointer: string,
  { tools, unopened }: { readonly tools: readonly ToolSpec[]; readonly unopened: readonly string[] },
  report: Report,
): void {
  const missing = builtInMissing(name, (tool) => tools.some((known) => known.name === tool));
  if (missing !== undefined) {
    const { tool: meant, setting } = missing;
    // A tool of the program may be meant by another name of a built-in one.
    const near = () => (name === meant ? [] : nearestTools(name, tools, "", 2));
    report("TOOL_NOT_SET_UP", pointer, new Later(name, () => ({ tool: name, meant, setting, near: near() })));
    return;
  }
  const make = () => {
    const near = nearestTools(name, tools, about);
    const server = /^([A-Za-z][\w-]{0,63})\.[^.]/.exec(name)?.[1];
    const isNew = server !== undefined && !tools.some((tool) => tool.name.startsWith(`${server}.`));
    return {
      ...{ tool: name, near, tools: tools.slice(0, 12).map((tool) => tool.name), of: tools.length },
      ...(unopened.length > 0 && { unopened: unopened.slice(0, 12) }),
      ...(isNew && { server }),
    };
  };
  report("UNKNOWN_TOOL", pointer, new Later(name, make));
}

/** `${{` that is not a literal `$${{`. */
const hasReference = (text: string): boolean => /(?<!\$)\$\{\{/.test(text);

const PLAIN_FIELDS = ["title", "description", "tool", "fill", "agent", "ask", "plan", "model", "executor"] as const;

/** References in instructions or names. The author of the data would become the author of the instruction. */
export function checkPlainTexts(outline: Outline, report: Report): void {
  for (const { step, pointer } of outline.nodes) {
    const fields: { readonly [field: string]: unknown } = step === undefined ? {} : { ...step };
    for (const field of PLAIN_FIELDS) {
      if (field === "title" && fields["title"] !== undefined && isCopied(step)) continue;
      checkPath(fields[field], `${pointer}/${field}`, report);
    }
    step?.evidence?.forEach((wanted, i) => checkPath(wanted, `${pointer}/evidence/${i}`, report));
    for (const [name, at] of step === undefined ? [] : listedTools(step)) checkPath(name, pointer + at, report);
  }
  const answer = outline.answer;
  if (answer !== undefined && !("value" in answer)) checkPath(answer.instructions, "/answer/instructions", report);
}

/** A title that was made from another text would repeat that text's finding. */
function isCopied(step: Step | undefined): boolean {
  if (step === undefined) return false;
  return step.title === step.description || deedOf(step).startsWith(step.title);
}

function checkPath(text: unknown, pointer: string, report: Report): void {
  if (typeof text === "string" && hasReference(text)) report("REFERENCE_PLACE", pointer, {});
}
