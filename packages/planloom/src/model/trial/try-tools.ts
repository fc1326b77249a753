// Finds how a model can call tools, by a conversation of two turns. In: a model. Out: the result at each rung, down to
// the first that works. Used by `planloom models test` and `planloom doctor`.
import { isObject } from "../../plan/json.js";
import type { LadderModel } from "../ai-sdk-model.js";
import type { ModelMessage, ModelReply } from "../port.js";
import { TOOL_RUNGS, type ToolRung } from "../request/tool-rung.js";
import { repliedText, trialOf, type Trial } from "./trial.js";

/** ignored: the model did not call the tool, or did not read its result. */
export interface ToolTrial extends Trial {
  readonly rung: ToolRung;
}

const CODE = "K7-3391";
const ASKED: ModelMessage = {
  role: "user",
  text: "Find the code of the city Bern with the tool. Then reply with the code and nothing else.",
};
const REQUEST = {
  system: "You look things up with tools. Your last reply, the one without calls, is the result.",
  tools: [
    {
      name: "city_code",
      description: "Gives the code of a city. Nobody knows codes without it.",
      input: {
        type: "object",
        properties: { city: { type: "string" } },
        required: ["city"],
        additionalProperties: false,
      },
    },
  ],
  toolChoice: "auto",
} as const;

/** Later requests begin at the first rung that works. Throws as `tryRungs` does. */
export async function tryTools(model: LadderModel, signal: AbortSignal): Promise<readonly ToolTrial[]> {
  const trials: ToolTrial[] = [];
  for (const rung of TOOL_RUNGS) {
    const trial = await tryConversation(model, rung, signal);
    trials.push(trial);
    if (trial.end !== "works") continue;
    model.settle({ tools: rung });
    break;
  }
  return trials;
}

async function tryConversation(model: LadderModel, tools: ToolRung, signal: AbortSignal): Promise<ToolTrial> {
  const trial = await trialOf(model, async (ask) => {
    const send = (messages: readonly ModelMessage[]): Promise<ModelReply> =>
      ask({ ...REQUEST, messages, signal }, (request) => model.at({ tools }, request));
    const first = await send([ASKED]);
    const { text, toolCalls, reasoning } = first;
    if (!toolCalls.some(({ name, args }) => name === "city_code" && isObject(args))) {
      return `it called no tool: ${repliedText(first)}`;
    }
    const said = { text, toolCalls, ...(reasoning === undefined ? {} : { reasoning }) };
    const results = toolCalls.map(({ id, name }) => ({ id, name, text: `The code of Bern is ${CODE}.` }));
    const second = await send([ASKED, { role: "assistant", ...said }, { role: "tool", results }]);
    return second.text.includes(CODE) ? undefined : `it did not use the result: ${repliedText(second)}`;
  });
  return { rung: tools, ...trial };
}
