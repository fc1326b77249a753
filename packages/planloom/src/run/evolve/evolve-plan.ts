// The fold of beginning again: what a new plan keeps of the one before it, and what an ended run that goes on does again.
// In: a run and what was decided to keep or to do anew. Out: the same run, with its queue and counters made anew.
// Separate because it is the one part of the fold whose cost grows with the plan.
import type { StepRef } from "../event.js";
import { makeReady, doubtAgain, isJournaled, queueNextItem } from "./evolve-step.js";
import { Queue } from "../queue.js";
import { currentPlan, type ProposedPlan, type Run, type StepState, type Work } from "../state.js";
import { worksOf, isFinished, newWork, stepStates } from "../steps.js";
import { Timetable } from "../timetable.js";
import { directTool } from "../../plan/step-kind.js";

/** Puts the steps of a plan in the place of those before; what is `kept` goes over as it is. */
export function takePlan(run: Run, proposed: ProposedPlan, kept: readonly StepRef[]): void {
  const before = run.steps;
  for (const state of before.values()) retire(run, state);
  run.steps = stepStates(proposed.plan, { ...proposed, attempts: run.attempts, doubts: run.doubts });
  const items = new Map<string, number[]>();
  for (const { step, item } of kept) {
    const [from, to] = [before.get(step), run.steps.get(step)];
    if (from === undefined || to === undefined) continue;
    if (item === undefined) keepStep(from, to);
    else if (items.has(step)) items.get(step)!.push(item);
    else items.set(step, [item]);
  }
  for (const [step, indexes] of items) keepItems(before.get(step)!, run.steps.get(step)!, indexes);
  recount(run);
}

/** What must be known of a step for good, whatever becomes of it: the calls that act once, and the names that are used up. */
export function retire(run: Run, state: StepState): void {
  let attempt = state.firstAttempt;
  const works = worksOf(state);
  for (const work of works) {
    noteActed(run, work);
    attempt = Math.max(attempt, isUsed(work) ? work.attempt + 1 : work.attempt);
  }
  run.attempts.set(state.spec.id, attempt);
  const doubts = works.map((work) => work.doubts);
  run.doubts.set(
    state.spec.id,
    doubts.reduce((most, count) => Math.max(most, count), state.earlierDoubts),
  );
}

function noteActed(run: Run, work: Work): void {
  const { step, effects, effectKey, output, origin, status, summary, givenUp, error } = work;
  if (effects !== "once" || directTool(step.spec) === undefined || effectKey === "") return;
  if (status === "unknown" || givenUp === true) run.acted.set(effectKey, { known: false, error: error! });
  if (status !== "completed") return;
  run.acted.set(effectKey, {
    known: true,
    output: output ?? null,
    tools: origin.tools,
    ...(summary === undefined ? {} : { summary }),
  });
}

/** Whether its present attempt has begun: one that failed has moved on to the next, unless that goes on where it is. */
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
  to.work = kept(from.work, to);
  if (from.items === undefined) return;
  keepList(from, to);
  to.items = from.items.map((work) => kept(work, to));
}

/** What has not finished is begun again under the new plan. */
const kept = (work: Work, step: StepState): Work => ({ ...(isFinished(work) ? work : resumed(work)), step });

function keepItems(from: StepState, to: StepState, indexes: readonly number[]): void {
  keepList(from, to);
  to.items = from.items!.map((_, index) => newWork(to, index));
  for (const index of indexes) to.items[index] = kept(from.items![index]!, to);
}

function keepList(from: StepState, to: StepState): void {
  if (from.list !== undefined) to.list = from.list;
  if (from.listFrom !== undefined) to.listFrom = from.listFrom;
}

/** Has an ended run go on: what did not finish is begun again, and `anew` wholly so, finished or not. */
export function restart(run: Run, anew: ReadonlySet<string>): void {
  for (const state of run.steps.values()) {
    if (anew.has(state.spec.id)) beginAnew(run, state);
    else if (!isFinished(state.work)) goOn(state);
  }
  recount(run);
}

/** What a person has approved was to be done once. */
function beginAnew(run: Run, state: StepState): void {
  retire(run, state);
  for (const [hash, step] of run.granted) if (step === state.spec.id) run.granted.delete(hash);
  currentPlan(run)?.callsGranted.delete(state.spec.id);
  state.firstAttempt = run.attempts.get(state.spec.id)!;
  state.earlierDoubts = run.doubts.get(state.spec.id)!;
  const { usage } = state.work;
  state.work = { ...newWork(state, null), usage };
  state.itemsFailed = 0;
  delete state.items;
  delete state.list;
  delete state.listFrom;
}

function goOn(state: StepState): void {
  state.work = resumed(state.work);
  if (state.items !== undefined) state.items = state.items.map((work) => (isFinished(work) ? work : resumed(work)));
}

/**
 * Unfinished work as it goes on. What was stopped among model calls keeps its attempt, so that its journal is read and none is
 * paid again; a doubt remains one, and one that a person gave up returns.
 */
function resumed(work: Work): Work {
  if (work.status === "unknown") return work;
  if (work.givenUp === true) {
    const { givenUp: _over, ...doubtful } = work;
    return { ...doubtful, status: "unknown" };
  }
  const { step, item, status, usage, told, doubts, settled, filled, startedAt } = work;
  const journaled = isJournaled(work);
  const stopped = status === "cancelled" && !journaled;
  const failed = status === "failed" && work.sameAttempt !== true;
  return {
    ...newWork(step, item),
    attempt: stopped ? work.attempt + 1 : work.attempt,
    usage,
    ...(told === undefined || stopped ? {} : { told }),
    doubts,
    ...(settled === undefined ? {} : { settled }),
    ...(filled === undefined ? {} : { filled }),
    // Its journal belongs to this attempt: what takes its place begins another one.
    ...(startedAt === undefined || failed || !journaled ? {} : { startedAt }),
  };
}

/** Counts, queues and what persons owe about doubts, from the state of each step. Nothing is running. */
export function recount(run: Run): void {
  run.ready = new Queue();
  run.retries = new Timetable();
  run.running = run.open = run.unknown = run.asked = 0;
  run.counts = { completed: 0, failed: 0, skipped: 0 };
  run.starved = false;
  const states = [...run.steps.values()];
  for (const state of states) state.waiting = 0;
  for (const state of states) countStep(run, state);
  for (const state of states) if (state.waiting === 0) queueStep(run, state);
}

function countStep(run: Run, { work, items = [], spec, dependents }: StepState): void {
  const starved = [work, ...items].some(({ status, cause }) => status === "skipped" && cause === "null-reference");
  if (starved && !spec.optional) run.starved = true;
  if (isFinished(work)) {
    run.counts[work.status as "completed" | "skipped"]++;
    return;
  }
  run.open++;
  for (const dependent of dependents) dependent.waiting++;
}

function queueStep(run: Run, state: StepState): void {
  if (isFinished(state.work)) return;
  if (state.items === undefined) return queueWork(run, state.work);
  state.itemsFailed = 0;
  const open = state.items.filter((work) => !isFinished(work));
  state.itemsOpen = open.length;
  const doubtful = open.filter(({ status }) => status === "unknown");
  for (const work of doubtful) queueWork(run, work);
  state.waitingItems = open
    .filter(({ status }) => status !== "unknown")
    .map(({ item }) => item!)
    .reverse();
  const places = (state.spec.maxParallel ?? open.length) - doubtful.length;
  for (let place = 0; place < places; place++) queueNextItem(run, state);
}

function queueWork(run: Run, work: Work): void {
  if (work.status === "unknown") doubtAgain(run, work);
  else makeReady(run, work);
}
