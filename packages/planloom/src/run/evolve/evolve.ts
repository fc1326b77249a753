// The fold: how each event changes a run's state. In: a run and its next event. Out: the same run, changed in place.
// Separate because state is only ever this. Work per event is constant: no scan over steps, items or obligations.
import { assertNever } from "../../error.js";
import { errorKeys } from "../../plan/finding.js";
import { toolsByName } from "../../plan/tool-spec.js";
import { addUsage } from "../../plan/usage.js";
import { answerKey, approvalKey, DEADLINE_KEY, planKey, stopKey } from "../keys.js";
import type { EventData, EventOf, RunEvent, StepRef } from "../event.js";
import { failWith, type Failure } from "../failure.js";
import {
  leaveFor,
  makeReady,
  onExpanded,
  onFilled,
  onFilling,
  onReconcileFailed,
  onResolved,
  onRetrying,
  onSkipped,
  onStepCancelled,
  onStepCompleted,
  onStepFailed,
  onStepStarted,
  onSuspended,
  onUnknown,
  oweReview,
  wantChange,
} from "./evolve-step.js";
import { adoptDrafts, onDrafted } from "./draft.js";
import { restart, takePlan } from "./evolve-plan.js";
import { ask, book, exhaustedFailure, forgetGone } from "./budget.js";
import { asksForPlan, currentPlan, reviewOf, workOf, type ProposedPlan, type Run } from "../state.js";

/**
 * Applies one event. `run` is owned by this call and changed in place; events must arrive in the order of their seq. The run is
 * for reading from then on: a run that goes on is folded with foldNext (log/chain.ts), which keeps the hash chain.
 */
export function evolve(run: Run, event: RunEvent): Run {
  if (event.seq !== run.seq + 1) throw new Error(`event ${event.seq} does not follow ${run.seq} of run ${run.id}`);
  if (run.seq === 0) run.startedAt = event.at;
  run.seq = event.seq;
  run.head = undefined;
  run.updatedAt = event.at;
  if (event.by !== "engine") run.applied.add(event.inputId);
  book(run, event);
  apply(run, event);
  if (run.allowances.size > 0) forgetGone(run);
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
      run.success = event.data.success;
      return end(run, "completed", event.at);
    case "run.failed":
      run.error = event.data.error;
      if (event.data.cause !== undefined) run.errorCause = event.data.cause;
      return end(run, "failed", event.at);
    case "run.cancelled":
      return end(run, "cancelled", event.at);
    case "cancel.requested":
      return onCancelRequested(run, event.data.comment);
    case "goal.changed":
      return onGoalChanged(run, event.data);
    case "run.paused":
      run.paused = true;
      return;
    case "run.unpaused":
      run.paused = false;
      return;
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
      run.failing ??= { error: failWith("EVENT_LIMIT", event.data) };
      return;
    case "plan.stepDrafted":
      return onDrafted(run, event.data);
    case "plan.proposed":
      return onProposed(run, event);
    case "plan.invalid":
      return onPlanInvalid(run, event.data);
    case "plan.failed":
      return onPlanFailed(run, event.data);
    case "approval.requested":
      return onApprovalRequested(run, event);
    case "approval.granted":
      return onApprovalGranted(run, event.data);
    case "approval.denied":
      return onApprovalDenied(run, event.data);
    case "step.expanded":
      return onExpanded(run, event);
    case "step.filling":
      return onFilling(run, event);
    case "step.filled":
      return onFilled(run, event.data);
    case "step.started":
      return onStepStarted(run, event);
    case "step.completed":
      return onStepCompleted(run, event);
    case "step.failed":
      return onStepFailed(run, event);
    case "step.retrying":
      return onRetrying(run, event.data);
    case "step.skipped":
      return onSkipped(run, event);
    case "step.suspended":
      return onSuspended(run, event);
    case "step.unknown":
      return onUnknown(run, event);
    case "step.resolved":
      return onResolved(run, event.data);
    case "reconcile.failed":
      return onReconcileFailed(run, event.data);
    case "step.cancelled":
      return onStepCancelled(run, event);
    case "execution.completed":
      return onExecuted(run, event.data);
    case "answer.written":
      run.owed.clear();
      run.answer = event.data.answer;
      run.usage.synthesizer = addUsage(run.usage.synthesizer, event.data.usage);
      return;
    case "answer.failed":
      return onAnswerFailed(run, event.data);
    // A fact for the reader, which changes nothing that is owed.
    case "input.refused":
      return;
    default:
      // An event of a later version that this one does not know changes nothing here; schema versions guard the rest.
      return assertNever(event);
  }
}

