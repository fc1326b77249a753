// One model call. In: a request. Out: a reply or an error. Roles depend on this port only, so that providers and test
// models are interchangeable.
import type { Json, JsonObject } from "../plan/json.js";
import type { Usage } from "../plan/usage.js";
import type { ReplyNote } from "../words/reply-notes.js";
import type { WaitParams } from "../words/waits.js";
import type { ModelEndpoint } from "./limiter.js";

export type Role = "planner" | "executor" | "synthesizer";

export interface ToolCall {
  /** Opaque. Returned together with the result. */
  readonly id: string;
  readonly name: string;
  /** The arguments, parsed if they are JSON; otherwise the text as it came. */
  readonly args: Json;
  /** Data of the provider, for example a signature. Opaque. Sent back with the call. */
  readonly meta?: JsonObject;
}

/** A part of a reply in which the model thinks. Never a result. Sent back with the calls that follow it. */
export interface Reasoning {
  readonly text: string;
  /** Data of the provider, for example a signature. Opaque. */
  readonly meta?: JsonObject;
}

export type ModelMessage =
  | { readonly role: "user"; readonly text: string }
  | {
      readonly role: "assistant";
      readonly text: string;
      readonly toolCalls?: readonly ToolCall[];
      readonly reasoning?: readonly Reasoning[];
    }
  | { readonly role: "tool"; readonly results: readonly ToolResult[] };

export interface ToolResult {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly isError?: true;
}

export interface ModelRequest {
  /** The messages: stable instructions first, then the parts that change. */
  readonly system: string;
  readonly messages: readonly ModelMessage[];
  /** Tools that the model may call. Never together with `output`. */
  readonly tools?: readonly { readonly name: string; readonly description: string; readonly input: JsonObject }[];
  /** none: the tools are named, as in the requests before, and none may be called. */
  readonly toolChoice?: "auto" | "required" | "none";
  /** Calls and results are text in this request. Only for a model that `speaks`. */
  readonly toolsAsText?: true;
  /**
   * The reply must be JSON of this schema. `described`: the form of the reply in words, which is put after the system
   * text: `enforced` if the request has the schema, `told` if it has not. Without it, the schema itself is told.
   */
  readonly output?: {
    readonly name: string;
    readonly schema: JsonObject;
    readonly described?: { readonly enforced: string; readonly told: string };
  };
  readonly signal: AbortSignal;
  /** Called with each piece of text as it arrives. If given, the request is a streaming one. */
  readonly onText?: (delta: string) => void;
  /**
   * Awaited before the request is sent in another form after a refusal, or to another model (`next`). If it rejects, no
   * request is sent.
   */
  readonly again?: (next?: { readonly model: string; readonly outputTokens: number }) => Promise<void>;
  /** To be called with each piece of the reply that arrives, also if it is no text: the reply is on its way. */
  readonly alive?: () => void;
  /** Called when the request must wait for its endpoint. The returned function is called when the wait ends. */
  readonly waits?: (wait: WaitParams) => () => void;
}

export interface ModelReply {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** Absent if the provider gives none apart from the text. */
  readonly reasoning?: readonly Reasoning[];
  /** The text holds the marks of a tool call that could not be read as one. Then it is not a result. */
  readonly holdsCall?: true;
  /** What was noticed. Absent: nothing. */
  readonly notes?: readonly ReplyNote[];
  /** `calls` is the number of requests: 1, or more if the capability ladder went down. */
  readonly usage: Usage;
  /** length = cut by the output limit. */
  readonly finish: "stop" | "length" | "tool-calls" | "content-filter" | "other";
}

export interface Model {
  /** The name recorded in the log, for example `gpt-4o-mini` or `scripted`. */
  readonly name: string;
  /**
   * How long a reply may give no sign of life, in ms. Then the signal is aborted, and the call ends within a grace time.
   * Default: LIMITS.modelTimeoutMs.
   */
  readonly timeoutMs?: number;
  /** How long a reply may take in all, in ms. Default: LIMITS.modelTotalMs, or `timeoutMs` if that is longer. */
  readonly totalTimeoutMs?: number;
  /** Requests of models with the same endpoint wait for each other. Absent: models of the same name share one. */
  readonly endpoint?: ModelEndpoint;
  /** Models that take over, in this order, if this one fails: see fallback-model.ts. */
  readonly fallbacks?: readonly Model[];
  /** The model that the next request is for, if it may be another one. */
  readonly asks?: () => Model;
  /** It can be asked to write its calls as text: see `toolsAsText`. */
  readonly speaks?: true;
  /** Maximum tokens of one reply. Absent: the server decides. */
  readonly maxOutputTokens?: number;
  /** What is known of the server before a request, from earlier ones. Absent: nothing. */
  readonly known?: () => readonly ReplyNote[];
  /**
   * One reply. Throws a PlanloomError of kind "provider": PROVIDER_UNREACHABLE, PROVIDER_UNAUTHORIZED,
   * PROVIDER_RATE_LIMITED (with `retryAfterMs`), PROVIDER_REFUSED (other 4xx), PROVIDER_FAILED (5xx, cut connection),
   * PROVIDER_TIMEOUT; or the signal's reason when it was aborted. Never retries by itself.
   */
  call(request: ModelRequest): Promise<ModelReply>;
}
