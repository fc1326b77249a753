// Folds the events of steps. State changes of a step or item: queued, running, waiting, ended.
// In: a run and an event. Out: the same run, changed in place.
import type { Json } from "../../plan/json.js";
import { callName, directTool, isConversation, isFilled } from "../../plan/step-kind.js";
import { addUsage, usageSince, type Usage } from "../../plan/usage.js";
import type { EventData, EventOf } from "../event.js";
import { askKey, callKey, doubtKey, fillKey, reconcileKey, RETRY_KEY, reviewKey, stopKey } from "../keys.js";
import { currentPlan, reviewOf, stepIn, workOf } from "../lookup.js";
import { type Change, type Halt, type Run } from "../state.js";
import { changeOf, replanOf } from "../status.js";
import { fanOut, newWork } from "../steps.js";
import type { FanOut, Work } from "../work.js";

export function makeReady(run: Run, work: Work): void {
  work.status = "ready";
  run.execution.ready.push(work);
}

export function queueNextItem(run: Run, { waiting }: FanOut): void {
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    // Another run may have finished it already.
    if (next.status === "pending") return makeReady(run, next);
  }
}

/** Takes work out of whatever it was in, and gives its place under the concurrency limit back. */
export function leaveFor(run: Run, work: Work, status: Work["status"]): void {
  if (work.status === "retrying") {
    if (run.execution.retries.take() !== work)
      throw new Error(`step ${work.step.spec.id} was not the first to be retried`);
    oweRetryTimer(run);
  } else if (work.status === "running") {
    run.execution.running--;
    dropCall(run, work);
  } else if (work.status === "unknown") {
    run.execution.unknown--;
    run.owed.delete(doubtKey(work));
    run.owed.delete(reconcileKey(work));
  } else if (work.status === "suspended" && work.question !== undefined) {
    run.execution.asked--;
    run.owed.delete(askKey(work));
  }
  work.status = status;
  if (status === "running") run.execution.running++;
  // What another run has done may leave from further back in the line: it is passed over when it comes to the front.
  for (
    let first = run.execution.ready.peek();
    first !== undefined && first.status !== "ready";
    first = run.execution.ready.peek()
  ) {
    run.execution.ready.shift();
  }
}

function dropCall(run: Run, work: Work): void {
  for (const key of [callKey(work), fillKey(work)]) {
    run.owed.delete(key);
    run.owed.delete(stopKey(key));
  }
}

export function onExpanded(run: Run, { data, at }: EventOf<"step.expanded">): void {
  const state = stepIn(run.execution.steps, data.step);
  leaveFor(run, state.work, "pending");
  state.work.startedAt = at;
  const items = data.list.map((_, index) => newWork(state, index));
  state.fan = fanOut(data, items);
  const width = Math.min(state.spec.maxParallel ?? items.length, items.length);
  for (let place = 0; place < width; place++) queueNextItem(run, state.fan);
}

export function onFilling(run: Run, { data, at }: EventOf<"step.filling">): void {
  const work = workOf(run, data);
  leaveFor(run, work, "running");
  work.startedAt ??= at;
  work.args = data.args;
  work.from = data.from;
  const { attempt } = work;
  const key = fillKey(work);
  run.owed.set(key, { kind: "fill", key, step: data.step, item: work.item, attempt, given: data.args });
}

export function onFilled(run: Run, data: EventData["step.filled"]): void {
  const work = workOf(run, data);
  spend(run, work, data.usage);
  work.filled = data.args;
  delete work.told;
  dropCall(run, work);
  if (data.held !== true) return;
  leaveFor(run, work, "pending");
  makeReady(run, work);
}

export function onStepStarted(run: Run, { data, at }: EventOf<"step.started">): void {
  const work = workOf(run, data);
  leaveFor(run, work, "running");
  work.startedAt ??= at;
  // The log is right: kernels before this one may have numbered attempts in another way.
  work.attempt = data.attempt;
  work.args = data.args;
  work.from = data.from;
  work.effects = data.effects;
  work.effectKey = data.key;
  const key = callKey(work);
  run.owed.set(key, {
    kind: "call",
    key,
    step: data.step,
    item: work.item,
    attempt: data.attempt,
    effectKey: data.key,
    effects: data.effects,
    args: data.args,
  });
}

export function onStepCompleted(run: Run, { data, at }: EventOf<"step.completed">): void {
  const work = workOf(run, data);
  const fan = work.item === null ? work.step.fan : undefined;
  const output = fan === undefined ? data.output : fan.items.map((item) => item.output ?? null);
  finish(run, work, "completed", hasPlace(work, data), output, at);
  work.origin = { steps: [data.step], tools: data.from.tools };
  if (data.summary !== undefined) work.summary = data.summary;
  if (data.carried !== undefined) work.carried = data.carried;
  spend(run, work, data.usage);
  if (data.review === true) reviewRest(run);
}

