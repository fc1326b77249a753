// Decides what a call was that ended without a usable output: in doubt, acted with an unusable output, stopped, or
// failed. In: how the call ended. Out: facts. failure.ts decides what follows from a failure.
import { LIMITS } from "../../limits.js";
import type { EffectClass } from "../../plan/tool-spec.js";
import { callName } from "../../plan/step-kind.js";
import { toolIn } from "../lookup.js";
import { isCancelling } from "../status.js";
import type { Work } from "../work.js";
import { outOfTime, unpaidBy } from "./budget.js";
import { fact, type Ending, type EventData, type Fact, type StepRef } from "../event.js";
import type { Outcome } from "../input.js";
import { callsOf, progressOf } from "../progress.js";
import { failed, refOf, whyStopped } from "./failure.js";
import { verdictOn } from "./policy.js";
import { type Run } from "../state.js";

/** Facts after a call of this effect class (a model that fills arguments in has none) ended without an output. */
export function ended(
  run: Run,
  work: Work,
  outcome: Outcome & { type: "ended" },
  effects: EffectClass,
  at: number,
): Fact[] {
  const { ending, error, usage } = outcome;
  const progress = progressOf(outcome);
  if (ending === "unusable") {
    const { output = null, partial } = outcome;
    const returned = partial === undefined ? { output } : { output, partial };
    if (effects !== "none") return unusable(run, work, { error, usage, ending, ...returned }, at);
    return failed(run, work, error, at, { usage, ending: "tool-error" });
  }
  if (leavesDoubt(effects, ending, isCancelling(run))) return [unknown(run, work, outcome, at)];
  const reason = whyStopped(run) ?? (effects === "none" ? outOfTime(run) : undefined);
  if (reason === undefined || ending === "tool-error")
    return failed(run, work, error, at, { usage, ending, ...progress });
  const { attempt } = work;
  const stopped = { ...refOf(work), attempt, reason, usage, ending, error, ...callsOf(outcome) };
  return [fact("step.cancelled", { ...stopped, ...unpaidBy(run, error) })];
}

/**
 * Whether the ending of a call leaves it open whether it acted. Design section 8: a tool's own error is a known
 * failure; for a tool without effects everything else is one too; an idempotent call is repeated with its key, unless
 * the run is being cancelled and nothing will repeat it; a `once` call is in doubt.
 */
export function leavesDoubt(effects: EffectClass, ending: Ending, cancelling: boolean): boolean {
  if (ending === "in-doubt") return true;
  if (ending === "tool-error" || effects === "none") return false;
  return effects === "once" || cancelling;
}

export function unknown(
  run: Run,
  work: Work,
  outcome: Pick<Outcome & { type: "ended" }, "error" | "ending" | "usage" | "call" | "calls">,
  at: number,
): Fact {
  const { spec } = work.step;
  const tool = outcome.call?.tool ?? callName(spec);
  // A tool cannot tell the outcome of a call that another process may still be making.
  const reconciles = toolIn(run, tool)?.reconciles === true && work.mayStillCall !== true;
  return fact("step.unknown", {
    ...refOf(work),
    attempt: work.attempt,
    key: outcome.call?.key ?? work.effectKey,
    tool,
    ...(outcome.call?.args === undefined ? {} : { args: outcome.call.args }),
    error: outcome.error,
    ending: outcome.ending,
    usage: outcome.usage,
    ...callsOf(outcome),
    ...unpaidBy(run, outcome.error),
    ...(reconciles ? { reconciles } : {}),
    ...(reconciles && !isCancelling(run) ? { reconcileAt: at + LIMITS.reconcileDelayMs } : {}),
  });
}

/** A call that acted, as its event tells it. `key`: that of the work, if it is absent. */
type UnusableEnd = Omit<EventData["step.unusable"], keyof StepRef | "attempt" | "key" | "tool"> & {
  readonly key?: string;
};

/** Facts about a call that acted and whose output cannot be used. Only a policy `skip` applies without a person. */
export function unusable(run: Run, work: Work, call: UnusableEnd, at: number): Fact[] {
  const { key = work.effectKey, output, usage, partial, ending, earlier, args, from } = call;
  const error = { ...call.error, params: { ...call.error.params, acted: true }, retryable: false };
  const said = fact("step.unusable", {
    ...refOf(work),
    attempt: work.attempt,
    key,
    tool: callName(work.step.spec),
    error,
    output,
    ...(partial === undefined ? {} : { partial }),
    usage,
    ...(ending === undefined ? {} : { ending }),
    ...(earlier === undefined ? {} : { earlier }),
    ...(args === undefined ? {} : { args }),
    ...(from === undefined ? {} : { from }),
  });
  const skips = verdictOn(run, work.step, error, { code: "NOT_RETRYABLE" }).decision === "skip";
  return skips ? [said, ...failed(run, work, error, at)] : [said];
}
