// The shape of a reply as a package reads it. In: a reply, or a chunk of one, as an OpenAI-compatible server sent it. Out:
// the same, with what does not fit put right or left out. Pure.
import { isObject, type Json, type JsonObject } from "../plan/json.js";

/** A whole reply, or a chunk of one. */
export function mendedReply(body: JsonObject): JsonObject {
  const { usage, choices, error, ...rest } = body;
  const plain = Object.fromEntries(Object.entries(rest).filter(([name, value]) => !isOddHead(name, value)));
  const mended = {
    ...plain,
    ...(error === undefined || error === null ? {} : { error }),
    ...(usage === undefined ? {} : { usage: isObject(usage) ? withCached(mendedCounts(usage)) : null }),
  };
  if (choices === undefined) return mended;
  return { ...mended, choices: Array.isArray(choices) ? (choices as readonly Json[]).map(mendedChoice) : choices };
}

const HEAD: { readonly [name: string]: string } = { id: "string", model: "string", created: "number" };

/** Nothing depends on these fields, and their type is checked all the same. */
const isOddHead = (name: string, value: Json | undefined): boolean =>
  HEAD[name] !== undefined && value !== null && value !== undefined && typeof value !== HEAD[name];

/** Whether the chunks of this stream have more to mend than single fields. */
export function isOddReply(body: JsonObject): boolean {
  const odd = Object.entries(body).some(([name, value]) => isOddHead(name, value));
  const choices = Array.isArray(body["choices"]) ? (body["choices"] as readonly Json[]) : [];
  const parts = choices.flatMap((choice) => (isObject(choice) && isObject(choice["delta"]) ? [choice["delta"]] : []));
  return odd || body["error"] === null || parts.some(({ role }) => isOddRole(role));
}

const isOddRole = (role: Json | undefined): boolean => typeof role === "string" && role !== "" && role !== "assistant";

/** Counts as numbers. What is none is left out: unknown usage is no reason to lose a reply. */
function mendedCounts(counts: JsonObject): JsonObject {
  const known = Object.entries(counts).flatMap(([name, value]): [string, Json][] => {
    if (isObject(value)) return [[name, mendedCounts(value)]];
    const number = typeof value === "string" && /^\d+(?:\.\d+)?$/.test(value.trim()) ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) ? [[name, number]] : [];
  });
  return Object.fromEntries(known);
}

/** Names under which servers count the tokens of the prompt that they had kept. */
const CACHED = ["prompt_cache_hit_tokens", "cache_read_input_tokens", "num_cached_tokens", "cached_tokens"];

function withCached(counts: JsonObject): JsonObject {
  const { prompt_tokens_details: details } = counts;
  const cached = CACHED.map((name) => counts[name]).find((count) => typeof count === "number" && count > 0);
  if (cached === undefined || (isObject(details) && details["cached_tokens"] !== undefined)) return counts;
  return { ...counts, prompt_tokens_details: { ...(isObject(details) && details), cached_tokens: cached } };
}

function mendedChoice(choice: Json): Json {
  if (!isObject(choice)) return choice;
  const parts = ["message", "delta"].flatMap((name) => {
    const part = choice[name];
    return isObject(part) ? [[name, mendedMessage(part)] as const] : [];
  });
  const refused = isObject(choice["message"]) && refusalIn(choice["message"]) !== undefined;
  return { ...choice, ...Object.fromEntries(parts), ...(refused ? { finish_reason: "content_filter" } : {}) };
}

/** The text with which a model refuses, in a field of its own. */
const refusalIn = ({ refusal }: JsonObject): string | undefined =>
  typeof refusal === "string" && refusal !== "" ? refusal : undefined;

function mendedMessage(message: JsonObject): JsonObject {
  const { tool_calls: calls, function_call: call, content, role, ...rest } = message;
  // Before tools there was one function.
  const made = Array.isArray(calls)
    ? calls
    : isObject(call)
      ? [{ index: 0, id: "", type: "function", function: call }]
      : undefined;
  return {
    ...withoutOddReasoning(rest),
    ...(role === undefined || isOddRole(role) ? {} : { role }),
    ...(content === undefined ? {} : { content: isObject(content) ? JSON.stringify(content) : content }),
    ...(made === undefined ? {} : { tool_calls: (made as readonly Json[]).map(mendedCall) }),
  };
}

const withoutOddReasoning = (message: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(message).filter(
      ([name, value]) => !/^reasoning(?:_content)?$/.test(name) || typeof value === "string" || value === null,
    ),
  );

/** Arguments as a text of JSON, and an id that is a text. */
function mendedCall(call: Json): Json {
  if (!isObject(call)) return call;
  const { id, function: made } = call;
  const named = typeof id === "number" ? { ...call, id: String(id) } : call;
  if (!isObject(made) || typeof made["arguments"] === "string" || !("arguments" in made)) return named;
  const { arguments: args } = made;
  return { ...named, function: { ...made, arguments: args === null ? "" : JSON.stringify(args) } };
}
