// Tools that are not what they were when the plan was recorded. In: a run, a step, and the tools of this process.
// Out: the definitions that the run does not know yet, and those that a person must see. Pure.
import { toolDifferences } from "../plan/tool-change.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import { directTool, toolNames } from "../plan/step-kind.js";
import { currentPlan } from "./lookup.js";
import type { ChangedTool, Run } from "./state.js";
import type { StepState } from "./work.js";

/** The definition in the log; undefined if the log has none. A step of a draft has only that of its direct tool. */
export function recordedTool(run: Run, { spec, tool }: StepState, name: string): ToolSpec | undefined {
  const known = run.execution.changedTools.get(name)?.recorded ?? currentPlan(run)?.tools.get(name);
  return known ?? (directTool(spec) === name ? tool : undefined);
}

/** Whether this build recorded the definitions of the current plan, with all fields. */
export const isComplete = (run: Run): boolean => currentPlan(run)?.sparse !== true;

/** Names of the tools that a step may call and that the log has: for `all`, those that need no approval. */
export function toolsOfStep(run: Run, { spec }: StepState): readonly string[] {
  const names = toolNames(spec);
  if (names !== "all") return names;
  return [...(currentPlan(run)?.tools.values() ?? [])].flatMap(({ name, approval }) =>
    approval === undefined ? [name] : [],
  );
}

/**
 * The present definitions of a step's tools that differ from what the run knows. Costs a comparison of references where
 * nothing has changed since the last call. A tool that is not there is left out. A change that was recorded after
 * `startedSeq` was not known when the call was decided: nobody was asked about it.
 */
export function unknownChanges(
  run: Run,
  state: StepState,
  present: (name: string) => ToolSpec | undefined,
  startedSeq = Infinity,
): readonly ToolSpec[] {
  return toolsOfStep(run, state).flatMap((name) => {
    const now = present(name);
    if (now === undefined) return [];
    const { seq = 0 } = run.execution.changedTools.get(name) ?? {};
    return seq < startedSeq && isKnown(run, state, now) ? [] : [now];
  });
}

/** Whether the run knows this definition: it is in the plan, or a change to it is in the log. */
export function isKnown(run: Run, state: StepState, present: ToolSpec): boolean {
  const changed = run.execution.changedTools.get(present.name);
  if (changed !== undefined) return isSame(changed.present, present, true);
  const recorded = recordedTool(run, state, present.name);
  return recorded === undefined || isSame(recorded, present, isComplete(run));
}

/** The last comparison of each recorded definition. */
const compared = new WeakMap<
  ToolSpec,
  { readonly with: ToolSpec; readonly complete: boolean; readonly same: boolean }
>();

function isSame(known: ToolSpec, present: ToolSpec, complete: boolean): boolean {
  if (known === present) return true;
  const last = compared.get(known);
  if (last?.with === present && last.complete === complete) return last.same;
  const same = toolDifferences(known, present, complete).length === 0;
  compared.set(known, { with: present, complete, same });
  return same;
}

/** The changed tools of a step that a person must see before it calls them. */
export function changesToSee(run: Run, state: StepState): readonly ChangedTool[] {
  if (run.execution.changedTools.size === 0) return [];
  return toolsOfStep(run, state).flatMap((name) => {
    const changed = run.execution.changedTools.get(name);
    return changed?.waits === true ? [changed] : [];
  });
}
