// The strategy with which a run starts. In: the option as given, and the loom's strategies. Out: a strategy that is
// allowed and can be followed here.
import { beginning } from "../beginning.js";
import { nearestNames } from "../plan/nearest.js";
import { isOneStep, STRATEGIES, type Strategy } from "../plan/strategy.js";
import type { RecordedStrategy } from "../run/event.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { Strategies } from "./config-strategies.js";

interface Here {
  readonly strategies: Strategies;
  readonly planner: boolean;
  readonly executor: boolean;
}

/**
 * The strategy of a start. A given plan is the plan, whatever the configuration says. Throws STRATEGY_UNKNOWN,
 * STRATEGY_FORBIDDEN, STRATEGY_WITH_PLAN, STRATEGY_LACKS.
 */
export function soundStrategy(given: unknown, plan: unknown, { strategies, planner, executor }: Here): Strategy {
  if (given !== undefined) assertKnown(given);
  if (plan !== undefined) {
    if (given === undefined || given === "plan") return "plan";
    throw new PlanloomError("STRATEGY_WITH_PLAN", { strategy: given });
  }
  const strategy = given ?? strategies.initial;
  if (!strategies.allowed.includes(strategy))
    throw new PlanloomError("STRATEGY_FORBIDDEN", { strategy, allowed: strategies.allowed });
  if (strategy === "plan" && !planner) throw new PlanloomError("NO_PLANNER", {});
  if (isOneStep(strategy) && !executor) throw new PlanloomError("STRATEGY_LACKS", { strategy, role: "executor" });
  if (strategy === "auto" && !planner && !executor) throw new PlanloomError("NO_PLANNER", {});
  return strategy;
}

function assertKnown(given: unknown): asserts given is Strategy {
  if ((STRATEGIES as readonly unknown[]).includes(given)) return;
  const text = typeof given === "string" ? given : typeof given;
  const near = nearestNames(text, STRATEGIES, 1);
  throw new PlanloomError("STRATEGY_UNKNOWN", { given: beginning(text, 60), near, known: STRATEGIES });
}

export const recordedStrategy = (strategy: Strategy): RecordedStrategy =>
  strategy === "plan" ? "plan-and-execute" : strategy;