// The run

function onStarted(run: Run, data: EventData["run.started"]): void {
  run.goal = data.goal;
  run.inputs = data.inputs;
  run.settings = data.settings;
  run.models = data.models;
  run.planGiven = data.planGiven;
  run.kernel = data.kernel;
  if (data.parent !== undefined) run.parent = data.parent;
  setDeadline(run);
  if (!data.planGiven) owePlan(run, { attempt: 1, round: 0 });
}

function onResumed(run: Run, data: EventData["run.resumed"]): void {
  run.epoch = data.epoch;
  run.kernel = data.kernel ?? run.kernel;
  // A process that lived to give the run up was not ended by its calls.
  if (data.released === true) return;
  for (const effect of run.owed.values()) {
    if (effect.kind !== "call" && effect.kind !== "fill") continue;
    const work = workOf(run, effect);
    if (work !== undefined) work.crashes++;
  }
}

function onCancelRequested(run: Run, comment: string): void {
  run.cancelling = comment;
  stopCalls(run);
}

/** Nothing is owed any more but the ends of what runs, which is stopped. */
function stopCalls(run: Run): void {
  const calls = [...run.owed.values()].filter((effect) => effect.kind === "call" || effect.kind === "fill");
  run.owed.clear();
  for (const call of calls) {
    run.owed.set(call.key, call);
    run.owed.set(stopKey(call.key), { kind: "stop", key: stopKey(call.key), target: call.key });
  }
}

function onReopened(run: Run, { data, at }: EventOf<"run.reopened">): void {
  run.reopenedAt = at;
  run.success = run.executed = false;
  delete run.ended;
  delete run.endedAt;
  delete run.error;
  delete run.errorCause;
  delete run.failing;
  delete run.exhausted;
  delete run.cancelling;
  delete run.changing;
  delete run.replan;
  delete run.answer;
  run.paused = run.reviewAgain = false;
  run.replans = 0;
  run.rejections = 0;
  run.settings = data.settings;
  run.models = data.models;
  run.kernel = data.kernel ?? run.kernel;
  run.phase = "executing";
  setDeadline(run);
  restart(run, new Set(data.anew));
  if (data.stage === "plan") owePlan(run, { attempt: 1, round: 0 });
}

function end(run: Run, how: NonNullable<Run["ended"]>, at: number): void {
  run.ended = how;
  run.endedAt = at;
  // Nobody has approved it: who has the run go on is asked again.
  if ([...run.approvals.values()].some(asksForPlan)) currentPlan(run)!.denied = "cancelled";
  run.phase = "ended";
  run.owed.clear();
  run.approvals.clear();
  run.expiries.clear();
}

// The plan

function owePlan(
  run: Run,
  request: {
    readonly attempt: number;
    readonly round: number;
    readonly notBefore?: number;
    readonly invalid?: Pick<EventData["plan.invalid"], "draft" | "findings" | "asking">;
  },
): void {
  run.phase = "planning";
  if (request.round === 0) run.repairs = [];
  const key = planKey(run.seq);
  const replan = run.replan === undefined ? {} : { replan: run.replan };
  run.owed.set(key, { kind: "plan", key, rejected: run.rejected, ...replan, ...request });
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
  takePlanEffect(run);
  const { round, draft, findings, asking } = data;
  run.repairs = [...run.repairs, errorKeys(findings)];
  if (data.decision === "give-up") return;
  const invalid = { draft, findings, ...(asking === undefined ? {} : { asking }) };
  owePlan(run, { attempt: 1, round: round + 1, invalid });
}