export function onStepFailed(run: Run, event: EventOf<"step.failed">): void {
  const { data, at } = event;
  const work = workOf(run, data);
  work.error = data.error;
  work.reason = data.reason;
  spend(run, work, data.usage);
  if (data.output !== undefined && work.effects === "once") {
    run.execution.acted.set(work.effectKey, { known: true, output: data.output, tools: [callName(work.step.spec)] });
  }
  if (data.decision === "retry" || data.decision === "skip") {
    // The event that follows in the same append (step.retrying, step.skipped) moves it on.
    leaveFor(run, work, "pending");
    nextAttempt(work);
    return;
  }
  finish(run, work, "failed", true, undefined, at);
  if (data.sameAttempt === true) work.sameAttempt = true;
  else nextAttempt(work);
  if (work.item !== null) return;
  if (data.decision === "fail")
    haltFor(run, { why: "failure", failing: { error: data.error, cause: { step: data.step } } });
  else wantChange(run, withFailed(changeOf(run) ?? unanswered(run), event));
}

/** What a planner is being asked, or what it wrote and nobody has approved yet, was to answer. */
function unanswered(run: Run): EventData["replan.requested"] | undefined {
  return run.mode.phase === "awaiting-approval" ? currentPlan(run)?.replan : replanOf(run);
}

/** Several failures are too many for a patch of one place. */
function withFailed(
  open: Change | EventData["replan.requested"] | undefined,
  { data }: EventOf<"step.failed">,
): Change {
  const one = { step: data.step };
  const mode = data.decision === "replan" ? "full" : "patch";
  if (open === undefined) return { mode, cause: "failure", failed: [one], reason: data.reason };
  const { cause, failed, reason } = open;
  return { mode: "full", cause, failed: [...failed, one], reason };
}

const RANKS = { change: 0, failure: 1, cancel: 2 };

/** A cancel takes precedence over a failure, and a failure over another plan. The first failure stays. */
export function haltFor(run: Run, halt: Halt): void {
  const before = run.halt === undefined ? -1 : RANKS[run.halt.why];
  if (before < RANKS[halt.why] || (before === RANKS[halt.why] && halt.why !== "failure")) run.halt = halt;
}

/** Whether another review follows the one that is open. */
function reviewNext(run: Run, reviewAgain: boolean): void {
  if (run.mode.phase === "executing") run.mode = { ...run.mode, reviewAgain };
}

/** There is to be another plan: whether this one still makes sense is no question any more. */
export function wantChange(run: Run, change: Change): void {
  haltFor(run, { why: "change", change });
  reviewNext(run, false);
  run.owed.delete(reviewOf(run) ?? "");
}

/** Whether the model calls of the present attempt are in its journal: who goes on with the same attempt does not pay them again. */
export function isJournaled({ step: { spec }, filled }: Work): boolean {
  return isConversation(spec) || (isFilled(spec) && filled === undefined);
}

function nextAttempt(work: Work): void {
  work.attempt++;
  work.errors++;
  delete work.told;
}

export function onRetrying(run: Run, data: EventData["step.retrying"]): void {
  const work = workOf(run, data);
  work.crashes = 0;
  work.status = "retrying";
  run.execution.retries.add(data.retryAt, work);
  oweRetryTimer(run);
}

function oweRetryTimer(run: Run): void {
  const first = run.execution.retries.first();
  if (first === undefined) run.owed.delete(RETRY_KEY);
  else run.owed.set(RETRY_KEY, { kind: "wait", key: RETRY_KEY, until: first.at });
}

export function onSkipped(run: Run, { data, at }: EventOf<"step.skipped">): void {
  const work = workOf(run, data);
  work.skipped = data.reason;
  work.cause = data.cause;
  if (data.carried !== undefined) work.carried = data.carried;
  finish(run, work, "skipped", hasPlace(work, data), null, at);
  work.origin = { steps: [data.step], tools: [] };
  if (data.cause === "null-reference" && !work.step.spec.optional) run.execution.starved = true;
}

export function onSuspended(run: Run, { data, at }: EventOf<"step.suspended">): void {
  const work = workOf(run, data);
  leaveFor(run, work, "suspended");
  work.startedAt ??= at;
  work.question = data.question;
  work.from = data.from;
  run.execution.asked++;
  run.owed.set(askKey(work), { kind: "person", key: askKey(work) });
}

