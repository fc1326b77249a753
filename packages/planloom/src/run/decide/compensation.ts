// Decides about the undoing of finished calls: when it is begun, which call is next, and what follows from its end. In: a
// run, and the outcome of an undoing or a command. Out: facts. The calls are undone one by one, the last one first.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import { hashOf } from "../../plan/hash.js";
import { sizeOf, type Json } from "../../plan/json.js";
import { NO_USAGE } from "../../plan/usage.js";
import { actedRef, canUndo, dividedCalls, standingCalls } from "../acted-calls.js";
import type { Command } from "../command.js";
import type { CompensateEffect } from "../effect.js";
import { undoneCall } from "../evolve/evolve-compensation.js";
import { fact, type EndedAs, type EventData, type Fact, type Failing, type Undoing } from "../event.js";
import { failWith } from "../failure.js";
import type { Outcome } from "../input.js";
import { kernelOn } from "../kernel-version.js";
import { UNDOING_RETRY_KEY, undoingKey } from "../keys.js";
import { owedAs, planOf } from "../lookup.js";
import type { ApprovalReason } from "../reason.js";
import { refusal, type Refusal } from "../refusal.js";
import type { Compensating, Run } from "../state.js";
import { asksAboutUndoing, compensatingOf, endOf, failedWith, isCancelling } from "../status.js";
import type { ActedCall } from "../work.js";
import { roleFailure } from "./failure.js";

/** The key that the undoing of a call gets. */
const keyOfUndoing = (call: string): string => hashOf(["compensate", call]);

// When it is begun

/** Whether the policy of the run, or of the step that failed, has the calls undone. An answer that fails undoes none. */
function wantsUndoing(run: Run, { cause }: Failing): boolean {
  const { phase } = run.mode;
  if (phase === "answering" || phase === "compensating") return false;
  const failed = cause !== undefined && "step" in cause ? run.execution.steps.get(cause.step)?.spec : undefined;
  const policy = failed?.onFailure;
  if (policy === "fail" || policy === "compensate") return policy === "compensate";
  return run.request.settings.onFailure === "compensate";
}

/** The request that a failing run begins with instead of its end; undefined if nothing is to be undone. */
export function undoingAfter(run: Run, failing: Failing): Fact | undefined {
  if (!wantsUndoing(run, failing) || !canUndo(run)) return undefined;
  return requested(run, { cause: "failure", end: { how: "failed", ...failing } });
}

/** The same for a run that is being cancelled. */
export function undoingAfterCancel(run: Run, comment: string, compensate: boolean | undefined): Fact | undefined {
  // The policy has had its turn when a run that has failed writes its answer.
  const byPolicy = failedWith(run) === undefined && run.request.settings.onFailure === "compensate";
  const wanted = compensate ?? byPolicy;
  if (!wanted || !canUndo(run)) return undefined;
  return requested(run, { cause: "cancel", end: { how: "cancelled", comment } });
}

type Request = Omit<EventData["compensation.requested"], "calls" | "left">;

function requested(run: Run, request: Request): Fact {
  const { calls, left } = dividedCalls(run);
  return fact("compensation.requested", {
    ...request,
    calls: calls.map(actedRef),
    left: left.map(({ call, because }) => ({ ...actedRef(call), because })),
  });
}

/** Names the calls that an undoing would undo, with what a person sees of them. */
export function undoingListHash(run: Run): string {
  const calls = dividedCalls(run).calls.map(({ key, tool, args, output = null }) => ({ key, tool, args, output }));
  return hashOf({ undoes: [run.id, calls] });
}

/** Why the calls of a run cannot be undone at the command of a person; undefined if they can. */
export function whyNoUndoing(run: Run, { hash }: Command & { readonly type: "compensate" }): Refusal | undefined {
  if (endOf(run) === undefined) return refusal("RUN_NOT_ENDED", {});
  if (!canUndo(run)) {
    const { size } = run.compensation.calls;
    const because = size === 0 ? "nothing-acted" : standingCalls(run).length === 0 ? "all-undone" : "no-way";
    return refusal("NOTHING_TO_UNDO", { because });
  }
  return hash === undefined || hash === undoingListHash(run) ? undefined : refusal("UNDOING_CHANGED", {});
}

