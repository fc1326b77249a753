// Folds a new plan and a retry after the end: what is kept, and what is restarted. In: a run and what was decided.
// Out: the same run, with a new queue and new counters. Only here does the cost of an event grow with the plan.
import type { StepRef } from "../event.js";
import { currentPlan, stepIn } from "../lookup.js";
import type { StepState, Work } from "../work.js";
import { isJournaled, makeReady, queueNextItem, reopenQuestion } from "./evolve-step.js";
import { Queue } from "../queue.js";
import { type ProposedPlan, type Run } from "../state.js";
import { fanOut, isFinished, newWork, stepStates, worksOf } from "../steps.js";
import { Timetable } from "../timetable.js";
import { directTool } from "../../plan/step-kind.js";

/** Replaces the steps by those of a new plan. Steps and items in `kept` keep their state. */
export function takePlan(run: Run, proposed: ProposedPlan, kept: readonly StepRef[]): void {
  const before = run.execution.steps;
  for (const state of before.values()) retire(run, state);
  run.execution.steps = stepStates(proposed.plan, {
    ...proposed,
    attempts: run.execution.attempts,
    doubts: run.execution.doubts,
  });
  const items = new Map<string, number[]>();
  for (const { step, item } of kept) {
    const [from, to] = [before.get(step), run.execution.steps.get(step)];
    if (from === undefined || to === undefined) continue;
    if (item === undefined) keepStep(from, to);
    else addTo(items, step, item);
  }
  for (const [step, indexes] of items) keepItems(stepIn(before, step), stepIn(run.execution.steps, step), indexes);
  recount(run);
}

