// What tokens cost in money. In: a usage and a price. Out: US dollars, or undefined where something is not known.
// Separate from the table of prices, which is data of its day: this is arithmetic that estimates and budgets share.
import type { Usage } from "../usage.js";

/** US dollars for a million tokens. */
export interface Price {
  readonly inputUsdPerMTok: number;
  readonly outputUsdPerMTok: number;
  /** Of input that the provider had cached; absent = the price of any input. */
  readonly cachedInputUsdPerMTok?: number;
  /** Of a list price: the month in which it was read, `2026-03`; absent where a person gave the price. */
  readonly readOn?: string;
}

/** The price of a model by its name as it stands in the log; undefined = unknown, which is never 0. */
export type PriceOf = (model: string) => Price | undefined;

const MILLION = 1_000_000;

/** undefined where the tokens are not known; without calls it is 0 whatever the price. */
export function costUsd(usage: Usage, price: Price | undefined): number | undefined {
  const { calls, inputTokens, outputTokens, cachedInputTokens = 0 } = usage;
  if (calls === 0) return 0;
  if (price === undefined || inputTokens === null || outputTokens === null) return undefined;
  const { inputUsdPerMTok, outputUsdPerMTok, cachedInputUsdPerMTok = inputUsdPerMTok } = price;
  const cached = Math.min(cachedInputTokens, inputTokens);
  const input = (inputTokens - cached) * inputUsdPerMTok + cached * cachedInputUsdPerMTok;
  return (input + outputTokens * outputUsdPerMTok) / MILLION;
}
