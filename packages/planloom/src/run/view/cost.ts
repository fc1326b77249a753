// The cost of a run so far. In: a run's state, and prices. Out: US dollars, or the models without a known share. It is
// not part of the run's document, which holds facts of the log: prices are those of today and of this machine.
import { costUsd, type PriceOf } from "../../plan/estimate/price.js";
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

/** A step that names its own model uses that one. All others use the executor's. */
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
  add(run.request.models.executor, rest);
  return spent;
}
