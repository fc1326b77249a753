// What a fork takes over of the run that it comes from, as facts of its own log. In: a run and what is kept. Out: facts, each after
// those that it needs. Separate because the new log must explain itself without the old one.
import { wavesOf } from "../../plan/graph.js";
import { NO_USAGE } from "../../plan/usage.js";
import { fact, type Fact, type StepRef } from "../event.js";
import { refOf } from "./failure.js";
import { isFinished } from "../steps.js";
import { currentPlan, workOf, type Run, type StepState, type Work } from "../state.js";

export function carriedFacts(run: Run, kept: readonly StepRef[]): readonly Fact[] {
  const items = new Map<string, number[]>();
  const whole = new Set<string>();
  for (const { step, item } of kept) {
    // What was begun and not finished is nothing that another run could go on with.
    if (!isFinished(workOf(run, { step, item })!)) continue;
    if (item === undefined) whole.add(step);
    else items.set(step, [...(items.get(step) ?? []), item]);
  }
  return wavesOf(currentPlan(run)!.plan)
    .flat()
    .flatMap((id) => {
      const state = run.steps.get(id)!;
      if (whole.has(id)) return [carriedWork(run, state.work)];
      return items.has(id) ? carriedItems(run, state, items.get(id)!) : [];
    });
}

function carriedItems(run: Run, state: StepState, indexes: readonly number[]): readonly Fact[] {
  const { list = [], listFrom, spec } = state;
  const from = listFrom ?? { steps: [], tools: [] };
  const expanded = fact("step.expanded", { step: spec.id, list, from, carried: run.id });
  return [expanded, ...indexes.map((index) => carriedWork(run, state.items![index]!))];
}

function carriedWork(run: Run, work: Work): Fact {
  const { output = null, origin, from, summary, skipped, cause = "when" } = work;
  if (skipped !== undefined) return fact("step.skipped", { ...refOf(work), reason: skipped, cause, carried: run.id });
  return fact("step.completed", {
    ...refOf(work),
    output,
    from: { steps: from.steps, tools: origin.tools },
    usage: NO_USAGE,
    ...(summary === undefined ? {} : { summary }),
    carried: run.id,
  });
}
