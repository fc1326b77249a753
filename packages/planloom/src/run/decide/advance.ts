// Decides what follows from the state alone: the next step starts, the execution ends, the answer is due. In: a run.
// Out: the facts of one move. It is called after every input until nothing more follows. One call takes constant time.
import { LIMITS } from "../../limits.js";
import { evaluationProblem } from "../../plan/expression/problem.js";
import { resolveValue, type Resolved } from "../../plan/expression/reference.js";
import { sizeOf, type Json } from "../../plan/json.js";
import { NO_ORIGIN } from "../../plan/origin.js";
import type { Answer } from "../../plan/plan.js";
import { NO_USAGE } from "../../plan/usage.js";
import { answerOwed, asksForPlan, planOf, reviewOf } from "../lookup.js";
import { compensatingOf, failedWith, isCancelling, isDrafting, isEnded, isFailing } from "../status.js";
import { answerProblem } from "../answer-type.js";
import { failWith } from "../failure.js";
import { askTogether, begin, noValue } from "./begin.js";
import { undoingAfterCancel, undoNext } from "./compensation.js";
import { lastDraft } from "./critique.js";
import { withdrawn } from "../approval.js";
import { fact, type Change, type EventData, type Fact, type Failing } from "../event.js";
import { readByPlanner } from "../followed-plan.js";
import { scopeOf } from "../step-scope.js";
import { replanEstimate } from "./policy.js";
import { questionsAnswered } from "./questions.js";
import type { Halt, Run } from "../state.js";
import { endsFailed } from "./partial.js";

export function advance(run: Run, at: number): Fact[] {
  const { halt, mode, execution } = run;
  if (mode.phase === "compensating") return undoNext(run, mode, at, (failing) => endsFailed(run, failing));
  if (halt?.why === "cancel") return execution.running > 0 ? [] : [cancelled(run, halt)];
  const full = logFull(run);
  if (full.length > 0) return full;
  if (halt?.why === "failure") return execution.running > 0 ? [] : ends(run, halt.failing);
  if (run.paused) return [];
  if (mode.phase === "answering") return run.answering.answer === undefined ? answerByValue(run) : [];
  if (halt?.why === "change") return execution.running > 0 ? [] : replanRequested(run, halt.change);
  if (isDrafting(run)) return nextWork(run, at);
  if (mode.phase !== "executing" || reviewOf(run) !== undefined) return [];
  if (execution.open === 0) {
    const answered = questionsAnswered(run);
    return answered === undefined ? [executed(run)] : replanRequested(run, answered);
  }
  return nextWork(run, at);
}

const cancelled = (run: Run, { comment, compensate }: Extract<Halt, { readonly why: "cancel" }>): Fact =>
  undoingAfterCancel(run, comment, compensate) ?? fact("run.cancelled", { comment });

/** Checked before and after every input. A full log takes no new work. The effects of a full one can be undone. */
export function logFull(run: Run): Fact[] {
  if (compensatingOf(run) !== undefined) return [];
  if (run.log.seq < LIMITS.eventsPerRun || isEnded(run) || isFailing(run) || isCancelling(run)) return [];
  return [fact("log.full", { limit: LIMITS.eventsPerRun })];
}

/** Requests another plan, and withdraws the approval of a plan that still waits for a person. */
function replanRequested(run: Run, { mode, cause, failed, reason }: Change): Fact[] {
  const read = readByPlanner(run);
  const untrusted = {
    ...(read.untrusted ? { untrusted: true as const } : {}),
    ...(read.untrusted && read.private ? { private: true as const } : {}),
  };
  const estimate = replanEstimate(run);
  const requested = fact("replan.requested", { mode, cause, failed, reason, ...untrusted, estimate });
  return [...withdrawn(run, asksForPlan), requested];
}

function ends(run: Run, failing: Failing): Fact[] {
  if (isAnswering(run)) return [];
  const draft = run.mode.phase === "answering" ? lastDraft(run, failing.error) : undefined;
  if (draft !== undefined) return draft;
  const end = endsFailed(run, failing);
  return run.mode.phase === "executing" ? [executed(run), ...end] : end;
}

/** Whether a partial answer is still being written. */
const isAnswering = (run: Run): boolean =>
  failedWith(run) !== undefined && run.spending.exhausted === undefined && answerOwed(run) !== undefined;

/** A due retry goes first: it has waited longest. */
function nextWork(run: Run, at: number): Fact[] {
  const asked = askTogether(run, at);
  if (asked.length > 0) return asked;
  if (run.execution.running - run.execution.childWaits >= run.request.settings.concurrency) return [];
  const retry = run.execution.retries.first();
  const work = retry !== undefined && retry.at <= at ? retry.value : run.execution.ready.peek();
  return work === undefined ? [] : begin(run, work, at);
}

function executed(run: Run): Fact {
  const { completed, failed, skipped } = run.execution.counts;
  const counts = { total: run.execution.steps.size, completed, failed, skipped, replans: run.planning.replans };
  return fact("execution.completed", { ...counts, answer: answeredBy(run) });
}

function answeredBy(run: Run): NonNullable<EventData["execution.completed"]["answer"]> {
  if (isFailing(run)) return "none";
  return planOf(run).plan.answer.kind === "from" && run.request.models.synthesizer !== null ? "synthesizer" : "plan";
}

/** The answer without a model: a value of references, or the outputs themselves if there is no synthesizer. */
function answerByValue(run: Run): Fact[] {
  const { answer } = planOf(run).plan;
  if (answer.kind === "from" && run.request.models.synthesizer !== null) return [];
  const resolved = answer.kind === "value" ? resolveValue(answer.value, scopeOf(run)) : gathered(run, answer);
  if (resolved.ok) {
    const problem = answerProblem(run, resolved.value);
    const from = answer.kind === "value" ? "value" : "outputs";
    if (problem !== undefined) return [fact("run.failed", { error: failWith("ANSWER_INVALID", { from, problem }) })];
    return [
      fact("answer.written", { answer: resolved.value, partial: false, usage: NO_USAGE }),
      fact("run.completed", { success: !run.execution.starved }),
    ];
  }
  return [fact("run.failed", { error: noValue(`answer.${answer.kind}${resolved.pointer}`, resolved) })];
}

/** Each output is within the limit. The outputs of a fan-out, or of many steps, together may exceed it. */
function gathered(run: Run, answer: Answer & { kind: "from" }): Resolved {
  const value = outputsOf(run, answer);
  if (sizeOf(value, LIMITS.gatheredBytes) <= LIMITS.gatheredBytes)
    return { ok: true, value, from: NO_ORIGIN, nulls: [] };
  const problem = evaluationProblem("LIMIT_EXCEEDED", { of: "all-outputs", most: LIMITS.gatheredBytes });
  return { ok: false, problem, pointer: "", steps: [] };
}

/** One named step: its output. Several: a record of their outputs by id. */
function outputsOf(run: Run, answer: Answer & { kind: "from" }): Json {
  const output = (id: string) => run.execution.steps.get(id)?.work.output ?? null;
  const [only] = answer.from;
  if (only !== undefined && answer.from.length === 1) return output(only);
  return Object.fromEntries(answer.from.map((id) => [id, output(id)]));
}
