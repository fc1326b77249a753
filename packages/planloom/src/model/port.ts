// One model call: what Planloom asks of a language model, and what it gets back. In: a request. Out: a reply or an error.
// Separate so that roles know no provider, and tests and providers are interchangeable.
import type { Json, JsonObject } from "../plan/json.js";
import type { Usage } from "../plan/usage.js";

export type Role = "planner" | "executor" | "synthesizer";

export interface ToolCall {
  /** Opaque; handed back with the result. */
  readonly id: string;
  readonly name: string;
  /** The arguments, parsed where they are JSON; otherwise the text as it came. */
  readonly args: Json;
}

export type ModelMessage =
  | { readonly role: "user"; readonly text: string }
  | { readonly role: "assistant"; readonly text: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: "tool"; readonly results: readonly ToolResult[] };

export interface ToolResult {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly isError?: true;
}

export interface ModelRequest {
  /** The stable part first: instructions, then what changes. */
  readonly system: string;
  readonly messages: readonly ModelMessage[];
  /** Tools the model may call; never together with `output`. */
  readonly tools?: readonly { readonly name: string; readonly description: string; readonly input: JsonObject }[];
  readonly toolChoice?: "auto" | "required";
  /** The reply must be JSON of this schema. `described`: the request says so in words already, which are not said twice. */
  readonly output?: { readonly name: string; readonly schema: JsonObject; readonly described?: true };
  readonly signal: AbortSignal;
  /** Called with each piece of text as it arrives; the request is then sent as a streaming one. */
  readonly onText?: (delta: string) => void;
  /** Awaited before the request is sent in another form, because the server refused this one; where it rejects, none is sent. */
  readonly again?: () => Promise<void>;
}

export interface ModelReply {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** `calls` is 1, or more where the capability ladder had to go down a rung. */
  readonly usage: Usage;
  /** length = cut by the output limit. */
  readonly finish: "stop" | "length" | "tool-calls" | "content-filter" | "other";
}

export interface Model {
  /** As recorded in the log, for example `gpt-4o-mini` or `scripted`. */
  readonly name: string;
  /** How long one reply may take, in ms: then its signal is aborted, and nobody waits for it. Default: LIMITS.modelTimeoutMs. */
  readonly timeoutMs?: number;
  /** Tokens of one reply at most; absent where the server decides. */
  readonly maxOutputTokens?: number;
  /**
   * One reply. Throws a PlanloomError of kind "provider": PROVIDER_UNREACHABLE, PROVIDER_UNAUTHORIZED, PROVIDER_RATE_LIMITED
   * (with `retryAfterMs`), PROVIDER_REFUSED (other 4xx), PROVIDER_FAILED (5xx, cut connection), PROVIDER_TIMEOUT; or the
   * signal's reason when it was aborted. Never retries by itself.
   */
  call(request: ModelRequest): Promise<ModelReply>;
}
