// The words for the strategy of a run: which it follows, and why it was chosen. In: the strategy and its choice. Out: one
// line.
import type { Strategy } from "../plan/strategy.js";
import type { ChoiceReason } from "../run/choice-reason.js";
import { reasonText } from "./reasons.js";

/** `react, chosen by the rule unknowns: the next step depends on what was found before`. */
export function strategyText(
  strategy: Strategy,
  choice?: {
    readonly wanted: Strategy;
    readonly rule: string;
    readonly reason: ChoiceReason;
    readonly features?: { readonly playbook?: string };
  },
): string {
  if (choice === undefined || choice.wanted !== "auto") return strategy;
  const by = choice.reason.code === "RULE" ? `by the rule ${choice.rule}` : "without a rule";
  const fits = choice.features?.playbook;
  const playbook = fits === undefined ? "" : `; the playbook ${fits} fits this goal`;
  return `${strategy}, chosen ${by}: ${reasonText(choice.reason)}${playbook}`;
}
