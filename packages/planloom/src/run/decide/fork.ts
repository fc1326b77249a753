// The facts that a fork copies from its parent run into its own log. In: a run and the steps to keep. Out: facts, each
// after those that it needs. The new log must explain itself without the parent's.
import { wavesOf } from "../../plan/graph.js";
import { NO_USAGE } from "../../plan/usage.js";
import { fact, type Fact, type StepRef } from "../event.js";
import { planOf, stepIn, workOf } from "../lookup.js";
import type { FanOut, Rounds, StepState, Work } from "../work.js";
import { refOf } from "./failure.js";
import { roundsOf, tookUnmet } from "../rounds.js";
import { isFinished } from "../steps.js";
import { type Run } from "../state.js";

export function carriedFacts(run: Run, kept: readonly StepRef[]): readonly Fact[] {
  const items = new Map<string, number[]>();
  const whole = new Set<string>();
  for (const { step, item } of kept) {
    // Another run cannot continue unfinished work.
    if (!isFinished(workOf(run, { step, item }))) continue;
    if (item === undefined) whole.add(step);
    else items.set(step, [...(items.get(step) ?? []), item]);
  }
  return wavesOf(planOf(run).plan)
    .flat()
    .flatMap((id) => {
      const state = stepIn(run.execution.steps, id);
      if (whole.has(id)) return [...carriedVerdict(run, state), carriedWork(run, state.work)];
      return carriedItems(run, state, items.get(id) ?? []);
    });
}

function carriedItems(run: Run, { spec, fan }: StepState, indexes: readonly number[]): readonly Fact[] {
  if (fan === undefined || indexes.length === 0) return [];
  if (fan.rounds !== undefined) return carriedRounds(run, spec.id, fan, fan.rounds, indexes);
  const { list, from, items } = fan;
  const expanded = fact("step.expanded", { step: spec.id, list, from, carried: run.id });
  return [expanded, ...indexes.flatMap((index) => carriedItem(run, items[index]))];
}

/**
 * The rounds that have ended, in order, and another one after them. If there would be none in this run, the fork has as
 * many more as a retry would.
 */
function carriedRounds(
  run: Run,
  step: string,
  { items, open }: FanOut,
  { since }: Rounds,
  indexes: readonly number[],
): readonly Fact[] {
  const begins = fact("step.repeated", { step, round: 0, met: false, again: true, carried: run.id });
  const last = indexes.length;
  return [
    begins,
    ...indexes.flatMap((index) => {
      const round = index + 1;
      const after = round < last ? {} : { since: open === 0 ? round : since };
      const again = fact("step.repeated", { step, round, met: false, again: true, ...after, carried: run.id });
      return [...carriedItem(run, items[index]), again];
    }),
  ];
}

/** A step that took its last output although it was not good enough says so in the fork, too. */
function carriedVerdict(run: Run, state: StepState): readonly Fact[] {
  const rounds = tookUnmet(state) ? roundsOf(state) : undefined;
  if (rounds === undefined) return [];
  return [fact("step.repeated", { step: state.spec.id, round: rounds.round, met: false, carried: run.id })];
}

const carriedItem = (run: Run, work: Work | undefined): readonly Fact[] =>
  work === undefined ? [] : [carriedWork(run, work)];

function carriedWork(run: Run, work: Work): Fact {
  const { output = null, origin, from, summary, evidence, skipped, cause = "when" } = work;
  if (skipped !== undefined) return fact("step.skipped", { ...refOf(work), reason: skipped, cause, carried: run.id });
  return fact("step.completed", {
    ...refOf(work),
    output,
    from: { steps: from.steps, tools: origin.tools },
    usage: NO_USAGE,
    ...(summary === undefined ? {} : { summary }),
    ...(evidence === undefined ? {} : { evidence }),
    carried: run.id,
  });
}