function onPlanFailed(run: Run, data: EventData["plan.failed"]): void {
  run.usage.planner = addUsage(run.usage.planner, data.usage);
  const effect = takePlanEffect(run);
  if (data.retryAt === undefined || effect === undefined) return;
  owePlan(run, {
    attempt: data.attempt + 1,
    round: effect.round,
    notBefore: data.retryAt,
    ...(effect.invalid === undefined ? {} : { invalid: effect.invalid }),
  });
}

function onProposed(run: Run, { data }: EventOf<"plan.proposed">): void {
  takePlanEffect(run);
  run.usage.planner = addUsage(run.usage.planner, data.usage);
  const tools = toolsByName(data.tools);
  const before = run.plans.find(({ revision }) => revision === data.basis);
  const written = new Set(data.written);
  // Whoever edits a plan that nobody has approved answers what it was to answer.
  const last = currentPlan(run);
  const replan = run.replan ?? (last?.denied === undefined ? undefined : last.replan);
  const proposed: ProposedPlan = {
    revision: data.revision,
    plan: data.plan,
    hash: data.hash,
    cause: data.cause,
    tools,
    written,
    callsGranted: new Set([...(before?.callsGranted ?? [])].filter((id) => !written.has(id))),
    ...(replan === undefined ? {} : { replan }),
    ...(data.estimate === undefined ? {} : { estimate: data.estimate }),
  };
  delete run.replan;
  run.mustApprove = new Set(data.mustApprove);
  run.plans.push(proposed);
  run.inputs = data.inputs;
  run.phase = "executing";
  if (data.adopts === true) return adoptDrafts(run, proposed);
  run.owed.clear();
  run.approvals.clear();
  run.expiries.clear();
  oweDeadline(run);
  takePlan(run, proposed, data.kept ?? []);
}

// Another plan

function onGoalChanged(run: Run, { goal, comment }: EventData["goal.changed"]): void {
  const reason = { code: "GOAL_CHANGED", comment } as const;
  run.goal = goal;
  if (run.phase === "planning") {
    takePlanEffect(run);
    // What was to be mended served the other goal.
    if (run.replan !== undefined) run.replan = { ...run.replan, mode: "full", cause: "goal", reason };
    return owePlan(run, { attempt: 1, round: 0 });
  }
  run.owed.delete(answerKey(run.answers));
  run.phase = "executing";
  run.executed = false;
  wantChange(run, { mode: "full", cause: "goal", failed: run.changing?.failed ?? [], reason });
}

function onReplanRequested(run: Run, data: EventData["replan.requested"]): void {
  if (data.cause !== "goal") run.replans++;
  delete run.changing;
  run.replan = data;
  // A plan that was proposed and never followed leaves what failed before it to be answered still.
  const before = currentPlan(run)?.denied === undefined ? [] : run.failures;
  run.failures = new Map([...before, ...data.failed.flatMap((ref) => errorOf(run, ref))]);
  run.untrusted ||= data.untrusted === true;
  takePlanEffect(run);
  owePlan(run, { attempt: 1, round: 0 });
}

function errorOf(run: Run, ref: StepRef): [string, Failure][] {
  const error = workOf(run, ref)?.error;
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
  if (retryAt === undefined) run.failing ??= { error, cause: { role: "reviewer" } };
  else oweReview(run, attempt + 1, retryAt);
}

// The budget: see budget.ts

function onExhausted(run: Run, data: EventData["budget.exhausted"]): void {
  if (data.call !== undefined) ask(run, data.call, false);
  run.exhausted = data;
  run.failing ??= { error: exhaustedFailure(data) };
  if (data.stops === true) stopCalls(run);
}

