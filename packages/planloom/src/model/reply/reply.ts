// Reads a model's reply. In: a result or a stream of the AI SDK, specification v2, v3 or v4. Out: a ModelReply, the
// same for all.
import { randomUUID } from "node:crypto";
import { LIMITS } from "../../limits.js";
import { exactJsonIn } from "../../plan/exact-integer.js";
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import type { Usage } from "../../plan/usage.js";
import type { Generated, StreamPart } from "../ai-sdk.js";
import type { ModelReply, Reasoning, ToolCall } from "../port.js";
import { afterReasoning, ReasoningFilter } from "./reasoning.js";
import { holdsChannelCall } from "../../plan/read/form/call-markup.js";
import { writtenCalls } from "./written-calls.js";

interface SentCall {
  readonly toolCallId: string;
  readonly toolName: string;
  readonly input: string;
  readonly providerExecuted?: boolean | undefined;
  readonly providerMetadata?: object | undefined;
}

/** What the reader of a reply knows of its request. */
export interface Offer {
  /** Names of the tools that the request offers. */
  readonly tools: readonly string[];
  /** The sign of a call that was written in reply to this request. Only where calls are text. */
  readonly mark?: string;
  /** Whether the model has read this text in the request. */
  isQuoted(text: string): boolean;
  /** Whether something that others wrote, and the model has read, shows a call of this tool. Absent: nothing does. */
  isShown?(tool: string): boolean;
}

type Ending = { readonly [field in "usage" | "finishReason"]: unknown };

export interface StreamListener {
  text(delta: string): void;
  toolInput(delta: string): void;
}

export function replyOf(result: Generated, offer: Offer): ModelReply {
  const filter = new ReasoningFilter();
  const read = { raw: "", text: "", calls: [] as SentCall[], reasoning: [] as Reasoning[] };
  for (const part of result.content) {
    if (part.type === "text") {
      read.raw += part.text;
      read.text += filter.push(part.text);
    } else if (part.type === "tool-call") read.calls.push(part);
    else if (part.type === "reasoning") read.reasoning.push({ text: part.text, ...metaOf(part.providerMetadata) });
  }
  read.text += filter.end();
  return assemble(read, result, offer);
}

/** Reads the stream to its end. Throws the error that the stream reports, or an Error if it ends too early. */
export async function streamedReply(
  stream: ReadableStream<StreamPart>,
  listener: StreamListener,
  offer: Offer,
): Promise<ModelReply> {
  const filter = new ReasoningFilter();
  const read = { raw: "", text: "", calls: [] as SentCall[], reasoning: [] as Reasoning[] };
  const thoughts = new Map<string, { text: string; meta?: JsonObject }>();
  let ending: Ending | undefined;
  // Characters beside the text.
  let others = 0;
  const show = (piece: string): void => {
    read.text += piece;
    if (piece !== "") listener.text(piece);
  };
  for await (const part of stream as unknown as AsyncIterable<StreamPart>) {
    if (part.type === "text-delta") {
      read.raw += part.delta;
      show(filter.push(part.delta));
    } else if (part.type === "tool-input-delta") {
      others += part.delta.length;
      listener.toolInput(part.delta);
    } else if (part.type === "tool-call") read.calls.push(part);
    else if (part.type === "reasoning-delta" || part.type === "reasoning-end") {
      const thought = thoughts.get(part.id) ?? { text: "" };
      thoughts.set(part.id, thought);
      if (part.type === "reasoning-delta") {
        others += part.delta.length;
        thought.text += part.delta;
      }
      Object.assign(thought, metaOf(part.providerMetadata));
    } else if (part.type === "finish") ending = part;
    else if (part.type === "error") throw asError(part.error);
    else others += PART_CHARS;
    // Stops here, because the stream may never end.
    if (read.raw.length > LIMITS.replyChars || others > LIMITS.replyChars)
      return assemble({ ...read, calls: [] }, { usage: {}, finishReason: "length" }, offer);
  }
  if (ending === undefined || isCut(ending.finishReason)) throw new Error("the stream ended before the reply did");
  show(filter.end());
  return assemble({ ...read, reasoning: [...thoughts.values()] }, ending, offer);
}

/** What the beginning of a call counts: a stream of empty calls ends, too. */
const PART_CHARS = 200;

interface ReadParts {
  /** The text as it came, with reasoning. */
  readonly raw: string;
  readonly text: string;
  readonly calls: readonly SentCall[];
  readonly reasoning: readonly Reasoning[];
}

