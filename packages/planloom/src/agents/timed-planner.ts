// A planner whose calls end in time. In: a planner model or function, and a clock. Out: the same planner, with
// deadlines.
import type { Clock } from "../clock.js";
import { answerInTime } from "../deadline.js";
import { LIMITS } from "../limits.js";
import { timedModel } from "../model/timed-model.js";
import { failWith } from "../run/failure.js";
import type { Planner } from "./planner.js";
import { StepFailure } from "./step-failure.js";

export function timedPlanner(planner: Planner, clock: Clock): Planner {
  if (typeof planner !== "function") return timedModel(planner, clock);
  return (request, context) => {
    const ask = async (signal: AbortSignal) => planner(request, { ...context, signal });
    return answerInTime(ask, context.signal, LIMITS.modelTimeoutMs, clock, plannerSilent);
  };
}

function plannerSilent(): StepFailure {
  const params = { of: "planner", ms: LIMITS.modelTimeoutMs } as const;
  return new StepFailure(failWith("TIMEOUT", params, { retryable: true }));
}
