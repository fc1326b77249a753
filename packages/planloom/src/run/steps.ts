// Makes the state of the steps of a new plan: nothing has started. In: a plan and its tools. Out: steps by id.
// Dependencies become links here, in time linear in steps and references.
import { NO_ORIGIN } from "../plan/origin.js";
import type { Plan, Step } from "../plan/plan.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import { NO_USAGE } from "../plan/usage.js";
import { directToolIn } from "../plan/step-kind.js";
import type { StepNeeds } from "./event.js";
import type { FanOut, StepState, Work } from "./work.js";

interface Under {
  readonly revision: number;
  readonly tools: ReadonlyMap<string, ToolSpec>;
  /** The number of the first attempt, by step, for steps that an earlier plan had too. */
  readonly attempts: ReadonlyMap<string, number>;
  readonly doubts: ReadonlyMap<string, number>;
}

/** The steps of a plan, linked to the steps that depend on them. */
export function stepStates(plan: Plan, under: Under & { readonly needs: StepNeeds }): Map<string, StepState> {
  const states = new Map<string, StepState>();
  plan.steps.forEach((spec, index) => states.set(spec.id, stepState(spec, index, under)));
  for (const state of states.values())
    for (const id of needsIn(under.needs, state.spec)) states.get(id)?.dependents.push(state);
  return states;
}

/** The ids that a step waits for, without duplicates. */
export function needsIn(needs: StepNeeds, { id, dependsOn }: Step): ReadonlySet<string> {
  return new Set([...dependsOn, ...(Object.hasOwn(needs, id) ? needs[id]! : [])]);
}

/** All work of a step: its own, and the work of its items. */
export const worksOf = ({ work, fan }: StepState): readonly Work[] =>
  fan === undefined ? [work] : [work, ...fan.items];

/** Adds one step to steps that may have begun. It waits for those of its dependencies that have not finished. */
export function linkStep(states: ReadonlyMap<string, StepState>, state: StepState, needs: Iterable<string>): void {
  for (const id of needs) {
    const needed = states.get(id);
    if (needed === undefined) continue;
    needed.dependents.push(state);
    if (!isFinished(needed.work)) state.waiting++;
  }
}

/** Whether its outcome is unknown, or was unknown when a person gave it up. */
export const isDoubtful = (work: Work) => work.status === "unknown" || (work.givenUp === true && !isFinished(work));

/** Whether its call acted and gave no usable output, and nothing has taken the place of that output. */
export const isUnusable = ({ status, unusable }: Work): boolean =>
  status === "unusable" || (unusable !== undefined && status !== "completed" && status !== "skipped");

/** Whether the step or one of its items waits for a person for that reason. */
export const waitsUnusable = (state: StepState): boolean => worksOf(state).some(({ status }) => status === "unusable");

/** Whether the outcome of the step or of one of its items is unknown. */
export const holdsDoubt = (state: StepState): boolean => worksOf(state).some(isDoubtful);

export const isFinished = ({ status }: Work): boolean => status === "completed" || status === "skipped";

export function stepState(spec: Step, index: number, { revision, tools, attempts, doubts }: Under): StepState {
  const tool = directToolIn(tools, spec);
  const state = {
    spec,
    ...(tool === undefined ? {} : { tool }),
    index,
    revision,
    dependents: [],
    waiting: 0,
    firstAttempt: attempts.get(spec.id) ?? 1,
    earlierDoubts: doubts.get(spec.id) ?? 0,
  } as Omit<StepState, "work"> as StepState;
  state.work = newWork(state, null);
  return state;
}

/** A fan-out with all its items still waiting. */
export const fanOut = ({ list, from, rounds }: Pick<FanOut, "list" | "from" | "rounds">, items: Work[]): FanOut => ({
  list,
  from,
  ...(rounds === undefined ? {} : { rounds }),
  items,
  waiting: [...items].reverse(),
  open: items.length,
  held: 0,
  failed: 0,
});

export function newWork(step: StepState, item: number | null): Work {
  return {
    step,
    item,
    status: "pending",
    attempt: step.firstAttempt,
    errors: 0,
    crashes: 0,
    doubts: step.earlierDoubts,
    from: NO_ORIGIN,
    effects: step.tool?.effects ?? "none",
    effectKey: "",
    origin: NO_ORIGIN,
    usage: NO_USAGE,
  };
}
