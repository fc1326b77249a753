// The strategy with which a run starts. In: the option as given, and the loom's strategies. Out: a strategy that is
// allowed and can be followed here, and the plan of one that needs no planner.
import { EARLIER_TURNS, WHOLE_GOAL_GUIDANCE } from "../agents/executor/whole-goal.js";
import { shortlist } from "../agents/planner/shortlist.js";
import { beginning } from "../beginning.js";
import type { InputTrust } from "../plan/label.js";
import type { Json, JsonObject } from "../plan/json.js";
import { nearestNames } from "../plan/nearest.js";
import { conversationName, strategyDraft } from "../plan/strategy-plan.js";
import { isOneStep, STRATEGIES, type OneStepStrategy, type Strategy } from "../plan/strategy.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import type { RecordedStrategy } from "../run/event.js";
import type { Message } from "../run/message.js";
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

export interface OneStepFacts {
  readonly goal: string;
  readonly inputs: { readonly [name: string]: Json };
  readonly tools: readonly ToolSpec[];
  /** A larger inventory is cut to those that fit the goal. */
  readonly offeredTools: number;
  readonly answer: JsonObject | undefined;
  readonly turns: number;
  readonly handsOver: boolean;
  readonly messages: readonly Message[];
}

/** The draft of a plan of one step, with what is known of the inputs that it adds. */
export function oneStepPlan(
  strategy: OneStepStrategy,
  { tools, offeredTools, answer, messages, ...facts }: OneStepFacts,
): { readonly draft: JsonObject; readonly trust: { readonly [input: string]: InputTrust } } {
  const offered = shortlist(tools, { goal: facts.goal }, offeredTools).map(({ name }) => name);
  const talk = messages.map(({ role, content }) => ({ role, content }));
  const isTrusted = messages.every(({ trust }) => trust === "trusted");
  return {
    draft: strategyDraft(strategy, {
      ...facts,
      words: { guidance: WHOLE_GOAL_GUIDANCE[strategy], conversation: EARLIER_TURNS },
      tools: offered,
      ...(answer && { answer }),
      ...(messages.length > 0 && { messages: talk }),
    }),
    trust: messages.length === 0 ? {} : { [conversationName(facts.inputs)]: isTrusted ? "trusted" : "untrusted" },
  };
}
