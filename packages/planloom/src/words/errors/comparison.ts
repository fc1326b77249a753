// Words for errors of a comparison of strategies.
import type { Strategy } from "../../plan/strategy.js";
import type { Budget } from "../../run/settings.js";
import type { ErrorTable } from "../error-words.js";
import { andList } from "../phrases.js";

export interface ComparisonErrors {
  COMPARISON_INVALID:
    | { readonly fault: "none"; readonly known: readonly Strategy[] }
    | { readonly fault: "twice"; readonly strategy: string };
  /** Why a strategy was not run. */
  COMPARISON_STOPPED:
    | { readonly because: "budget"; readonly limit: keyof Budget; readonly allowed: number }
    | { readonly because: "cancelled" };
}

const LIMITED: { readonly [limit in keyof Budget]: string } = {
  modelCalls: "requests to models",
  tokens: "tokens",
  costUsd: "US dollars",
  wallMs: "ms",
};

export const COMPARISON_ERRORS: ErrorTable<ComparisonErrors> = {
  COMPARISON_INVALID: {
    kind: "usage",
    message: (fault) =>
      fault.fault === "none"
        ? "A comparison needs at least one strategy."
        : `The comparison names the strategy ${fault.strategy} more than once.`,
    next: (fault) => [fault.fault === "none" ? `Name some of ${andList(fault.known)}.` : "Name each strategy once."],
  },
  COMPARISON_STOPPED: {
    kind: "refused",
    message: (why) =>
      why.because === "budget"
        ? `The strategies before have used up the budget of the comparison: ${why.allowed} ${LIMITED[why.limit]}.`
        : "The comparison was cancelled.",
    next: (why) => [why.because === "budget" ? "Raise the budget, or name fewer strategies." : "Start it again."],
  },
};
