// The arguments of a step or a call, for a person who decides. In: a run, a step and its arguments. Out: each argument
// with its value, its origin in words, and its labels.
import { resolveValue } from "../../plan/expression/reference.js";
import type { Json, JsonObject } from "../../plan/json.js";
import { isControl, type Label } from "../../plan/label.js";
import type { Step } from "../../plan/plan.js";
import { isConversation, isFilled } from "../../plan/step-kind.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import {
  labelOfParts,
  partsOfArgument,
  partsOfTools,
  sourcesThat,
  valueParts,
  type ValuePart,
} from "../../run/labels.js";
import { currentPlan } from "../../run/lookup.js";
import type { ProposedPlan, Run } from "../../run/state.js";
import { scopeOf } from "../../run/step-scope.js";
import { untrustedPath } from "../../words/origin-path.js";
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
      ...labelsOf(run, partsOfArgument(run, step, name), numbers),
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
      ...labelsOf(run, stands ? partsOfArgument(run, step, name) : read, numbers),
    };
  });
}

function labelsOf(
  run: Run,
  parts: readonly ValuePart[],
  numbers: StepNumbers,
): Pick<ReviewedArgument, "untrusted" | "private" | "path"> {
  const { untrusted, private: held }: Label = labelOfParts(parts);
  const seen = new Set<string>();
  const path = untrusted ? sourcesThat(parts, "untrusted").flatMap((source) => pathTo(run, source, numbers, seen)) : [];
  return { untrusted, private: held, path };
}

/** The sources of a step first, then the step. */
function pathTo(run: Run, source: ValuePart["source"], numbers: StepNumbers, seen: Set<string>): readonly string[] {
  const name = JSON.stringify(source);
  if (seen.has(name)) return [];
  seen.add(name);
  const state = "step" in source ? run.execution.steps.get(source.step) : undefined;
  const before = state === undefined ? [] : sourcesThat(valueParts(run, state.spec), "untrusted");
  return [...before.flatMap((one) => pathTo(run, one, numbers, seen)), pathOf(run, source, numbers)];
}

function pathOf(run: Run, source: ValuePart["source"], numbers: StepNumbers): string {
  if (!("step" in source)) return untrustedPath(source);
  const state = run.execution.steps.get(source.step);
  if (state === undefined) return untrustedPath(source);
  const { tools } = state.work.origin;
  const number = numbers.get(source.step);
  return untrustedPath(source, { title: state.spec.title, ...(number === undefined ? {} : { number }), tools });
}

/** `isNew`: the step is new or changed in this revision. */
export function authorOf({ cause }: ProposedPlan, isNew: boolean): PlanAuthor {
  if (cause === "given" || cause === "fork") return "given";
  return cause === "edit" && isNew ? "person" : "planner";
}

export const numbersIn = (run: Run): StepNumbers => numbersOf(currentPlan(run)?.plan ?? { steps: [] });
