// Shows a plan as lines of text. In: a plan and its tools. Out: one line for each step, with its work and its
// dependencies. A person approves this text, in `run`, `plan` and `show`.
import { needsOf, wavesOf } from "../../plan/graph.js";
import type { Plan, Repeat, Step } from "../../plan/plan.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import { columnsOf, oneLine, padded, paint } from "../style.js";
import { budgetText } from "../../words/phrases.js";
import {
  deedOf,
  directToolIn,
  mayActThrough,
  proseOf,
  type StepKind,
  subPlanOf,
  toolNames,
} from "../../plan/step-kind.js";

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
  const width = Math.min(24, Math.max(...plan.steps.map((step) => columnsOf(step.id))));
  let count = 0;
  const line = (step: Step): string => {
    const needs = needsOf(step);
    const after = needs.length === 0 ? "" : paint("dim", `  <- ${needs.join(", ")}`);
    const number = String(++count).padStart(String(plan.steps.length).length + (isPlain ? 2 : 4));
    const note = noteOn(step.id);
    const noted = note === undefined ? "" : paint("green", `  (${note})`);
    return `${number}. ${padded(step.id, width)}  ${oneLine(step.title, 70)}  ${how(step, specs)}${after}${noted}`;
  };
  return waves.flatMap((wave, index) => [
    ...(isPlain ? [] : [paint("dim", `  wave ${index + 1}`)]),
    ...wave.map((id) => line(steps.get(id)!)),
  ]);
}

/** What performs a step, and whether it may act. */
export const stepWork = (step: Step, tools: Iterable<ToolSpec>): string =>
  how(step, new Map([...tools].map((tool) => [tool.name, tool])));

function how(step: Step, tools: ReadonlyMap<string, ToolSpec>): string {
  const each = step.forEach !== undefined ? "for each: " : step.repeat === undefined ? "" : roundsWords(step.repeat);
  const word = HOW[step.kind](step);
  const acts = actWords(step, tools);
  const judged = proseOf(step) === undefined ? "" : ", output judged by a model";
  const optional = step.optional ? ", optional" : "";
  const wantsPerson = step.approval ?? directToolIn(tools, step)?.approval;
  const approval = wantsPerson === undefined ? "" : ", needs approval";
  return paint(acts === "" ? "dim" : "yellow", `[${each}${word}${acts}${judged}${optional}${approval}]`);
}

const roundsWords = ({ most }: Repeat): string => `up to ${most} rounds: `;

/** Words for a call that may be repeated with the same key, and for one that must not. */
function actWords(step: Step, tools: ReadonlyMap<string, ToolSpec>): string {
  const tool = directToolIn(tools, step);
  if (tool?.simulated !== undefined) return ", simulated";
  if (tool !== undefined && tool.effects !== "none") return tool.effects === "once" ? ", acts once" : ", acts";
  const through = [...tools.values()].filter((one) => mayActThrough(step, one));
  return through.length === 0 ? "" : `, may act through ${through.map(({ name }) => name).join(", ")}`;
}

/** How each kind of step is shown in the line of its plan. */
const HOW: { readonly [K in StepKind]: (step: Step) => string } = {
  tool: deedOf,
  agent: agentWords,
  ask: () => "asks a person",
  plan: subPlanWords,
};

function subPlanWords(step: Step): string {
  const names = toolNames(step);
  const tools = names === "all" ? "all tools" : names.length === 0 ? "no tools" : names.join(", ");
  const budget = subPlanOf(step)?.budget;
  return `planned later, with ${tools}${budget === undefined ? "" : `, at most ${budgetText(budget)}`}`;
}

function agentWords(step: Step): string {
  const names = toolNames(step);
  if (names === "all") return "agent with all tools";
  return names.length === 0 ? "agent" : `agent with ${names.join(", ")}`;
}
