// Writes a plan as a document. In: a Plan. Out: plain data without the defaults. Reading and checking it gives the same
// plan with the same hash. The reader is tolerant; the writer is strict.
import { LIMITS } from "../limits.js";
import type { JsonObject } from "./json.js";
import type { Answer, Plan, Repeat, Retry, Step } from "./plan.js";
import { ownFields } from "./step-kind.js";

export function writePlan({ goal, inputs, steps, answer }: Plan): JsonObject {
  return tidy({
    planloom: 1,
    goal: goal === "" ? undefined : goal,
    inputs: unlessEmpty(inputs),
    steps: steps.map(writeStep),
    answer: unlessEmpty(writeAnswer(answer)),
  });
}

/** Steps that the plan did not name are not named here either. */
function writeAnswer(answer: Answer): JsonObject {
  const { kind: _kind, ...said } = answer;
  if (answer.kind === "value" || answer.all !== true) return said;
  const { instructions, critique, type, onFailure } = answer;
  return tidy({ instructions, critique, type, onFailure });
}

/** Fields in reading order: task, executor, data, condition, failure handling. */
function writeStep(step: Step): JsonObject {
  const { id, title, description, dependsOn, when, forEach, as, maxParallel, output, expect, evidence, optional } =
    step;
  return tidy({
    id,
    title,
    description,
    ...deed(step),
    forEach,
    as: as === "item" ? undefined : as,
    maxParallel,
    repeat: step.repeat && writeRepeat(step.repeat),
    with: unlessEmpty(step.with),
    dependsOn: dependsOn.length === 0 ? undefined : dependsOn,
    when,
    output,
    expect,
    evidence,
    optional: optional ? true : undefined,
    retry: writeRetry(step.retry, optional),
    timeout: step.timeoutMs === undefined ? undefined : `${step.timeoutMs}ms`,
    onFailure: step.onFailure === (optional ? "skip" : undefined) ? undefined : step.onFailure,
    approval: step.approval,
    model: step.model,
    executor: step.executor,
  });
}

/** An empty list means the same as no list. */
const deed = (step: Step): { readonly [field: string]: unknown } =>
  Object.fromEntries(Object.entries(ownFields(step)).filter(([, value]) => !Array.isArray(value) || value.length > 0));

function writeRetry({ attempts, delayMs, backoff }: Retry, optional: boolean): JsonObject | undefined {
  const usual = delayMs === LIMITS.retryDelayMs && backoff === LIMITS.retryBackoff;
  if (usual && attempts === (optional ? 1 : LIMITS.attempts)) return undefined;
  return { attempts, ...(usual ? {} : { delay: `${delayMs}ms`, backoff }) };
}

const writeRepeat = ({ until, most, otherwise }: Repeat): JsonObject =>
  otherwise === "fail" ? { until, most } : { until, most, otherwise };

const unlessEmpty = <T extends object>(value: T): T | undefined =>
  Object.keys(value).length === 0 ? undefined : value;

function tidy(fields: { readonly [name: string]: unknown }): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject;
}
