// Shows a plan as lines of text. In: a plan and its tools. Out: one line for each step, with its work and its
// dependencies. A person approves this text, in `run`, `plan` and `show`.
import { needsOf, wavesOf } from "../../plan/graph.js";
import type { Plan, Step } from "../../plan/plan.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import type { ProposedPlan } from "../../run/state.js";
import { oneLine, paint } from "../style.js";
import { deedOf, directToolIn, mayActThrough, type StepKind, toolNames, wordsOf } from "../../plan/step-kind.js";

/**
 * Numbered steps, in waves if several could run at once. Each has its tool or model, its effects, and the steps that it
 * waits for. `noteOn` adds a word to a step.
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
  let count = 0;
  const line = (step: Step): string => {
    const needs = needsOf(step);
    const after = needs.length === 0 ? "" : paint("dim", `  <- ${needs.join(", ")}`);
    const number = String(++count).padStart(String(plan.steps.length).length + (isPlain ? 2 : 4));
    const note = noteOn(step.id);
    const noted = note === undefined ? "" : paint("green", `  (${note})`);
    return `${number}. ${step.id.padEnd(width)}  ${oneLine(step.title, 70)}  ${how(step, specs)}${after}${noted}`;
  };
  return waves.flatMap((wave, index) => [
    ...(isPlain ? [] : [paint("dim", `  wave ${index + 1}`)]),
    ...wave.map((id) => line(steps.get(id)!)),
  ]);
}

/** The effects of the plan's own steps, with their arguments. An approval covers them, not only the titles. */
export function actLines(
  { plan, tools }: Pick<ProposedPlan, "plan" | "tools">,
  isLeftOut: (id: string) => boolean,
): readonly string[] {
  return plan.steps.flatMap((step) => {
    const tool = directToolIn(tools, step);
    if (isLeftOut(step.id) || (tool?.effects ?? "none") === "none") return [];
    const { text } = wordsOf(step);
    const rest = text === undefined ? "" : `, the rest as a model writes it: ${oneLine(text)}`;
    return [`  acts     ${step.id}: ${deedOf(step)} ${oneLine(JSON.stringify(step.with), 2_000)}${rest}`];
  });
}

function how(step: Step, tools: ReadonlyMap<string, ToolSpec>): string {
  const each = step.forEach === undefined ? "" : "for each: ";
  const word = SHOWN[step.kind].how(step);
  const acts = actWords(step, tools);
  const optional = step.optional ? ", optional" : "";
  const wantsPerson = step.approval ?? directToolIn(tools, step)?.approval;
  const approval = wantsPerson === undefined ? "" : ", needs approval";
  return paint(acts === "" ? "dim" : "yellow", `[${each}${word}${acts}${optional}${approval}]`);
}

/** Words for a call that may be repeated with the same key, and for one that must not. */
function actWords(step: Step, tools: ReadonlyMap<string, ToolSpec>): string {
  const tool = directToolIn(tools, step);
  if (tool !== undefined && tool.effects !== "none") return tool.effects === "once" ? ", acts once" : ", acts";
  const through = [...tools.values()].filter((one) => mayActThrough(step, one));
  return through.length === 0 ? "" : `, may act through ${through.map(({ name }) => name).join(", ")}`;
}

/** How each kind of step is shown: in a line of its plan, and with a call that waits for approval. */
const SHOWN: { readonly [K in StepKind]: { how(step: Step): string; call(step: Step): string } } = {
  tool: { how: deedOf, call: deedOf },
  agent: { how: agentWords, call: (step) => `agent: ${oneLine(deedOf(step), 2_000)}` },
  ask: { how: () => "asks a person", call: () => "" },
};

function agentWords(step: Step): string {
  const names = toolNames(step);
  if (names === "all") return "agent with all tools";
  return names.length === 0 ? "agent" : `agent with ${names.join(", ")}`;
}

export const callWords = (step: Step): string => SHOWN[step.kind].call(step);
