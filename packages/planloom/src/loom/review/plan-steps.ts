// The steps of a plan, for a person who approves it. In: a run, the plan, and the plan to compare it with. Out: each step
// in sentences, with its arguments, its tools and its changes.
import { needsOf } from "../../plan/graph.js";
import { readableText } from "../../plan/json.js";
import type { Step } from "../../plan/plan.js";
import { diffPlans, type FieldChange } from "../../plan/revise/diff.js";
import { directToolIn, givesTool } from "../../plan/step-kind.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import { standsInPlan, whyApproval } from "../../run/approval.js";
import type { ProposedPlan, Run } from "../../run/state.js";
import { isFinished } from "../../run/steps.js";
import type { ShownPreview } from "../../tools/preview.js";
import {
  changeWords,
  howSentence,
  numbersOf,
  startWords,
  stepFields,
  titleSentence,
  toldWords,
  type FieldWords,
  type PlanAuthor,
  type StepNumbers,
} from "../../words/plan-sentences.js";
import { reasonText } from "../../words/reasons.js";
import { EFFECTS } from "../view/row-context.js";
import type { EffectView } from "../view/run-view.js";
import { authorOf, plannedArguments, type ReviewedArgument } from "./arguments.js";

/** How a step differs from the other revision. */
export type StepMark = "same" | "new" | "changed" | "removed";

export interface ReviewedTool {
  readonly tool: string;
  readonly effect: EffectView;
  /** Each of its calls waits for a person. */
  readonly asks: boolean;
}

/** One change of a field, with its values in words. Absent: the field was not there. */
export interface FieldRevision {
  /** `with.query`, `agent`, `title`. */
  readonly field: string;
  readonly label: string;
  readonly before?: string;
  readonly after?: string;
}

export interface ReviewedStep {
  readonly id: string;
  /** From 1. Of a removed step: its number in the other revision. */
  readonly number: number;
  readonly mark: StepMark;
  /** What the step does: its title, as a sentence. */
  readonly says: string;
  readonly description?: string;
  /** How it does it. Absent: it calls its tool once. */
  readonly how?: string;
  readonly starts: string;
  /** The tools that it calls, or may call. */
  readonly tools: readonly ReviewedTool[];
  /** The instruction for its model, the question for a person, or the sub-goal for a planner. */
  readonly told?: { readonly to: "model" | "person" | "planner"; readonly text: string };
  readonly arguments: readonly ReviewedArgument[];
  /** What its call would change, as of now. Only while the plan waits, and if all of its arguments are known. */
  readonly preview?: ShownPreview;
  readonly fields: readonly FieldWords[];
  /** Against the other revision. */
  readonly changes: readonly FieldRevision[];
  /** It has finished, and does not run again. */
  readonly finished: boolean;
  /** Why its call waits for a person on its own, after the plan is approved. `stands`: all its arguments are in the plan. */
  readonly asks?: { readonly reason: string; readonly stands: boolean };
}

export const finishedIn = (run: Run, { hash }: ProposedPlan): ReadonlySet<string> => {
  if (run.planning.plans.at(-1)?.hash !== hash) return new Set();
  return new Set([...run.execution.steps].flatMap(([id, { work }]) => (isFinished(work) ? [id] : [])));
};

export function reviewedSteps(run: Run, shown: ProposedPlan, other: ProposedPlan | undefined): readonly ReviewedStep[] {
  const numbers = numbersOf(shown.plan);
  const diff = other === undefined ? undefined : diffPlans(other.plan, shown.plan);
  const finished = finishedIn(run, shown);
  const added = new Set(diff?.added.map(({ id }) => readableText(id ?? null)));
  const changed = new Map(diff?.changed.map(({ id, fields }) => [id, fields]));
  const before = numbersOf(other?.plan ?? shown.plan);
  const steps = shown.plan.steps.map((step): ReviewedStep => {
    const mark = added.has(step.id) ? "new" : changed.has(step.id) ? "changed" : "same";
    const author = authorOf(shown, mark !== "same");
    return {
      ...stepSentences(run, step, shown.tools, numbers, author),
      mark,
      changes: (changed.get(step.id) ?? []).map((change) => changeIn(change, step, numbers, before)),
      finished: finished.has(step.id),
      ...asksOf(run, step, shown),
    };
  });
  return [...steps, ...(other === undefined ? [] : goneSteps(run, other, shown))];
}

function changeIn(
  { field, before, after }: FieldChange,
  step: Step,
  numbers: StepNumbers,
  earlier: StepNumbers,
): FieldRevision {
  const was = before === undefined ? undefined : changeWords(field, before, step, earlier);
  const is = after === undefined ? undefined : changeWords(field, after, step, numbers);
  return {
    field,
    label: (is ?? was)?.label ?? field,
    ...(was === undefined ? {} : { before: was.text }),
    ...(is === undefined ? {} : { after: is.text }),
  };
}

function goneSteps(run: Run, other: ProposedPlan, { plan }: ProposedPlan): readonly ReviewedStep[] {
  const ids = new Set(plan.steps.map(({ id }) => id));
  const numbers = numbersOf(other.plan);
  return other.plan.steps
    .filter(({ id }) => !ids.has(id))
    .map((step) => ({
      ...stepSentences(run, step, other.tools, numbers, authorOf(other, false)),
      mark: "removed" as const,
      changes: [],
      finished: false,
    }));
}

function stepSentences(
  run: Run,
  step: Step,
  tools: ReadonlyMap<string, ToolSpec>,
  numbers: StepNumbers,
  author: PlanAuthor,
): Omit<ReviewedStep, "mark" | "changes" | "finished" | "asks" | "preview"> {
  const told = toldWords(step);
  const how = howSentence(step, numbers);
  return {
    id: step.id,
    number: numbers.get(step.id) ?? 0,
    says: titleSentence(step.title),
    ...(step.description === undefined ? {} : { description: step.description }),
    ...(how === undefined ? {} : { how }),
    starts: startWords(needsOf(step), numbers),
    tools: toolsOf(step, tools),
    ...(told === undefined ? {} : { told }),
    arguments: plannedArguments(run, step, directToolIn(tools, step), author),
    fields: stepFields(step, numbers),
  };
}

function toolsOf(step: Step, tools: ReadonlyMap<string, ToolSpec>): readonly ReviewedTool[] {
  return [...tools.values()]
    .filter((tool) => givesTool(step, tool))
    .map(({ name, effects, approval }) => ({
      tool: name,
      effect: EFFECTS[effects],
      asks: approval !== undefined || step.approval !== undefined,
    }));
}

function asksOf(run: Run, step: Step, { hash }: ProposedPlan): Pick<ReviewedStep, "asks"> {
  const state = run.planning.plans.at(-1)?.hash === hash ? run.execution.steps.get(step.id) : undefined;
  const reason = state === undefined || isFinished(state.work) ? undefined : whyApproval(run, state.work, step.with);
  if (reason === undefined) return {};
  return { asks: { reason: reasonText(reason), stands: standsInPlan(step) } };
}
