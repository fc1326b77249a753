// How an effect ended that gave nothing, as data for `decide`. In: what was thrown or refused. Out: an outcome, or a failure with
// what was used until then. Separate because roles and steps end in the same ways; only a lost journal is thrown on.
import { UnknownOutcome } from "../agents/checkpoint.js";
import { StepFailure } from "../agents/step-failure.js";
import { messageOf } from "../error.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { Role } from "../model/port.js";
import { NO_USAGE, type Usage } from "../plan/usage.js";
import type { Failure } from "../run/event.js";
import type { Ending, Outcome } from "../run/input.js";
import { JournalLost } from "./agent-context.js";

export function noModel(role: Role): Failure {
  const prefix = `PLANLOOM_${role.toUpperCase()}`;
  return {
    code: "NO_MODEL",
    message: `there is no ${role} model`,
    retryable: false,
    next: `Set ${prefix}_MODEL (and ${prefix}_BASE_URL), or pass --model.`,
  };
}

type Ended = Outcome & { readonly type: "ended" };

export function endedOutcome(key: string, ending: Ending, error: Failure, usage: Usage = NO_USAGE): Ended {
  return { type: "ended", key, ending, error, usage };
}

/** A call inside an agent step ended so that nobody knows whether it acted. */
export function inDoubt(key: string, doubt: UnknownOutcome, usage = doubt.usage): Ended {
  const error: Failure = { code: "OUTCOME_UNKNOWN", message: doubt.message, retryable: false };
  return { type: "ended", key, ending: "in-doubt", error, usage, call: { key: doubt.key, tool: doubt.tool } };
}

export function endedBy(key: string, thrown: unknown, ending: "tool-error" | "timeout" | "abort"): Ended {
  if (thrown instanceof JournalLost) throw thrown.cause;
  if (thrown instanceof UnknownOutcome) return inDoubt(key, thrown);
  const { error, usage } = roleErrorOf(thrown);
  if (ending !== "timeout") return endedOutcome(key, ending, error, usage);
  return endedOutcome(
    key,
    "timeout",
    {
      code: "TIMEOUT",
      message: "the agent step did not end in time",
      retryable: true,
      next: "Give the step a longer `timeout`, or make it smaller.",
    },
    usage,
  );
}

export function roleErrorOf(thrown: unknown): { readonly error: Failure; readonly usage: Usage } {
  if (thrown instanceof JournalLost) throw thrown.cause;
  if (thrown instanceof StepFailure) return { error: thrown.failure, usage: thrown.usage };
  if (thrown instanceof PlanloomError) {
    const { code, message, retryable, next } = thrown;
    return { error: { code, message, retryable, ...(next === undefined ? {} : { next }) }, usage: NO_USAGE };
  }
  return { error: { code: "INTERNAL", message: messageOf(thrown), retryable: false }, usage: NO_USAGE };
}
