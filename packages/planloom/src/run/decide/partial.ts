// Decides how a run ends that has failed: at once, or after an answer from what is done. In: a run and its failure. Out:
// facts. Such a run stays failed; its answer is marked as partial.
import { LIMITS } from "../../limits.js";
import { referencedNames, resolveValue } from "../../plan/expression/reference.js";
import { sizeOf, type Json } from "../../plan/json.js";
import type { Answer } from "../../plan/plan.js";
import { NO_USAGE } from "../../plan/usage.js";
import { doneSteps } from "../done.js";
import type { Command } from "../command.js";
import { fact, type Fact, type Failing } from "../event.js";
import { kernelOn } from "../kernel-version.js";
import { currentPlan } from "../lookup.js";
import { refusal, type Refusal, type RefusalParams } from "../refusal.js";
import type { Budget, RoleNames } from "../settings.js";
import type { Run } from "../state.js";
import { endedAs, endOf, failedWith } from "../status.js";
import { usedUp } from "./budget.js";
import { undoingAfter } from "./compensation.js";
import { scopeOf } from "../step-scope.js";

/**
 * The end of a run with this failure: after the undoing of its calls, if its policy wants that; then after its partial
 * answer, if one is wanted and possible.
 */
export function endsFailed(run: Run, failing: Failing): Fact[] {
  const undoing = undoingAfter(run, failing);
  if (undoing !== undefined) return [undoing];
  const end = fact("run.failed", failing);
  if (failedWith(run) !== undefined || onFailureOf(run) !== "partial") return [end];
  return partialAnswer(run, failing, run.request.models) ?? [end];
}

/** The newest plan that says something decides. A planner that mends a plan need not repeat it. */
function onFailureOf({ planning, request }: Run): Answer["onFailure"] {
  const said = planning.plans.findLast(({ plan }) => plan.answer.onFailure !== undefined);
  return said?.plan.answer.onFailure ?? request.settings.answerOnFailure;
}

/**
 * Facts that give the answer or request it, by these models; undefined if nothing is done, if the log is full, or if no
 * model call is left in the budget. `more`: the budget from here on, if a person gives another one.
 */
function partialAnswer(run: Run, failing: Failing, { synthesizer }: RoleNames, more?: Budget): Fact[] | undefined {
  const plan = currentPlan(run)?.plan;
  const done = doneSteps(run);
  if (plan === undefined || done.length === 0 || run.log.seq >= LIMITS.eventsPerRun) return undefined;
  const value = valueOf(run, plan.answer);
  if (value !== undefined) return written(value, failing);
  if (synthesizer !== null) {
    const isUsedUp = more === undefined ? run.spending.exhausted !== undefined : usedUp(run, more) !== undefined;
    return isUsedUp ? undefined : [fact("answer.requested", failing)];
  }
  const outputs = Object.fromEntries(done.map(({ state, output }) => [state.spec.id, output]));
  return sizeOf(outputs, LIMITS.valueBytes) > LIMITS.valueBytes ? undefined : written(outputs, failing);
}

const written = (answer: Json, failing: Failing): Fact[] => [
  fact("answer.written", { answer, partial: true, usage: NO_USAGE }),
  fact("run.failed", failing),
];

/** The value that the plan gives as its answer, if it refers to steps and all of them are done. A constant is none. */
function valueOf(run: Run, answer: Answer): Json | undefined {
  if (answer.kind !== "value" || !referencedNames(answer.value).some((name) => run.execution.steps.has(name)))
    return undefined;
  const resolved = resolveValue(answer.value, scopeOf(run));
  return resolved.ok ? resolved.value : undefined;
}

type AnswerCommand = Command & { readonly type: "answer" };

/** Why an ended run gives no such answer; undefined if it can. */
export function whyNoAnswer(run: Run, { settings, models }: AnswerCommand): Refusal | undefined {
  const end = endOf(run);
  if (end === undefined) return refusal("RUN_NOT_ENDED", {});
  if (end.how !== "failed") return refusal("RUN_ENDED", endedAs(end));
  const no = (why: RefusalParams["NO_PARTIAL_ANSWER"]) => refusal("NO_PARTIAL_ANSWER", why);
  if (run.answering.answer !== undefined) return no({ because: "answered" });
  if (doneSteps(run).length === 0) return no({ because: "nothing-done" });
  const facts = partialAnswer(run, end, models, settings.budget);
  if (facts !== undefined) return undefined;
  const limit = usedUp(run, settings.budget);
  return no(limit === undefined ? { because: "no-room" } : { because: "budget", limit });
}

/** Facts that write an answer for an ended run, or one fact that refuses. */
export function answerEnded(run: Run, command: AnswerCommand): Fact[] {
  const why = whyNoAnswer(run, command);
  const end = endOf(run);
  if (why !== undefined || end?.how !== "failed") return [fact("input.refused", { command, ...why! })];
  const { models } = command;
  const { budget, prices } = command.settings;
  const settings = { ...run.request.settings, budget, prices };
  const reopened = { from: null, restarted: [], stage: "answer", settings, models, ...kernelOn(run) } as const;
  return [fact("run.reopened", reopened), ...partialAnswer(run, failingOf(end), models, budget)!];
}

const failingOf = ({ error, cause }: Failing): Failing => (cause === undefined ? { error } : { error, cause });
