// The first cause of a failed run. In: the run, and how it ended. Out: the failure that people read first, with the step
// that it belongs to, and what followed from it.
import type { Failing, FailureCause } from "../event.js";
import { isObject } from "../../plan/json.js";
import { isFailureData } from "../log/failure-shape.js";
import { isFailure, type Failure, type FailureParams } from "../failure.js";
import type { Run } from "../state.js";

interface FirstCause {
  readonly error: Failure;
  readonly cause: FailureCause | undefined;
  /** The failure that ended the run, if it is not the first. */
  readonly then?: Failure;
}

/** A step that failed comes before the trouble of the planner that had to answer it. */
export function firstCause(run: Run, { error, cause }: Failing): FirstCause {
  const first = cause === undefined ? failedBefore(run, error) : undefined;
  if (first === undefined) return { error, cause };
  const then = isFailure(error, "PLAN_INVALID") ? { ...error, params: { ...error.params, failed: [] } } : error;
  return { error: first.error, cause: { step: first.step }, then };
}

function failedBefore(run: Run, error: Failure): Failed | undefined {
  const { failed = [] } = (error.params ?? {}) as Partial<FailureParams["PLAN_INVALID"]>;
  if (isFailure(error, "PLAN_INVALID")) return [failed].flat().slice(0, 1).find(isFailed);
  if (!isOfPlanner(error)) return undefined;
  // A plan that came since has answered the failures.
  const { plans, failures } = run.planning;
  const last = plans.at(-1);
  const [first] = [...failures].filter(([step]) => run.execution.steps.get(step)?.work.status === "failed");
  return first === undefined || last?.denied !== undefined ? undefined : { step: first[0], error: first[1] };
}

type Failed = FailureParams["PLAN_INVALID"]["failed"][number];

/** An edited log may hold anything in the parameters of a failure. */
const isFailed = (value: unknown): value is Failed =>
  isObject(value) && typeof value["step"] === "string" && isFailureData(value["error"]);

/** Failures of the model or the function that plans. */
const isOfPlanner = (error: Failure): boolean =>
  error.foreign !== true && /^(?:PROVIDER_|NO_PLANNER$|TIMEOUT$|MODEL_|INTERNAL$|ABORTED$)/.test(error.code);
