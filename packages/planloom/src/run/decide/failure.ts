// What follows when work goes wrong: the table of endings and effect classes, and the failure flow of seed 000.
// In: how a call ended. Out: facts with the decision and its reason. Separate because this is all of the failure policy.
import { LIMITS } from "../../limits.js";
import { sha256 } from "../../sha256.js";
import type { Json } from "../../plan/json.js";
import type { EffectClass } from "../../plan/tool-spec.js";
import { NO_USAGE, type Usage } from "../../plan/usage.js";
import { outOfTime } from "./budget.js";
import { fact, type Decision, type Fact, type Failure, type PassingFailure, type StepRef } from "../event.js";
import type { Ending, Outcome } from "../input.js";
import { verdictOn } from "./policy.js";
import { currentPlan, failingOf, isDrafting, type Run, type Work } from "../state.js";
import { callName } from "../../plan/step-kind.js";

export function refOf(work: Work): StepRef {
  return work.item === null ? { step: work.step.spec.id } : { step: work.step.spec.id, item: work.item };
}

/** Facts after a call of this effect class (a model that fills arguments in has none) ended without an output. */
export function ended(
  run: Run,
  work: Work,
  outcome: Outcome & { type: "ended" },
  effects: EffectClass,
  at: number,
): Fact[] {
  if (leavesDoubt(effects, outcome.ending, run.cancelling !== undefined)) return [unknown(run, work, outcome, at)];
  const stopping = run.cancelling ?? (effects === "none" ? outOfTime(run) : undefined);
  if (stopping !== undefined && outcome.ending !== "tool-error") {
    return [fact("step.cancelled", { ...refOf(work), attempt: work.attempt, reason: stopping, usage: outcome.usage })];
  }
  return failed(run, work, outcome.error, at, { usage: outcome.usage });
}

/**
 * Whether the ending of a call leaves it open whether it acted. Design section 8: a tool's own error is a known failure;
 * for a tool without effects everything else is one too; an idempotent call is repeated with its key, unless the run is
 * being cancelled and nothing will repeat it; a `once` call is in doubt.
 */
export function leavesDoubt(effects: EffectClass, ending: Ending, cancelling: boolean): boolean {
  if (ending === "in-doubt") return true;
  if (ending === "tool-error" || effects === "none") return false;
  return effects === "once" || cancelling;
}

/** What a person can do about a call in doubt. */
export const SETTLE_NEXT = "Find out whether it happened, then settle it: --happened, --not-happened or --abort.";

export function unknown(
  run: Run,
  work: Work,
  outcome: Pick<Outcome & { type: "ended" }, "error" | "usage" | "call">,
  at: number,
): Fact {
  const { spec } = work.step;
  const tool = outcome.call?.tool ?? callName(spec);
  const asked = run.cancelling === undefined && currentPlan(run)?.tools.get(tool)?.reconciles === true;
  return fact("step.unknown", {
    ...refOf(work),
    attempt: work.attempt,
    key: outcome.call?.key ?? work.effectKey,
    tool,
    error: { ...outcome.error, next: SETTLE_NEXT },
    usage: outcome.usage,
    ...(asked ? { reconcileAt: at + LIMITS.reconcileDelayMs } : {}),
  });
}

/** Facts after work failed with a known error: retry, skip or fail, each with its reason. `given` is what the call gave. */
export function failed(
  run: Run,
  work: Work,
  error: Failure,
  at: number,
  given: { readonly usage: Usage; readonly output?: Json } = { usage: NO_USAGE },
): Fact[] {
  const { attempt } = work;
  const tries = work.errors + 1;
  const say = (decision: Decision, reason: string) =>
    fact("step.failed", { ...refOf(work), attempt, error, decision, reason, ...given });
  const { retry } = work.step.spec;
  if (error.retryable && tries < retry.attempts && failingOf(run) === undefined && run.cancelling === undefined) {
    const retryAt = at + retryDelay(run, work, error);
    return [
      say("retry", `attempt ${tries} of ${retry.attempts} failed`),
      fact("step.retrying", { ...refOf(work), attempt: attempt + 1, retryAt }),
    ];
  }
  const why = whyNoRetry(run, error, tries, retry.attempts);
  const verdict = verdictOn(run, work.step, error, why);
  if (verdict.decision === "skip") {
    const skipped = fact("step.skipped", { ...refOf(work), reason: error.message, cause: "failure" });
    return [say("skip", verdict.reason), skipped, ...closeFanOut(run, work, "skipped")];
  }
  if (isDrafting(run) && failingOf(run) === undefined && run.cancelling === undefined) {
    return [say("retry", `${why}; it is begun once more when its plan is whole`)];
  }
  // An item fails by itself; what answers that is decided once, for the fan-out, when the others have ended.
  if (work.item !== null) return [say("fail", why), ...closeFanOut(run, work, "failed", { error })];
  return [say(verdict.decision, verdict.reason)];
}

