// Folds events into the state of a run. In: a run and its next event. Out: the same run, changed in place.
// State is only this fold. Work per event is constant: no scan over steps, items or effects.
import type { Scouted } from "../event/scouted.js";
import { afterDraft, type InvalidDraft } from "../effect.js";
import { assertNever } from "../../assert-never.js";
import { errorKeys } from "../../plan/finding.js";
import { toolsByName } from "../../plan/tool-spec.js";
import { addUsage } from "../../plan/usage.js";
import { answerKey, approvalKey, chooseKey, DEADLINE_KEY, planKey, stopKey } from "../keys.js";
import type { EventData, EventOf, Failing, RunEvent, StepRef } from "../event.js";
import { failWith, type Failure } from "../failure.js";
import { asksForPlan, chooseOf, currentPlan, findWork, planOf, reviewOf, workOf } from "../lookup.js";
import { isChosenAnew, isFirstChosen } from "../strategy.js";
import { callText } from "../keys.js";
import { replanOf } from "../status.js";
import {
  dropExpired,
  haltFor,
  holdCall,
  releaseItems,
  makeReady,
  onAsked,
  onExpanded,
  onFilled,
  onFilling,
  onHeld,
  onQuestionAnswered,
  onReconcileFailed,
  onRepeated,
  onResolved,
  onRetrying,
  onSkipped,
  onStepCancelled,
  onStepCompleted,
  onStepFailed,
  onTurnFailed,
  onStepStarted,
  onSuspended,
  onToolChanged,
  onUnknown,
  onUnusable,
  oweReview,
  wantChange,
} from "./evolve-step.js";
import {
  compensatingAs,
  onCompensationCompleted,
  onCompensationFailed,
  onCompensationSettled,
  onCompensationStarted,
  setUndoing,
  undoneCall,
} from "./evolve-compensation.js";
import { onDelegated } from "./evolve-child.js";
import { adoptDrafts, onDrafted } from "./draft.js";
import {
  dropAnswering,
  onAnswerDrafted,
  onAnswerReviewed,
  onCritiqueFailed,
  onJudged,
  onJudgeFailed,
  onJudging,
} from "./evolve-judged.js";
import { retrySteps, takePlan } from "./evolve-plan.js";
import { ask, book, exhaustedFailure, forgetGone } from "./budget.js";
import { type Mode, type ProposedPlan, type Run, type RunEnd } from "../state.js";

/**
 * Applies one event. This call owns `run` and changes it in place. Events must arrive in the order of their seq.
 * Afterwards the run is only for reading: to continue a run, use foldNext (log/chain.ts), which keeps the hash chain.
 */
export function evolve(run: Run, event: RunEvent): Run {
  if (event.seq !== run.log.seq + 1)
    throw new Error(`event ${event.seq} does not follow ${run.log.seq} of run ${run.id}`);
  if (run.log.seq === 0) run.log.startedAt = event.at;
  run.log.seq = event.seq;
  run.log.head = undefined;
  run.log.updatedAt = event.at;
  run.log.latestAt = Math.max(run.log.latestAt, event.at);
  if (event.by !== "engine") run.log.applied.add(event.inputId);
  book(run, event);
  apply(run, event);
  if (run.spending.allowances.size > 0) forgetGone(run);
  return run;
}

