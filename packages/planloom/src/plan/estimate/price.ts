// The price of tokens. In: a usage and a price. Out: US dollars, or undefined if something is not known. Estimates and
// budgets share this arithmetic. The table of prices is elsewhere.
import { byModel, type Usage } from "../usage.js";

/** US dollars for a million tokens. */
export interface Price {
  readonly inputUsdPerMTok: number;
  readonly outputUsdPerMTok: number;
  /** Price of cached input tokens. Absent: the price of other input. */
  readonly cachedInputUsdPerMTok?: number;
  /** For a list price: the month in which it was read, `2026-03`. Absent if a person gave the price. */
  readonly readOn?: string;
}

/** The price of a model, by its name in the log. undefined = unknown, which is never 0. */
export type PriceOf = (model: string) => Price | undefined;

export interface Priced {
  readonly priceOf: PriceOf;
  /** Models that may answer instead of a model. */
  readonly alternatives?: (model: string) => readonly string[];
}

/** The model with the highest cost, of one and those that may answer instead. An unknown cost counts as the highest. */
export function dearest(usage: Usage, model: string, { priceOf, alternatives = () => [] }: Priced) {
  const costs = [model, ...alternatives(model)].map((name) => ({ name, usd: costUsd(usage, priceOf(name)) }));
  return costs.reduce((most, one) => ((most.usd ?? Infinity) >= (one.usd ?? Infinity) ? most : one));
}

const MILLION = 1_000_000;

/** The cost of a role's usage, by the models that really answered. undefined if a part of it is not known. */
export function costByModel(usage: Usage, first: string | null, priceOf: PriceOf): number | undefined {
  let sum = 0;
  for (const [model, share] of byModel(usage, first ?? "")) {
    const usd = costUsd(share, priceOf(model));
    if (usd === undefined) return undefined;
    sum += usd;
  }
  return sum;
}

/** undefined if the tokens are not known. Without calls it is 0, whatever the price. */
export function costUsd(usage: Usage, price: Price | undefined): number | undefined {
  const { calls, inputTokens, outputTokens, cachedInputTokens = 0 } = usage;
  if (calls === 0) return 0;
  if (price === undefined || inputTokens === null || outputTokens === null) return undefined;
  const { inputUsdPerMTok, outputUsdPerMTok, cachedInputUsdPerMTok = inputUsdPerMTok } = price;
  const cached = Math.min(cachedInputTokens, inputTokens);
  const input = (inputTokens - cached) * inputUsdPerMTok + cached * cachedInputUsdPerMTok;
  return (input + outputTokens * outputUsdPerMTok) / MILLION;
}
