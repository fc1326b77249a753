// A reply of the fake server, in the format of the OpenAI API. In: a FakeReply and the request. Out: a body, or chunks
// of a stream. The server itself only handles connections.
import type { Json, JsonObject } from "../plan/json.js";
import { pieces, tokensOf } from "./scripted-model.js";

export interface FakeCall {
  readonly name: string;
  /** A string is sent unchanged, valid JSON or not. */
  readonly args: Json;
  readonly id?: string;
}

export interface FakeReply {
  readonly text?: string;
  /** A value in the form that the request requires: the input of its one required tool, or text. */
  readonly json?: Json;
  /** Sent apart from the text, as `reasoning_content`. */
  readonly reasoning?: string;
  readonly toolCalls?: readonly FakeCall[];
  /** Default: one token for every 4 characters. "none": the server does not report any. */
  readonly usage?:
    | {
        readonly prompt_tokens?: number;
        readonly completion_tokens?: number;
        readonly prompt_tokens_details?: { readonly cached_tokens?: number };
      }
    | "none";
  /** 400 and above is sent as an error; `text` is its message. */
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
  /** The whole body, sent unchanged, for malformed replies. */
  readonly raw?: string;
  /** Ends the connection before anything is sent, or in the middle. */
  readonly cut?: "before" | "during";
  readonly finish?: "stop" | "length" | "tool_calls" | "content_filter";
  /** Nothing is sent until this settles. */
  readonly wait?: Promise<unknown>;
  /** The second half is not sent until this settles. */
  readonly waitDuring?: Promise<unknown>;
  /** For a streamed reply: the last piece of text, or of a call's arguments, is not sent until this settles. */
  readonly waitLast?: Promise<unknown>;
  /** For demos and benchmarks: ms between the pieces of a streamed reply. */
  readonly pieceMs?: number;
  /** For demos and benchmarks: delay before anything is sent, in ms. */
  readonly delayMs?: number;
}

/** The part of the body of `POST /v1/chat/completions` that the fake reads. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly temperature?: number;
  readonly max_tokens?: number;
  readonly tools?: readonly {
    readonly type: "function";
    readonly function: { readonly name: string; readonly description?: string; readonly parameters: JsonObject };
  }[];
  readonly tool_choice?: Json;
  readonly response_format?: {
    readonly type: string;
    readonly json_schema?: { readonly name: string; readonly strict?: boolean; readonly schema: JsonObject };
  };
}

export interface ChatMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content: string | null;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
  readonly tool_call_id?: string;
}

export function errorBody(status: number, message: string): JsonObject {
  const type = status >= 500 ? "server_error" : "invalid_request_error";
  return { error: { message, type, param: null, code: status === 401 ? "invalid_api_key" : null } };
}

/** The body of a reply that is not streamed. */
export function completionBody(reply: FakeReply, request: ChatBody, index: number): JsonObject {
  const { text, calls } = contentOf(reply, request, index);
  return {
    ...envelope(request, index, "chat.completion"),
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: text === "" && calls.length > 0 ? null : text,
          ...(reply.reasoning === undefined ? {} : { reasoning_content: reply.reasoning }),
          ...(calls.length === 0 ? {} : { tool_calls: calls }),
        },
        finish_reason: finishOf(reply, calls),
      },
    ],
    ...usageOf(reply, request, text),
  };
}

/**
 * The chunks of a streamed reply: text in pieces, the arguments of each call in fragments, the end, and usage if
 * requested.
 */
export function completionChunks(reply: FakeReply, request: ChatBody, index: number): readonly JsonObject[] {
  const { text, calls } = contentOf(reply, request, index);
  const chunk = (delta: JsonObject, finish: string | null = null): JsonObject => ({
    ...envelope(request, index, "chat.completion.chunk"),
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const usage = usageOf(reply, request, text);
  const asked = request.stream_options?.include_usage === true && "usage" in usage;
  return [
    chunk({ role: "assistant", content: "" }),
    ...pieces(reply.reasoning ?? "").map((piece) => chunk({ reasoning_content: piece })),
    ...pieces(text).map((piece) => chunk({ content: piece })),
    ...calls.flatMap((call, at) => callDeltas(call, at).map((delta) => chunk({ tool_calls: [delta] }))),
    chunk({}, finishOf(reply, calls)),
    ...(asked ? [{ ...envelope(request, index, "chat.completion.chunk"), choices: [], ...usage }] : []),
  ];
}

interface WireCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
  readonly [key: string]: Json;
}

function callDeltas(call: WireCall, index: number): readonly JsonObject[] {
  const { name, arguments: written } = call.function;
  return [
    { index, id: call.id, type: "function", function: { name, arguments: "" } },
    ...pieces(written).map((piece) => ({ index, function: { arguments: piece } })),
  ];
}

function contentOf(reply: FakeReply, request: ChatBody, index: number): { text: string; calls: readonly WireCall[] } {
  const tool =
    request.tool_choice === "required" && reply.json !== undefined ? request.tools?.[0]?.function.name : undefined;
  const text = reply.json === undefined || tool !== undefined ? (reply.text ?? "") : JSON.stringify(reply.json);
  const asked = tool === undefined ? (reply.toolCalls ?? []) : [{ name: tool, args: reply.json ?? null }];
  const calls = asked.map(({ id, name, args }: FakeCall, at): WireCall => {
    const written = typeof args === "string" ? args : JSON.stringify(args);
    return { id: id ?? `call_${index}_${at}`, type: "function", function: { name, arguments: written } };
  });
  return { text, calls };
}

function envelope(request: ChatBody, index: number, object: string): JsonObject {
  return { id: `chatcmpl-${index}`, object, created: 1_700_000_000, model: request.model };
}

function finishOf(reply: FakeReply, calls: readonly WireCall[]): string {
  return reply.finish ?? (calls.length > 0 ? "tool_calls" : "stop");
}

function usageOf(reply: FakeReply, request: ChatBody, text: string): JsonObject {
  if (reply.usage === "none") return {};
  if (reply.usage !== undefined) return { usage: { ...reply.usage } };
  const prompt_tokens = tokensOf(JSON.stringify(request.messages));
  const completion_tokens = tokensOf(text + JSON.stringify(reply.toolCalls ?? ""));
  return { usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens } };
}