function apply(run: Run, event: RunEvent): void {
  switch (event.type) {
    case "run.started":
      return onStarted(run, event.data);
    case "run.resumed":
      return onResumed(run, event.data);
    case "run.reopened":
      return onReopened(run, event);
    case "run.completed":
      return end(run, { phase: "ended", at: event.at, how: "completed", success: event.data.success });
    case "run.failed":
      return end(run, { phase: "ended", at: event.at, how: "failed", ...event.data });
    case "run.cancelled":
      return end(run, { phase: "ended", at: event.at, how: "cancelled", comment: event.data.comment });
    case "cancel.requested":
      return onCancelRequested(run, event.data);
    case "compensation.requested":
      return onCompensationRequested(run, event.data);
    case "compensation.started":
      return onCompensationStarted(run, event);
    case "compensation.completed":
      return onCompensationCompleted(run, event);
    case "compensation.failed":
      return onCompensationFailed(run, event);
    case "compensation.settled":
      return onCompensationSettled(run, event);
    case "goal.changed":
      return onGoalChanged(run, event.data);
    case "run.paused":
      run.paused = true;
      return;
    case "run.unpaused":
      run.paused = false;
      return;
    case "strategy.chosen":
      return onChosen(run, event.data);
    case "strategy.failed":
      return onChoiceFailed(run, event.data);
    case "replan.requested":
      return onReplanRequested(run, event.data);
    case "plan.reviewed":
      return onReviewed(run, event.data);
    case "review.failed":
      return onReviewFailed(run, event.data);
    case "budget.reserved":
      return ask(run, event.data, true);
    case "budget.awaited":
      return ask(run, event.data, false);
    case "budget.exhausted":
      return onExhausted(run, event.data);
    case "log.full":
      return fail(run, { error: failWith("EVENT_LIMIT", event.data) });
    case "plan.stepDrafted":
      return onDrafted(run, event.data);
    case "plan.proposed":
      return onProposed(run, event);
    case "plan.invalid":
      return onPlanInvalid(run, event.data);
    case "plan.failed":
      return onPlanFailed(run, event.data);
    case "tool.changed":
      return onToolChanged(run, event);
    case "approval.requested":
      return onApprovalRequested(run, event);
    case "approval.granted":
      return onApprovalGranted(run, event.data);
    case "approval.denied":
      return onApprovalDenied(run, event.data);
    case "step.expanded":
      return onExpanded(run, event);
    case "step.repeated":
      return onRepeated(run, event);
    case "step.filling":
      return onFilling(run, event);
    case "step.filled":
      return onFilled(run, event.data);
    case "step.delegated":
      return onDelegated(run, event);
    case "step.started":
      return onStepStarted(run, event);
    case "step.completed":
      return onStepCompleted(run, event);
    case "step.failed":
      return onStepFailed(run, event);
    case "step.held":
      return onHeld(run, event.data);
    case "turn.failed":
      return onTurnFailed(run, event.data);
    case "step.judging":
      return onJudging(run, event);
    case "step.judged":
      return onJudged(run, event.data);
    case "judge.failed":
      return onJudgeFailed(run, event.data);
    case "step.retrying":
      return onRetrying(run, event.data);
    case "step.skipped":
      return onSkipped(run, event);
    case "step.suspended":
      return onSuspended(run, event);
    case "step.asked":
      return onAsked(run, event);
    case "step.answered":
      return onQuestionAnswered(run, event);
    case "step.unknown":
      return onUnknown(run, event);
    case "step.unusable":
      return onUnusable(run, event);
    case "step.resolved":
      return onResolved(run, event);
    case "reconcile.failed":
      return onReconcileFailed(run, event.data);
    case "step.cancelled":
      return onStepCancelled(run, event);
    case "execution.completed":
      return onExecuted(run, event.data);
    case "answer.requested":
      return onAnswerRequested(run, event.data);
    case "answer.drafted":
      return onAnswerDrafted(run, event.data);
    case "answer.reviewed":
      if (onAnswerReviewed(run, event.data)) oweAnswer(run, 1);
      return;
    case "critique.failed":
      return onCritiqueFailed(run, event.data);
    case "answer.written":
      return onAnswered(run, event.data);
    case "answer.failed":
      return onAnswerFailed(run, event.data);
    // Facts for the reader. They change no effect.
    case "compensation.ended":
    case "input.refused":
      return;
    default:
      // Readers refuse an event of an unknown type or of a later version before it is folded.
      return assertNever(event);
  }
}

// The run

