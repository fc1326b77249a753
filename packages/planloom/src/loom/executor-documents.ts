// The part of each named executor in a run. In: a run. Out: its calls, tokens and money at the prices in the log. With
// the other calls of the executor they add up to the usage of that role.
import type { Run } from "../run/state.js";
import { specialistCosts } from "../run/view/cost.js";

export interface ExecutorDocument {
  readonly calls: number;
  /** null if a provider did not report them. */
  readonly tokens: number | null;
  /** null if a price or a count of tokens is not known. */
  readonly costUsd: number | null;
}

/** By name. undefined if no named executor called a model. */
export function executorDocuments(run: Run): { readonly [name: string]: ExecutorDocument } | undefined {
  const { prices } = run.request.settings;
  const costs = specialistCosts(run, (model) => (Object.hasOwn(prices, model) ? prices[model] : undefined));
  if (costs.length === 0) return undefined;
  return Object.fromEntries(
    costs.map(({ executor, calls, inputTokens, outputTokens, costUsd }) => {
      const tokens = inputTokens === null || outputTokens === null ? null : inputTokens + outputTokens;
      return [executor, { calls, tokens, costUsd }];
    }),
  );
}