export function onUnknown(run: Run, { data }: EventOf<"step.unknown">): void {
  const work = workOf(run, data);
  leaveFor(run, work, "unknown");
  work.error = data.error;
  work.doubt = data.key;
  if (directTool(work.step.spec) !== undefined) work.effectKey = data.key;
  work.doubts++;
  spend(run, work, data.usage);
  work.doubtful = data.tool;
  oweDoubt(run, work);
  if (data.reconcileAt !== undefined) oweReconcile(run, work, data.tool, 1, data.reconcileAt);
}

/** A person owes word of it. */
function oweDoubt(run: Run, work: Work): void {
  run.execution.unknown++;
  run.owed.set(doubtKey(work), { kind: "person", key: doubtKey(work) });
}

/** Beside the person, who may still be faster. */
function oweReconcile(run: Run, work: Work, tool: string, attempt: number, notBefore: number): void {
  const key = reconcileKey(work);
  const place = { step: work.step.spec.id, item: work.item };
  run.owed.set(key, { kind: "reconcile", key, ...place, tool, callKey: work.doubt!, attempt, notBefore });
}

/** A doubt of a run that goes on after its end is asked about anew. */
export function doubtAgain(run: Run, work: Work): void {
  oweDoubt(run, work);
  const tool = work.doubtful;
  if (tool === undefined || currentPlan(run)?.tools.get(tool)?.reconciles !== true) return;
  oweReconcile(run, work, tool, 1, run.log.updatedAt);
}

export function onReconcileFailed(run: Run, data: EventData["reconcile.failed"]): void {
  const work = workOf(run, data);
  const asked = run.owed.get(reconcileKey(work));
  run.owed.delete(reconcileKey(work));
  if (data.retryAt !== undefined && asked?.kind === "reconcile")
    oweReconcile(run, work, asked.tool, data.attempt + 1, data.retryAt);
}

export function onResolved(run: Run, data: EventData["step.resolved"]): void {
  const work = workOf(run, data);
  leaveFor(run, work, "pending");
  if (data.verdict === "abort") work.givenUp = true;
  else run.execution.acted.delete(data.key);
  work.crashes = 0;
  const inside = isConversation(work.step.spec);
  if (inside) (work.settled ??= new Map()).set(data.key, { verdict: data.verdict, output: data.output ?? null });
  if (data.verdict === "not-happened" || (inside && data.verdict === "happened")) makeReady(run, work);
}

export function onStepCancelled(run: Run, { data, at }: EventOf<"step.cancelled">): void {
  const work = workOf(run, data);
  leaveFor(run, work, "cancelled");
  work.finishedAt = at;
  work.reason = data.reason;
  spend(run, work, data.usage);
}

/** Whether work that ends makes room under `maxParallel`: what another run has done had no place in this one. */
const hasPlace = ({ status }: Work, { carried }: { readonly carried?: string }) =>
  carried === undefined || status !== "pending";

/** Work has ended: its item or step counts, and what waited for it or for its place may go on. */
function finish(
  run: Run,
  work: Work,
  status: "completed" | "failed" | "skipped",
  placed: boolean,
  output: Json | undefined,
  at: number,
): void {
  leaveFor(run, work, status);
  work.finishedAt = at;
  if (output !== undefined) work.output = output;
  const { fan, dependents } = work.step;
  if (work.item !== null && fan !== undefined) {
    fan.open--;
    if (status === "failed") fan.failed++;
    if (placed) queueNextItem(run, fan);
    return;
  }
  run.execution.open--;
  // With nothing left there is no sense to ask for.
  if (run.execution.open === 0) run.owed.delete(reviewOf(run) ?? "");
  run.execution.counts[status]++;
  if (status === "failed") return;
  for (const dependent of dependents) if (--dependent.waiting === 0) makeReady(run, dependent.work);
}

/** Whether the steps that are left still make sense is asked, by one review at a time. */
function reviewRest(run: Run): void {
  if (reviewOf(run) === undefined) oweReview(run, 1);
  else reviewNext(run, true);
}

export function oweReview(run: Run, attempt: number, notBefore?: number): void {
  reviewNext(run, false);
  const key = reviewKey(++run.planning.reviews);
  run.owed.set(key, { kind: "review", key, attempt, ...(notBefore === undefined ? {} : { notBefore }) });
}

function spend(run: Run, work: Work, all: Usage): void {
  const usage = work.told === undefined ? all : usageSince(work.told, all);
  if (usage.calls === 0) return;
  if (isJournaled(work)) work.told = all;
  run.usage.executor = addUsage(run.usage.executor, usage);
  work.usage = addUsage(work.usage, usage);
  if (work.item !== null) work.step.work.usage = addUsage(work.step.work.usage, usage);
}