function onStarted(run: Run, data: EventData["run.started"]): void {
  run.request.goal = data.goal;
  run.request.inputs = data.inputs;
  run.request.settings = data.settings;
  run.request.models = data.models;
  run.request.strategy = data.strategy;
  run.request.planGiven = data.planGiven;
  run.request.given = new Set(Object.keys(data.inputs));
  run.request.trust = data.trust ?? {};
  run.log.kernel = data.kernel;
  if (data.parent !== undefined) run.request.parent = data.parent;
  if (data.tags !== undefined) run.request.tags = data.tags;
  if (data.messages !== undefined) run.request.messages = data.messages;
  if (data.context !== undefined) run.request.context = data.context;
  if (data.answerSchema !== undefined) run.request.answerSchema = data.answerSchema;
  if (data.ownSettings !== undefined) run.request.ownSettings = data.ownSettings;
  if (data.requestHash !== undefined) run.request.requestHash = data.requestHash;
  if (data.tools !== undefined) run.request.tools = data.tools;
  if (data.within !== undefined) run.request.within = data.within;
  // A sub-goal that others may have chosen: the planner reads it like any other text of theirs.
  run.planning.untrusted = data.within?.untrusted === true;
  run.planning.private = data.within?.private === true;
  if (data.playbook !== undefined) run.request.playbook = data.playbook;
  if (data.traceContext !== undefined) run.request.traceContext = data.traceContext;
  for (const step of data.parent?.undone ?? []) run.compensation.undoneSteps.add(step);
  setDeadline(run);
  if (!data.planGiven) oweFirstPlan(run);
}

function onResumed(run: Run, data: EventData["run.resumed"]): void {
  run.log.epoch = data.epoch;
  run.log.kernel = data.kernel ?? run.log.kernel;
  // The process gave the run up and did not die, so its calls did not crash it.
  if (data.released === true) return;
  const isTaken = data.reason.code === "TAKEN_OVER";
  for (const effect of run.owed.values()) {
    if (effect.kind === "compensate") run.compensation.crashes++;
    if (effect.kind !== "call" && effect.kind !== "fill") continue;
    const work = findWork(run, effect);
    if (work === undefined) continue;
    if (isTaken) work.mayStillCall = true;
    else work.crashes++;
  }
}

function onCancelRequested(run: Run, data: EventData["cancel.requested"]): void {
  haltFor(run, { why: "cancel", ...data });
  stopCalls(run);
}

/** Only the ends of running work are still owed. That work is stopped. */
function stopCalls(run: Run): void {
  const calls = [...run.owed.values()].filter(
    ({ kind }) => kind === "call" || kind === "fill" || kind === "judge" || kind === "compensate",
  );
  run.owed.clear();
  for (const call of calls) {
    // It is stopped now, and not when its next turn is due.
    const { notBefore: _due, ...now } = call;
    run.owed.set(call.key, now);
    run.owed.set(stopKey(call.key), { kind: "stop", key: stopKey(call.key), target: call.key });
  }
}

/** The run does nothing else until all of its calls are undone, or left. */
function onCompensationRequested(run: Run, data: EventData["compensation.requested"]): void {
  dropOpen(run);
  delete run.halt;
  run.paused = false;
  run.mode = compensatingAs(data);
  run.log.kernel = data.kernel ?? run.log.kernel;
  Object.assign(run.compensation, { turn: 0, crashes: 0, expired: false });
}

function onReopened(run: Run, { data, at }: EventOf<"run.reopened">): void {
  delete run.spending.exhausted;
  run.paused = false;
  run.request.settings = data.settings;
  run.request.models = data.models;
  run.log.kernel = data.kernel ?? run.log.kernel;
  // The run stays ended until its answer is requested.
  if (data.stage === "answer") return setDeadline(run);
  run.log.retriedAt = at;
  run.answering = { requests: run.answering.requests, critiques: run.answering.critiques };
  run.planning.replans = 0;
  run.planning.rejections = 0;
  takeInputs(run, data);
  run.mode = EXECUTING;
  setDeadline(run);
  retrySteps(run, new Set(data.restarted));
  if (data.stage === "plan") oweFirstPlan(run);
  if (data.change !== undefined) wantChange(run, data.change);
}

