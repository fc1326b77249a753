// The type of each step's output, as other steps see it. In: steps, tools. Out: types by id, and findings on `output`
// itself. These types come only from declarations. References to them are checked afterwards.
import { beginning } from "../../beginning.js";
import type { Report } from "./report.js";
import type { StepNode } from "./shape.js";
import type { Step } from "../plan.js";
import type { ToolSpec } from "../tool-spec.js";
import { describedOutput, typeFromSchema, typeOf } from "../type/schema.js";
import { assignable } from "../type/fit.js";
import { listOf, NULL, STRING, typeText, unionOf, UNKNOWN, type Type } from "../type/type.js";
import { deedOf, directToolIn, givesText } from "../step-kind.js";

export interface OutputTypes {
  /** The type of one item under forEach. `expect` sees this type. */
  readonly own: Type;
  /** The type that other steps see if the step was not skipped. */
  readonly type: Type;
  /** Whether the step as a whole may be skipped because of its own fields. */
  readonly skippable: boolean;
}

export function checkOutputs(
  byId: ReadonlyMap<string, StepNode>,
  tools: ReadonlyMap<string, ToolSpec>,
  report: Report,
): ReadonlyMap<string, OutputTypes> {
  const types = new Map<string, OutputTypes>();
  for (const [id, node] of byId) {
    const { step } = node;
    types.set(
      id,
      step === undefined ? { own: UNKNOWN, type: UNKNOWN, skippable: false } : outputOf(node, step, tools, report),
    );
  }
  return types;
}

function outputOf(node: StepNode, step: Step, tools: ReadonlyMap<string, ToolSpec>, report: Report): OutputTypes {
  const tool = directToolIn(tools, step);
  const own = ownType(node, step, tool, report);
  const skips = step.optional || step.onFailure === "skip";
  if (step.forEach === undefined) return { own, type: own, skippable: step.when !== undefined || skips };
  return { own, type: listOf(skips ? unionOf([own, NULL]) : own), skippable: step.when !== undefined };
}

function ownType(node: StepNode, step: Step, tool: ToolSpec | undefined, report: Report): Type {
  const given = givesText(step) ? STRING : tool?.output === undefined ? UNKNOWN : typeFromSchema(tool.output);
  if (step.output === undefined) return node.dropped.has("output") ? UNKNOWN : given;
  const pointer = `${node.pointer}/output`;
  const declared = typeOf(step.output);
  const words = describedOutput(step.output);
  if (words !== undefined) {
    const typed = tool?.output === undefined ? {} : { tool: tool.name };
    report("OUTPUT_DESCRIBED", pointer, { words, ...typed }, "warning");
    return tool?.output === undefined ? UNKNOWN : given;
  }
  if (!declared.ok) {
    report("BAD_TYPE", pointer, { of: "output", problem: declared.problem });
    return UNKNOWN;
  }
  if (isEmpty(declared.type)) {
    report("BAD_TYPE", pointer, { of: "output", type: beginning(typeText(declared.type), 200) });
    return UNKNOWN;
  }
  if (givesText(step) || narrows(given, declared.type)) return declared.type;
  const types = { gives: beginning(typeText(given), 200), declared: beginning(typeText(declared.type), 200) };
  report("OUTPUT_TYPE", pointer, { tool: deedOf(step), ...types });
  return declared.type;
}

/** Whether no value has the type: `never`, an empty enum, or a record that requires a field of such a type. */
export function isEmpty(type: Type): boolean {
  if (type.kind === "union") return type.of.every(isEmpty);
  return type.kind === "record" && Object.values(type.fields).some((field) => !field.optional && isEmpty(field.type));
}

/** Whether values of the tool's type may have the declared type: assignable in one direction, or unknown. */
const narrows = (given: Type, declared: Type): boolean =>
  assignable(given, declared) !== "no" || assignable(declared, given) !== "no";
