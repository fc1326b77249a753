// The prompt of an agent step that is a whole run: the strategies `react` and `tools`. In: the strategy. Out: the
// description of its step, which its model reads before the goal.
import type { OneStepStrategy } from "../../plan/strategy.js";

const WHOLE_GOAL =
  "This step is the whole goal: nobody else works on it, and your result is the answer. Give it in the language of " +
  "the goal.";

export const WHOLE_GOAL_GUIDANCE: { readonly [S in OneStepStrategy]: string } = {
  react: `${WHOLE_GOAL} Call tools one after the other as you need them, and look at each result before you go on.`,
  tools: `${WHOLE_GOAL} You have one turn for tool calls: make all the calls that you need at once, then answer.`,
};

/** The description of the input that holds the earlier turns. */
export const EARLIER_TURNS = "Earlier turns of the conversation, the oldest first.";
