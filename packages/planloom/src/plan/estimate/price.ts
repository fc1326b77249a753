// The price of tokens. In: a usage and a price. Out: US dollars, or undefined if something is not known. Estimates and
// budgets share this arithmetic. The table of prices is elsewhere.
import type { Usage } from "../usage.js";

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

const MILLION = 1_000_000;

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
