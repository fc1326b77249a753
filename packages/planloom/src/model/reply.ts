// Reads a model's reply. In: a result or a stream of the AI SDK, specification v2 or v3. Out: a ModelReply, the same
// for both.
import { randomUUID } from "node:crypto";
import { LIMITS } from "../limits.js";
import { isObject, type Json } from "../plan/json.js";
import type { Usage } from "../plan/usage.js";
import type { Generated, StreamPart } from "./ai-sdk.js";
import type { ModelReply, ToolCall } from "./port.js";
import { withoutReasoning } from "./reasoning.js";

interface WrittenCall {
  readonly toolCallId: string;
  readonly toolName: string;
  readonly input: string;
  readonly providerExecuted?: boolean | undefined;
}

type Ending = { readonly [field in "usage" | "finishReason"]: unknown };

export interface StreamListener {
  text(delta: string): void;
  toolInput(delta: string): void;
}

export function replyOf(result: Generated): ModelReply {
  const filter = withoutReasoning();
  let text = "";
  const calls: WrittenCall[] = [];
  for (const part of result.content) {
    if (part.type === "text") text += filter.push(part.text);
    if (part.type === "tool-call") calls.push(part);
  }
  return assemble(text + filter.end(), calls, result);
}

/** Reads the stream to its end. Throws the error that the stream reports, or an Error if it ends too early. */
export async function streamedReply(stream: ReadableStream<StreamPart>, listener: StreamListener): Promise<ModelReply> {
  const filter = withoutReasoning();
  let text = "";
  const calls: WrittenCall[] = [];
  let ending: Ending | undefined;
  const show = (piece: string): void => {
    text += piece;
    if (piece !== "") listener.text(piece);
  };
  for await (const part of stream as unknown as AsyncIterable<StreamPart>) {
    if (part.type === "text-delta") show(filter.push(part.delta));
    else if (part.type === "tool-input-delta") listener.toolInput(part.delta);
    else if (part.type === "tool-call") calls.push(part);
    else if (part.type === "finish") ending = part;
    else if (part.type === "error") throw asError(part.error);
    // Stops here, because the stream may never end.
    if (text.length > LIMITS.replyChars) return assemble(text, [], { usage: {}, finishReason: "length" });
  }
  if (ending === undefined) throw new Error("the stream ended before the reply did");
  show(filter.end());
  return assemble(text, calls, ending);
}

function assemble(text: string, written: readonly WrittenCall[], ending: Ending): ModelReply {
  const toolCalls = toolCallsOf(written.filter((call) => call.providerExecuted !== true));
  return { text, toolCalls, usage: usageOf(ending.usage), finish: finishOf(ending.finishReason, toolCalls.length > 0) };
}

/**
 * Some servers leave ids empty, or give all calls of a reply the same id. Then their results could not be told apart.
 */
function toolCallsOf(written: readonly WrittenCall[]): readonly ToolCall[] {
  const seen = new Set<string>();
  return written.map(({ toolCallId, toolName, input }) => {
    const id = toolCallId.trim() === "" || seen.has(toolCallId) ? `call-${randomUUID()}` : toolCallId;
    seen.add(id);
    return { id, name: toolName, args: argsOf(input) };
  });
}

/**
 * The value of the arguments. Missing arguments are {}. JSON inside a JSON string is parsed. Text that is not JSON
 * stays text.
 */
function argsOf(input: unknown): Json {
  if (typeof input !== "string") return (input ?? {}) as Json;
  if (input.trim() === "") return {};
  const value = parsed(input);
  if (typeof value !== "string") return value;
  const inner = parsed(value);
  return isObject(inner) ? inner : value;
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** Counts of v2 are numbers; those of v3 have a `total`. */
function usageOf(usage: unknown): Usage {
  const report = isObject(usage) ? usage : {};
  const { inputTokens: input, outputTokens: output, cachedInputTokens } = report;
  const cached = countOf(isObject(input) ? input["cacheRead"] : cachedInputTokens);
  return {
    calls: 1,
    inputTokens: countOf(input),
    outputTokens: countOf(output),
    ...(cached === null || cached === 0 ? {} : { cachedInputTokens: cached }),
  };
}

function countOf(count: Json | undefined): number | null {
  const total = isObject(count) ? count["total"] : count;
  return typeof total === "number" && Number.isFinite(total) ? total : null;
}

function finishOf(reason: unknown, hasCalls: boolean): ModelReply["finish"] {
  const word = isObject(reason) ? reason["unified"] : reason;
  if (word === "length" || word === "content-filter") return word;
  if (hasCalls) return "tool-calls";
  return word === "stop" || word === "tool-calls" ? word : "other";
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error("the stream reported an error", { cause: thrown });
}
