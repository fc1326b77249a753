// Makes the plan of a strategy that needs no planner, for the tools of this process. In: the goal with its inputs and
// tools. Out: a draft, and what is known of the inputs that it adds.
import { EARLIER_TURNS, WHOLE_GOAL_GUIDANCE } from "../agents/executor/whole-goal.js";
import { shortlist } from "../agents/planner/shortlist.js";
import type { InputTrust } from "../plan/label.js";
import type { Json, JsonObject } from "../plan/json.js";
import { conversationName, strategyDraft } from "../plan/strategy-plan.js";
import { followable, type OneStepStrategy, type Strategy } from "../plan/strategy.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import type { Message } from "../run/message.js";

export interface OneStepFacts {
  readonly goal: string;
  readonly inputs: { readonly [name: string]: Json };
  readonly tools: readonly ToolSpec[];
  /** A larger inventory is cut to those that fit the goal. */
  readonly offeredTools: number;
  readonly answer: JsonObject | undefined;
  readonly turns: number;
  /** Whether there is a planner. */
  readonly planner: boolean;
  /** The strategies that the configuration allows. Without `plan`, the planner is not asked. */
  readonly allowed: readonly Strategy[];
  /** `auto` chose the strategy. */
  readonly isChosen?: boolean;
  readonly messages: readonly Message[];
  /** Finished steps of the plan before, as documents. */
  readonly finished?: readonly (JsonObject & { readonly id: string })[];
}

export interface OneStepPlan {
  readonly draft: JsonObject;
  readonly trust: { readonly [input: string]: InputTrust };
}

export function oneStepPlan(
  strategy: OneStepStrategy,
  { tools, offeredTools, answer, messages, planner, allowed, isChosen = false, ...facts }: OneStepFacts,
): OneStepPlan {
  const offered = shortlist(tools, { goal: facts.goal }, offeredTools).map(({ name }) => name);
  const talk = messages.map(({ role, content }) => ({ role, content }));
  const isTrusted = messages.every(({ trust }) => trust === "trusted");
  const onFailure = planner ? afterFailure(allowed, strategy === "react" || isChosen) : undefined;
  return {
    draft: strategyDraft(strategy, {
      ...facts,
      words: { guidance: WHOLE_GOAL_GUIDANCE[strategy], conversation: EARLIER_TURNS },
      tools: offered,
      ...(answer && { answer }),
      ...(onFailure && { onFailure }),
      ...(messages.length > 0 && { messages: talk }),
    }),
    trust: messages.length === 0 ? {} : { [conversationName(facts.inputs)]: isTrusted ? "trusted" : "untrusted" },
  };
}

/** A planner takes over for a choice that was wrong, but not if plans are forbidden. Absent: the settings decide. */
function afterFailure(allowed: readonly Strategy[], handsOver: boolean): "replan" | "fail" | undefined {
  if (!followable(allowed).includes("plan")) return "fail";
  return handsOver ? "replan" : undefined;
}
