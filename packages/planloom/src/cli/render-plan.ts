// A plan as lines of text. In: a plan. Out: one line for each step, with what it does and what it waits for.
// Separate because a person approves what stands here: in `run`, `plan` and `show` alike.
import { needsOf } from "../plan/graph.js";
import type { Plan, Step } from "../plan/plan.js";
import type { ProposedPlan } from "../run/state.js";
import { oneLine, paint } from "./style.js";

export function planLines(plan: Plan): readonly string[] {
  const width = Math.min(24, Math.max(...plan.steps.map((step) => step.id.length)));
  return plan.steps.map((step, index) => {
    const needs = needsOf(step);
    const after = needs.length === 0 ? "" : paint("dim", `  <- ${needs.join(", ")}`);
    const number = String(index + 1).padStart(String(plan.steps.length).length + 2);
    return `${number}. ${step.id.padEnd(width)}  ${oneLine(step.title, 70)}  ${paint("dim", `[${how(step)}]`)}${after}`;
  });
}

/** What the plan's own steps would do to the world, with which arguments: what is approved is more than their titles. */
export function actLines(
  { plan, tools }: Pick<ProposedPlan, "plan" | "tools">,
  isLeftOut: (id: string) => boolean,
): readonly string[] {
  return plan.steps.flatMap((step) => {
    if (isLeftOut(step.id) || step.kind !== "tool" || (tools.get(step.tool)?.effects ?? "none") === "none") return [];
    const rest = step.fill === undefined ? "" : `, the rest as a model writes it: ${oneLine(step.fill)}`;
    return [`  acts     ${step.id}: ${step.tool} ${oneLine(JSON.stringify(step.with), 2_000)}${rest}`];
  });
}

function how(step: Step): string {
  const each = step.forEach === undefined ? "" : "for each: ";
  const word = step.kind === "tool" ? step.tool : step.kind === "agent" ? agentWords(step.tools) : "asks a person";
  const optional = step.optional ? ", optional" : "";
  const approval = step.approval === undefined ? "" : ", needs approval";
  return each + word + optional + approval;
}

function agentWords(tools: "all" | readonly string[]): string {
  if (tools === "all") return "agent with all tools";
  return tools.length === 0 ? "agent" : `agent with ${tools.join(", ")}`;
}
