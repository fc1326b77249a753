// The names of steps and the tools they call. In: the sound part of a draft. Out: findings, and steps by id.
// Separate because these checks look at names only and need no types.
import { CEL_WORDS } from "../expression/expression.js";
import { orList, quoted, type Report } from "./report.js";
import type { Outline, StepNode } from "./shape.js";
import { FORBIDDEN_KEYS } from "../json.js";
import { nearestTools } from "../nearest.js";
import type { Step } from "../plan.js";
import type { ToolSpec } from "../tool-spec.js";
import { deedOf, directTool, toolNames, wordsOf } from "../step-kind.js";

const PLACES: ReadonlySet<string> = new Set(["inputs", "index", "item", "output", "secrets"]);

/** The first step of each id. */
export function checkIds(nodes: readonly StepNode[], report: Report): ReadonlyMap<string, StepNode> {
  const byId = new Map<string, StepNode>();
  for (const node of nodes) {
    if (node.id === undefined) continue;
    const first = byId.get(node.id);
    if (first === undefined) byId.set(node.id, node);
    else duplicate(node, first, report);
    reserved(node.id, `${node.pointer}/id`, report);
  }
  for (const node of nodes) checkAs(node, byId, report);
  return byId;
}

function duplicate(node: StepNode, first: StepNode, report: Report): void {
  const message = `The id ${quoted(node.id ?? "")} is already that of step ${first.index + 1}.`;
  report(
    "DUPLICATE_ID",
    `${node.pointer}/id`,
    message,
    "Give each step an id of its own, and mend the references to it.",
  );
}

function reserved(name: string, pointer: string, report: Report, allowed?: string): void {
  if (name === allowed || !(CEL_WORDS.has(name) || PLACES.has(name) || FORBIDDEN_KEYS.has(name))) return;
  const message = `The name ${name} is a word of expressions and cannot be that of a step or item.`;
  report("RESERVED_ID", pointer, message, `Choose another name, for example ${name.replace(/_/g, "")}Step.`);
}

function checkAs(node: StepNode, byId: ReadonlyMap<string, StepNode>, report: Report): void {
  const as = node.step?.as;
  if (as === undefined) return;
  reserved(as, `${node.pointer}/as`, report, "item");
  if (!byId.has(as)) return;
  const message = `as names the item ${as}, and a step has that id.`;
  report(
    "AS_IS_STEP",
    `${node.pointer}/as`,
    message,
    "Give the item another name, for example the singular of the list.",
  );
}

export function checkTools(nodes: readonly StepNode[], tools: ReadonlyMap<string, ToolSpec>, report: Report): void {
  const known = [...tools.values()];
  for (const { step, pointer } of nodes) {
    for (const [name, at] of toolNamesOf(step)) {
      if (!tools.has(name) && !hasReference(name)) unknownTool(name, aboutOf(step), pointer + at, known, report);
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

/** What is said of the step in words: it tells which tool was meant better than an invented name does. */
function aboutOf(step: Step | undefined): string {
  if (step === undefined) return "";
  const { title, description = "" } = step;
  return [title, description, directTool(step) === undefined ? wordsOf(step).text : ""].join(" ");
}

function unknownTool(name: string, about: string, pointer: string, tools: readonly ToolSpec[], report: Report): void {
  report("UNKNOWN_TOOL", pointer, `There is no tool ${quoted(name)}.`, () => {
    const near = nearestTools(name, tools, about);
    if (near.length > 0) return `Did you mean ${orList(near)}?`;
    return tools.length === 0 ? "No tools are available; write an agent step." : `The tools are ${listed(tools)}.`;
  });
}

function listed(tools: readonly ToolSpec[]): string {
  const names = tools.slice(0, 12).map((tool) => tool.name);
  return tools.length <= 12 ? names.join(", ") : `${names.join(", ")} and ${tools.length - 12} more`;
}

/** `${{` that is no literal `$${{`. */
const hasReference = (text: string): boolean => /(?<!\$)\$\{\{/.test(text);

const PLAIN_FIELDS = ["title", "description", "tool", "fill", "agent", "ask", "model", "executor"] as const;

/** References in texts that are instructions or names: whoever writes the data would write the instruction. */
export function checkPlaces(outline: Outline, report: Report): void {
  for (const { step, pointer } of outline.nodes) {
    const fields: { readonly [field: string]: unknown } = step === undefined ? {} : { ...step };
    for (const field of PLAIN_FIELDS) {
      if (field === "title" && fields["title"] !== undefined && isCopied(step)) continue;
      checkPlace(fields[field], `${pointer}/${field}`, report);
    }
    for (const [name, at] of step === undefined ? [] : listedTools(step)) checkPlace(name, pointer + at, report);
  }
  const answer = outline.answer;
  if (answer !== undefined && !("value" in answer)) checkPlace(answer.instructions, "/answer/instructions", report);
}

/** A title that was made of another text would repeat that text's finding. */
function isCopied(step: Step | undefined): boolean {
  if (step === undefined) return false;
  return step.title === step.description || deedOf(step).startsWith(step.title);
}

function checkPlace(text: unknown, pointer: string, report: Report): void {
  if (typeof text !== "string" || !hasReference(text)) return;
  const message = "A reference stands in a text that is no data.";
  report(
    "REFERENCE_PLACE",
    pointer,
    message,
    "Put the reference into with, and speak of that field here; write $${{ for a literal.",
  );
}
