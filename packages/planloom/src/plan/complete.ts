// A step with every default written out. In: a step of a draft. Out: the step of a plan.
import { LIMITS } from "../limits.js";
import { durationMs } from "./duration.js";
import type { DraftStep, Step } from "./plan.js";
import { defaultsOf, STEP_KINDS } from "./step-kind.js";

/** Writes out the defaults of one step. */
export function completeStep(draft: DraftStep): Step {
  const attempts =
    draft.retry?.attempts ?? (draft.optional === true && draft.retry === undefined ? 1 : LIMITS.attempts);
  const { title, retry, timeout, onFailure, dependsOn, optional, evidence = [], repeat, ...rest } = draft;
  const kind = STEP_KINDS.find((name) => Object.hasOwn(draft, name))!;
  const deed = (draft as { readonly [field: string]: unknown })[kind] as string;
  const common = {
    ...rest,
    title: title ?? draft.description ?? deed.split("\n", 1)[0]!.slice(0, 80),
    dependsOn: dependsOn ?? [],
    optional: optional ?? false,
    retry: {
      attempts,
      delayMs: retry?.delay === undefined ? LIMITS.retryDelayMs : durationMs(retry.delay),
      backoff: retry?.backoff ?? LIMITS.retryBackoff,
    },
    with: draft.with ?? {},
    ...(onFailure === undefined && optional !== true ? {} : { onFailure: onFailure ?? "skip" }),
    ...(evidence.length === 0 ? {} : { evidence }),
    ...(timeout === undefined ? {} : { timeoutMs: durationMs(timeout) }),
    ...(draft.forEach === undefined ? {} : { as: draft.as ?? "item" }),
    ...(repeat === undefined ? {} : { repeat: { ...repeat, otherwise: repeat.otherwise ?? "fail" } }),
  };
  const missing = Object.entries(defaultsOf(kind)).filter(([field]) => !Object.hasOwn(draft, field));
  return { kind, ...common, ...Object.fromEntries(missing) } as Step;
}
