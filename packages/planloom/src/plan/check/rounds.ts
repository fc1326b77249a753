// Checks `repeat` beside its types: where it stands, and whether a round can be other than the round before. In: a step
// with `repeat`. Out: the names that its rounds see, and findings. data.ts checks the expressions themselves.
import { ROUND_NAMES } from "../graph.js";
import { referencedNames } from "../expression/reference.js";
import type { Repeat, Step } from "../plan.js";
import { asksPerson, directTool, hasTools, isFilled } from "../step-kind.js";
import { NULL, NUMBER, unionOf, UNKNOWN, type Type } from "../type/type.js";
import type { Report } from "./report.js";
import type { StepNode } from "./shape.js";

/** `own`: the type of the output of one round. A `repeat` with a fault keeps its names, so that they give no finding. */
export function roundNames(node: StepNode, step: Step, own: Type): ReadonlyMap<string, Type> {
  if (step.repeat === undefined && !node.dropped.has("repeat")) return new Map();
  const previous = step.repeat === undefined ? UNKNOWN : unionOf([own, NULL]);
  return new Map([
    ["previous", previous],
    ["round", NUMBER],
  ]);
}

export function checkRounds(node: StepNode, step: Step, { until }: Repeat, report: Report): void {
  const pointer = `${node.pointer}/repeat`;
  if (asksPerson(step)) return report("REPEAT_PLACE", pointer, { beside: "ask" });
  if (step.forEach !== undefined) return report("REPEAT_PLACE", pointer, { beside: "forEach" });
  const reads = referencedNames(until);
  if (!reads.some((name) => name === "output" || name === step.id || ROUND_NAMES.has(name)))
    report("UNTIL_NEVER_CHANGES", `${pointer}/until`, {}, "warning");
  if (!mayDiffer(node, step)) {
    const tool = directTool(step);
    const called = tool === undefined || isFilled(step) ? {} : { tool };
    report("ROUNDS_ALIKE", `${node.pointer}/with`, { step: step.id, ...called }, "warning");
  }
}

/** An agent with tools may find the world changed, although it is asked the same. */
function mayDiffer({ dropped }: StepNode, step: Step): boolean {
  if (dropped.has("with") || (directTool(step) === undefined && hasTools(step))) return true;
  return referencedNames(step.with).some((name) => ROUND_NAMES.has(name));
}
