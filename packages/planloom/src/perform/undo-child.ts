// Undoes the calls of a child run: the run above counts them as one call of its step. In: the effect and the run. Out: an
// outcome for `decide`. The child run undoes its calls by itself; this file orders it and waits.
import { canUndo } from "../run/acted-calls.js";
import { isUndoingSeen } from "../run/decide/compensation.js";
import type { CompensateEffect } from "../run/effect.js";
import { failWith, type Failure } from "../run/failure.js";
import type { Outcome } from "../run/input.js";
import type { Run } from "../run/state.js";
import { isEnded } from "../run/status.js";
import type { ActedCall } from "../run/work.js";
import { childFailure } from "./sub-run.js";
import type { Performing } from "./services.js";

export async function undoChild(
  { key }: CompensateEffect,
  call: ActedCall,
  run: Run,
  { children, signal }: Performing,
): Promise<Outcome> {
  const { key: runId } = call;
  const failed = (error: Failure): Outcome => ({ type: "compensate-failed", key, ending: "tool-error", error });
  if (children === undefined) return failed(failWith("SUBPLAN_UNSUPPORTED", {}));
  try {
    const unseen = !isUndoingSeen(run, call);
    const child = await children.undo({ runId, name: `${run.id}/${key}`, unseen, signal });
    if (!isEnded(child)) return failed(failWith("SUBPLAN_UNDOING_WAITS", { run: runId }));
    return canUndo(child) ? failed(failWith("SUBPLAN_NOT_UNDONE", { run: runId })) : { type: "compensated", key };
  } catch (thrown) {
    const lost = childFailure(thrown, runId);
    if (lost === undefined) throw thrown;
    return failed(lost);
  }
}