/** Facts that begin the undoing of an ended run, or one fact that refuses. */
export function compensateEnded(run: Run, command: Command & { readonly type: "compensate" }): Fact[] {
  const end = endOf(run);
  const why = whyNoUndoing(run, command);
  if (why !== undefined || end === undefined) return [fact("input.refused", { command, ...why! })];
  const { reason, hash, unseen } = command;
  return [
    requested(run, {
      cause: "person",
      ...(reason === undefined ? {} : { comment: beginning(reason, LIMITS.feedbackChars) }),
      end: endedAsIn(end),
      ...(hash === undefined ? {} : { hash }),
      ...(unseen === undefined ? {} : { unseen }),
      ...kernelOn(run),
    }),
  ];
}

function endedAsIn(end: EndedAs): EndedAs {
  if (end.how === "completed") return { how: end.how, success: end.success };
  if (end.how === "cancelled") return { how: end.how, comment: end.comment };
  return { how: end.how, error: end.error, ...(end.cause === undefined ? {} : { cause: end.cause }) };
}

// One call after the other

/** The next call, or the end of the undoing. `ends`: the facts that end the run as it has failed. */
export function undoNext(run: Run, mode: Compensating, at: number, ends: (failing: Failing) => Fact[]): Fact[] {
  const { turn, expired } = run.compensation;
  const { attended } = run.request.settings;
  const finish = (how: EventData["compensation.ended"]["how"]) => finished(run, mode, how, ends);
  const current = mode.queue[turn];
  if (isCancelling(run)) return runsNow(run) ? [] : finish("cancelled");
  if (expired) return finish("expired");
  if (current === undefined) return finish("done");
  if (!attended && run.owed.has(undoingKey(current))) return finish("unattended");
  const wait = run.owed.get(UNDOING_RETRY_KEY);
  const isDue = wait?.kind === "wait" && wait.until <= at;
  if (run.paused || (run.owed.size > 0 && !isDue)) return [];
  const call = undoneCall(run, current);
  const { undoing } = call;
  // Nobody knows whether it was undone, and it must not be undone twice. An undoing before this one left it so.
  if (undoing?.status === "unknown" && call.undoes === "once" && undoing.error !== undefined)
    return [notUndone(run, call, { ending: "in-doubt", error: undoing.error }, at)];
  const asked = approvalFor(run, mode, call, at);
  if (asked !== undefined) return attended ? [asked] : finish("unattended");
  return [started(call)];
}

const runsNow = ({ owed }: Run): boolean => [...owed.values()].some(({ kind }) => kind === "compensate");

function started(call: ActedCall): Fact {
  const attempt = (call.undoing?.attempt ?? 0) + 1;
  const effects = call.undoes ?? "idempotent";
  return fact("compensation.started", { ...undoingOf(call), attempt, key: keyOfUndoing(call.key), effects });
}

const undoingOf = ({ key, ref, tool, undoing }: ActedCall): Undoing => ({
  ...ref,
  call: key,
  tool,
  attempt: undoing?.attempt ?? 0,
});

/** What a person approves when asked about the undoing of this call. */
const hashOfUndoing = ({ key, tool, args, output = null }: ActedCall): string =>
  hashOf({ undoes: keyOfUndoing(key), tool, args, output });

/** Whether a person has seen that this call is undone, and approved it. */
export function isUndoingSeen(run: Run, call: ActedCall): boolean {
  return compensatingOf(run)?.approved?.unseen === false || run.approvals.granted.has(hashOfUndoing(call));
}

/** The request that a person approves the undoing of this call; undefined if nobody must, or if a person has. */
function approvalFor(run: Run, mode: Compensating, call: ActedCall, at: number): Fact | undefined {
  const reason = whyUndoingAsked(run, mode, call);
  if (reason === undefined) return undefined;
  const { key, ref, tool, args, output = null, partial } = call;
  const hash = hashOfUndoing(call);
  if (run.approvals.granted.has(hash)) return undefined;
  const expiresAt = at + run.request.settings.approvalMs;
  const shown = partial === true ? { output, partial } : shownPart(output);
  return fact("approval.requested", {
    subject: ref,
    hash,
    reason,
    expiresAt,
    args,
    undoes: { call: key, tool, ...shown },
  });
}

/** The log has the whole output already. */
function shownPart(output: Json): { readonly output: Json; readonly partial?: true } {
  if (sizeOf(output, LIMITS.previewChars) <= LIMITS.previewChars) return { output };
  return { output: beginning(JSON.stringify(output), LIMITS.previewChars), partial: true };
}

/**
 * Why a person must approve the undoing of a call. A person who saw the list of calls has approved each; a rule has not
 * approved those that were written after untrusted text.
 */
