// Decides what follows from a failure: retry, skip or failure. In: the failed work and its error. Out: facts with the
// decision and its reason. policy.ts decides what follows when no retry is left; ending.ts, whether a call failed at
// all.
import { LIMITS } from "../../limits.js";
import { sha256 } from "../../sha256.js";
import type { Json, JsonObject } from "../../plan/json.js";
import { isConversation, mayActThrough } from "../../plan/step-kind.js";
import { mergeOrigins, NO_ORIGIN, type Origin } from "../../plan/origin.js";
import { NO_USAGE, type Usage } from "../../plan/usage.js";
import { currentPlan } from "../lookup.js";
import { changeOf, isCancelling, isDrafting, isFailing, replanOf } from "../status.js";
import type { FanOut, StepState, Work } from "../work.js";
import { unpaidBy } from "./budget.js";
import { fact, type Change, type EventData, type Fact, type PassingFailure, type StepRef } from "../event.js";
import { isJournaled } from "../evolve/evolve-step.js";
import { isFailure, type Failure, type ItemsParams } from "../failure.js";
import type { RetryReason, StopReason } from "../reason.js";
import { reviewAfter, verdictOn } from "./policy.js";
import { roundEnded } from "./rounds.js";
import { type Run } from "../state.js";

export function refOf(work: Work): StepRef {
  return work.item === null ? { step: work.step.spec.id } : { step: work.step.spec.id, item: work.item };
}

/** Why calls of a run that is being cancelled are stopped. */
export const whyStopped = ({ halt }: Run): StopReason | undefined =>
  halt?.why === "cancel" ? { code: "CANCELLED", comment: halt.comment } : undefined;

/** How a call failed: its usage, its ending, or the refused output; for an agent step, what it had done. */
type Given = Pick<
  EventData["step.failed"],
  "usage" | "ending" | "output" | "tools" | "summary" | "turn" | "turns" | "calls"
>;

/**
 * Facts after work failed with a known error: retry, skip or fail, each with its reason. A failed model call of an
 * agent step is retried in its place; its tries are counted by turn, and use no attempt.
 */
export function failed(run: Run, work: Work, error: Failure, at: number, given: Given = { usage: NO_USAGE }): Fact[] {
  const { attempt } = work;
  const { turn } = given;
  const before = turn === undefined ? work.errors : failuresOf(work, turn);
  const tries = before + 1;
  const say = (decision: Said["decision"], reason: Said["reason"], more: Partial<Said> = {}) =>
    fact("step.failed", {
      ...refOf(work),
      attempt,
      error,
      decision,
      reason,
      ...given,
      ...more,
      ...unpaidBy(run, error),
    });
  const { retry } = work.step.spec;
  if (error.retryable && tries < retry.attempts && !isFailing(run) && !isCancelling(run)) {
    const retryAt = at + retryDelay(run, work, error, before);
    const reason = { code: "ATTEMPTS_LEFT", attempt: tries, of: retry.attempts } as const;
    if (turn !== undefined) {
      const { usage } = given;
      const again = {
        attempt,
        turn,
        error,
        decision: "retry",
        reason,
        retryAt,
        usage,
        ...unpaidBy(run, error),
      } as const;
      return [fact("turn.failed", { ...refOf(work), ...again })];
    }
    return [
      say("retry", reason, continues(work, error, given) ? { goesOn: true } : {}),
      fact("step.retrying", { ...refOf(work), attempt: attempt + 1, retryAt }),
    ];
  }
  const why = whyNoRetry(run, error, tries, retry.attempts);
  const verdict = verdictOn(run, work.step, error, why);
  if (verdict.decision === "skip") return [say("skip", verdict.reason), ...skipped(run, work, error)];
  if (isDrafting(run) && !isFailing(run) && !isCancelling(run)) {
    return [say("retry", { code: "AFTER_PLAN", why })];
  }
  // An item fails by itself. The fan-out decides once how to answer, when all its items have ended.
  if (work.item !== null)
    return [final(run, say("fail", why), work), ...closeFanOut(run, work, { how: "failed", error, why })];
  return [final(run, say(verdict.decision, verdict.reason), work)];
}

type Said = EventData["step.failed"];

function skipped(run: Run, work: Work, error: Failure): Fact[] {
  const reason = { code: "FAILED", error } as const;
  const fallen = fact("step.skipped", { ...refOf(work), reason, cause: "failure", ...reviewAfter(run, work) });
  return [fallen, ...closeFanOut(run, work, { how: "skipped", reason, cause: "failure" })];
}

/** Facts after a person skipped a step whose call acted and gave no usable output. */
export function skippedByPerson(run: Run, work: Work, error: Failure): Fact[] {
  const { attempt } = work;
  const reason = { code: "PERSON_SKIPS" } as const;
  const said = fact("step.failed", { ...refOf(work), attempt, error, decision: "skip", reason, usage: NO_USAGE });
  return [said, ...skipped(run, work, error)];
}

/** How often in a row the model call of this turn has failed. */
const failuresOf = ({ turn }: Work, number: number): number => (turn?.number === number ? turn.failed : 0);

