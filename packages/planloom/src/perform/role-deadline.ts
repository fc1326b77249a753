// Models and planner functions under a deadline: an answer of theirs comes in time or not at all. In: one of them, and a clock.
// Out: the same, but each call ends at its time limit, and LIMITS.graceMs after an abort, whatever is behind it. Separate because
// any program may stand behind these two ports, and nobody may wait for ever for one that ignores its signal.
import type { Planner, PlannerFunction } from "../agents/planner.js";
import { StepFailure } from "../agents/step-failure.js";
import { PlanloomError } from "../error.js";
import { LIMITS } from "../limits.js";
import type { Model, ModelReply, ModelRequest } from "../model/port.js";
import type { Clock } from "../engine/clock.js";
import { inTime } from "./deadline.js";

export function timelyModel(model: Model, clock: Clock): Model {
  const timeoutMs = model.timeoutMs ?? LIMITS.modelTimeoutMs;
  const call = async (request: ModelRequest): Promise<ModelReply> => {
    const ask = (signal: AbortSignal) => model.call({ ...request, signal, ...heardUntil(signal, request) });
    return answerOf(ask, request.signal, timeoutMs, clock, () => modelSilent(model.name, timeoutMs));
  };
  const { name, maxOutputTokens } = model;
  return { name, timeoutMs, ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }), call };
}

export function timelyPlanner(planner: Planner, clock: Clock): Planner {
  if (typeof planner !== "function") return timelyModel(planner, clock);
  const timely: PlannerFunction = (request, context) => {
    const ask = async (signal: AbortSignal) => planner(request, { ...context, signal });
    return answerOf(ask, context.signal, LIMITS.modelTimeoutMs, clock, plannerSilent);
  };
  return timely;
}

/** Throws what the callee threw in time, `silent` after a timeout, and the signal's reason after an abort. */
async function answerOf<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  outer: AbortSignal,
  timeoutMs: number,
  clock: Clock,
  silent: () => Error,
): Promise<T> {
  const { end, why } = await inTime(ask, outer, timeoutMs, clock);
  if (end !== undefined && "value" in end) return end.value;
  // What is thrown once the signal is aborted says nothing of its own, but for an error that was made with care.
  if (end !== undefined && (why === undefined || end.thrown instanceof PlanloomError)) throw end.thrown;
  throw why === "timeout" ? silent() : outer.reason;
}

/** Text that arrives after the signal was aborted is of a reply that is not waited for any more. */
function heardUntil(signal: AbortSignal, { onText }: ModelRequest): Pick<ModelRequest, "onText"> {
  return onText === undefined ? {} : { onText: (delta) => void (signal.aborted || onText(delta)) };
}

function modelSilent(name: string, timeoutMs: number): PlanloomError {
  return new PlanloomError("PROVIDER_TIMEOUT", `The model ${name} gave no reply within ${timeoutMs} ms.`, {
    kind: "provider",
    retryable: true,
    next: "Try again, raise the role's timeout, or use a faster model.",
  });
}

function plannerSilent(): StepFailure {
  const message = `the planner function gave no plan within ${LIMITS.modelTimeoutMs} ms`;
  const next = "Make the function faster, or let it give up by itself.";
  return new StepFailure({ code: "TIMEOUT", message, retryable: true, next });
}
