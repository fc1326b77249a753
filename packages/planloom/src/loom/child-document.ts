// The child runs of a run, for its document. In: the work of a sub-plan. Out: its child run, and what of it waits for a
// person. The child's own document has the rest.
import { isSubPlan } from "../plan/step-kind.js";
import type { ChildWait, Within } from "../run/event/child.js";
import { isFailure } from "../run/failure.js";
import type { Run } from "../run/state.js";
import { waitingChildren, type RunStatus } from "../run/status.js";
import type { Work } from "../run/work.js";

/** The run of a sub-plan, as the run above knows it. */
export interface ChildDocument {
  readonly runId: string;
  readonly status: RunStatus;
  /** Why it does not go on by itself. Absent: it goes on, or has ended. */
  readonly waits?: ChildWait;
}

/** A child run that waits for a person. Its own document says for what. */
export interface WaitingChild {
  readonly step: string;
  readonly item?: number;
  readonly runId: string;
  readonly waits: ChildWait;
}

/** The step of another run that a child run is. */
export type WithinDocument = Pick<Within, "runId" | "step" | "item" | "root" | "depth">;

export function childDocument(work: Work): ChildDocument | undefined {
  const { child, step } = work;
  if (child === undefined || !isSubPlan(step.spec)) return undefined;
  const { run: runId, waits } = child;
  return { runId, status: waits ?? endedAs(work) ?? "running", ...(waits === undefined ? {} : { waits }) };
}

/** What the end of the step says about its child run; undefined while it is at work. */
function endedAs({ status, error }: Work): RunStatus | undefined {
  if (status === "completed") return "completed";
  if (status === "cancelled") return "cancelled";
  if (error === undefined || status === "running") return undefined;
  return isFailure(error, "SUBPLAN_CANCELLED") ? "cancelled" : "failed";
}

export const waitingChildrenOf = (run: Run): readonly WaitingChild[] =>
  waitingChildren(run).flatMap(({ child, item, step: { spec } }) =>
    child?.waits === undefined
      ? []
      : [{ step: spec.id, ...(item === null ? {} : { item }), runId: child.run, waits: child.waits }],
  );

export function withinDocument({ request: { within } }: Run): WithinDocument | undefined {
  if (within === undefined) return undefined;
  const { runId, step, item, root, depth } = within;
  return { runId, step, ...(item === undefined ? {} : { item }), root, depth };
}
