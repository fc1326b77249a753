// The words for reasons why a strategy was chosen. In: a reason as an event holds it. Out: a clause without a capital and
// a full stop.
import type { ChoiceRuleName } from "../plan/choice-rules.js";
import type { ChoiceReason } from "../run/choice-reason.js";
import { failureText } from "./failures.js";

type Of<Code extends ChoiceReason["code"]> = Extract<ChoiceReason, { readonly code: Code }>;

const RULES: { readonly [Rule in ChoiceRuleName]: string } = {
  "only-one": "no other strategy is possible here",
  approval: "a person wants to see what will happen before it happens",
  both: "the goal has a known structure, with open questions inside",
  unknowns: "the next step depends on what was found before",
  "many-steps": "the goal names several steps",
  list: "the goal is the same work for several things",
  structure: "the goal is work with a known structure",
  cost: "the goal has several steps, and its costs count",
  "two-steps": "the goal names two steps",
  "one-call": "one turn of calls is enough for the goal",
};

export const CHOICE_REASONS: { readonly [Code in ChoiceReason["code"]]: (reason: Of<Code>) => string } = {
  RULE: ({ rule }) => RULES[rule],
  MODEL_CHOSE: ({ text }) => (text === "" ? "the executor's model chose it" : `the executor's model says: ${text}`),
  MODEL_SILENT: ({ error }) => `no rule decided, and the executor's model gave no choice: ${failureText(error)}`,
  STEP_UNSOUND: ({ strategy, finding }) => `the plan of one step for ${strategy} did not pass check (${finding})`,
  STRATEGY_GIVEN: () => "the start named it",
};