/** The trust in an input ends when a retry gives another value. */
function takeInputs({ request }: Run, { given = [], trust = {} }: EventData["run.reopened"]): void {
  const replaced = new Set(given);
  const kept = Object.entries(request.trust).filter(([name]) => !replaced.has(name));
  request.given = new Set([...request.given, ...given]);
  request.trust = { ...Object.fromEntries(kept), ...trust };
}

const EXECUTING: Mode = { phase: "executing", reviewAgain: false };

const fail = (run: Run, failing: Failing): void => haltFor(run, { why: "failure", failing });

function end(run: Run, how: RunEnd): void {
  dropOpen(run);
  run.mode = how;
  delete run.halt;
}

/** Nothing more happens, and nobody is asked any more. */
function dropOpen(run: Run): void {
  // Nobody has approved the plan, so the retry asks again.
  if ([...run.approvals.pending.values()].some(asksForPlan)) planOf(run).denied = "cancelled";
  run.owed.clear();
  run.approvals.pending.clear();
  run.approvals.expiries.clear();
}

// The plan

function owePlan(
  run: Run,
  request: {
    readonly attempt: number;
    readonly round: number;
    readonly notBefore?: number;
    readonly invalid?: InvalidDraft;
  },
): void {
  const replan = replanOf(run);
  run.mode = replan === undefined ? { phase: "planning" } : { phase: "planning", replan };
  if (request.round === 0) run.planning.repairs = [];
  const key = planKey(run.log.seq);
  const fields = replan === undefined ? request : { replan, ...request };
  run.owed.set(key, { kind: "plan", key, rejected: run.planning.rejected, ...fields });
}

/** A run with `auto` first chooses its strategy, for each goal. */
function oweFirstPlan(run: Run): void {
  if (isFirstChosen(run)) oweChoice(run, { attempt: 1 });
  else owePlan(run, { attempt: 1, round: 0 });
}

function oweChoice(run: Run, request: { readonly attempt: number; readonly notBefore?: number }): void {
  const replan = replanOf(run);
  run.mode = replan === undefined ? { phase: "planning" } : { phase: "planning", replan };
  dropChoice(run);
  const key = chooseKey(run.log.seq);
  run.owed.set(key, { kind: "choose", key, ...request });
}

function dropChoice(run: Run): void {
  const effect = chooseOf(run);
  if (effect !== undefined) run.owed.delete(effect.key);
}

function onChosen(run: Run, { usage, ...choice }: EventData["strategy.chosen"]): void {
  run.usage.executor = addUsage(run.usage.executor, usage);
  dropChoice(run);
  run.planning.choice = choice;
  // Any other strategy has its plan in the next event.
  if (choice.strategy === "plan") owePlan(run, { attempt: 1, round: 0 });
}

function onChoiceFailed(run: Run, { attempt, retryAt, usage }: EventData["strategy.failed"]): void {
  run.usage.executor = addUsage(run.usage.executor, usage);
  dropChoice(run);
  if (retryAt !== undefined) oweChoice(run, { attempt: attempt + 1, notBefore: retryAt });
}

/** The failures that the next plan must answer. */
function planFor(run: Run, replan: EventData["replan.requested"]): void {
  run.mode = { phase: "planning", replan };
}

function takePlanEffect(run: Run) {
  for (const effect of run.owed.values()) {
    if (effect.kind !== "plan") continue;
    run.owed.delete(effect.key);
    return effect;
  }
  return undefined;
}

