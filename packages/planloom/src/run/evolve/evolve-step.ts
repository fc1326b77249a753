// Folds the events of steps. State changes of a step or item: queued, running, waiting, ended.
// In: a run and an event. Out: the same run, changed in place.
import type { Json } from "../../plan/json.js";
import { NO_ORIGIN } from "../../plan/origin.js";
import { callName, directTool, isConversation, isFilled, isSubPlan } from "../../plan/step-kind.js";
import { addUsage, NO_USAGE, usageSince, type Usage } from "../../plan/usage.js";
import { noteInnerCalls, noteInnerDoubt, noteOwnCall, settleDoubt } from "../acted-calls.js";
import { isDoubtVerdict } from "../command.js";
import type { Change, EventData, EventOf, MadeCall, ToolQuestion } from "../event.js";
import { askKey, callKey, doubtKey, fillKey, reconcileKey, RETRY_KEY, reviewKey, stopKey } from "../keys.js";
import { currentPlan, executorModel, reviewOf, stepIn, workOf } from "../lookup.js";
import { waitingChildren } from "../status.js";
import type { ChildShare } from "../event/child.js";
import { type Halt, type Run } from "../state.js";
import { reserveShare } from "./budget.js";
import { fanOut, newWork } from "../steps.js";
import { allowAgain, noteUnusable } from "../unusable-call.js";
import type { Doubt, FanOut, StepState, Work } from "../work.js";

export function makeReady(run: Run, work: Work): void {
  work.status = "ready";
  run.execution.ready.push(work);
}

export function queueNextItem(run: Run, { waiting }: FanOut): void {
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    // A fork may have taken this item over as finished.
    if (next.status === "pending") return makeReady(run, next);
  }
}

/** Removes work from its queue or state, and frees its place under the concurrency limit. */
export function leaveFor(run: Run, work: Work, status: Work["status"]): void {
  if (work.status === "retrying") {
    if (run.execution.retries.take() !== work)
      throw new Error(`step ${work.step.spec.id} was not the first to be retried`);
    oweRetryTimer(run);
  } else if (work.status === "running") {
    run.execution.running--;
    dropCall(run, work);
    leaveChild(run, work);
  } else if (work.status === "unknown") {
    run.execution.unknown--;
    run.owed.delete(doubtKey(work));
    run.owed.delete(reconcileKey(work));
  } else if (work.status === "unusable") {
    run.execution.unusable--;
    run.owed.delete(doubtKey(work));
  } else if (work.status === "suspended" && work.question !== undefined) {
    run.execution.questions--;
    run.owed.delete(askKey(work));
    if (work.asking !== undefined) forgetAsking(run, work);
  }
  work.status = status;
  if (status === "running") run.execution.running++;
  // Work that a fork took over may leave from the middle of the queue. It is removed when it reaches the front.
  for (
    let first = run.execution.ready.peek();
    first !== undefined && first.status !== "ready";
    first = run.execution.ready.peek()
  ) {
    run.execution.ready.shift();
  }
}

/** Takes work that waits for its turn, or for its next attempt, out of the line. The caller gives it another status. */
export function leaveLine(run: Run, work: Work): void {
  run.execution.ready.remove(work);
  run.execution.retries.remove(work);
  // A run that is ending waits for no retry any more.
  if (run.owed.has(RETRY_KEY)) oweRetryTimer(run);
}

/** The step has ended or is stopped. Its child run does not wait for this run any more. */
function leaveChild(run: Run, work: Work): void {
  if (work.child?.waits === undefined) return;
  run.execution.childWaits--;
  const { waits: _waits, ...child } = work.child;
  work.child = child;
}

/** Aborts the call with this key. Its outcome is still awaited. */
export function stopCall(run: Run, target: string): void {
  if (run.owed.has(target)) run.owed.set(stopKey(target), { kind: "stop", key: stopKey(target), target });
}

