// The expected times of a run's rows. In: a run, and samples of earlier runs. Out: ms by row, for the whole run, and after
// each step.
import { ASSUMED } from "../../plan/estimate/assumptions.js";
import { likelyWork, workKey, type History } from "../../plan/estimate/history.js";
import { answerParts, estimateStep, type StepEstimate } from "../../plan/estimate/step.js";
import { judgingModels } from "../../run/judge-role.js";
import { phaseKey } from "../../run/keys.js";
import { currentPlan } from "../../run/lookup.js";
import type { ProposedPlan, Run } from "../../run/state.js";
import type { StepState } from "../../run/work.js";
import { isFinished } from "../../run/steps.js";
import { wavesIn } from "../../run/view/waves.js";

export interface Estimates {
  /** By row key. Absent: nobody can expect anything, as of a question to a person. */
  readonly rows: ReadonlyMap<string, number>;
  /** From the start of a step to the end of the run, by its id. */
  readonly rest: ReadonlyMap<string, number>;
  /** The whole run: the first plan, the longest path, the answer. */
  readonly total: number;
}

/** undefined before the first plan. */
export function estimatesOf(run: Run, history: History): Estimates | undefined {
  const plan = currentPlan(run);
  if (plan === undefined) return undefined;
  const { models, inputs, planGiven } = run.request;
  const facts = { models, history, judging: judgingModels(run.request) };
  const steps = new Map(
    [...run.execution.steps.values()].map((state) => [
      state.spec.id,
      msOf(estimateStep(state.spec, inputs, facts), state),
    ]),
  );
  const answer = answerParts(plan.plan.answer, facts).reduce((sum, { likely }) => sum + likely.ms, 0);
  const planning = likelyWork(history, workKey.plan(models.planner ?? ""), ASSUMED.plan).ms;
  const written = run.planning.plans.filter(({ cause }) => !BY_PEOPLE.has(cause));
  const known = [
    ...steps,
    ...(models.planner === null ? [] : written.map(({ revision }) => [phaseKey.plan(revision), planning] as const)),
    [phaseKey.answer, answer] as const,
  ];
  const rest = restsOf(plan, steps, answer);
  const longest = [...rest.values()].reduce((most, ms) => Math.max(most, ms), 0);
  const total = longest + (planGiven || models.planner === null ? 0 : planning);
  return { rows: new Map(known.filter(([, ms]) => ms > 0)), rest, total };
}

/** Plans that no model writes. */
const BY_PEOPLE: ReadonlySet<string> = new Set(["given", "strategy", "fork", "edit"]);

/** Once the list of a fan-out is known, its length is no estimate. The rounds that there are, are none either. */
function msOf({ ms, parts, step, times }: StepEstimate, { fan, work }: StepState): number {
  if (fan === undefined) return ms;
  const once = parts.reduce((sum, { likely }) => sum + likely.ms, 0);
  if (fan.rounds !== undefined)
    return once * (isFinished(work) ? fan.items.length : Math.max(times.count, fan.items.length));
  const { length } = fan.list;
  return once * Math.ceil(length / Math.max(1, Math.min(step.maxParallel ?? length, length)));
}

/** From the last wave to the first, so that each step comes after all that wait for it. */
function restsOf(plan: ProposedPlan, steps: ReadonlyMap<string, number>, answer: number): ReadonlyMap<string, number> {
  const { wave, needs } = wavesIn(plan);
  const after = new Map<string, number>();
  const rest = new Map<string, number>();
  const backwards = [...wave].sort(([, a], [, b]) => b - a);
  for (const [id] of backwards) {
    const own = (steps.get(id) ?? 0) + (after.get(id) ?? answer);
    rest.set(id, own);
    for (const need of needs.get(id) ?? []) after.set(need, Math.max(after.get(need) ?? 0, own));
  }
  return rest;
}