/** Whether the conversation of an agent step can continue in another attempt: its replies can be read again. */
const continues = ({ step }: Work, error: Failure, { turns }: Pick<Said, "turns">): boolean =>
  isConversation(step.spec) && turns !== undefined && !isFailure(error, "JOURNAL_DIVERGED");

/**
 * Adds what follows from a failure for good. A retry of the run continues an agent step where it was: an attempt whose
 * calls are paid, or that may have acted, keeps its number and its journal; after calls with effects, its conversation
 * goes on. A patch or a replan is requested with the earlier failures that no plan has answered yet.
 */
function final(run: Run, said: Fact, work: Work): Fact {
  if (said.type !== "step.failed") return said;
  const { error, decision, calls = [] } = said.data;
  const same = keepsAttempt(run, work, said.data);
  const on = !same && calls.length > 0 && continues(work, error, said.data);
  return fact("step.failed", {
    ...said.data,
    ...(decision === "patch" || decision === "replan" ? { change: changeAfter(run, said.data) } : {}),
    ...(same ? { sameAttempt: true as const } : {}),
    ...(on ? { goesOn: true as const } : {}),
  });
}

function keepsAttempt(run: Run, work: Work, { error, turn, turns }: Said): boolean {
  if (isFailure(error, "BUDGET_EXHAUSTED")) return isJournaled(work);
  if (turn !== undefined) return true;
  // The output was not at fault. Its journal gives it again, and it is judged once more.
  if (isFailure(error, "EXPECT_NOT_JUDGED")) return isJournaled(work);
  // Its calls acted. Only a person starts it from the beginning.
  if (isFailure(error, "JOURNAL_DIVERGED")) return !error.retryable;
  // It ended without an outcome, so only its journal knows its calls.
  return turns === undefined && isConversation(work.step.spec) && work.startedAt !== undefined && mayAct(run, work);
}

const mayAct = (run: Run, { step: { spec } }: Work): boolean =>
  [...(currentPlan(run)?.tools.values() ?? [])].some((tool) => mayActThrough(spec, tool));

/** A patch can answer one failure. Several failures need a full replan. */
function changeAfter(run: Run, { step, decision, reason }: Said): Change {
  const open = changeOf(run) ?? openReplan(run);
  if (open === undefined) {
    return { mode: decision === "replan" ? "full" : "patch", cause: "failure", failed: [{ step }], reason };
  }
  return { mode: "full", cause: open.cause, failed: [...open.failed, { step }], reason: open.reason };
}

/** The replan that the planner is working on, or whose plan waits for approval. */
function openReplan(run: Run): EventData["replan.requested"] | undefined {
  return run.mode.phase === "awaiting-approval" ? currentPlan(run)?.replan : replanOf(run);
}

function whyNoRetry(run: Run, error: Failure, tries: number, attempts: number): RetryReason {
  if (isCancelling(run)) return { code: "RUN_CANCELLING" };
  if (!error.retryable) return { code: "NOT_RETRYABLE" };
  if (tries < attempts) return whyNotStarted(run);
  return { code: "ATTEMPTS_USED", of: attempts };
}

/** Why a failing run starts nothing. */
export function whyNotStarted({ halt }: Run): RetryReason & StopReason {
  return { code: "NOTHING_STARTS", because: halt?.why === "failure" ? stopReason(halt.failing.error) : "failure" };
}

function stopReason(error: Failure): Extract<StopReason, { code: "NOTHING_STARTS" }>["because"] {
  if (isFailure(error, "EVENT_LIMIT")) return "log-full";
  return isFailure(error, "BUDGET_EXHAUSTED") ? "budget" : "failure";
}

/** ms before the next attempt: the plan's backoff with up to 10 % jitter, or longer if a server asked for it. */
function retryDelay(run: Run, work: Work, error: Failure, failures: number): number {
  const { delayMs, backoff } = work.step.spec.retry;
  const digest = sha256(`${run.id}/${work.step.spec.id}/${work.item ?? ""}/${work.attempt}`);
  const jitter = 1 + (parseInt(digest.slice(0, 8), 16) / 0xffffffff) * 0.1;
  const delay = Math.round(delayMs * backoff ** failures * jitter);
  return Math.min(Math.max(delay, askedDelay(error)), LIMITS.retryDelayMaxMs);
}

/** A tool may compute NaN from a header. No log can hold NaN: as a due time it would make the run unreadable. */
const askedDelay = ({ retryAfterMs = 0 }: Failure) => (Number.isFinite(retryAfterMs) ? retryAfterMs : 0);

/** How an item or a round has ended. */
export type ItemEnd =
  | { readonly how: "completed"; readonly output: Json; readonly from: Origin }
  | { readonly how: "failed"; readonly error: Failure; readonly why: RetryReason }
  | ({ readonly how: "skipped" } & Pick<EventData["step.skipped"], "reason" | "cause">);

