// Makes the context of an agent: signal, journal, part of the budget, progress. In: the run, the context of an effect,
// and the step. Out: an AgentContext. Every role and every agent step gets one.
import type { AgentContext, CheckpointOptions } from "../agents/checkpoint.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { WaitParams } from "../words/waits.js";
import type { Json } from "../plan/json.js";
import { ROLE_SCOPES } from "../run/keys.js";
import type { Run } from "../run/state.js";
import type { EffectBudget } from "./effect-budget.js";
import type { Performing } from "./services.js";
import { shownReport } from "./tool-progress.js";

export function agentContext(
  run: Run,
  context: Performing,
  { stepId, item }: { readonly stepId: string; readonly item: number | null },
): AgentContext {
  const { intended } = context.checkpoint;
  return {
    signal: context.signal,
    context: context.runContext,
    runId: run.id,
    stepId,
    item,
    attempt: context.attempt,
    checkpoint: (name, options, work) =>
      storeErrorsMarked(() => context.checkpoint(name, options, allowed(work, options, context.budget))),
    ...(intended === undefined ? {} : { intended: () => storeErrorsMarked(intended) }),
    ...(context.budget === undefined ? {} : { budget: context.budget }),
    ...waitsOf(context, { stepId, item }),
    progress: (value, text) => context.progress({ type: "step", step: stepId, item, ...shownReport(value, text) }),
  };
}

/** What is told of a wait for a model server. The time limit of the effect is held; a pause may stop `waits`. */
export function waitsOf(
  context: Performing,
  { stepId, item }: { readonly stepId: string; readonly item: number | null },
): Required<Pick<AgentContext, "waits" | "toolWaits">> {
  const toolWaits = (wait: WaitParams): (() => void) => {
    context.progress({ type: "wait", step: stepId, item, ...wait });
    return context.hold?.() ?? (() => undefined);
  };
  const waits = (wait: WaitParams): (() => void) => {
    const over = toolWaits(wait);
    context.waits?.(true);
    return () => {
      context.waits?.(false);
      over();
    };
  };
  return { waits, toolWaits };
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

/** Planning outside of a run has no journal: nothing is resumed. */
export function unjournaled(): AgentContext {
  return {
    signal: new AbortController().signal,
    context: undefined,
    runId: "",
    stepId: ROLE_SCOPES.plan,
    item: null,
    attempt: 1,
    checkpoint: async (_name, _options, run) => run(),
    progress: () => undefined,
  };
}
