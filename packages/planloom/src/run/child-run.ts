// Facts that a run tells to the run above it: its id, whether it waits for a person, what it has used, and whether it has
// acted. In: a run, or its log. Out: the facts.
import { LIMITS } from "../limits.js";
import type { Step } from "../plan/plan.js";
import { directTool, toolNames } from "../plan/step-kind.js";
import { sha256 } from "../sha256.js";
import { canUndo, standingCalls } from "./acted-calls.js";
import { isSubPlanCall } from "./child-use.js";
import type { EventData, RunEvent } from "./event.js";
import type { ChildActs, ChildUse, ChildWait } from "./event/child.js";
import { findWork } from "./lookup.js";
import type { Run } from "./state.js";
import { isEnded, statusOf } from "./status.js";
import type { Work } from "./work.js";

/**
 * The id of the child run of a sub-plan. All attempts of the step have the same child, which goes on. A restarted step
 * has another one. No id of a step holds a hyphen, so it is no id of a run further below either.
 */
export function childId(run: Run, { step, item }: Work): string {
  const { spec, firstAttempt } = step;
  const again = firstAttempt === 1 ? "" : `-${firstAttempt}`;
  const id = `${run.id}.${spec.id}${item === null ? "" : `.${item}`}${again}`;
  return id.length <= LIMITS.nameChars ? id : `${run.id.slice(0, 40)}.${sha256(id).slice(0, 24)}`;
}

/** Whether this run was started as that child run, and not by somebody else under the same id. */
export function isStartedAs(
  { request }: Run,
  { goal, within }: Pick<EventData["run.started"], "goal" | "within">,
): boolean {
  const own = request.within;
  if (own === undefined || within === undefined || request.goal !== goal) return false;
  return own.runId === within.runId && own.step === within.step && own.item === within.item;
}

/** The child runs of the sub-plans that run now. */
export function runningChildren(run: Run): readonly string[] {
  return [...run.owed.values()].flatMap((effect) => {
    const work = effect.kind === "call" && isSubPlanCall(run, effect) ? findWork(run, effect) : undefined;
    return work === undefined ? [] : [childId(run, work)];
  });
}

/** Why a run does not go on by itself, for the run above it. undefined: it goes on, or it has ended. */
export function childWaitOf(run: Run): ChildWait | undefined {
  if (isEnded(run)) return undefined;
  const status = statusOf(run);
  return status === "awaiting-approval" || status === "paused" ? status : "needs-attention";
}

/** What a run has used so far. */
export function useOf({ usage: { planner, executor, synthesizer }, spending }: Run): ChildUse {
  let { modelCalls, tokens, costUsd } = spending.used;
  for (const { spent } of spending.allowances.values()) {
    modelCalls += spent.modelCalls;
    tokens += spent.tokens;
    costUsd += spent.costUsd;
  }
  return { planner, executor, synthesizer, spent: { modelCalls, tokens, costUsd } };
}

/** Whether calls of a run have acted and are not undone. undefined: none. */
export function actsOf(run: Run): ChildActs | undefined {
  if (standingCalls(run).length === 0) return undefined;
  return canUndo(run) ? "undoable" : "left";
}

/** The tools whose output or error may be in what a run has written, from its log. */
export function toolsCalledIn(log: readonly RunEvent[]): readonly string[] {
  const called = new Set<string>();
  const steps = new Map<string, Step>();
  let all: readonly string[] = [];
  const add = (names: readonly string[]): void => names.forEach((name) => called.add(name));
  for (const { type, data } of log) {
    // The plan may repeat what its planner looked up, and so may the answer.
    if ("scouted" in data) add(data.scouted?.tools ?? []);
    if (type === "plan.proposed") {
      all = data.tools.map(({ name }) => name);
      for (const step of data.plan.steps) steps.set(step.id, step);
    } else if (type === "plan.stepDrafted" && data.begins) {
      const step = data.step as unknown as Step;
      steps.set(step.id, step);
    } else if (type === "step.completed") add(data.from.tools);
    else if (type === "step.started" || type === "step.failed") {
      const step = steps.get(data.step);
      const names =
        step === undefined || (type === "step.started" && directTool(step) === undefined) ? [] : toolNames(step);
      add(names === "all" ? all : names);
    }
  }
  return [...called];
}
