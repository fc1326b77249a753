// Folds the events of an undoing: which call is undone now, and what its step is afterwards. In: a run and an event. Out:
// the same run, changed in place.
import type { Compensating, Run } from "../state.js";
import type { EventData, EventOf } from "../event.js";
import { callText, compensateKey, stopKey, UNDOING_RETRY_KEY, undoingKey } from "../keys.js";
import { currentPlan, findWork } from "../lookup.js";
import { forgetUnusable } from "../unusable-call.js";
import type { ActedCall, UndoingState, Work } from "../work.js";
import { leaveLine } from "./evolve-step.js";

type Requested = EventData["compensation.requested"];

/** What the run does from here on. */
export function compensatingAs({ cause, end, calls, hash, unseen }: Requested): Compensating {
  return {
    phase: "compensating",
    cause,
    end,
    queue: calls.map(({ key }) => key),
    ...(hash === undefined ? {} : { approved: { unseen: unseen === true } }),
  };
}

/** The call that an undoing is about. */
export function undoneCall({ compensation: { calls } }: Run, key: string): ActedCall {
  const call = calls.get(key);
  if (call === undefined) throw new Error(`no call with the key ${key} acted`);
  return call;
}

export function setUndoing(call: ActedCall, status: UndoingState["status"], more: Partial<UndoingState>): void {
  const { attempt = 0, uncertain } = call.undoing ?? {};
  const isKnown = status === "undone" || status === "left" || uncertain === undefined;
  call.undoing = { attempt, at: call.at, ...(isKnown ? {} : { uncertain }), ...more, status };
}

export function onCompensationStarted(run: Run, { data, at }: EventOf<"compensation.started">): void {
  const { call: callKey, attempt, effects, key: effectKey, tool, step, item = null } = data;
  setUndoing(undoneCall(run, callKey), "running", { attempt, at });
  run.compensation.crashes = 0;
  run.owed.delete(UNDOING_RETRY_KEY);
  const key = compensateKey(callKey, attempt);
  run.owed.set(key, { kind: "compensate", key, step, item, tool, attempt, callKey, effectKey, effects });
}

function dropEffect(run: Run, { call, attempt }: EventData["compensation.completed"]): void {
  const key = compensateKey(call, attempt);
  run.owed.delete(key);
  run.owed.delete(stopKey(key));
}

export function onCompensationCompleted(run: Run, { data, at }: EventOf<"compensation.completed">): void {
  dropEffect(run, data);
  setUndone(run, undoneCall(run, data.call), { at });
}

export function onCompensationFailed(run: Run, { data, at }: EventOf<"compensation.failed">): void {
  dropEffect(run, data);
  const { attempt, error, retryAt, uncertain } = data;
  const status = retryAt !== undefined ? "retrying" : uncertain === true ? "unknown" : "failed";
  const doubt = uncertain === undefined ? {} : { uncertain };
  setUndoing(undoneCall(run, data.call), status, { attempt, error, at, ...doubt });
  if (retryAt !== undefined) {
    run.owed.set(UNDOING_RETRY_KEY, { kind: "wait", key: UNDOING_RETRY_KEY, until: retryAt });
    return;
  }
  const key = undoingKey(data.call);
  run.owed.set(key, { kind: "person", key });
}

export function onCompensationSettled(run: Run, { data, at }: EventOf<"compensation.settled">): void {
  const call = undoneCall(run, data.call);
  run.owed.delete(undoingKey(data.call));
  if (data.verdict === "undone") return setUndone(run, call, { at, byHand: true });
  if (data.verdict === "again") return setUndoing(call, "failed", { at });
  setUndoing(call, "left", { at });
  run.compensation.turn++;
}

/** The effect is gone. The step has no output any more, and a retry begins it anew. */
function setUndone(run: Run, call: ActedCall, more: Partial<UndoingState>): void {
  setUndoing(call, "undone", more);
  run.compensation.turn++;
  run.compensation.undoneSteps.add(call.ref.step);
  // A renewed child run makes calls of its own.
  if (call.child !== true) run.compensation.undoneCalls.add(callText(call.tool, call.args));
  // The approval of the plan covered the call that was undone, and no other one.
  currentPlan(run)?.callsGranted.delete(call.ref.step);
  run.execution.acted.delete(call.key);
  forgetUnusable(run, call.tool, call.args, call.key);
  const work = findWork(run, call.ref);
  if (work !== undefined && restsOn(run, work, call)) undo(run, work);
}

/**
 * Whether the output of this work is that of the call. A restarted step may have taken the outcome of an earlier call of
 * its own, without making a call. Which one its event does not say, so each of them counts.
 */
function restsOn(
  run: Run,
  { calls, effectKey, carried, child: below }: Work,
  { inside, child, key }: ActedCall,
): boolean {
  if (child === true) return below?.run === key;
  if (inside === true) return calls?.has(key) === true;
  return effectKey === key || carried === run.id;
}

/** A fan-out is undone if one of its items is. */
function undo(run: Run, work: Work): void {
  const { fan } = work.step;
  if (work.status === "undone") return;
  const { status, item } = work;
  if (status === "unusable") run.execution.unusable--;
  if (status === "ready" || status === "retrying") leaveLine(run, work);
  const isEnd = status === "completed" || status === "failed" || status === "skipped";
  if (isEnd && item === null) {
    run.execution.counts[status]--;
    run.execution.open++;
  }
  if (isEnd && item !== null && fan !== undefined) {
    fan.open++;
    if (status === "failed") fan.failed--;
  }
  work.status = "undone";
  delete work.output;
  delete work.summary;
  delete work.evidence;
  delete work.unusable;
  if (item !== null) undo(run, work.step.work);
}
