// The arguments of a step or a call, for a person who decides. In: a run, a step and its arguments. Out: each argument
// with its value, its origin in words, and its labels.
import { resolveValue } from "../../plan/expression/reference.js";
import type { Json, JsonObject } from "../../plan/json.js";
import { isControl } from "../../plan/label.js";
import type { Step } from "../../plan/plan.js";
import { isConversation, isFilled } from "../../plan/step-kind.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import { partsOfArgument, partsOfTools, valueParts, type ValuePart } from "../../run/labels.js";
import { originOfParts } from "../../run/view/origins.js";
import { currentPlan } from "../../run/lookup.js";
import type { ProposedPlan, Run } from "../../run/state.js";
import { scopeOf } from "../../run/step-scope.js";
import { originText } from "../../words/origins.js";
import {
  numbersOf,
  sourceWords,
  valueWords,
  WRITTEN_BY_MODEL,
  type PlanAuthor,
  type StepNumbers,
} from "../../words/plan-sentences.js";

export interface ReviewedArgument {
  readonly name: string;
  /** The value that the call gets. Absent if an earlier step must give it first. */
  readonly value?: Json;
  /** What the plan says: an expression, or the value itself. Absent if a model writes the argument. */
  readonly written?: Json;
  /** The same in words. */
  readonly words: string;
  /** `from step 3`, `by the planner`. */
  readonly origin: string;
  /** It chooses what the call does. Other arguments are only passed on. */
  readonly control: boolean;
  readonly untrusted: boolean;
  readonly private: boolean;
  /** How untrusted data reached it, as sentences. Empty if none did. */
  readonly path: readonly string[];
}

/** The arguments as a plan gives them, before its steps run. */
export function plannedArguments(run: Run, step: Step, tool: ToolSpec | undefined, author: PlanAuthor) {
  const numbers = numbersIn(run);
  const scope = scopeOf(run);
  return Object.entries(step.with).map(([name, written]): ReviewedArgument => {
    const resolved = resolveValue(written, scope);
    const isKnown = resolved.ok && JSON.stringify(resolved.value) !== JSON.stringify(written);
    return {
      name,
      written,
      ...(resolved.ok ? { value: resolved.value } : {}),
      words: valueWords(isKnown ? resolved.value : written, step, numbers),
      origin: sourceWords(written, step, numbers, author),
      control: tool === undefined || isControl(tool, name),
      ...labelsOf(run, partsOfArgument(run, step, name)),
    };
  });
}

/** The arguments of a call that waits. `called`: the tools whose results the model of the step has read. */
export function waitingArguments(
  run: Run,
  step: Step,
  {
    tool,
    args,
    called = [],
  }: { readonly tool?: ToolSpec; readonly args: JsonObject; readonly called?: readonly string[] },
): readonly ReviewedArgument[] {
  const numbers = numbersIn(run);
  const plan = currentPlan(run);
  const author = plan === undefined ? "planner" : authorOf(plan, plan.written.has(step.id));
  const read = [...valueParts(run, step), ...partsOfTools(run, called)];
  return Object.entries(args).map(([name, value]): ReviewedArgument => {
    const stands = !isConversation(step) && (!isFilled(step) || Object.hasOwn(step.with, name));
    const written = step.with[name];
    return {
      name,
      value,
      words: valueWords(value, step, numbers),
      ...(stands && written !== undefined ? { written } : {}),
      origin: stands && written !== undefined ? sourceWords(written, step, numbers, author) : WRITTEN_BY_MODEL,
      control: tool === undefined || isControl(tool, name),
      ...labelsOf(run, stands ? partsOfArgument(run, step, name) : read),
    };
  });
}

/** The path begins where the value comes from. */
function labelsOf(run: Run, parts: readonly ValuePart[]): Pick<ReviewedArgument, "untrusted" | "private" | "path"> {
  const { label, links } = originOfParts(run, parts);
  const path = label.untrusted ? links.map(originText).reverse() : [];
  return { untrusted: label.untrusted, private: label.private, path };
}

/** `isNew`: the step is new or changed in this revision. */
export function authorOf({ cause }: ProposedPlan, isNew: boolean): PlanAuthor {
  if (cause === "given" || cause === "fork") return "given";
  if (cause === "strategy") return "strategy";
  return cause === "edit" && isNew ? "person" : "planner";
}

export const numbersIn = (run: Run): StepNumbers => numbersOf(currentPlan(run)?.plan ?? { steps: [] });
