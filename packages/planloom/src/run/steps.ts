// The steps of a new plan as state: nothing has begun. In: a plan and the tools that it uses. Out: its steps by id.
// Separate because it is the one place where dependencies become counters, in time linear in steps and references.
import { needsOf } from "../plan/graph.js";
import { NO_ORIGIN } from "../plan/origin.js";
import type { Plan, Step } from "../plan/plan.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import { NO_USAGE } from "../plan/usage.js";
import type { StepState, Work } from "./state.js";

/** The steps of a plan with their dependants and how many they wait for. */
export function stepStates(plan: Plan, revision: number, tools: ReadonlyMap<string, ToolSpec>): Map<string, StepState> {
  const states = new Map<string, StepState>();
  plan.steps.forEach((spec, index) => states.set(spec.id, stepState(spec, index, revision, tools)));
  for (const state of states.values()) {
    for (const id of needsOf(state.spec)) {
      states.get(id)?.dependents.push(state);
      state.waiting++;
    }
  }
  return states;
}

function stepState(spec: Step, index: number, revision: number, tools: ReadonlyMap<string, ToolSpec>): StepState {
  const tool = spec.kind === "tool" ? tools.get(spec.tool) : undefined;
  const state = {
    spec,
    ...(tool === undefined ? {} : { tool }),
    index,
    revision,
    dependents: [],
    waiting: 0,
    nextItem: 0,
    itemsOpen: 0,
    itemsFailed: 0,
  } as Omit<StepState, "work"> as StepState & { work: Work };
  state.work = newWork(state, null);
  return state;
}

export function newWork(step: StepState, item: number | null): Work {
  return {
    step,
    item,
    status: "pending",
    errors: 0,
    crashes: 0,
    doubts: 0,
    from: NO_ORIGIN,
    effects: step.tool?.effects ?? "none",
    effectKey: "",
    origin: NO_ORIGIN,
    usage: NO_USAGE,
  };
}
