// The cost of a run in words. In: a run. Out: US dollars at the prices in its log, and a text that says what is not known.
// Views and evidence cards show the same.
import { addUsage } from "../plan/usage.js";
import type { Run } from "../run/state.js";
import { costOf } from "../run/view/cost.js";
import { costWords } from "../words/run-facts.js";

export interface CostDocument {
  readonly costUsd: number | null;
  readonly text: string;
}

export function costDocument(run: Run): CostDocument {
  const { prices, budget } = run.request.settings;
  const { planner, executor, synthesizer } = run.usage;
  const { calls } = addUsage(addUsage(planner, executor), synthesizer);
  const cost = costOf(run, (model) => prices[model]);
  const text = costWords({ ...cost, calls, allowed: budget.costUsd, priced: Object.keys(prices) });
  return { costUsd: cost.costUsd, text };
}
