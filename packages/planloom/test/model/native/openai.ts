// The Responses API of OpenAI. In: what a model says. Out: a response, or its events.
import { halves, type Body, type Protocol, type Said } from "./server.js";

const USAGE = {
  ...{ input_tokens: 16, input_tokens_details: { cached_tokens: 4 } },
  ...{ output_tokens: 5, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 21 },
};

export const openai: Protocol = {
  isStream: ({ body }) => body["stream"] === true,
  whole: (said, body) => ({ ...headOf(body, "completed"), output: itemsOf(said), usage: USAGE }),
  events: (said, body) => [
    { type: "response.created", response: headOf(body, "in_progress"), sequence_number: 0 },
    ...itemsOf(said).flatMap(eventsOf),
    { type: "response.completed", response: { ...headOf(body, "completed"), output: itemsOf(said), usage: USAGE } },
  ],
  failure: (status, message) => ({
    error: {
      message,
      type: status === 401 ? "authentication_error" : "invalid_request_error",
      param: null,
      code: null,
    },
  }),
};

const headOf = ({ model }: Body, status: string) => ({
  ...{ id: "resp_1", object: "response", created_at: 1_764_460_800, status, model },
  ...{ error: null, incomplete_details: null, output: [] },
});

type Item =
  | {
      readonly type: "reasoning";
      readonly id: string;
      readonly summary: readonly object[];
      readonly encrypted_content: string;
    }
  | {
      readonly type: "message";
      readonly id: string;
      readonly role: string;
      readonly status: string;
      readonly content: readonly { readonly type: string; readonly text: string; readonly annotations: readonly [] }[];
    }
  | {
      readonly type: "function_call";
      readonly id: string;
      readonly call_id: string;
      readonly name: string;
      readonly arguments: string;
      readonly status: string;
    };

function itemsOf({ thinking, text, call }: Said): readonly Item[] {
  const status = "completed";
  return [
    ...(thinking === undefined
      ? []
      : [
          {
            ...{ type: "reasoning" as const, id: "rs_1", encrypted_content: thinking.signature },
            summary: [{ type: "summary_text", text: thinking.text }],
          },
        ]),
    ...(text === undefined
      ? []
      : [
          {
            ...{ type: "message" as const, id: "msg_1", role: "assistant", status },
            content: [{ type: "output_text", text, annotations: [] as const }],
          },
        ]),
    ...(call === undefined
      ? []
      : [
          {
            ...{ type: "function_call" as const, id: "fc_1", call_id: call.id, name: call.name, status },
            arguments: JSON.stringify(call.args),
          },
        ]),
  ];
}

function eventsOf(item: Item, output_index: number): readonly object[] {
  const added = (first: object): object => ({ type: "response.output_item.added", output_index, item: first });
  const done = { type: "response.output_item.done", output_index, item };
  const at = { item_id: item.id, output_index };
  switch (item.type) {
    case "reasoning":
      return [
        added({ ...item, summary: [], encrypted_content: null }),
        { type: "response.reasoning_summary_part.added", ...at, summary_index: 0 },
        ...item.summary.map((part) => ({
          ...{ type: "response.reasoning_summary_text.delta", ...at, summary_index: 0 },
          delta: (part as { text: string }).text,
        })),
        { type: "response.reasoning_summary_part.done", ...at, summary_index: 0 },
        done,
      ];
    case "message":
      return [
        added({ ...item, status: "in_progress", content: [] }),
        ...halves(item.content[0]!.text).map((delta) => ({
          ...{ type: "response.output_text.delta", ...at, content_index: 0, delta },
        })),
        done,
      ];
    case "function_call":
      return [
        added({ ...item, status: "in_progress", arguments: "" }),
        ...halves(item.arguments).map((delta) => ({
          ...{ type: "response.function_call_arguments.delta", ...at, delta },
        })),
        done,
      ];
  }
}
