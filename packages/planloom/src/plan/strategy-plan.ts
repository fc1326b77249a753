// Makes the plan of the strategies `react` and `tools`: one agent step for the whole goal. In: the goal and the facts of
// its run. Out: a draft, which is checked like any other. The output of the step is the answer, so no model writes it.
import type { Json, JsonObject } from "./json.js";
import type { OneStepStrategy } from "./strategy.js";
import { typeOfValue, typeText } from "./type/type.js";

export interface StrategyFacts {
  readonly goal: string;
  readonly inputs: { readonly [name: string]: Json };
  /**
   * The names of the tools that the step may call. They are named one by one: `all` would leave out tools that need
   * approval, and a call of such a tool waits for a person inside the step.
   */
  readonly tools: readonly string[];
  /** The JSON Schema that the answer must fit. Absent: text. */
  readonly answer?: JsonObject;
  /** The most model replies of a `react` step. */
  readonly turns: number;
  /** What follows a failure of the step, for example at its limit of turns. Absent: the settings decide. */
  readonly onFailure?: "replan" | "fail";
  /** What the model of the step reads: of its task, and of the earlier turns. */
  readonly words: { readonly guidance: string; readonly conversation: string };
  /** Earlier turns of the conversation, as data. */
  readonly messages?: readonly JsonObject[];
  /** Finished steps of the plan before, for another goal. They stay, and the new step gets their outputs. */
  readonly finished?: readonly (JsonObject & { readonly id: string })[];
}

/** The step of the plan. Another goal has another step. */
const STRATEGY_STEP = "work";

/** One turn of calls, and one for the answer. */
const TURNS_OF_TOOLS = 2;

export function strategyDraft(strategy: OneStepStrategy, facts: StrategyFacts): JsonObject {
  const { inputs, tools, answer, turns, onFailure, messages = [], finished = [] } = facts;
  const before = finished.map(({ id }) => id);
  const id = freeName(STRATEGY_STEP, (name) => before.includes(name));
  const declared = Object.entries(inputs).map(
    ([name, value]) => [name, { type: typeText(typeOfValue(value)) }] as const,
  );
  const talk = conversationName(inputs);
  const earlier = messages.length === 0 ? {} : { [talk]: { description: facts.words.conversation, default: messages } };
  const all: JsonObject = { ...Object.fromEntries(declared), ...earlier };
  const names = Object.keys(all);
  return {
    ...(names.length > 0 && { inputs: all }),
    steps: [
      ...finished,
      {
        id,
        title: "Reach the goal",
        description: facts.words.guidance,
        // A reference in the goal is no reference of this plan.
        agent: facts.goal.replaceAll(/(?<!\$)\$\{\{/gu, "$$${{"),
        ...(tools.length > 0 && { tools }),
        ...(names.length > 0 && { with: Object.fromEntries(names.map((name) => [name, `\${{ inputs.${name} }}`])) }),
        ...(before.length > 0 && { dependsOn: before }),
        turns: strategy === "tools" ? Math.min(TURNS_OF_TOOLS, turns) : turns,
        ...(answer !== undefined && { output: answer }),
        ...(onFailure !== undefined && { onFailure }),
      },
    ],
    answer: { value: `\${{ ${id} }}` },
  };
}

/** The name of the input with the earlier turns. No input of the run has it. */
export function conversationName(inputs: { readonly [name: string]: Json }): string {
  return freeName("conversation", (name) => Object.hasOwn(inputs, name));
}

function freeName(first: string, isTaken: (name: string) => boolean): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? first : `${first}${number}`;
    if (!isTaken(name)) return name;
  }
}