function onPlanInvalid(run: Run, data: EventData["plan.invalid"]): void {
  run.usage.planner = addUsage(run.usage.planner, data.usage);
  noteScouted(run, data);
  const before = takePlanEffect(run)?.invalid;
  const { round, draft, findings, asking } = data;
  run.planning.repairs = [...run.planning.repairs, errorKeys(findings)];
  if (data.decision !== "repair") return;
  const invalid = afterDraft(before, { draft, findings, ...(asking === undefined ? {} : { asking }) });
  owePlan(run, { attempt: 1, round: round + 1, invalid });
}

function onPlanFailed(run: Run, data: EventData["plan.failed"]): void {
  run.usage.planner = addUsage(run.usage.planner, data.usage);
  noteScouted(run, data);
  const effect = takePlanEffect(run);
  if (data.retryAt === undefined || effect === undefined) return;
  owePlan(run, {
    attempt: data.attempt + 1,
    round: effect.round,
    notBefore: data.retryAt,
    ...(effect.invalid === undefined ? {} : { invalid: effect.invalid }),
  });
}

function noteScouted(run: Run, { scouted }: { readonly scouted?: Scouted }): void {
  if (scouted !== undefined) run.planning.scouted = scouted;
}

function onProposed(run: Run, { data }: EventOf<"plan.proposed">): void {
  takePlanEffect(run);
  run.usage.planner = addUsage(run.usage.planner, data.usage);
  noteScouted(run, data);
  const tools = toolsByName(data.tools);
  const before = run.planning.plans.find(({ revision }) => revision === data.replaces);
  const written = new Set(data.written);
  // An edit of a plan that nobody has approved answers the same failures.
  const last = currentPlan(run);
  const replan = replanOf(run) ?? (last?.denied === undefined ? undefined : last.replan);
  const proposed: ProposedPlan = {
    revision: data.revision,
    plan: data.plan,
    hash: data.hash,
    cause: data.cause,
    tools,
    ...(data.hashVersion === 1 ? { sparse: true as const } : {}),
    needs: data.needs,
    written,
    callsGranted: new Set([...(before?.callsGranted ?? [])].filter((id) => !written.has(id))),
    ...(replan === undefined ? {} : { replan }),
    ...(data.estimate === undefined ? {} : { estimate: data.estimate }),
    ...(data.afterUntrusted === undefined ? {} : { afterUntrusted: markedSteps(data.afterUntrusted) }),
  };
  run.planning.mustApprove = new Set(data.mustApprove);
  run.planning.plans.push(proposed);
  run.execution.changedTools = new Map();
  run.request.inputs = data.inputs;
  run.mode = EXECUTING;
  if (data.adopts === true) return adoptDrafts(run, proposed);
  run.owed.clear();
  run.approvals.pending.clear();
  run.approvals.expiries.clear();
  oweDeadline(run);
  takePlan(run, proposed, data.kept ?? []);
}

const markedSteps = (said: NonNullable<EventData["plan.proposed"]["afterUntrusted"]>) => ({
  steps: new Set(said.steps),
  private: said.private === true,
});

// Another plan

function onGoalChanged(run: Run, { goal, change, replan }: EventData["goal.changed"]): void {
  run.request.goal = goal;
  if (change === undefined) {
    // The draft to be repaired was for the old goal, and so was what was looked up.
    takePlanEffect(run);
    delete run.planning.scouted;
    if (replan !== undefined) planFor(run, replan);
    return replan === undefined ? oweFirstPlan(run) : owePlan(run, { attempt: 1, round: 0 });
  }
  dropAnswering(run);
  delete run.answering.draft;
  run.mode = EXECUTING;
  wantChange(run, change);
}

function onReplanRequested(run: Run, data: EventData["replan.requested"]): void {
  if (data.cause !== "goal" && data.cause !== "feedback") run.planning.replans++;
  delete run.halt;
  // If a proposed plan was never followed, the failures before it are still to be answered.
  const before = currentPlan(run)?.denied === undefined ? [] : run.planning.failures;
  run.planning.failures = new Map([...before, ...data.failed.flatMap((ref) => errorOfStep(run, ref))]);
  run.planning.untrusted ||= data.untrusted === true;
  run.planning.private ||= data.private === true;
  takePlanEffect(run);
  planFor(run, data);
  if (isChosenAnew(run)) oweChoice(run, { attempt: 1 });
  else owePlan(run, { attempt: 1, round: 0 });
}

