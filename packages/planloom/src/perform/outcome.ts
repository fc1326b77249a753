// Turns an effect that ended without a result into data for `decide`. In: the error or refusal. Out: an outcome, or a
// failure with its usage. Only a lost journal is thrown on.
import { CallAsked, CallHeld, UnknownOutcome } from "../agents/checkpoint.js";
import { operatingFailure, StepFailure } from "../agents/step-failure.js";
import { messageOf } from "../error.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { Role } from "../model/port.js";
import { NO_USAGE, type Usage } from "../plan/usage.js";
import { failWith, type Failure } from "../run/failure.js";
import type { Outcome } from "../run/input.js";
import type { Ending } from "../run/event.js";
import { JournalLost } from "./agent-context.js";

export const noModel = (role: Role): Failure => failWith("NO_MODEL", { role });

type Ended = Outcome & { readonly type: "ended" };

export function endedOutcome(key: string, ending: Ending, error: Failure, usage: Usage = NO_USAGE): Ended {
  return { type: "ended", key, ending, error, usage };
}

/** A call inside an agent step ended, and it is unknown whether it acted. */
export function inDoubt(key: string, doubt: UnknownOutcome, usage = doubt.usage): Ended {
  const error = failWith("OUTCOME_UNKNOWN", { tool: doubt.tool });
  const { args } = doubt;
  const call = { key: doubt.key, tool: doubt.tool, ...(args === undefined ? {} : { args }) };
  return { type: "ended", key, ending: "in-doubt", error, usage, call };
}

type Held = Outcome & { readonly type: "held" | "asked" };

/** The outcome of an effect that threw. `timeoutMs` is its time limit. */
export function endedBy(
  key: string,
  thrown: unknown,
  ending: "tool-error" | "timeout" | "abort",
  timeoutMs = 0,
): Ended | Held {
  if (thrown instanceof JournalLost) throw thrown.cause;
  if (thrown instanceof CallHeld)
    return { type: "held", key, call: thrown.call, args: thrown.args, usage: thrown.usage };
  if (thrown instanceof CallAsked)
    return { type: "asked", key, ask: thrown.question, call: thrown.call, usage: thrown.usage };
  if (thrown instanceof UnknownOutcome) return inDoubt(key, thrown);
  // Any other error after the signal was aborted is the signal's own reason.
  const known = thrown instanceof StepFailure || thrown instanceof PlanloomError;
  if (ending === "abort" && !known) return endedOutcome(key, ending, failWith("ABORTED", { how: "stopped" }));
  const { error, usage } = roleErrorOf(thrown);
  if (ending !== "timeout") {
    const turn = thrown instanceof StepFailure ? thrown.turn : undefined;
    return { ...endedOutcome(key, ending, error, usage), ...(turn === undefined ? {} : { turn }) };
  }
  return endedOutcome(key, ending, failWith("TIMEOUT", { of: "agent", ms: timeoutMs }, { retryable: true }), usage);
}

export function roleErrorOf(thrown: unknown): { readonly error: Failure; readonly usage: Usage } {
  if (thrown instanceof JournalLost) throw thrown.cause;
  if (thrown instanceof StepFailure) return { error: thrown.failure, usage: thrown.usage };
  if (thrown instanceof PlanloomError) return { error: operatingFailure(thrown), usage: NO_USAGE };
  return { error: failWith("INTERNAL", {}, { text: messageOf(thrown) }), usage: NO_USAGE };
}
