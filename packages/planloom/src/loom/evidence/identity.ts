// The identity of a run on its evidence card: its log, its plan, its models, and what they used. In: a run, and the length
// and the hash of its log. Out: figures; null where one is not known.
import { strategyOf } from "../../run/strategy.js";
import { strategyText } from "../../words/strategies.js";
import { currentPlan } from "../../run/lookup.js";
import type { Run } from "../../run/state.js";
import { costOf } from "../../run/view/cost.js";
import { costDocument } from "../cost-document.js";

export interface IdentityCard {
  /** Number of events, and the hash of the last one. The hash covers the whole log. */
  readonly events: number;
  readonly lastHash: string;
  readonly planHash: string | null;
  readonly roles: readonly RoleUse[];
  /** How the run got its plan, with the rule and the reason if it was chosen. */
  readonly strategy: string;
  /** US dollars at the prices in the log; null if a model has no known price, or its tokens are not known. */
  readonly costUsd: number | null;
  /** Models without a known price. */
  readonly unpriced: readonly string[];
  /** The cost in words, with the reason if it is not known. */
  readonly costText: string;
}

export interface RoleUse {
  readonly role: "planner" | "executor" | "synthesizer";
  readonly model: string | null;
  readonly calls: number;
  /** null if a server did not report them. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

const ROLES = ["planner", "executor", "synthesizer"] as const;

export function identityOf(run: Run, events: number, lastHash: string): IdentityCard {
  return {
    events,
    lastHash,
    planHash: currentPlan(run)?.hash ?? null,
    strategy: strategyText(strategyOf(run), run.planning.choice),
    roles: ROLES.map((role) => {
      const { calls, inputTokens, outputTokens } = run.usage[role];
      return { role, model: run.request.models[role], calls, inputTokens, outputTokens };
    }),
    ...costOf(run, (model) => run.request.settings.prices[model]),
    costText: costDocument(run).text,
  };
}