/** What follows from the end of an item or of a round. Nothing, if `work` is neither. */
export function closeFanOut(run: Run, work: Work, last: ItemEnd): Fact[] {
  const { step } = work;
  const { repeat } = step.spec;
  if (work.item === null || step.fan === undefined) return [];
  if (repeat === undefined) return step.fan.open === 1 ? itemsEnded(run, work, step.fan, last) : [];
  if (last.how === "failed") return stepFailed(run, step, last.error, last.why);
  if (last.how === "completed") return roundEnded(run, work, repeat, last, failsRounds(run, step));
  const { reason, cause } = last;
  return [fact("step.skipped", { step: step.spec.id, reason, cause, ...reviewAfter(run, step.work) })];
}

/** The failure of a step whose rounds gave no output that it can take. */
export const failsRounds =
  (run: Run, step: StepState) =>
  (error: Failure): Fact[] =>
    stepFailed(run, step, error, { code: "NOT_RETRYABLE" });

/** The step as a whole fails, because a round failed for good, or because no round was the last. */
function stepFailed(run: Run, step: StepState, error: Failure, why: RetryReason): Fact[] {
  const { work, spec } = step;
  const verdict = verdictOn(run, step, error, why);
  const said = { step: spec.id, attempt: work.attempt, error, usage: NO_USAGE, ...verdict };
  if (verdict.decision === "skip") return [fact("step.failed", said), ...skipped(run, work, error)];
  if (isDrafting(run) && !isFailing(run) && !isCancelling(run))
    return [fact("step.failed", { ...said, decision: "retry", reason: { code: "AFTER_PLAN", why } })];
  return [final(run, fact("step.failed", said), work)];
}

/**
 * Ends the fan-out after the last of its items: completed if every item completed or was skipped, failed if one failed.
 */
function itemsEnded(run: Run, work: Work, fan: FanOut, last: ItemEnd): Fact[] {
  const { step } = work;
  const ref = { step: step.spec.id };
  const broken = fan.failed + (last.how === "failed" ? 1 : 0);
  if (broken === 0) {
    const items = fan.items.map(({ from, origin }) => ({ steps: from.steps, tools: origin.tools }));
    const own = last.how === "completed" ? last.from : NO_ORIGIN;
    const from = mergeOrigins([{ steps: fan.from.steps, tools: [] }, ...items, own]);
    return [
      fact("step.completed", {
        ...ref,
        output: null,
        from,
        usage: NO_USAGE,
        ...reviewAfter(run, step.work),
      }),
    ];
  }
  const ended = last.how === "failed" ? [{ item: work.item ?? 0, error: last.error }] : [];
  const error = itemsError(fan, broken, ended);
  const verdict = verdictOn(run, step, error, { code: "ITEMS_ENDED" });
  // If the answer were a skip, each item would have been skipped by itself.
  const decision = verdict.decision === "skip" ? "fail" : verdict.decision;
  const { reason } = verdict;
  const { attempt } = step.work;
  const said = fact("step.failed", { ...ref, attempt, error, decision, reason, usage: NO_USAGE });
  return [final(run, said, step.work)];
}

/** The items' own code if all failed items have the same. Otherwise the cause would be hidden. */
function itemsError(
  fan: FanOut,
  broken: number,
  ended: readonly { readonly item: number; readonly error: Failure }[],
): Failure {
  const before = fan.items.flatMap(({ status, error }, item) =>
    status === "failed" && error !== undefined ? [{ item, error }] : [],
  );
  const errors = [...before, ...ended];
  const [first] = errors;
  const alike = errors.every(
    ({ error: { code, foreign } }) => code === first?.error.code && foreign === first.error.foreign,
  );
  const params: ItemsParams = {
    items: { failed: broken, total: fan.items.length, ...(first === undefined ? {} : { first }) },
  };
  const { code, foreign } = alike && first !== undefined ? first.error : { code: "ITEMS_FAILED", foreign: undefined };
  return { code, params: params as unknown as JsonObject, ...(foreign === true ? { foreign } : {}), retryable: false };
}

/**
 * Decides after a role, or a tool asked about a call in doubt, gave no result: a retry while it may help, then failure.
 */
export function roleFailure(
  run: Run,
  attempt: number,
  outcome: { readonly error: Failure; readonly usage: Usage },
  at: number,
): PassingFailure {
  const { error, usage } = outcome;
  const max = run.request.settings.roleAttempts;
  if (!error.retryable || attempt >= max) {
    const reason: RetryReason = error.retryable ? { code: "ATTEMPTS_USED", of: max } : { code: "NOT_RETRYABLE" };
    return { attempt, error, decision: "fail", reason, usage, ...unpaidBy(run, error) };
  }
  const delay = Math.max(LIMITS.retryDelayMs * LIMITS.retryBackoff ** (attempt - 1), askedDelay(error));
  const retryAt = at + Math.min(delay, LIMITS.retryDelayMaxMs);
  const reason: RetryReason = { code: "ATTEMPTS_LEFT", attempt, of: max };
  return { attempt, error, decision: "retry", reason, retryAt, usage, ...unpaidBy(run, error) };
}
