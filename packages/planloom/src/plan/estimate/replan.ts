// The expected cost of one replan: another request to the planner, with the usual number of repair rounds. In: the
// usage of planning so far. Out: calls, tokens, money. It is separate because a failing run needs only this.
import { ASSUMED } from "./assumptions.js";
import { likelyWork, NO_HISTORY, workKey, type History } from "./history.js";
import { dearest, type Priced, type PriceOf } from "./price.js";
import type { Usage } from "../usage.js";

export interface ReplanEstimate {
  readonly model: string;
  readonly modelCalls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars; null if the model has no known price. */
  readonly costUsd: number | null;
  /** Number of plans behind the figures, from this run or earlier ones; 0 = an assumption. */
  readonly samples: number;
  readonly from: "this run" | "earlier runs" | "assumption";
}

interface ReplanFacts {
  /** The planner's model. */
  readonly planner: string;
  readonly history?: History;
  /** Default: no price is known. */
  readonly priceOf?: PriceOf;
  /** Models that may answer instead of the planner's. */
  readonly alternatives?: Priced["alternatives"];
  /** The planner's usage in this run so far, and the number of plans that it gave. */
  readonly spent?: { readonly usage: Usage; readonly plans: number };
}

/** If the tokens of this run's planning are known, only these count: goal, tools and model are the same. */
export function estimateReplan({
  planner,
  history = NO_HISTORY,
  priceOf = () => undefined,
  alternatives,
  spent,
}: ReplanFacts): ReplanEstimate {
  const own = spent === undefined ? undefined : perPlan(spent);
  const { calls, inputTokens, outputTokens, samples } = likelyWork(history, workKey.plan(planner), ASSUMED.plan);
  const usage = own ?? { calls, inputTokens, outputTokens };
  return {
    model: planner,
    modelCalls: Math.round(usage.calls),
    inputTokens: Math.round(usage.inputTokens),
    outputTokens: Math.round(usage.outputTokens),
    costUsd: dearest(usage, planner, { priceOf, ...(alternatives && { alternatives }) }).usd ?? null,
    samples: own === undefined ? samples.length : (spent?.plans ?? 0),
    from: own !== undefined ? "this run" : samples.length > 0 ? "earlier runs" : "assumption",
  };
}

function perPlan({ usage, plans }: NonNullable<ReplanFacts["spent"]>) {
  const { calls, inputTokens, outputTokens } = usage;
  if (calls === 0 || plans === 0 || inputTokens === null || outputTokens === null) return undefined;
  return { calls: calls / plans, inputTokens: inputTokens / plans, outputTokens: outputTokens / plans };
}
