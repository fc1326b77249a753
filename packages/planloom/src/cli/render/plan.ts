// A plan as lines of text. In: a plan and its tools. Out: one line for each step, with what it does and what it waits for.
// Separate because a person approves what stands here: in `run`, `plan` and `show` alike.
import { needsOf, wavesOf } from "../../plan/graph.js";
import type { Plan, Step } from "../../plan/plan.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import { mayActThrough } from "../../run/decide/proposal.js";
import type { ProposedPlan } from "../../run/state.js";
import { oneLine, paint } from "./style.js";

/**
 * Numbered steps, in waves where several could run at once, each with what it is done by, what of that acts in the world, and
 * what it waits for. `noteOn` adds a word to a step.
 */
export function planLines(
  plan: Plan,
  tools: Iterable<ToolSpec>,
  noteOn: (id: string) => string | undefined = () => undefined,
): readonly string[] {
  const waves = wavesOf(plan);
  const isPlain = waves.length < 2 || waves.every((wave) => wave.length === 1);
  const specs = new Map([...tools].map((tool) => [tool.name, tool]));
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const width = Math.min(24, Math.max(...plan.steps.map((step) => step.id.length)));
  let number = 0;
  const line = (step: Step): string => {
    const needs = needsOf(step);
    const after = needs.length === 0 ? "" : paint("dim", `  <- ${needs.join(", ")}`);
    const place = String(++number).padStart(String(plan.steps.length).length + (isPlain ? 2 : 4));
    const note = noteOn(step.id);
    const noted = note === undefined ? "" : paint("green", `  (${note})`);
    return `${place}. ${step.id.padEnd(width)}  ${oneLine(step.title, 70)}  ${how(step, specs)}${after}${noted}`;
  };
  return waves.flatMap((wave, index) => [
    ...(isPlain ? [] : [paint("dim", `  wave ${index + 1}`)]),
    ...wave.map((id) => line(steps.get(id)!)),
  ]);
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

function how(step: Step, tools: ReadonlyMap<string, ToolSpec>): string {
  const each = step.forEach === undefined ? "" : "for each: ";
  const word = step.kind === "tool" ? step.tool : step.kind === "agent" ? agentWords(step.tools) : "asks a person";
  const acts = actWords(step, tools);
  const optional = step.optional ? ", optional" : "";
  const wantsPerson = step.approval ?? (step.kind === "tool" ? tools.get(step.tool)?.approval : undefined);
  const approval = wantsPerson === undefined ? "" : ", needs approval";
  return paint(acts === "" ? "dim" : "yellow", `[${each}${word}${acts}${optional}${approval}]`);
}

/** Of a call that may be repeated with the same key, and of one that must not be. */
function actWords(step: Step, tools: ReadonlyMap<string, ToolSpec>): string {
  const effects = step.kind === "tool" ? tools.get(step.tool)?.effects : undefined;
  if (effects !== undefined && effects !== "none") return effects === "once" ? ", acts once" : ", acts";
  const through = step.kind === "agent" ? [...tools.values()].filter((tool) => mayActThrough(step, tool)) : [];
  return through.length === 0 ? "" : `, may act through ${through.map(({ name }) => name).join(", ")}`;
}

function agentWords(tools: "all" | readonly string[]): string {
  if (tools === "all") return "agent with all tools";
  return tools.length === 0 ? "agent" : `agent with ${tools.join(", ")}`;
}
