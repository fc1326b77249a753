// Finds parts of a run: a plan, a step, an item, the context of a step, an effect that is owed. In: a run and a name.
// Out: the part.
import type { Json } from "../plan/json.js";
import type { Step } from "../plan/plan.js";
import { modelOfStep } from "../plan/specialist.js";
import { handedTo } from "../plan/step-kind.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import type { Effect } from "./effect.js";
import { answerKey, reviewKey } from "./keys.js";
import type { PendingApproval, ProposedPlan, Run } from "./state.js";
import type { StepState, Work } from "./work.js";

/** The key of the open review. There is at most one. */
export function reviewOf(run: Run): string | undefined {
  const key = reviewKey(run.planning.reviews);
  return run.owed.has(key) ? key : undefined;
}

/** The open choice of a strategy. There is at most one. */
export function chooseOf(run: Run): Effect | undefined {
  for (const effect of run.owed.values()) if (effect.kind === "choose") return effect;
  return undefined;
}

/** The key of the open request for the answer. There is at most one. */
export function answerOwed(run: Run): string | undefined {
  const key = answerKey(run.answering.requests);
  return run.owed.has(key) ? key : undefined;
}

/** The plan that was proposed last; undefined if there was none. */
export const currentPlan = (run: Run): ProposedPlan | undefined => run.planning.plans[run.planning.plans.length - 1];

/** Like currentPlan. Throws if the run has no plan yet. */
export function planOf(run: Run): ProposedPlan {
  const plan = currentPlan(run);
  if (plan === undefined) throw new Error(`run ${run.id} has no plan`);
  return plan;
}

/** The whole outputs that the model of a step gets, by step. null for a step without an output. */
export const contextOf = ({ execution }: Run, spec: Step): { readonly [step: string]: Json } =>
  Object.fromEntries(handedTo(spec).map((id) => [id, execution.steps.get(id)?.work.output ?? null]));

/** The definition that applies to calls of this tool of the current plan. */
export const toolIn = (run: Run, name: string): ToolSpec | undefined =>
  run.execution.changedTools.get(name)?.applies ?? currentPlan(run)?.tools.get(name);

/** The model that performs a step, or fills in its arguments; null if the run has none. */
export const executorModel = ({ request: { models, settings } }: Run, spec: Step): string | null =>
  modelOfStep(spec, { executor: models.executor, executors: settings.executors });

/** Whether the approval is for a whole plan. */
export const asksForPlan = ({ subject }: PendingApproval): boolean => subject === "plan";

/** A step of a plan by its id. Throws if there is none. */
export function stepIn(steps: ReadonlyMap<string, StepState>, id: string): StepState {
  const state = steps.get(id);
  if (state === undefined) throw new Error(`there is no step ${id}`);
  return state;
}

interface WorkRef {
  readonly step: string;
  readonly item?: number | null | undefined;
}

/** The work of a step, or of one of its items; undefined if the current plan has none. */
export function findWork(run: Run, { step, item }: WorkRef): Work | undefined {
  const state = run.execution.steps.get(step);
  return item === undefined || item === null ? state?.work : state?.fan?.items[item];
}

/** Like findWork, for work that an event or effect names. Throws if there is none. */
export function workOf(run: Run, ref: WorkRef): Work {
  const work = findWork(run, ref);
  if (work === undefined) throw new Error(`there is no step ${ref.step}, or it has no item ${ref.item ?? ""}`);
  return work;
}

/** The effect that is owed under a key, of one of these kinds. Throws if it is not owed. */
export function owedAs<K extends Effect["kind"]>(
  run: Run,
  key: string,
  ...kinds: readonly K[]
): Extract<Effect, { readonly kind: K }> {
  const effect = run.owed.get(key);
  if (!isOneOf(effect, kinds)) throw new Error(`${key} is not owed as ${kinds.join(" or ")}`);
  return effect;
}

const isOneOf = <K extends Effect["kind"]>(
  effect: Effect | undefined,
  kinds: readonly K[],
): effect is Extract<Effect, { readonly kind: K }> =>
  effect !== undefined && kinds.some((kind) => kind === effect.kind);
