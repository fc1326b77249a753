// Checks the specialists that steps name as their `executor`. In: the steps, and the specialists of the inventory. Out:
// findings; and the steps with the tools of their specialist, where a step has `tools: all`. So the plan names each tool
// that is approved with it, and a later change of the configuration gives the step no other tool.
import { nearestNames } from "../nearest.js";
import type { Step } from "../plan.js";
import type { Specialist } from "../specialist.js";
import { isConversation, isFilled, toolNames, wordsOf } from "../step-kind.js";
import type { Inventory } from "../tool-spec.js";
import type { Report } from "./report.js";
import type { StepNode } from "./shape.js";

/** The steps. Where one with a specialist has all tools, it lists those that the specialist may use. */
export function withSpecialists(
  nodes: readonly StepNode[],
  { tools, unopened = [], executors = [] }: Inventory,
): readonly StepNode[] {
  if (executors.length === 0) return nodes;
  const names = new Set(tools.map(({ name }) => name));
  const isThere = (name: string): boolean =>
    names.has(name) || unopened.some((server) => name.startsWith(`${server}.`));
  return nodes.map((node) => {
    const { step } = node;
    const may = step === undefined ? undefined : specialistOf(step, executors)?.tools;
    if (step === undefined || may === undefined || !isConversation(step) || toolNames(step) !== "all") return node;
    return { ...node, step: { ...step, tools: may.filter(isThere) } as Step };
  });
}

export function checkExecutors(nodes: readonly StepNode[], executors: readonly Specialist[], report: Report): void {
  for (const { step, pointer } of nodes) {
    if (step === undefined) continue;
    if (step.executor === undefined) {
      const named = executors.find(({ name }) => name === wordsOf(step).text?.trim());
      if (named !== undefined && isConversation(step))
        report("EXECUTOR_AS_TEXT", `${pointer}/agent`, { executor: named.name });
      continue;
    }
    const at = `${pointer}/executor`;
    const { executor, model } = step;
    if (!isConversation(step) && !isFilled(step)) report("UNUSED_FIELD", at, { field: "executor" }, "warning");
    else if (model !== undefined) report("EXECUTOR_WITH_MODEL", `${pointer}/model`, { executor, model });
    const specialist = specialistOf(step, executors);
    if (specialist === undefined) {
      const names = executors.map(({ name }) => name);
      report("UNKNOWN_EXECUTOR", at, { executor, near: nearestNames(executor, names), executors: names });
    } else checkToolsOf(step, specialist, pointer, report);
  }
}

function checkToolsOf(step: Step, { name: executor, tools: may }: Specialist, pointer: string, report: Report): void {
  const wanted = isConversation(step) ? toolNames(step) : [];
  if (may === undefined || wanted === "all") return;
  const tools = wanted.filter((name) => !may.includes(name));
  if (tools.length > 0) report("EXECUTOR_TOOLS", `${pointer}/tools`, { executor, tools, may });
}

const specialistOf = ({ executor }: Step, executors: readonly Specialist[]): Specialist | undefined =>
  executors.find(({ name }) => name === executor);
