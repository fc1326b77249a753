// The chat API of Mistral. In: what a model says. Out: a completion, or its chunks.
import { halves, type Body, type Protocol, type Said } from "./server.js";

const USAGE = { prompt_tokens: 16, completion_tokens: 5, total_tokens: 21, num_cached_tokens: 4 };

export const mistral: Protocol = {
  last: "[DONE]",
  isStream: ({ body }) => body["stream"] === true,
  whole: (said, body) => ({
    ...{ ...headOf(body), object: "chat.completion", usage: USAGE },
    choices: [{ index: 0, finish_reason: finishOf(said), message: messageOf(said) }],
  }),
  events: (said, body) => {
    const chunk = (delta: object, finish_reason: string | null = null, more: object = {}): object => ({
      ...{ ...headOf(body), object: "chat.completion.chunk", ...more },
      choices: [{ index: 0, delta, finish_reason }],
    });
    const { tool_calls } = messageOf(said);
    return [
      chunk({ role: "assistant", content: "" }),
      ...(said.thinking === undefined ? [] : [chunk({ content: thoughtsOf(said) })]),
      ...(said.text === undefined ? [] : halves(said.text).map((content) => chunk({ content }))),
      ...(tool_calls === null ? [] : [chunk({ content: "", tool_calls })]),
      chunk({ content: "" }, finishOf(said), { usage: USAGE }),
    ];
  },
  failure: (status, message) => ({
    object: "error",
    message,
    type: "invalid_request_error",
    param: null,
    code: String(status),
  }),
};

const headOf = ({ model }: Body) => ({ id: "cmpl-1", created: 1_764_460_800, model });

const finishOf = ({ call }: Said): string => (call === undefined ? "stop" : "tool_calls");

const thoughtsOf = ({ thinking }: Said): readonly object[] =>
  thinking === undefined ? [] : [{ type: "thinking", thinking: [{ type: "text", text: thinking.text }] }];

function messageOf(said: Said) {
  const { thinking, text = "", call } = said;
  const content =
    thinking === undefined ? text : [...thoughtsOf(said), ...(text === "" ? [] : [{ type: "text", text }])];
  const tool_calls =
    call === undefined
      ? null
      : [{ id: call.id, index: 0, function: { name: call.name, arguments: JSON.stringify(call.args) } }];
  return { role: "assistant", content, tool_calls };
}