function setDeadline(run: Run): void {
  const { wallMs } = run.settings.budget;
  if (wallMs === null) delete run.deadline;
  else run.deadline = run.updatedAt + wallMs;
  oweDeadline(run);
}

function oweDeadline({ owed, deadline }: Run): void {
  if (deadline !== undefined) owed.set(DEADLINE_KEY, { kind: "wait", key: DEADLINE_KEY, until: deadline });
}

// Approval

function onApprovalRequested(run: Run, { data, at }: EventOf<"approval.requested">): void {
  run.approvals.set(data.hash, {
    hash: data.hash,
    subject: data.subject,
    reason: data.reason,
    requestedAt: at,
    expiresAt: data.expiresAt,
    ...(data.args === undefined ? {} : { args: data.args }),
  });
  run.expiries.add(data.expiresAt, data.hash);
  const key = approvalKey(data.hash);
  run.owed.set(key, { kind: "person", key, until: data.expiresAt });
  if (data.subject === "plan") run.phase = "awaiting-approval";
  else leaveFor(run, workOf(run, data.subject)!, "suspended");
}

/** Whoever writes another plan must know what has finished. */
function whatIsDone({ counts }: Run): EventData["replan.requested"] | undefined {
  if (counts.completed + counts.skipped === 0) return undefined;
  const estimate = { tokens: null, costUsd: null };
  return { mode: "full", cause: "goal", failed: [], reason: { code: "PLAN_REJECTED" }, estimate };
}

function forgetApproval(run: Run, hash: string): void {
  run.approvals.delete(hash);
  run.owed.delete(approvalKey(hash));
  // Those that were decided before their time leave when it is their turn: each costs one step, once.
  for (let first = run.expiries.first(); first !== undefined; first = run.expiries.first()) {
    if (run.approvals.get(first.value)?.expiresAt === first.at) return;
    run.expiries.take();
  }
}

function onApprovalGranted(run: Run, data: EventData["approval.granted"]): void {
  forgetApproval(run, data.hash);
  run.granted.set(data.hash, data.subject === "plan" ? null : data.subject.step);
  if (data.subject === "plan") {
    run.phase = "executing";
    const plan = currentPlan(run)!;
    delete plan.denied;
    for (const id of data.calls ?? []) plan.callsGranted.add(id);
    return;
  }
  makeReady(run, workOf(run, data.subject)!);
}

function onApprovalDenied(run: Run, data: EventData["approval.denied"]): void {
  forgetApproval(run, data.hash);
  if (data.subject !== "plan") return;
  const plan = currentPlan(run)!;
  plan.denied = data.cause;
  if (data.cause !== "rejected") return;
  run.rejected = [...run.rejected, { plan: plan.plan, comment: data.comment ?? "" }];
  run.rejections++;
  const replan = plan.replan ?? whatIsDone(run);
  if (replan !== undefined) run.replan = replan;
  if (data.again === true) owePlan(run, { attempt: 1, round: 0 });
}

// The answer

function onExecuted(run: Run, data: EventData["execution.completed"]): void {
  run.executed = true;
  if (data.answer === "none") return;
  run.phase = "answering";
  if (data.answer === "synthesizer") oweAnswer(run, 1);
}

function oweAnswer(run: Run, attempt: number, notBefore?: number): void {
  const key = answerKey(++run.answers);
  run.owed.set(key, { kind: "answer", key, attempt, ...(notBefore === undefined ? {} : { notBefore }) });
}

function onAnswerFailed(run: Run, data: EventData["answer.failed"]): void {
  run.usage.synthesizer = addUsage(run.usage.synthesizer, data.usage);
  run.owed.clear();
  oweDeadline(run);
  if (data.retryAt !== undefined) oweAnswer(run, data.attempt + 1, data.retryAt);
}
