// Decides the next acts of an engine for one run. In: a run, the calls in flight, and the time. Out: acts as data, and
// the time of the next wake-up. Pure: the loop of a run (run-loop.ts) performs the acts.
import { isConversation, isSubPlan } from "../plan/step-kind.js";
import { NO_USAGE } from "../plan/usage.js";
import { outOfTime } from "../run/decide/budget.js";
import type { WorkEffect } from "../run/effect.js";
import { failWith } from "../run/failure.js";
import { HELD, isCancelling } from "../run/status.js";
import type { Outcome } from "../run/input.js";
import { stopKey } from "../run/keys.js";
import { findWork } from "../run/lookup.js";
import { next } from "../run/log/transition.js";
import { type Run } from "../run/state.js";

/** Why a call is stopped: the abort reason of its signal. NOT_OWED: the run does not need its outcome any more. */
export type StopCause =
  | { readonly code: "RUN_CANCELLING" | "NOT_OWED" }
  | { readonly code: "OUT_OF_TIME"; readonly allowed: number; readonly wanted: number };

export type Act =
  /** Perform this effect. With `stopped`, its signal is aborted from the start, for this reason. */
  | { readonly do: "perform"; readonly effect: WorkEffect; readonly stopped?: StopCause }
  /** Abort the signal of this key. */
  | { readonly do: "abort"; readonly key: string; readonly why: StopCause }
  /** Decide this outcome instead of performing anything. */
  | { readonly do: "decide"; readonly outcome: Outcome };

export interface Agenda {
  readonly acts: readonly Act[];
  /** ms since 1970 at which a `clock` input is due; Infinity: never. */
  readonly wakeAt: number;
}

/** The facts that the engine knows beside the run. */
export interface Underway {
  /** Keys that it is performing now. */
  readonly inFlight: ReadonlySet<string>;
  /** Keys that were owed when this engine took the run over. Another process may have started them. */
  readonly inherited: ReadonlySet<string>;
  /** Keys of effects that were put down for a pause. They are performed again after it. Absent: none. */
  readonly putDown?: ReadonlySet<string>;
  /** ms since 1970. */
  readonly now: number;
  /** When the last input was decided, ms since 1970. */
  readonly decidedAt: number;
}

export function agendaOf(run: Run, { inFlight, inherited, putDown = new Set(), now, decidedAt }: Underway): Agenda {
  const acts: Act[] = [];
  let wakeAt = Infinity;
  // A time that the kernel has already seen pass (a retry that waits for a free slot) needs no timer.
  const dueAt = (until = Infinity) => (until > decidedAt ? until : Infinity);
  for (const effect of next(run)) {
    if (effect.kind === "stop") {
      if (inFlight.has(effect.target)) acts.push({ do: "abort", key: effect.target, why: whyStopped(run) });
    } else if (effect.kind === "wait" || effect.kind === "person") wakeAt = Math.min(wakeAt, dueAt(effect.until));
    else if (effect.notBefore !== undefined && effect.notBefore > now) wakeAt = Math.min(wakeAt, effect.notBefore);
    else if (inFlight.has(effect.key) || (run.paused && HELD.has(effect.kind))) continue;
    else if (isCancelling(run) || run.owed.has(stopKey(effect.key)))
      acts.push(declined(run, effect, inherited.has(effect.key) || putDown.has(effect.key) || hasTurns(run, effect)));
    else if (!run.paused || !putDown.has(effect.key)) acts.push({ do: "perform", effect });
  }
  for (const key of inFlight) if (!run.owed.has(key)) acts.push({ do: "abort", key, why: { code: "NOT_OWED" } });
  return { acts, wakeAt };
}

/** An agent step that waited to send a turn again has begun. */
const hasTurns = (run: Run, effect: WorkEffect): boolean =>
  effect.kind === "call" && findWork(run, effect)?.turn !== undefined;

const whyStopped = (run: Run): StopCause => outOfTime(run) ?? { code: "RUN_CANCELLING" };

/**
 * A call that was decided together with the stop of its run is not started. Exception: an agent step that another
 * process started may have called a tool, which its journal shows; a sub-plan may have a child run, which is cancelled.
 * Both are performed with their signal aborted.
 */
function declined(run: Run, effect: WorkEffect, inherited: boolean): Act {
  const spec = effect.kind === "call" ? run.execution.steps.get(effect.step)?.spec : undefined;
  if (inherited && spec !== undefined && (isConversation(spec) || isSubPlan(spec)))
    return { do: "perform", effect, stopped: whyStopped(run) };
  if (effect.kind === "compensate") {
    const error = failWith("ABORTED", { how: inherited ? "not-called-again" : "not-called", why: "cancelled" });
    const ending = inherited ? "abort" : "tool-error";
    return { do: "decide", outcome: { type: "compensate-failed", key: effect.key, ending, error } };
  }
  if (effect.kind === "judge") {
    const error = failWith("ABORTED", { how: "stopped" });
    return { do: "decide", outcome: { type: "judge-failed", key: effect.key, error, usage: NO_USAGE } };
  }
  const acted = effect.kind !== "call" || effect.effects === "none" || inherited;
  const why = outOfTime(run) === undefined ? "cancelled" : "out-of-time";
  const error = failWith("ABORTED", { how: inherited ? "not-called-again" : "not-called", why });
  const ending = acted ? "abort" : "tool-error";
  return { do: "decide", outcome: { type: "ended", key: effect.key, ending, error, usage: NO_USAGE } };
}
