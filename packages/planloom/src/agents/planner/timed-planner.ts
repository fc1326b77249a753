// A planner whose calls end in time, and wait for their endpoint. In: a planner model or function, a clock and a limiter.
// Out: the same planner.
import type { Clock } from "../../clock.js";
import { answerInTime } from "../../deadline.js";
import { LIMITS } from "../../limits.js";
import type { Limiter } from "../../model/limiter.js";
import { usableModel } from "../../model/patience/patient-model.js";
import { failWith } from "../../run/failure.js";
import type { Planner } from "./planner.js";
import { StepFailure } from "../step-failure.js";

/** The time limit holds for a function, too. It waits for no endpoint that is known here. */
export function timedPlanner(planner: Planner, clock: Clock, limiter?: Limiter): Planner {
  if (typeof planner !== "function") return usableModel(planner, clock, limiter);
  return (request, context) => {
    const ask = async (signal: AbortSignal) => planner(request, { ...context, signal });
    return answerInTime(ask, context.signal, LIMITS.modelTimeoutMs, clock, plannerSilent);
  };
}

function plannerSilent(): StepFailure {
  const params = { of: "planner", ms: LIMITS.modelTimeoutMs } as const;
  return new StepFailure(failWith("TIMEOUT", params, { retryable: true }));
}
