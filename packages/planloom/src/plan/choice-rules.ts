// The rules that choose a strategy without a model, in order. In: the features of a goal. Out: the strategy of the first
// rule that applies, or nothing. Each follows a line of the selection tables that docs/choosing.md shows.
import type { ChoiceFeatures, ChosenStrategy } from "./choice-features.js";

interface ChoiceRule {
  readonly name: string;
  /** The strategy, if the rule applies. */
  choose(features: ChoiceFeatures): ChosenStrategy | undefined;
}

/** Five steps and more are for plans, one and two for ReAct, one to three for tool calls. Between them: three. */
const MANY_STEPS = 3;
const MANY_ITEMS = 3;
/** A longer sentence says more than one call can do. */
const SHORT_WORDS = 25;
/** A goal that names its one tool may be longer. */
const NAMED_WORDS = 40;

const isList = ({ items, each }: ChoiceFeatures): boolean => items >= MANY_ITEMS || each;

const given =
  (strategy: ChosenStrategy, applies: (features: ChoiceFeatures) => boolean): ChoiceRule["choose"] =>
  (features) =>
    applies(features) ? strategy : undefined;

const CHOICE_RULES = [
  // One strategy is left: the others are not allowed, or lack their model.
  { name: "only-one", choose: ({ possible }) => (possible.length === 1 ? possible[0] : undefined) },
  // A person wants to see what will happen before it happens: only a plan shows that.
  {
    name: "approval",
    choose: given(
      "plan",
      ({ approval, approves, acts }) =>
        approval === "always" ||
        approval === "function" ||
        approves.length > 0 ||
        (approval === "effects" && acts.length > 0),
    ),
  },
  // Global structure with local search inside: plan outside, agent steps inside.
  {
    name: "both",
    choose: given("plan", (features) => {
      const { unknowns, structure } = features;
      return unknowns.length > 0 && (structure.length > 0 || isList(features));
    }),
  },
  // The next step depends on what was just seen.
  { name: "unknowns", choose: given("react", ({ unknowns }) => unknowns.length > 0) },
  { name: "many-steps", choose: given("plan", ({ steps }) => steps >= MANY_STEPS) },
  // The same for many things: they are independent, so a plan runs them at once. Three in a question are three calls.
  {
    name: "list",
    choose: given("plan", (features) => {
      const { form, items } = features;
      return form === "question" ? items > MANY_ITEMS : isList(features);
    }),
  },
  { name: "structure", choose: given("plan", ({ structure }) => structure.length > 0) },
  // Costs count: one call of the strong model instead of one for each step.
  {
    name: "cost",
    choose: given("plan", ({ budget, saves, steps }) => (saves.length > 0 || budget) && steps >= 2),
  },
  { name: "two-steps", choose: given("react", ({ steps }) => steps === 2) },
  {
    name: "one-call",
    choose: given(
      "tools",
      ({ words, steps, form, fits }) =>
        steps <= 1 && (form === "other" ? false : words <= SHORT_WORDS || (fits.length === 1 && words <= NAMED_WORDS)),
    ),
  },
] as const satisfies readonly ChoiceRule[];

export type ChoiceRuleName = (typeof CHOICE_RULES)[number]["name"];

/** The first rule that applies. If its strategy is not possible, the next best one is chosen. */
export function chooseByRule(
  features: ChoiceFeatures,
): { readonly rule: ChoiceRuleName; readonly strategy: ChosenStrategy } | undefined {
  for (const { name, choose } of CHOICE_RULES) {
    const strategy = choose(features);
    if (strategy !== undefined) return { rule: name, strategy: nextBest(strategy, features) };
  }
  return undefined;
}

/** Without a plan, one step after the other still reaches the goal; without both, a single turn may. */
const nextBest = (strategy: ChosenStrategy, { possible }: ChoiceFeatures): ChosenStrategy =>
  [strategy, "react" as const, "plan" as const, "tools" as const].find((one) => possible.includes(one)) ?? strategy;
