// The choice of a strategy as a run document shows it. In: the choice in the state of the run. Out: data, with words.
import type { ChoiceFeatures } from "../plan/choice-features.js";
import type { Strategy } from "../plan/strategy.js";
import type { Choice } from "../run/state.js";
import { reasonText } from "../words/reasons.js";

export interface ChoiceDocument {
  /** The strategy of the start: `auto`, or one that is followed again for another goal. */
  readonly wanted: Strategy;
  /** The rule that decided. `model`: no rule did. */
  readonly rule: string;
  /** Why, in words. */
  readonly reason: string;
  readonly features: ChoiceFeatures;
}

export const choiceDocument = ({ wanted, rule, reason, features }: Choice): ChoiceDocument => ({
  ...{ wanted, rule, features },
  reason: reasonText(reason),
});