function whyNoRetry(run: Run, error: Failure, tries: number, attempts: number): string {
  if (run.cancelling !== undefined) return "the run is being cancelled";
  if (!error.retryable) return "trying again would not help";
  if (tries < attempts) return whyNotStarted(run);
  return attempts === 1 ? "it had one attempt" : `all ${attempts} attempts failed`;
}

/** Of a run that fails. */
export const whyNotStarted = (run: Run): string =>
  `${run.failing === undefined ? "the run has too many events" : "another step failed for good"}, so nothing is started any more`;

/** ms before the next attempt: the plan's backoff with up to 10 % jitter, or longer where a server asked for it. */
function retryDelay(run: Run, work: Work, error: Failure): number {
  const { delayMs, backoff } = work.step.spec.retry;
  const digest = sha256(`${run.id}/${work.step.spec.id}/${work.item ?? ""}/${work.attempt}`);
  const jitter = 1 + (parseInt(digest.slice(0, 8), 16) / 0xffffffff) * 0.1;
  const delay = Math.round(delayMs * backoff ** work.errors * jitter);
  return Math.min(Math.max(delay, askedDelay(error)), LIMITS.retryDelayMaxMs);
}

/** What a tool made of a header may be NaN, which no log can hold: as a due time it would make the run unreadable. */
const askedDelay = ({ retryAfterMs = 0 }: Failure) => (Number.isFinite(retryAfterMs) ? retryAfterMs : 0);

/**
 * The fan-out's own ending, when `work` is the last of its items to end: completed where every item completed or was
 * skipped, failed where one failed.
 */
export function closeFanOut(
  run: Run,
  work: Work,
  how: "completed" | "failed" | "skipped",
  last: { readonly tools?: readonly string[]; readonly error?: Failure } = {},
): Fact[] {
  const { step } = work;
  if (work.item === null || step.itemsOpen !== 1) return [];
  const ref = { step: step.spec.id };
  const broken = step.itemsFailed + (how === "failed" ? 1 : 0);
  if (broken === 0) {
    const tools = [...new Set([...step.items!.flatMap((item) => item.origin.tools), ...(last.tools ?? [])])];
    return [
      fact("step.completed", {
        ...ref,
        output: null,
        from: { steps: step.listFrom?.steps ?? [], tools },
        usage: NO_USAGE,
      }),
    ];
  }
  const error = itemsError(work, broken, last.error);
  const verdict = verdictOn(run, step, error, "its items have ended");
  // Where a skip were the answer, each item would have been skipped by itself.
  const decision = verdict.decision === "skip" ? "fail" : verdict.decision;
  const { reason } = verdict;
  return [fact("step.failed", { ...ref, attempt: step.work.attempt, error, decision, reason, usage: NO_USAGE })];
}

/** The items' own code where all that failed have the same, so that its cause is not hidden. */
function itemsError({ item, step }: Work, broken: number, lastError: Failure | undefined): Failure {
  const errors = step.items!.flatMap((work, index) =>
    work.status === "failed" && work.error ? [{ index, ...work.error }] : [],
  );
  if (lastError !== undefined) errors.push({ index: item!, ...lastError });
  const [first] = errors;
  const alike = errors.every(({ code }) => code === first?.code);
  const example = first === undefined ? "" : `; item ${first.index}: ${first.message}`;
  return {
    code: alike && first !== undefined ? first.code : "ITEMS_FAILED",
    message: `${broken} of ${step.items!.length} items failed${example}`,
    retryable: false,
    ...(first?.next === undefined ? {} : { next: first.next }),
  };
}

/** What follows where a role, or a tool asked about its call in doubt, gave nothing: again while it may pass, then no more. */
export function roleFailure(
  run: Run,
  attempt: number,
  outcome: { readonly error: Failure; readonly usage: Usage },
  at: number,
): PassingFailure {
  const { error, usage } = outcome;
  const max = run.settings.roleAttempts;
  if (!error.retryable || attempt >= max) {
    const reason = error.retryable ? `all ${max} attempts failed` : "trying again would not help";
    return { attempt, error, decision: "fail", reason, usage };
  }
  const delay = Math.max(LIMITS.retryDelayMs * LIMITS.retryBackoff ** (attempt - 1), askedDelay(error));
  const retryAt = at + Math.min(delay, LIMITS.retryDelayMaxMs);
  return { attempt, error, decision: "retry", reason: `attempt ${attempt} of ${max} failed`, retryAt, usage };
}
