// Work that begins while its plan is still being written. In: a run and a step as it was drafted, or the whole plan. Out: whether it
// may begin; facts; the same run with that step in it. Separate because all of it is a bet on a plan that nobody has seen whole:
// nothing may come of it but outputs that the plan then uses, or does not.
import { needsOf } from "../../plan/graph.js";
import { isObject, type Json } from "../../plan/json.js";
import type { Plan, Step } from "../../plan/plan.js";
import { inSameWords } from "../../plan/revise/step-hash.js";
import { toolsByName, type ToolSpec } from "../../plan/tool-spec.js";
import { NO_USAGE } from "../../plan/usage.js";
import { fact, type EventData, type Fact } from "../event.js";
import { makeReady } from "../evolve/evolve-step.js";
import { refOf } from "./failure.js";
import type { Drafted } from "../input.js";
import { recount, retire } from "../evolve/evolve-plan.js";
import { isDrafting, type ProposedPlan, type Run, type StepState } from "../state.js";
import { isFinished, linkStep, stepState, worksOf } from "../steps.js";
import { asksPerson, mayActThrough } from "../../plan/step-kind.js";

/** A step has been written. One that a planner writes again after a crash, in the same words, is known already. */
export function drafted(run: Run, { key, index, step, tools }: Drafted): Fact[] {
  const known = run.drafting === key ? run.steps.get(idOf(step)) : undefined;
  if (known !== undefined && inSameWords(known.spec, step as unknown as Step)) return [];
  const begins = known === undefined && tools !== undefined && mayBegin(run, key, step as unknown as Step, tools);
  return [fact("plan.stepDrafted", { request: key, index, step, begins, ...(tools === undefined ? {} : { tools }) })];
}

function idOf(step: Json): string {
  const id = isObject(step) ? step["id"] : undefined;
  return typeof id === "string" ? id : "";
}

/** Nothing that acts, asks, or reads what is not there yet; and only under a first plan that no person is asked about. */
function mayBegin(run: Run, key: string, step: Step, tools: readonly ToolSpec[]): boolean {
  const { settings, plans, rejected, drafting, steps } = run;
  if (!settings.eager || plans.length > 0 || rejected.length > 0) return false;
  if (asksPerson(step) || step.approval === "required") return false;
  if (tools.some((tool) => tool.approval === "required" || mayActThrough(step, tool))) return false;
  return needsOf(step).every((id) => drafting === key && steps.has(id));
}

export function onDrafted(run: Run, data: EventData["plan.stepDrafted"]): void {
  if (!data.begins) return;
  if (run.drafting !== data.request) forgetDrafts(run);
  run.drafting = data.request;
  enter(run, firstState(run, data.step as unknown as Step, data.index, toolsByName(data.tools!)));
}

/** Of the first plan, which the run has not got yet. */
function firstState(run: Run, spec: Step, index: number, tools: ReadonlyMap<string, ToolSpec>): StepState {
  const { attempts, doubts } = run;
  return stepState(spec, index, { revision: 1, tools, attempts, doubts });
}

function enter(run: Run, state: StepState): void {
  run.steps.set(state.spec.id, state);
  run.open++;
  linkStep(run.steps, state);
  if (state.waiting === 0) makeReady(run, state.work);
}

function forgetDrafts(run: Run): void {
  for (const state of run.steps.values()) retire(run, state);
  run.steps = new Map();
  recount(run);
}

/** Whether all that has begun early stands in the plan as it was drafted: then it goes on. */
export function standsAsDrafted({ drafting, steps }: Run, key: string | undefined, plan: Plan): boolean {
  if (key === undefined || drafting !== key) return false;
  const written = new Map(plan.steps.map((step) => [step.id, step]));
  return [...steps.values()].every(({ spec }) => {
    const step = written.get(spec.id);
    return step !== undefined && inSameWords(step, spec);
  });
}

/** The plan is whole: what has begun goes on as it is, what failed meanwhile is begun once more, and the rest takes its place. */
export function adoptDrafts(run: Run, { plan, tools }: ProposedPlan): void {
  const before = run.steps;
  const states = plan.steps.map((spec, index) => before.get(spec.id) ?? firstState(run, spec, index, tools));
  run.steps = new Map(states.map((state) => [state.spec.id, state]));
  for (const state of states) if (!before.has(state.spec.id)) enter(run, state);
  for (const state of before.values()) {
    for (const one of worksOf(state)) {
      if (one.status !== "pending" || one.errors === 0) continue;
      one.crashes = 0;
      makeReady(run, one);
    }
  }
}

/** What becomes of what has begun early, as the proposal says it. */
export function draftChanges(run: Run, key: string, plan: Plan): Pick<EventData["plan.proposed"], "kept" | "dropped"> {
  if (run.drafting !== key || run.steps.size === 0) return {};
  const begun = [...run.steps.values()].filter(({ work }) => work.startedAt !== undefined || isFinished(work));
  const ids = begun.map(({ spec }) => spec.id);
  return standsAsDrafted(run, key, plan) ? { kept: ids.map((step) => ({ step })) } : { dropped: ids };
}

/** Facts that stop what runs for a plan that will not come. */
export function draftsStopped(run: Run, reason: string): Fact[] {
  if (!isDrafting(run)) return [];
  return [...run.steps.values()]
    .flatMap(worksOf)
    .filter(({ status }) => status === "running")
    .map((work) => fact("step.cancelled", { ...refOf(work), attempt: work.attempt, reason, usage: NO_USAGE }));
}
