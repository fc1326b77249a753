// The fact about the choice of a strategy. In: nothing. Out: its type, which event.ts adds to the others.
import type { ChoiceFeatures, ChosenStrategy } from "../../plan/choice-features.js";
import type { Strategy } from "../../plan/strategy.js";
import type { Usage } from "../../plan/usage.js";
import type { ChoiceReason } from "../choice-reason.js";

export interface StrategyEvents {
  /**
   * The strategy that the run follows from here on. `plan.proposed` follows if it needs no planner. `wanted` is the
   * strategy of the start: `auto`, or one that is followed again for another goal.
   */
  "strategy.chosen": {
    readonly strategy: ChosenStrategy;
    readonly wanted: Strategy;
    /** The rule that decided. `model`: no rule did. */
    readonly rule: string;
    readonly features: ChoiceFeatures;
    readonly reason: ChoiceReason;
    readonly usage: Usage;
  };
}
