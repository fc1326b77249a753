// Folds steps that start while their plan is still being written. In: a drafted step, or the complete plan. Out: the
// same run, changed in place. decide/draft.ts decides whether such a step starts.
import type { Step } from "../../plan/plan.js";
import { toolsByName, type ToolSpec } from "../../plan/tool-spec.js";
import type { EventData } from "../event.js";
import { type ProposedPlan, type Run } from "../state.js";
import { draftingOf } from "../status.js";
import { linkStep, needsIn, stepState, worksOf } from "../steps.js";
import type { StepState } from "../work.js";
import { recount, retire } from "./evolve-plan.js";
import { makeReady } from "./evolve-step.js";

export function onDrafted(run: Run, data: EventData["plan.stepDrafted"]): void {
  if (!data.begins) return;
  if (draftingOf(run) !== data.request) forgetDrafts(run);
  if (run.mode.phase === "planning") run.mode = { ...run.mode, drafting: data.request };
  const { step, index, tools = [], needs = [] } = data;
  enter(run, firstState(run, step as unknown as Step, index, toolsByName(tools)), new Set(needs));
}

/** The state of a step of the first plan, which is not in the run yet. */
function firstState(run: Run, spec: Step, index: number, tools: ReadonlyMap<string, ToolSpec>): StepState {
  const {
    execution: { attempts, doubts },
  } = run;
  return stepState(spec, index, { revision: 1, tools, attempts, doubts });
}

function enter(run: Run, state: StepState, needs: ReadonlySet<string>): void {
  run.execution.steps.set(state.spec.id, state);
  run.execution.open++;
  linkStep(run.execution.steps, state, needs);
  if (state.waiting === 0) makeReady(run, state.work);
}

function forgetDrafts(run: Run): void {
  for (const state of run.execution.steps.values()) retire(run, state);
  run.execution.steps = new Map();
  recount(run);
}

/**
 * The plan is complete. Early steps continue, early steps that failed meanwhile start once more, and the other steps
 * enter.
 */
export function adoptDrafts(run: Run, { plan, tools, needs }: ProposedPlan): void {
  const before = run.execution.steps;
  const states = plan.steps.map((spec, index) => before.get(spec.id) ?? firstState(run, spec, index, tools));
  run.execution.steps = new Map(states.map((state) => [state.spec.id, state]));
  for (const state of states) if (!before.has(state.spec.id)) enter(run, state, needsIn(needs, state.spec));
  for (const state of before.values()) {
    for (const one of worksOf(state)) {
      if (one.status !== "pending" || one.errors === 0) continue;
      one.crashes = 0;
      makeReady(run, one);
    }
  }
}