function addTo(lists: Map<string, number[]>, key: string, value: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/**
 * Keeps the facts about a step that must never be lost: its `once` calls, and the numbers of attempts and doubts that
 * are used.
 */
export function retire(run: Run, state: StepState): void {
  let attempt = state.firstAttempt;
  const works = worksOf(state);
  for (const work of works) {
    noteActed(run, work);
    attempt = Math.max(attempt, isUsed(work) ? work.attempt + 1 : work.attempt);
  }
  run.execution.attempts.set(state.spec.id, attempt);
  const doubts = works.map((work) => work.doubts);
  run.execution.doubts.set(
    state.spec.id,
    doubts.reduce((most, count) => Math.max(most, count), state.earlierDoubts),
  );
}

function noteActed(run: Run, work: Work): void {
  const { step, effects, effectKey, output, origin, status, summary, givenUp, error } = work;
  if (effects !== "once" || directTool(step.spec) === undefined || effectKey === "") return;
  if ((status === "unknown" || givenUp === true) && error !== undefined)
    run.execution.acted.set(effectKey, { known: false, error });
  if (status !== "completed") return;
  run.execution.acted.set(effectKey, {
    known: true,
    output: output ?? null,
    tools: origin.tools,
    ...(summary === undefined ? {} : { summary }),
  });
}

/**
 * Whether its current attempt has begun. Failed work has moved on to the next attempt, unless it continues the same
 * one.
 */
function isUsed(work: Work): boolean {
  const { args, startedAt, status, sameAttempt } = work;
  if (args === undefined && startedAt === undefined) return false;
  if (status === "failed") return sameAttempt === true;
  return status !== "retrying";
}

function keepStep(from: StepState, to: StepState): void {
  to.revision = from.revision;
  to.firstAttempt = from.firstAttempt;
  to.earlierDoubts = from.earlierDoubts;
  if (from.itemsSeen === true) to.itemsSeen = true;
  if (from.madeBy !== undefined) to.madeBy = from.madeBy;
  to.work = kept(from.work, to);
  if (from.fan === undefined) return;
  to.fan = fanOut(
    from.fan,
    from.fan.items.map((work) => kept(work, to)),
  );
}

/** Unfinished work is queued again under the new plan. */
const kept = (work: Work, step: StepState): Work => ({ ...(isFinished(work) ? work : continued(work)), step });

function keepItems(from: StepState, to: StepState, indexes: readonly number[]): void {
  if (from.fan === undefined) return;
  const stay = new Set(indexes);
  to.madeBy = [...(from.madeBy ?? []), from.spec];
  const items = from.fan.items.map((work, index) => (stay.has(index) ? kept(work, to) : newWork(to, index)));
  to.fan = fanOut(from.fan, items);
}

/**
 * Continues an ended run. Unfinished work is queued again. Steps in `restarted` start from the beginning, finished or
 * not.
 */
export function retrySteps(run: Run, restarted: ReadonlySet<string>): void {
  for (const state of run.execution.steps.values()) {
    if (restarted.has(state.spec.id)) restartStep(run, state);
    else if (!isFinished(state.work)) continueStep(state);
  }
  recount(run);
}

/** An approval of this step's call covered one call, so it is removed. */
function restartStep(run: Run, state: StepState): void {
  retire(run, state);
  for (const [hash, step] of run.approvals.granted) if (step === state.spec.id) run.approvals.granted.delete(hash);
  currentPlan(run)?.callsGranted.delete(state.spec.id);
  state.firstAttempt = run.execution.attempts.get(state.spec.id) ?? state.firstAttempt;
  state.earlierDoubts = run.execution.doubts.get(state.spec.id) ?? state.earlierDoubts;
  const { usage } = state.work;
  state.work = { ...newWork(state, null), usage };
  delete state.fan;
  delete state.itemsSeen;
}

function continueStep(state: StepState): void {
  state.work = continued(state.work);
  const { fan } = state;
  if (fan !== undefined) fan.items = fan.items.map((work) => (isFinished(work) ? work : continued(work)));
}

/**
 * Unfinished work, ready to continue. If it was stopped among model calls it keeps its attempt, so that its journal is
 * read and no call is paid again. A doubt or an unusable output remains, and one that a person gave up returns.
 */
function continued(work: Work): Work {
  if (isAsked(work)) return work;
  if (work.unusable !== undefined) {
    const { finishedAt: _end, reason: _why, ...open } = work;
    return { ...open, status: "unusable" };
  }
  if (work.givenUp === true) {
    const { givenUp: _over, ...doubtful } = work;
    return { ...doubtful, status: "unknown" };
  }
  const { step, item, status, usage, told, doubts, settled, refused, grants, filled, startedAt } = work;
  const { edited, edits, seen, answers } = work;
  const journaled = isJournaled(work);
  const stopped = status === "cancelled" && !journaled;
  const { conversation, calls, known, judgements, child } = work;
  const failed = status === "failed" && work.sameAttempt !== true && conversation === undefined;
  return {
    ...newWork(step, item),
    attempt: stopped ? work.attempt + 1 : work.attempt,
    usage,
    ...(told === undefined || stopped ? {} : { told }),
    doubts,
    ...(settled === undefined ? {} : { settled }),
    ...(answers === undefined ? {} : { answers }),
    ...(refused === undefined ? {} : { refused }),
    ...(grants === undefined ? {} : { grants }),
    ...(edited === undefined ? {} : { edited }),
    ...(edits === undefined ? {} : { edits }),
    ...(filled === undefined ? {} : { filled }),
    ...(filled === undefined || seen === undefined ? {} : { seen }),
    ...(conversation === undefined ? {} : { conversation }),
    ...(calls === undefined ? {} : { calls }),
    ...(known === undefined ? {} : { known }),
    ...(judgements === undefined ? {} : { judgements }),
    ...(child === undefined ? {} : { child }),
    // Its journal belongs to this attempt. The next attempt starts another one.
    ...(startedAt === undefined || failed || !journaled ? {} : { startedAt }),
  };
}

/** Computes counts, queues and open doubts from the state of each step. Nothing may be running. */
export function recount(run: Run): void {
  run.execution.ready = new Queue();
  run.execution.retries = new Timetable();
  run.execution.running = run.execution.open = run.execution.questions = 0;
  run.execution.unknown = run.execution.unusable = run.execution.childWaits = 0;
  run.execution.counts = { completed: 0, failed: 0, skipped: 0 };
  run.execution.starved = false;
  run.execution.together = new Set();
  const states = [...run.execution.steps.values()];
  for (const state of states) state.waiting = 0;
  for (const state of states) countStep(run, state);
  for (const state of states) if (state.waiting === 0) queueStep(run, state);
}

function countStep(run: Run, state: StepState): void {
  const { work, spec, dependents } = state;
  const starved = worksOf(state).some(({ status, cause }) => status === "skipped" && cause === "null-reference");
  if (starved && !spec.optional) run.execution.starved = true;
  if (isFinished(work)) {
    run.execution.counts[work.status as "completed" | "skipped"]++;
    return;
  }
  run.execution.open++;
  for (const dependent of dependents) dependent.waiting++;
}

function queueStep(run: Run, state: StepState): void {
  if (isFinished(state.work)) return;
  const { fan } = state;
  if (fan === undefined) return queueWork(run, state.work);
  const open = fan.items.filter((work) => !isFinished(work));
  fan.failed = fan.held = 0;
  fan.open = open.length;
  // All its rounds have ended, and the step has not: at its turn, the last one is judged again.
  if (fan.rounds !== undefined && open.length === 0) return makeReady(run, state.work);
  const questions = open.filter(isAsked);
  for (const work of questions) queueWork(run, work);
  fan.waiting = open.filter((work) => !isAsked(work)).reverse();
  const slots = (state.spec.maxParallel ?? open.length) - questions.length;
  for (let slot = 0; slot < slots; slot++) queueNextItem(run, fan);
}

function queueWork(run: Run, work: Work): void {
  if (isAsked(work)) reopenQuestion(run, work);
  else makeReady(run, work);
}

/** Whether a person is asked about its call. */
const isAsked = ({ status }: Work): boolean => status === "unknown" || status === "unusable";
