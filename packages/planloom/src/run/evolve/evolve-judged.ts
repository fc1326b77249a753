// Folds the events of judgements: of an output by a model, and of an answer by its critic. In: a run and an event. Out:
// the same run, changed in place. The other events of steps are in evolve-step.ts, those of the answer in evolve.ts.
import { addUsage, type Usage } from "../../plan/usage.js";
import { noteOwnCall } from "../acted-calls.js";
import type { EventData, EventOf } from "../event.js";
import { critiqueKey, judgeKey } from "../keys.js";
import { workOf } from "../lookup.js";
import type { JudgeRole } from "../settings.js";
import type { Run } from "../state.js";
import type { Work } from "../work.js";
import { leaveFor, noteCalls, spend } from "./evolve-step.js";

/** The call has ended, and the step keeps its place until its output is judged. What the call did is known from here. */
export function onJudging(run: Run, { data, at }: EventOf<"step.judging">): void {
  const work = workOf(run, data);
  const { usage, carried, calls } = data;
  leaveFor(run, work, "running");
  spend(run, work, usage);
  // The event that ends the attempt reports this usage again.
  work.told = usage;
  noteCalls(run, work, calls, at);
  if (carried === undefined) noteActed(run, work, data, at);
  delete work.judged;
  const { step: _step, item: _item, ...judging } = data;
  work.judging = { ...judging, request: "" };
  oweJudge(run, work, 1);
}

/** Whatever the verdict is, the call is not made a second time, and can be undone. */
function noteActed(run: Run, work: Work, { output, from }: EventData["step.judging"], at: number): void {
  noteOwnCall(run, work, { state: "done", output }, at);
  const { effects, effectKey } = work;
  if (effects === "once" && effectKey !== "")
    run.execution.acted.set(effectKey, { known: true, output, tools: from.tools });
}

function oweJudge(run: Run, work: Work, attempt: number, notBefore?: number): void {
  const { judging } = work;
  if (judging === undefined) throw new Error(`nothing of step ${work.step.spec.id} is judged`);
  work.judgements = (work.judgements ?? 0) + 1;
  const key = judgeKey(work, work.judgements);
  work.judging = { ...judging, request: key };
  const due = notBefore === undefined ? {} : { notBefore };
  const { item, step } = work;
  run.owed.set(key, { kind: "judge", key, step: step.spec.id, item, attempt, role: judging.judge, ...due });
}

/** The event that follows ends the step, or its attempt. */
export function onJudged(run: Run, data: EventData["step.judged"]): void {
  const work = workOf(run, data);
  if (work.judging === undefined) return;
  const { verdict, text, usage } = data;
  spendOf(run, work.judging.judge, usage);
  work.judged = { verdict, text, usage };
  run.owed.delete(work.judging.request);
}

export function onJudgeFailed(run: Run, data: EventData["judge.failed"]): void {
  const work = workOf(run, data);
  if (work.judging === undefined) return;
  const { request, judge } = work.judging;
  spendOf(run, judge, data.usage);
  run.owed.delete(request);
  if (data.retryAt !== undefined) oweJudge(run, work, data.attempt + 1, data.retryAt);
}

/** Usage counts for the role whose model it is. That of a step is the usage of its own model. */
function spendOf(run: Run, role: JudgeRole, usage: Usage): void {
  run.usage[role] = addUsage(run.usage[role], usage);
}

// The answer

export function onAnswerDrafted(run: Run, { answer, round, critic, usage }: EventData["answer.drafted"]): void {
  dropAnswering(run);
  run.usage.synthesizer = addUsage(run.usage.synthesizer, usage);
  run.answering.draft = { answer, round };
  oweCritique(run, critic, 1);
}

function oweCritique(run: Run, role: JudgeRole, attempt: number, notBefore?: number): void {
  const key = critiqueKey(++run.answering.critiques);
  run.owed.set(key, { kind: "critique", key, role, attempt, ...(notBefore === undefined ? {} : { notBefore }) });
}

/** The effect of the critic is not owed any more. Returns its role. */
function takeCritique(run: Run): JudgeRole | undefined {
  const key = critiqueKey(run.answering.critiques);
  const effect = run.owed.get(key);
  run.owed.delete(key);
  return effect?.kind === "critique" ? effect.role : undefined;
}

/** Returns whether the synthesizer writes again. */
export function onAnswerReviewed(run: Run, data: EventData["answer.reviewed"]): boolean {
  const role = takeCritique(run);
  if (role !== undefined) spendOf(run, role, data.usage);
  const { verdict, points, unsupported } = data;
  const { draft } = run.answering;
  if (draft !== undefined) run.answering.draft = { ...draft, opinion: { verdict, points, unsupported } };
  return data.decision === "rewrite";
}

export function onCritiqueFailed(run: Run, data: EventData["critique.failed"]): void {
  const role = takeCritique(run);
  if (role === undefined) return;
  spendOf(run, role, data.usage);
  if (data.retryAt !== undefined) oweCritique(run, role, data.attempt + 1, data.retryAt);
}

/** No answer is being written or judged any more. */
export function dropAnswering(run: Run): void {
  for (const { kind, key } of run.owed.values()) if (kind === "answer" || kind === "critique") run.owed.delete(key);
}
