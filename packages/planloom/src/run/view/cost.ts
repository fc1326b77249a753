// The cost of a run so far. In: a run's state, and prices. Out: US dollars, or the models without a known share. It is
// not part of the run's document, which holds facts of the log: prices are those of today and of this machine.
import { costByModel, costUsd, type PriceOf } from "../../plan/estimate/price.js";
import { addUsage, byModel, NO_USAGE, usageSince, type Usage } from "../../plan/usage.js";
import type { Run } from "../state.js";

export interface RunCost {
  /** null if a model has no known price or did not report its tokens. `unpriced` then names it. */
  readonly costUsd: number | null;
  readonly unpriced: readonly string[];
}

/** The part of one model, with the calls that failed. */
export interface ModelCost extends Pick<Usage, "calls" | "inputTokens" | "outputTokens"> {
  readonly model: string;
  /** null if it is unknown. */
  readonly costUsd: number | null;
}

export function costOf(run: Run, priceOf: PriceOf): RunCost {
  const costs = modelCosts(run, priceOf);
  const unpriced = costs.filter((cost) => cost.costUsd === null).map(({ model }) => model);
  return { costUsd: unpriced.length > 0 ? null : costs.reduce((sum, cost) => sum + (cost.costUsd ?? 0), 0), unpriced };
}

/** The models that were called. */
export function modelCosts(run: Run, priceOf: PriceOf): readonly ModelCost[] {
  return [...spentByModel(run)].map(([model, usage]) => {
    const { calls, inputTokens, outputTokens } = usage;
    return { model, calls, inputTokens, outputTokens, costUsd: costUsd(usage, priceOf(model)) ?? null };
  });
}

/** The part of one specialist in the usage of the executor. */
export interface SpecialistCost extends Omit<ModelCost, "model"> {
  readonly executor: string;
}

/** The specialists that called a model. Their sums and the other calls of the executor are the executor's usage. */
export function specialistCosts(run: Run, priceOf: PriceOf): readonly SpecialistCost[] {
  return [...run.specialists].map(([executor, spent]) => {
    const { calls, inputTokens, outputTokens } = [...spent.values()].reduce(addUsage, NO_USAGE);
    const costs = [...spent].map(([model, usage]) => costByModel(usage, model, priceOf));
    const known = costs.every((cost) => cost !== undefined);
    const usd = known ? costs.reduce<number>((sum, cost) => sum + (cost ?? 0), 0) : null;
    return { executor, calls, inputTokens, outputTokens, costUsd: usd };
  });
}

/**
 * A step that names its own model uses that one, and a step of a specialist that of the specialist. All others use the
 * executor's.
 */
function spentByModel(run: Run): ReadonlyMap<string, Usage> {
  const spent = new Map<string, Usage>();
  const add = (model: string | null, usage: Usage): void => {
    const name = model ?? "(no model)";
    if (usage.calls === 0) return;
    for (const [one, share] of byModel(usage, name)) spent.set(one, addUsage(spent.get(one) ?? NO_USAGE, share));
  };
  const { planner, executor, synthesizer } = run.usage;
  add(run.request.models.planner, planner);
  add(run.request.models.synthesizer, synthesizer);
  if (executor.calls === 0) return spent;
  let rest = executor;
  for (const { spec, work } of run.execution.steps.values()) {
    if (spec.model === undefined) continue;
    add(spec.model, work.usage);
    rest = usageSince(work.usage, rest);
  }
  for (const [model, usage] of [...run.specialists.values()].flatMap((spent) => [...spent])) {
    add(model, usage);
    rest = usageSince(usage, rest);
  }
  add(run.request.models.executor, rest);
  return spent;
}
