// The strategies of a configuration. In: `strategy` and `strategies` as given. Out: the strategy of a run that names
// none, and those that are allowed; or what is wrong with them.
import { STRATEGIES, type Strategy } from "../plan/strategy.js";
import type { SettingChecks } from "./config-value.js";

export interface Strategies {
  /** The strategy of a run that names none. */
  readonly initial: Strategy;
  readonly allowed: readonly Strategy[];
}

interface Given {
  readonly strategy?: Strategy;
  readonly strategies?: readonly Strategy[];
}

/** `config` must be sound: see knownStrategies. */
export function strategiesOf({ strategy, strategies = STRATEGIES }: Given): Strategies {
  const usual = strategies.includes("plan") ? "plan" : (strategies[0] ?? "plan");
  return { initial: strategy ?? usual, allowed: STRATEGIES.filter((name) => strategies.includes(name)) };
}

export function knownStrategies({ strategy, strategies }: Given, check: SettingChecks): void {
  const isList = Array.isArray(strategies) && strategies.length > 0;
  if (strategies !== undefined && !isList) check.wrong("strategies", strategies, { is: "one-of", choices: STRATEGIES });
  const given: readonly Strategy[] = isList ? strategies : STRATEGIES;
  for (const name of given) check.choice("strategies", name, STRATEGIES, "plan");
  check.choice("strategy", strategy, given, "plan");
}
