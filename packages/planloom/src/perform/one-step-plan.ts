// Makes the plan of a strategy that needs no planner, for the tools of this process. In: the goal with its inputs and
// tools. Out: a draft, and what is known of the inputs that it adds.
import { EARLIER_TURNS, WHOLE_GOAL_GUIDANCE } from "../agents/executor/whole-goal.js";
import { shortlist } from "../agents/planner/shortlist.js";
import type { InputTrust } from "../plan/label.js";
import type { Json, JsonObject } from "../plan/json.js";
import { conversationName, strategyDraft } from "../plan/strategy-plan.js";
import type { OneStepStrategy } from "../plan/strategy.js";
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
  /** Whether a planner takes over at the limit of turns. */
  readonly handsOver: boolean;
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
  { tools, offeredTools, answer, messages, ...facts }: OneStepFacts,
): OneStepPlan {
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