function dropCall(run: Run, work: Work): void {
  const judge = work.judging === undefined ? [] : [work.judging.request];
  delete work.judging;
  for (const key of [callKey(work), fillKey(work), ...judge]) {
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
  for (let slot = 0; slot < width; slot++) queueNextItem(run, state.fan);
}

/** The first round is due, or a round has ended. Another one is queued if it follows. */
export function onRepeated(run: Run, { data, at }: EventOf<"step.repeated">): void {
  const state = stepIn(run.execution.steps, data.step);
  const { work } = state;
  // Its turn is over: from here on, its rounds have turns.
  if (work.status === "ready") leaveFor(run, work, "pending");
  if (data.carried === undefined || data.again === true) work.startedAt ??= at;
  const fan = (state.fan ??= fanOut({ list: [], from: NO_ORIGIN }, []));
  fan.rounds = { ended: data.round, met: data.met, since: data.since ?? fan.rounds?.since ?? 0 };
  if (data.again !== true) return;
  const next = newWork(state, fan.items.length);
  fan.items.push(next);
  fan.open++;
  makeReady(run, next);
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

/** The call was not made. The step keeps its attempt. */
export function onHeld(run: Run, data: EventData["step.held"]): void {
  const work = workOf(run, data);
  if (data.reason.code === "ITEMS_TOGETHER") return setAside(run, work, data.args ?? {});
  leaveFor(run, work, "pending");
  makeReady(run, work);
}

/** The item gives its place to the next one. */
function setAside(run: Run, work: Work, args: NonNullable<Work["aside"]>): void {
  const { spec, fan } = work.step;
  if (fan === undefined) throw new Error(`step ${spec.id} has no items`);
  leaveFor(run, work, "suspended");
  work.aside = args;
  fan.held++;
  run.execution.together.add(spec.id);
  queueNextItem(run, fan);
}

/** A person has answered for all items that were set aside. They take their places again. */
export function releaseItems(run: Run, { spec, fan }: StepState, change: (work: Work) => void): void {
  const items = fan?.items.filter(({ aside }) => aside !== undefined) ?? [];
  if (fan === undefined) return;
  for (const work of items) {
    delete work.aside;
    leaveFor(run, work, "pending");
    change(work);
  }
  fan.held = 0;
  fan.waiting = items.reverse();
  const width = Math.min(spec.maxParallel ?? items.length, items.length);
  for (let slot = 0; slot < width; slot++) queueNextItem(run, fan);
}

export function onToolChanged(run: Run, { data, seq }: EventOf<"tool.changed">): void {
  const { tool, present, applies = present, differences, waits = false } = data;
  const { steps } = run.execution;
  // Another object, so that labels are worked out anew.
  const changedTools = (run.execution.changedTools = new Map(run.execution.changedTools));
  const using = [...steps.values()].filter(({ spec }) => directTool(spec) === tool);
  const recorded = changedTools.get(tool)?.recorded ?? currentPlan(run)?.tools.get(tool) ?? using[0]?.tool;
  if (recorded === undefined) throw new Error(`no plan names the tool ${tool}`);
  if (differences.length === 0) changedTools.delete(tool);
  else changedTools.set(tool, { seq, recorded, present, applies, differences, waits });
  for (const state of using) state.tool = differences.length === 0 ? recorded : applies;
}

export function onStepStarted(run: Run, { data, at, seq }: EventOf<"step.started">): void {
  const work = workOf(run, data);
  leaveFor(run, work, "running");
  work.startedAt ??= at;
  work.startedSeq = seq;
  // The log is right: earlier kernels may have numbered attempts differently.
  work.attempt = data.attempt;
  delete work.mayStillCall;
  delete work.notCalled;
  work.args = data.args;
  work.from = data.from;
  work.effects = data.effects;
  work.effectKey = data.key;
  const key = callKey(work);
  const { conversation, known } = work;
  const allowance = data.allowance as unknown as ChildShare | null;
  if (allowance !== null) reserveShare(run, key, allowance);
  run.owed.set(key, {
    kind: "call",
    key,
    step: data.step,
    item: work.item,
    attempt: data.attempt,
    effectKey: data.key,
    effects: data.effects,
    args: data.args,
    ...(allowance === null ? {} : { allowance }),
    ...(isSubPlan(work.step.spec) ? { since: seq } : {}),
    ...(conversation === undefined ? {} : { conversation }),
    ...(known === undefined ? {} : { made: known }),
  });
}

/** The call stays owed: its next performance reads the journal up to this turn, and sends the turn again. */
export function onTurnFailed(run: Run, data: EventData["turn.failed"]): void {
  const work = workOf(run, data);
  const { turn: number, retryAt } = data;
  spend(run, work, data.usage);
  work.crashes = 0;
  work.turn = { number, failed: work.turn?.number === number ? work.turn.failed + 1 : 1 };
  const effect = run.owed.get(callKey(work));
  if (effect?.kind === "call") run.owed.set(effect.key, { ...effect, notBefore: retryAt });
}

/** Remembers the calls with effects of an agent step. */
export function noteCalls(run: Run, work: Work, calls: readonly MadeCall[] | undefined, at: number): void {
  if (calls === undefined) return;
  noteInnerCalls(run, work, calls, at);
  work.calls = new Map([...(work.calls ?? []), ...calls.map((call) => [call.key, call] as const)]);
}

export function onStepCompleted(run: Run, { data, at }: EventOf<"step.completed">): void {
  const work = workOf(run, data);
  const fan = work.item === null ? work.step.fan : undefined;
  finish(run, work, "completed", freesSlot(work, data), outputOf(data, fan), at);
  work.origin = { steps: [data.step], tools: data.from.tools };
  if (fan?.rounds !== undefined) takeRound(work, fan.items.at(-1));
  if (data.summary !== undefined) work.summary = data.summary;
  if (data.evidence !== undefined) work.evidence = data.evidence;
  if (data.carried !== undefined) work.carried = data.carried;
  noteCalls(run, work, data.calls, at);
  if (data.carried === undefined) noteOwnCall(run, work, { state: "done", output: data.output }, at);
  if (data.item === undefined) run.compensation.undoneSteps.delete(data.step);
  spend(run, work, data.usage);
  if (data.review === true) reviewRest(run);
}

/** The last event of a fan-out with `forEach` has no output of its own. */
const outputOf = ({ output }: EventData["step.completed"], fan: FanOut | undefined): Json =>
  fan === undefined || fan.rounds !== undefined ? output : fan.items.map((item) => item.output ?? null);

/** What is known of the output of the last round is known of the step's output. */
function takeRound(work: Work, last: Work | undefined): void {
  if (last?.summary !== undefined) work.summary = last.summary;
  if (last?.evidence !== undefined) work.evidence = last.evidence;
}

export function onStepFailed(run: Run, { data, at }: EventOf<"step.failed">): void {
  const work = workOf(run, data);
  work.error = data.error;
  work.reason = data.reason;
  spend(run, work, data.usage);
  noteCalls(run, work, data.calls, at);
  if (work.child !== undefined && data.output !== undefined) work.child = { ...work.child, refused: data.error };
  if (data.output !== undefined) {
    noteRefused(run, work, data, data.output);
    noteOwnCall(run, work, { state: "done", output: data.output }, at);
  } else if (data.ending !== undefined && data.ending !== "tool-error" && data.ending !== "unusable") {
    noteOwnCall(run, work, { state: "unknown" }, at);
  }
  if (data.decision === "retry" || data.decision === "skip") {
    // The next event of the same append (step.retrying, step.skipped) decides its status.
    leaveFor(run, work, "pending");
    nextAttempt(work, data);
    return;
  }
  finish(run, work, "failed", true, undefined, at);
  if (data.sameAttempt === true) work.sameAttempt = true;
  else nextAttempt(work, data);
  if (work.item !== null) return;
  if (data.decision === "fail")
    haltFor(run, { why: "failure", failing: { error: data.error, cause: { step: data.step } } });
  else if (data.change !== undefined) wantChange(run, data.change);
}

/** `expect` refused the output of a call that acted. A step of a later plan does not make the call again. */
function noteRefused(run: Run, work: Work, { attempt, error, decision }: EventData["step.failed"], output: Json): void {
  const { effects, effectKey: key, item, args = {} } = work;
  const { spec, revision } = work.step;
  if (effects === "none" || decision === "retry") return;
  const tool = callName(spec);
  if (effects === "once") run.execution.acted.set(key, { known: true, output, tools: [tool] });
  const ref = item === null ? { step: spec.id } : { step: spec.id, item };
  // A person may order an idempotent call again: it has the same key.
  const allowed = new Set(effects === "idempotent" ? [key] : []);
  noteUnusable(run, args, { ref, attempt, key, tool, error, output, refused: true, revision, allowed });
}

const RANKS = { change: 0, failure: 1, cancel: 2 };

/** A cancel takes precedence over a failure, and a failure over another plan. The first failure stays. */
export function haltFor(run: Run, halt: Halt): void {
  if (halt.why === "failure") for (const work of waitingChildren(run)) stopCall(run, callKey(work));
  const before = run.halt === undefined ? -1 : RANKS[run.halt.why];
  if (before < RANKS[halt.why] || (before === RANKS[halt.why] && halt.why !== "failure")) run.halt = halt;
}

/** Sets whether another review follows the open one. */
function reviewNext(run: Run, reviewAgain: boolean): void {
  if (run.mode.phase === "executing") run.mode = { ...run.mode, reviewAgain };
}

/** Another plan is wanted, so the review of this one is dropped. */
export function wantChange(run: Run, change: Change): void {
  haltFor(run, { why: "change", change });
  reviewNext(run, false);
  run.owed.delete(reviewOf(run) ?? "");
}

/**
 * Whether the model calls of the current attempt are in its journal. If the attempt continues, they are not paid again.
 */
export function isJournaled({ step: { spec }, filled }: Work): boolean {
  return isConversation(spec) || (isFilled(spec) && filled === undefined);
}

/** With `goesOn` the attempt continues the conversation, whose journal reports its usage again. */
function nextAttempt(work: Work, { error, goesOn, turns = 0 }: EventData["step.failed"]): void {
  const { attempt, conversation = { attempt, breaks: [] } } = work;
  work.attempt++;
  work.errors++;
  delete work.turn;
  if (goesOn === true) {
    work.conversation = { ...conversation, breaks: [...conversation.breaks, { turns, error }] };
    return;
  }
  delete work.told;
  delete work.conversation;
  if (work.calls === undefined) return;
  work.known = [...work.calls.values()];
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
  finish(run, work, "skipped", freesSlot(work, data), null, at);
  work.origin = { steps: [data.step], tools: [] };
  if (data.cause === "null-reference" && !work.step.spec.optional) run.execution.starved = true;
  if (data.review === true) reviewRest(run);
}

export function onSuspended(run: Run, { data, at }: EventOf<"step.suspended">): void {
  const work = workOf(run, data);
  leaveFor(run, work, "suspended");
  work.startedAt ??= at;
  work.question = data.question;
  work.data = data.data;
  work.from = data.from;
  run.execution.questions++;
  run.owed.set(askKey(work), { kind: "person", key: askKey(work) });
}

/** The call waits for an answer. It is not owed meanwhile. */
export function onAsked(run: Run, { data, at, seq }: EventOf<"step.asked">): void {
  const work = workOf(run, data);
  const { key, tool, expiresAt, usage, calls, args = work.args ?? {} } = data;
  leaveFor(run, work, "suspended");
  work.crashes = 0;
  work.question = data.question;
  work.data = args;
  work.asking = { ...questionIn(data), seq, key, tool, args, at, expiresAt };
  spend(run, work, usage);
  noteCalls(run, work, calls, at);
  run.execution.questions++;
  run.owed.set(askKey(work), { kind: "person", key: askKey(work), until: expiresAt });
  run.approvals.expiries.add(expiresAt, work);
}

function questionIn({ number, question, type, declines, state }: ToolQuestion): ToolQuestion {
  return {
    number,
    question,
    ...(type === undefined ? {} : { type }),
    ...(declines === undefined ? {} : { declines }),
    ...(state === undefined ? {} : { state }),
  };
}

/** The step is queued again. The tool gets all answers so far. */
export function onQuestionAnswered(run: Run, { data, by, at }: EventOf<"step.answered">): void {
  const work = workOf(run, data);
  const { asking } = work;
  if (asking === undefined) throw new Error(`the tool of step ${data.step} asks nothing`);
  const { key, value: answer } = data;
  const answered = [...(work.answers?.get(key) ?? []), { ...questionIn(asking), tool: asking.tool, answer, by, at }];
  work.answers = new Map([...(work.answers ?? []), [key, answered]]);
  leaveFor(run, work, "pending");
  makeReady(run, work);
}

function forgetAsking(run: Run, work: Work): void {
  delete work.asking;
  delete work.question;
  delete work.data;
  dropExpired(run);
}

/** Questions that were answered early leave the heap when their time comes. Each costs one operation, once. */
export function dropExpired({ approvals: { pending, expiries } }: Run): void {
  for (let first = expiries.first(); first !== undefined; first = expiries.first()) {
    const { value, at } = first;
    const waits = typeof value === "string" ? pending.get(value) : value.asking;
    if (waits?.expiresAt === at) return;
    expiries.take();
  }
}

/** A call waits for approval. `usage` and `calls` are those of an agent step that continues afterwards. */
export function holdCall(run: Run, work: Work, { data: { usage, calls }, at }: EventOf<"approval.requested">): void {
  leaveFor(run, work, "suspended");
  if (usage !== undefined) spend(run, work, usage);
  noteCalls(run, work, calls, at);
}

export function onUnknown(run: Run, { data, at }: EventOf<"step.unknown">): void {
  const work = workOf(run, data);
  leaveFor(run, work, "unknown");
  work.error = data.error;
  if (directTool(work.step.spec) !== undefined) work.effectKey = data.key;
  work.doubts++;
  spend(run, work, data.usage);
  noteCalls(run, work, data.calls, at);
  const { key, tool, attempt, reconciles = false } = data;
  const args = directTool(work.step.spec) === undefined ? data.args : work.args;
  work.doubt = { key, tool, attempt, at, ...(args === undefined ? {} : { args }), reconciles };
  oweDoubt(run, work);
  if (data.reconcileAt !== undefined) oweReconcile(run, work, work.doubt, 1, data.reconcileAt);
  if (isConversation(work.step.spec)) noteInnerDoubt(run, work, { key, tool, ...(args && { args }) }, at);
  else noteOwnCall(run, work, { state: "unknown" }, at);
}

export function onUnusable(run: Run, { data, at }: EventOf<"step.unusable">): void {
  const work = workOf(run, data);
  const { attempt, key, tool, error, output, partial, earlier, args, from } = data;
  leaveFor(run, work, "unusable");
  if (args !== undefined) work.args = args;
  if (from !== undefined) work.from = from;
  const returned = { output, ...(partial === undefined ? {} : { partial }) };
  work.error = error;
  work.effectKey = key;
  work.unusable = { attempt, at, key, tool, ...returned, ...(earlier === undefined ? {} : { earlier }) };
  work.doubts++;
  spend(run, work, data.usage);
  oweAnswer(run, work);
  if (earlier !== undefined) work.notCalled = true;
  const isSound = data.ending === undefined && partial === undefined;
  noteOwnCall(run, work, { state: isSound ? "done" : "unusable", ...returned }, at);
  const ref = earlier ?? (work.item === null ? { step: data.step } : { step: data.step, item: work.item });
  const sound = data.ending === undefined && earlier === undefined ? ({ sound: true } as const) : {};
  const { revision } = work.step;
  noteUnusable(run, work.args ?? {}, {
    ref,
    attempt,
    key,
    tool,
    error,
    ...returned,
    ...sound,
    revision,
    allowed: new Set(),
  });
}

/** A person decides what takes the place of its output. */
function oweAnswer(run: Run, work: Work): void {
  run.execution.unusable++;
  run.owed.set(doubtKey(work), { kind: "person", key: doubtKey(work) });
}

/** Adds the doubt to the effects: a person must settle it. */
function oweDoubt(run: Run, work: Work): void {
  run.execution.unknown++;
  run.owed.set(doubtKey(work), { kind: "person", key: doubtKey(work) });
}

/** The tool is asked about the doubt, too. A person may still answer first. */
function oweReconcile(run: Run, work: Work, doubt: Doubt, attempt: number, notBefore: number): void {
  const key = reconcileKey(work);
  const ref = { step: work.step.spec.id, item: work.item };
  run.owed.set(key, { kind: "reconcile", key, ...ref, tool: doubt.tool, callKey: doubt.key, attempt, notBefore });
}

/** An open question about a call, in a run that is retried, is asked again. */
export function reopenQuestion(run: Run, work: Work): void {
  if (work.status === "unusable") return oweAnswer(run, work);
  oweDoubt(run, work);
  if (work.doubt?.reconciles === true) oweReconcile(run, work, work.doubt, 1, run.log.updatedAt);
}

export function onReconcileFailed(run: Run, data: EventData["reconcile.failed"]): void {
  const work = workOf(run, data);
  const effect = run.owed.get(reconcileKey(work));
  run.owed.delete(reconcileKey(work));
  if (data.retryAt !== undefined && effect !== undefined && work.doubt !== undefined)
    oweReconcile(run, work, work.doubt, data.attempt + 1, data.retryAt);
}

export function onResolved(run: Run, { data, at }: EventOf<"step.resolved">): void {
  const work = workOf(run, data);
  leaveFor(run, work, "pending");
  work.crashes = 0;
  if (!isDoubtVerdict(data.verdict)) return onUsed(run, work, data);
  if (data.verdict === "abort") work.givenUp = true;
  else run.execution.acted.delete(data.key);
  const inside = isConversation(work.step.spec);
  const settled = data.verdict === "not-happened" || (inside && data.verdict === "happened");
  const output = data.verdict === "happened" ? (data.output ?? null) : undefined;
  if (settled) settleDoubt(run, work, data.key, output, at);
  if (inside) (work.settled ??= new Map()).set(data.key, { verdict: data.verdict, output: data.output ?? null });
  if (settled) makeReady(run, work);
}

/** A call with an unusable output: its value is known now, it is made again, or the events that follow end the step. */
function onUsed(run: Run, work: Work, { key, verdict, output = null }: EventData["step.resolved"]): void {
  const { unusable } = work;
  if (unusable === undefined || verdict === "skip" || verdict === "fail") return;
  delete work.unusable;
  if (verdict === "use") {
    run.execution.acted.set(key, { known: true, output, tools: [unusable.tool] });
    if (unusable.earlier === undefined) work.attempt = unusable.attempt;
    return;
  }
  allowAgain(run, unusable.tool, work.args ?? {}, key);
  if (unusable.earlier === undefined) work.attempt = Math.max(work.attempt, unusable.attempt + 1);
  delete work.told;
  makeReady(run, work);
}

export function onStepCancelled(run: Run, { data, at }: EventOf<"step.cancelled">): void {
  const work = workOf(run, data);
  leaveFor(run, work, "cancelled");
  work.finishedAt = at;
  work.reason = data.reason;
  spend(run, work, data.usage);
  noteCalls(run, work, data.calls, at);
}

/** Whether work that ends frees a place under `maxParallel`. Work that a fork took over never had a place. */
const freesSlot = ({ status }: Work, { carried }: { readonly carried?: string }) =>
  carried === undefined || status !== "pending";

/** Ends work: counts its item or step, and queues the work that waited for it or for its place. */
function finish(
  run: Run,
  work: Work,
  status: "completed" | "failed" | "skipped",
  freesSlot: boolean,
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
    if (freesSlot) queueNextItem(run, fan);
    return;
  }
  run.execution.open--;
  // When all steps have ended, a review has no purpose.
  if (run.execution.open === 0) run.owed.delete(reviewOf(run) ?? "");
  run.execution.counts[status]++;
  if (status === "failed") return;
  for (const dependent of dependents) if (--dependent.waiting === 0) makeReady(run, dependent.work);
}

/** Requests a review of the remaining steps. Only one review is open at a time. */
function reviewRest(run: Run): void {
  if (reviewOf(run) === undefined) oweReview(run, 1);
  else reviewNext(run, true);
}

export function oweReview(run: Run, attempt: number, notBefore?: number): void {
  reviewNext(run, false);
  const key = reviewKey(++run.planning.reviews);
  run.owed.set(key, { kind: "review", key, attempt, ...(notBefore === undefined ? {} : { notBefore }) });
}

export function spend(run: Run, work: Work, all: Usage): void {
  const usage = work.told === undefined ? all : usageSince(work.told, all);
  if (usage.calls === 0) return;
  if (isJournaled(work)) work.told = all;
  run.usage.executor = addUsage(run.usage.executor, usage);
  if (work.step.spec.executor !== undefined) addToSpecialist(run, work.step.spec.executor, work, usage);
  work.usage = addUsage(work.usage, usage);
  if (work.item !== null) work.step.work.usage = addUsage(work.step.work.usage, usage);
}

function addToSpecialist(run: Run, name: string, { step: { spec } }: Work, usage: Usage): void {
  const model = executorModel(run, spec) ?? "";
  const spent = run.specialists.get(name) ?? new Map<string, Usage>();
  run.specialists.set(name, spent.set(model, addUsage(spent.get(model) ?? NO_USAGE, usage)));
}
