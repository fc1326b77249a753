// The Messages API of Anthropic. In: what a model says. Out: a message, or its events.
import { halves, type Protocol, type Said } from "./server.js";

const INPUT = { input_tokens: 12, cache_creation_input_tokens: 0, cache_read_input_tokens: 4 };

export const anthropic: Protocol = {
  named: true,
  isStream: ({ body }) => body["stream"] === true,
  whole: (said, { model }) => ({
    ...{ id: "msg_1", type: "message", role: "assistant", model, content: blocksOf(said) },
    ...{ stop_reason: stopOf(said), stop_sequence: null, usage: { ...INPUT, output_tokens: 5 } },
  }),
  events: (said, { model }) => [
    {
      type: "message_start",
      message: {
        ...{ id: "msg_1", type: "message", role: "assistant", model, content: [] },
        ...{ stop_reason: null, stop_sequence: null, usage: { ...INPUT, output_tokens: 1 } },
      },
    },
    { type: "ping" },
    ...blocksOf(said).flatMap(eventsOf),
    {
      type: "message_delta",
      delta: { stop_reason: stopOf(said), stop_sequence: null },
      usage: { output_tokens: 5 },
    },
    { type: "message_stop" },
  ],
  failure: (status, message) => ({ type: "error", error: { type: ERRORS[status] ?? "api_error", message } }),
};

const ERRORS: { readonly [status: number]: string } = {
  400: "invalid_request_error",
  401: "authentication_error",
  429: "rate_limit_error",
};

type Block =
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: object };

const stopOf = ({ call }: Said): string => (call === undefined ? "end_turn" : "tool_use");

function blocksOf({ thinking, text, call }: Said): readonly Block[] {
  return [
    ...(thinking === undefined
      ? []
      : [{ type: "thinking" as const, thinking: thinking.text, signature: thinking.signature }]),
    ...(text === undefined ? [] : [{ type: "text" as const, text }]),
    ...(call === undefined ? [] : [{ type: "tool_use" as const, id: call.id, name: call.name, input: call.args }]),
  ];
}

function eventsOf(block: Block, index: number): readonly object[] {
  const delta = (piece: object): object => ({ type: "content_block_delta", index, delta: piece });
  const begin = (content_block: object): object => ({ type: "content_block_start", index, content_block });
  const end = { type: "content_block_stop", index };
  switch (block.type) {
    case "thinking":
      return [
        begin({ type: "thinking", thinking: "", signature: "" }),
        delta({ type: "thinking_delta", thinking: block.thinking }),
        delta({ type: "signature_delta", signature: block.signature }),
        end,
      ];
    case "text":
      return [
        begin({ type: "text", text: "" }),
        ...halves(block.text).map((text) => delta({ type: "text_delta", text })),
        end,
      ];
    case "tool_use":
      return [
        begin({ ...block, input: {} }),
        ...halves(JSON.stringify(block.input)).map((json) => delta({ type: "input_json_delta", partial_json: json })),
        end,
      ];
  }
}