function errorOfStep(run: Run, ref: StepRef): [string, Failure][] {
  const error = findWork(run, ref)?.error;
  return error === undefined ? [] : [[ref.step, error]];
}

function onReviewed(run: Run, data: EventData["plan.reviewed"]): void {
  const { decision, text, usage } = data;
  run.usage.planner = addUsage(run.usage.planner, usage);
  run.owed.delete(reviewOf(run)!);
  const reason = { code: "REVIEWED", text } as const;
  if (decision === "replan") wantChange(run, { mode: "full", cause: "review", failed: [], reason });
  else if (data.again === true) oweReview(run, 1);
}

function onReviewFailed(run: Run, { attempt, error, retryAt, usage }: EventData["review.failed"]): void {
  run.usage.planner = addUsage(run.usage.planner, usage);
  run.owed.delete(reviewOf(run)!);
  if (retryAt === undefined) fail(run, { error, cause: { role: "reviewer" } });
  else oweReview(run, attempt + 1, retryAt);
}

// The budget: see budget.ts

function onExhausted(run: Run, data: EventData["budget.exhausted"]): void {
  if (data.call !== undefined) ask(run, data.call, false);
  run.spending.exhausted = data;
  fail(run, { error: exhaustedFailure(data) });
  if (data.stops === true) stopCalls(run);
}

function setDeadline(run: Run): void {
  const { wallMs } = run.request.settings.budget;
  if (wallMs === null) delete run.spending.deadline;
  else run.spending.deadline = run.log.updatedAt + wallMs;
  oweDeadline(run);
}

function oweDeadline({ owed, spending: { deadline } }: Run): void {
  if (deadline !== undefined) owed.set(DEADLINE_KEY, { kind: "wait", key: DEADLINE_KEY, until: deadline });
}

// Approval

function onApprovalRequested(run: Run, event: EventOf<"approval.requested">): void {
  const { data, at } = event;
  run.approvals.pending.set(data.hash, {
    hash: data.hash,
    subject: data.subject,
    reason: data.reason,
    requestedAt: at,
    expiresAt: data.expiresAt,
    ...(data.args === undefined ? {} : { args: data.args }),
    ...(data.items === undefined ? {} : { items: data.items }),
    ...(data.call === undefined ? {} : { call: data.call }),
    ...(data.undoes === undefined ? {} : { undoes: data.undoes }),
  });
  run.approvals.expiries.add(data.expiresAt, data.hash);
  const key = approvalKey(data.hash);
  run.owed.set(key, { kind: "person", key, until: data.expiresAt });
  if (data.subject === "plan") {
    run.mode = { phase: "awaiting-approval" };
    return;
  }
  if (data.undoes !== undefined) return setUndoing(undoneCall(run, data.undoes.call), "asking", { at });
  const work = workOf(run, data.subject);
  if (data.items !== undefined && work.item !== null) run.execution.together.delete(work.step.spec.id);
  holdCall(run, work, event);
}

function forgetApproval(run: Run, hash: string): void {
  run.approvals.pending.delete(hash);
  run.owed.delete(approvalKey(hash));
  dropExpired(run);
}

