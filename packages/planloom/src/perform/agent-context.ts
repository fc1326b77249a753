// Makes the context of an agent: signal, journal, part of the budget, progress. In: the run, the context of an effect,
// and the step. Out: an AgentContext. Every role and every agent step gets one.
import { beginning } from "../beginning.js";
import type { AgentContext, CheckpointOptions } from "../agents/checkpoint.js";
import { messageOf } from "../error.js";
import { PlanloomError } from "../words/planloom-error.js";
import { LIMITS } from "../limits.js";
import type { Json } from "../plan/json.js";
import { ROLE_SCOPES } from "../run/keys.js";
import type { Run } from "../run/state.js";
import type { EffectBudget } from "./effect-budget.js";
import type { Performing } from "./services.js";

export function agentContext(
  run: Run,
  context: Performing,
  { stepId, item }: { readonly stepId: string; readonly item: number | null },
): AgentContext {
  const { intended } = context.checkpoint;
  return {
    signal: context.signal,
    runId: run.id,
    stepId,
    item,
    attempt: context.attempt,
    checkpoint: (name, options, work) =>
      storeErrorsMarked(() => context.checkpoint(name, options, allowed(work, options, context.budget))),
    ...(intended === undefined ? {} : { intended: () => storeErrorsMarked(intended) }),
    ...(context.budget === undefined ? {} : { budget: context.budget }),
    waits: (wait) => {
      context.progress({ type: "wait", step: stepId, item, ...wait });
      context.waits?.(true);
      const goOn = context.hold?.();
      return () => {
        context.waits?.(false);
        goOn?.();
      };
    },
    progress: (value) => context.progress({ type: "step", step: stepId, item, value: shownProgress(value) }),
  };
}

/**
 * If a tool without effects was not allowed to ask its model, its result is no outcome: it is called again when it may.
 */
function allowed<T extends Json>(
  work: (again?: boolean) => Promise<T>,
  { effects }: CheckpointOptions,
  budget: EffectBudget | undefined,
) {
  return async (again?: boolean): Promise<T> => {
    const outcome = await work(again);
    if (effects === "none") budget?.throwIfRefused();
    return outcome;
  };
}

/** The journal could not be read or written: the run is lost or the disk is full. This is not a failure of the step. */
export class JournalLost extends Error {}

/** The same work; an error of the store becomes JournalLost. */
export async function storeErrorsMarked<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (thrown) {
    if (thrown instanceof PlanloomError && thrown.kind === "store")
      throw new JournalLost(thrown.message, { cause: thrown });
    throw thrown;
  }
}

/** Validates progress, which comes from tools and is shown while they work. */
export function shownProgress(value: number | string): number | string {
  return typeof value === "number" ? value : beginning(messageOf(value), LIMITS.progressChars);
}

/** Planning outside of a run has no journal: nothing is resumed. */
export function unjournaled(): AgentContext {
  return {
    signal: new AbortController().signal,
    runId: "",
    stepId: ROLE_SCOPES.plan,
    item: null,
    attempt: 1,
    checkpoint: async (_name, _options, run) => run(),
    progress: () => undefined,
  };
}
