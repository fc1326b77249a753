// Words for errors of the strategy with which a run starts.
import type { Strategy } from "../../plan/strategy.js";
import type { ErrorTable } from "../error-words.js";
import { orList } from "../phrases.js";

export interface StrategyErrors {
  /** `near`: the strategy that is meant, if that is known. */
  STRATEGY_UNKNOWN: { readonly given: string; readonly near: readonly string[]; readonly known: readonly Strategy[] };
  STRATEGY_FORBIDDEN: { readonly strategy: Strategy; readonly allowed: readonly Strategy[] };
  STRATEGY_WITH_PLAN: { readonly strategy: Strategy };
  STRATEGY_LACKS: { readonly strategy: Strategy; readonly role: "executor" };
}

export const STRATEGY_ERRORS: ErrorTable<StrategyErrors> = {
  STRATEGY_UNKNOWN: {
    kind: "usage",
    message: ({ given }) => `"${given}" is not the name of a strategy.`,
    next: ({ near: [meant], known }) =>
      meant === undefined
        ? [`Write ${orList(known)}.`]
        : [`Did you mean ${meant}? The strategies are ${orList(known)}.`],
  },
  STRATEGY_FORBIDDEN: {
    kind: "refused",
    message: ({ strategy }) => `The configuration does not allow the strategy ${strategy}.`,
    next: ({ allowed }) => [`Use ${orList(allowed)}, or change `, { action: "set", setting: "strategies" }, "."],
  },
  STRATEGY_WITH_PLAN: {
    kind: "usage",
    message: ({ strategy }) =>
      `A start cannot have both a plan and the strategy ${strategy}: the plan is given already.`,
    next: () => ["Leave out one of them."],
  },
  STRATEGY_LACKS: {
    kind: "config",
    message: ({ strategy, role }) => `The strategy ${strategy} needs a model for the ${role}, and none is set.`,
    next: ({ role }) => ["Name a model with ", { action: "set-model", role }, "."],
  },
};