function onApprovalGranted(run: Run, data: EventData["approval.granted"]): void {
  const { call, items, undoes, args = {} } = run.approvals.pending.get(data.hash) ?? {};
  forgetApproval(run, data.hash);
  // The question was about other arguments, so nothing else may rest on this answer.
  if (data.args === undefined) run.approvals.granted.set(data.hash, data.subject === "plan" ? null : data.subject.step);
  if (data.subject === "plan") {
    if (data.unseen !== true) run.approvals.seen.add(data.hash);
    run.mode = EXECUTING;
    const plan = planOf(run);
    delete plan.denied;
    for (const id of data.calls ?? []) plan.callsGranted.add(id);
    return;
  }
  if (undoes !== undefined) return;
  const work = workOf(run, data.subject);
  if (data.args !== undefined) {
    if (call === undefined) work.edited = data.args;
    else (work.edits ??= new Map()).set(call.key, { hash: data.hash, args: data.args });
  }
  // The person approved a step with forEach before it had its list, and saw its items.
  if (work.item === null && work.step.spec.forEach !== undefined) work.step.itemsSeen = true;
  if (call !== undefined && data.rest !== undefined)
    work.grants = [...(work.grants ?? []), { tool: call.tool, args: data.args ?? args, rest: data.rest }];
  if (items === undefined || work.item === null) makeReady(run, work);
  else releaseItems(run, work.step, (item) => void (item.seen = true));
}

/** The agent step goes on without the call. */
function refuseCall(run: Run, { subject, comment = "" }: EventData["approval.denied"], call: string): void {
  const work = workOf(run, subject as StepRef);
  (work.refused ??= new Map()).set(call, comment);
  makeReady(run, work);
}

/** The item that stands for all ends with this event. The others end when their turn comes. */
function denyItems(run: Run, subject: StepRef, { cause, comment = "" }: EventData["approval.denied"]): void {
  const work = workOf(run, subject);
  if (work.item === null || (cause !== "rejected" && cause !== "expired")) return;
  delete work.aside;
  releaseItems(run, work.step, (item) => void (item.denied = { cause, comment }));
}

function onApprovalDenied(run: Run, data: EventData["approval.denied"]): void {
  const { call, items, undoes, args = {} } = run.approvals.pending.get(data.hash) ?? {};
  forgetApproval(run, data.hash);
  if (undoes !== undefined) {
    run.compensation.expired = data.cause === "expired";
    return;
  }
  if (data.subject !== "plan") {
    if (items !== undefined) denyItems(run, data.subject, data);
    if (call !== undefined && data.cause === "rejected") refuseCall(run, data, callText(call.tool, args));
    return;
  }
  const plan = planOf(run);
  plan.denied = data.cause;
  if (data.cause !== "rejected") return;
  run.planning.rejected = [...run.planning.rejected, { plan: plan.plan, comment: data.comment ?? "" }];
  run.planning.rejections++;
  if (data.again !== true) return;
  if (data.replan !== undefined) planFor(run, data.replan);
  owePlan(run, { attempt: 1, round: 0 });
}

// The answer

function onExecuted(run: Run, data: EventData["execution.completed"]): void {
  if (data.answer === "none") return;
  run.mode = { phase: "answering" };
  if (data.answer === "synthesizer") oweAnswer(run, 1);
}

/** The run has failed. Of all that is owed, only its answer and its time are left. */
function onAnswerRequested(run: Run, failed: Failing): void {
  dropOpen(run);
  oweDeadline(run);
  fail(run, failed);
  run.mode = { phase: "answering", failed };
  oweAnswer(run, 1);
}

function onAnswered(run: Run, { answer, partial, usage, critique }: EventData["answer.written"]): void {
  run.owed.clear();
  run.answering.answer = answer;
  if (critique !== undefined) run.answering.critique = critique;
  if (partial) run.answering.partial = true;
  run.usage.synthesizer = addUsage(run.usage.synthesizer, usage);
}

function oweAnswer(run: Run, attempt: number, notBefore?: number): void {
  const key = answerKey(++run.answering.requests);
  run.owed.set(key, { kind: "answer", key, attempt, ...(notBefore === undefined ? {} : { notBefore }) });
}

function onAnswerFailed(run: Run, data: EventData["answer.failed"]): void {
  run.usage.synthesizer = addUsage(run.usage.synthesizer, data.usage);
  run.owed.clear();
  oweDeadline(run);
  if (data.retryAt !== undefined) oweAnswer(run, data.attempt + 1, data.retryAt);
}