function whyUndoingAsked(run: Run, { approved }: Compensating, call: ActedCall): ApprovalReason | undefined {
  const { spec, tool, asks } = call;
  if (approved?.unseen === false) return undefined;
  if (run.planning.mustApprove.has(spec.id)) return { code: "UNTRUSTED_READ" };
  if (approved !== undefined) return undefined;
  if (spec.approval === "required") return { code: "STEP_ASKS" };
  if (asks === true) return { code: "TOOL_ASKS", tool };
  return asksForEach(run) ? { code: "UNDOES", tool } : undefined;
}

/** Under the policy `function`, the program let the plan begin with a person, or without. */
function asksForEach(run: Run): boolean {
  const { approval } = run.request.settings;
  return approval === "function" ? run.approvals.granted.has(planOf(run).hash) : approval !== "never";
}

function finished(
  run: Run,
  { queue, cause, end }: Compensating,
  how: EventData["compensation.ended"]["how"],
  ends: (failing: Failing) => Fact[],
): Fact[] {
  const undone = queue.filter((key) => undoneCall(run, key).undoing?.status === "undone").length;
  const over = fact("compensation.ended", { how, undone, kept: queue.length - undone });
  if (end.how === "completed") return [over, fact("run.completed", { success: end.success })];
  if (end.how === "cancelled") return [over, fact("run.cancelled", { comment: end.comment })];
  const { how: _how, ...failing } = end;
  // A person who stops the undoing wants nothing more of the run.
  const goesOn = cause === "failure" && how !== "cancelled";
  return [over, ...(goesOn ? ends(failing) : [fact("run.failed", failing)])];
}

// Outcomes

export function compensated(run: Run, key: string): Fact[] {
  return [fact("compensation.completed", undoingOf(undoneCall(run, owedAs(run, key, "compensate").callKey)))];
}

export function compensateFailed(run: Run, failed: Outcome & { type: "compensate-failed" }, at: number): Fact[] {
  return [notUndone(run, undoneCall(run, owedAs(run, failed.key, "compensate").callKey), failed, at)];
}

type Failed = Pick<Outcome & { type: "compensate-failed" }, "ending" | "error">;

/** A tool's own error says that the call was not undone. After any other ending nobody knows. */
function notUndone(run: Run, call: ActedCall, { ending, error }: Failed, at: number): Fact {
  const undoing = undoingOf(call);
  const uncertain = ending === "tool-error" ? {} : ({ uncertain: true } as const);
  const said = { ...undoing, error, ending, ...uncertain };
  const ask = (code: "RUN_CANCELLING" | "NOT_RETRYABLE") =>
    fact("compensation.failed", { ...said, decision: "ask", reason: { code } });
  if (isCancelling(run)) return ask("RUN_CANCELLING");
  if (call.undoes === "once" && ending !== "tool-error") return ask("NOT_RETRYABLE");
  const { decision, reason, retryAt } = roleFailure(run, undoing.attempt, { error, usage: NO_USAGE }, at);
  // The reason of a failure of a role is never a text of an old log.
  const why = reason.code === "LEGACY" ? ({ code: "NOT_RETRYABLE" } as const) : reason;
  if (decision === "fail" || retryAt === undefined) {
    return fact("compensation.failed", { ...said, decision: "ask", reason: why });
  }
  return fact("compensation.failed", { ...said, decision: "retry", reason: why, retryAt });
}

/** After a new owner was recorded: an undoing that a crash interrupted. */
export function undoingAfterCrash(run: Run, effect: CompensateEffect, at: number): Fact[] {
  const call = undoneCall(run, effect.callKey);
  const { crashes } = run.compensation;
  const error = failWith("CRASHED", {}, { retryable: true });
  if (effect.effects === "once" || isCancelling(run)) return [notUndone(run, call, { ending: "abort", error }, at)];
  if (crashes <= run.request.settings.crashes) return [];
  return [notUndone(run, call, { ending: "abort", error: failWith("POISON_STEP", { crashes }) }, at)];
}

// Answers of a person

/** The call that a person is asked about because it could not be undone. */
export function failedUndoing(run: Run): ActedCall | undefined {
  const key = compensatingOf(run)?.queue[run.compensation.turn];
  return key === undefined || !asksAboutUndoing(run) ? undefined : undoneCall(run, key);
}

export function undoingSettled(
  call: ActedCall,
  verdict: EventData["compensation.settled"]["verdict"],
  comment?: string,
): Fact {
  return fact("compensation.settled", { ...undoingOf(call), verdict, ...(comment === undefined ? {} : { comment }) });
}