function assemble(read: ReadParts, ending: Ending, offer: Offer): ModelReply {
  const usage = usageOf(ending.usage);
  const reasoning = read.reasoning.length === 0 ? {} : { reasoning: read.reasoning };
  const toolCalls = toolCallsOf(read.calls.filter((call) => call.providerExecuted !== true));
  const finish = finishOf(ending.finishReason, toolCalls.length > 0);
  const text = afterReasoning(read.text);
  // A text that is cut or refused holds no whole call.
  if (toolCalls.length > 0 || finish === "length" || finish === "content-filter")
    return { text, toolCalls, ...reasoning, usage, finish };
  // Channels hold calls apart from the text. Beside a call that is not made, no text is a result.
  const written = read.text === "" || holdsChannelCall(read.raw) ? read.raw : text;
  const inText = writtenCalls(
    written,
    offer.tools,
    (quoted) => offer.isQuoted(quoted),
    offer.mark,
    (tool) => offer.isShown?.(tool) === true,
  );
  if (inText.found === "calls") {
    const calls = inText.calls.map((call) => ({ id: newId(), ...call }));
    return { text: "", toolCalls: calls, ...reasoning, usage, finish: "tool-calls" };
  }
  const shown = read.text === "" ? read.raw : text;
  if (inText.found === "marks") return { text: shown, toolCalls, ...reasoning, holdsCall: true, usage, finish };
  const only = finish === "stop" && text.trim() === "" ? read.reasoning.map(({ text: thought }) => thought) : [];
  if (only.length === 0) return { text, toolCalls, ...reasoning, usage, finish };
  const thought = only.join("\n");
  const holds = writtenCalls(thought, offer.tools, () => true).found === "none" ? {} : { holdsCall: true as const };
  return { text: thought, toolCalls, ...reasoning, ...holds, usage, finish };
}

function metaOf(metadata: object | undefined): { readonly meta?: JsonObject } {
  const some =
    metadata !== undefined &&
    Object.values(metadata).some((value) => !isObject(value) || Object.keys(value).length > 0);
  return some ? { meta: metadata as JsonObject } : {};
}

/** At most 40 characters: some servers refuse longer ones. */
const newId = (): string => `call${randomUUID().replaceAll("-", "")}`;

/**
 * Some servers leave ids empty, or give all calls of a reply the same id. Then their results could not be told apart.
 */
function toolCallsOf(written: readonly SentCall[]): readonly ToolCall[] {
  const seen = new Set<string>();
  return written.map(({ toolCallId, toolName, input, providerMetadata }) => {
    const id = toolCallId.trim() === "" || seen.has(toolCallId) ? newId() : toolCallId;
    seen.add(id);
    return { id, name: toolName, args: argsOf(input), ...metaOf(providerMetadata) };
  });
}

/**
 * The value of the arguments. Missing arguments are {}. JSON inside a JSON string is parsed. Text that is not JSON
 * stays text. An integer that a number cannot hold is a text of its digits.
 */
function argsOf(input: unknown): Json {
  if (typeof input !== "string") return (input ?? {}) as Json;
  if (input.trim() === "") return {};
  const value = exactJsonIn(input);
  if (value === undefined) return input;
  if (typeof value !== "string") return value;
  const inner = exactJsonIn(value);
  return isObject(inner) ? inner : value;
}

/** Counts of v2 are numbers; those of v3 and v4 have a `total`. */
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

/** v2 gives a word, v3 and v4 a record. `interrupted` is a word of v4. */
const wordOf = (reason: unknown): unknown => (isObject(reason) ? reason["unified"] : reason);

/**
 * Packages end a stream that broke off as if it were whole. The provider has then given no reason: v2 says `unknown`, v3
 * `other` without the provider's own word, v4 `interrupted`.
 */
function isCut(reason: unknown): boolean {
  const word = wordOf(reason);
  if (word === "interrupted" || word === "unknown") return true;
  return isObject(reason) && word === "other" && (reason["raw"] ?? undefined) === undefined;
}

function finishOf(reason: unknown, hasCalls: boolean): ModelReply["finish"] {
  const word = wordOf(reason);
  if (word === "length" || word === "content-filter") return word;
  if (hasCalls) return "tool-calls";
  return word === "stop" || word === "tool-calls" ? word : "other";
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error("the stream reported an error", { cause: thrown });
}
