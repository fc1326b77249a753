// The chat API of OpenAI, as compatible servers have it. In: what a model says. Out: a completion, or its chunks.
import { halves, type Body, type Protocol, type Said } from "./server.js";

const USAGE = {
  ...{ prompt_tokens: 16, completion_tokens: 5, total_tokens: 21 },
  prompt_tokens_details: { cached_tokens: 4 },
};

export const openaiCompatible: Protocol = {
  last: "[DONE]",
  isStream: ({ body }) => body["stream"] === true,
  whole: (said, body) => ({
    ...{ ...headOf(body), object: "chat.completion", usage: USAGE },
    choices: [{ index: 0, finish_reason: finishOf(said), message: messageOf(said) }],
  }),
  events: (said, body) => {
    const chunk = (delta: object, finish_reason: string | null = null): object => ({
      ...{ ...headOf(body), object: "chat.completion.chunk" },
      choices: [{ index: 0, delta, finish_reason }],
    });
    const { reasoning_content, tool_calls = [] } = messageOf(said);
    return [
      chunk({ role: "assistant", content: "" }),
      ...(reasoning_content === undefined ? [] : [chunk({ reasoning_content })]),
      ...(said.text === undefined ? [] : halves(said.text).map((content) => chunk({ content }))),
      ...tool_calls.flatMap((call) => {
        const [first, second] = halves(call.function.arguments);
        return [
          chunk({ tool_calls: [{ ...call, function: { ...call.function, arguments: first } }] }),
          chunk({ tool_calls: [{ index: 0, function: { arguments: second } }] }),
        ];
      }),
      chunk({}, finishOf(said)),
      { ...headOf(body), object: "chat.completion.chunk", choices: [], usage: USAGE },
    ];
  },
  failure: (status, message) => ({
    error: { message, type: "invalid_request_error", param: null, code: String(status) },
  }),
};

const headOf = ({ model }: Body) => ({ id: "chatcmpl-1", created: 1_764_460_800, model });

const finishOf = ({ call }: Said): string => (call === undefined ? "stop" : "tool_calls");

function messageOf({ thinking, text, call }: Said) {
  const made = {
    index: 0,
    id: call?.id,
    type: "function",
    function: { name: call?.name, arguments: JSON.stringify(call?.args) ?? "" },
  };
  return {
    ...{ role: "assistant", content: text ?? null },
    ...(thinking === undefined ? {} : { reasoning_content: thinking.text }),
    ...(call === undefined ? {} : { tool_calls: [made] }),
  };
}
