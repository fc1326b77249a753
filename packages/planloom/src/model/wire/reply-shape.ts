// The shape of a reply as a package reads it. In: a reply, or a chunk of one, as an OpenAI-compatible server sent it. Out:
// the same, with what does not fit put right or left out. Pure.
import { isObject, type Json, type JsonObject } from "../../plan/json.js";
import { finishIn } from "./finish-reason.js";
import { statusIn } from "../refusal/refusal-subject.js";
import { errorTold, serverWords } from "../refusal/server-words.js";

/** A whole reply, or a chunk of one. With `error`, it is none: the error may stand beside half a reply. */
export function mendedReply(body: JsonObject): JsonObject {
  const { usage, choices: sent, error: _, ...rest } = body;
  const choices = Array.isArray(sent) ? (sent as readonly Json[]) : undefined;
  const error = errorIn(body, choices);
  if (error !== undefined) return { error };
  const plain = Object.fromEntries(Object.entries(rest).filter(([name, value]) => !isOddHead(name, value)));
  const mended = {
    ...plain,
    ...(usage === undefined ? {} : { usage: isObject(usage) ? withCached(mendedCounts(usage)) : null }),
  };
  if (choices === undefined) return sent === undefined ? mended : { ...mended, choices: sent };
  return { ...mended, choices: choices.map(mendedChoice) };
}

/** The error that a reply tells of, at its top, within a choice, or by its end. */
function errorIn(body: JsonObject, choices: readonly Json[] | undefined): JsonObject | undefined {
  const { error } = body;
  const isEmpty = error === undefined || error === null || error === false || error === "";
  const told = choices === undefined ? errorTold(body) : isEmpty ? undefined : errorTold({ error });
  if (told !== undefined) return errorOf(told);
  if (!isEmpty && choices === undefined) return errorOf(JSON.stringify(error));
  for (const choice of choices ?? []) {
    if (!isObject(choice)) continue;
    const within = choice["error"] === undefined ? undefined : errorTold({ error: choice["error"] });
    if (within !== undefined) return errorOf(within);
    const { broken } = finishIn(choice["finish_reason"]);
    if (broken !== undefined) return { message: `the reply ended with finish_reason "${broken}"`, code: 502 };
  }
  return undefined;
}

/** With a sentence and a status where packages and the reader of failures look for them. */
function errorOf(told: string | JsonObject): JsonObject {
  const code = statusIn(told);
  if (typeof told === "string") return { message: told, code };
  return { ...told, message: serverWords(told) ?? JSON.stringify(told), code };
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
  return odd || (body["error"] !== undefined && !isObject(body["error"])) || parts.some(({ role }) => isOddRole(role));
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
  const { text, ...rest } = choice;
  // The API before chats gives a text. Some servers give a whole message within a stream.
  const sent = typeof text === "string" && !isObject(rest["delta"]) && !isObject(rest["message"]);
  const named: JsonObject = sent ? { ...rest, message: { content: text }, delta: { content: text } } : rest;
  const parts = ["message", "delta"].flatMap((name) => {
    const part = named[name];
    return isObject(part) ? [[name, mendedMessage(part)] as const] : [];
  });
  const refused = parts.some(([, part]) => refusalIn(part) !== undefined);
  const { reason } = finishIn(refused ? "content_filter" : choice["finish_reason"]);
  return { ...named, ...Object.fromEntries(parts), ...(reason === undefined ? {} : { finish_reason: reason }) };
}

/** The text with which a model refuses, in a field of its own. */
const refusalIn = ({ refusal }: JsonObject): string | undefined =>
  typeof refusal === "string" && refusal !== "" ? refusal : undefined;

function mendedMessage(message: JsonObject): JsonObject {
  const { tool_calls: calls, function_call: call, content, role, ...rest } = message;
  // Before tools there was one function.
  const made = Array.isArray(calls)
    ? calls
    : isObject(calls)
      ? [calls]
      : isObject(call)
        ? [{ index: 0, id: "", type: "function", function: call }]
        : undefined;
  return {
    ...withoutOddReasoning(rest),
    ...(role === undefined || isOddRole(role) ? {} : { role }),
    ...(content === undefined ? {} : { content: mendedContent(content) }),
    ...(made === undefined ? {} : { tool_calls: (made as readonly Json[]).map(mendedCall) }),
  };
}

/** A text, or a list of parts. */
function mendedContent(content: Json): Json {
  if (Array.isArray(content) && content.length > 0 && content.every((part) => typeof part === "string"))
    return content.join("");
  if (typeof content === "number" || typeof content === "boolean") return String(content);
  return isObject(content) ? JSON.stringify(content) : content;
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
  const { id, function: made, ...rest } = withFunction(call);
  const named = { ...rest, ...(id === undefined ? {} : { id: typeof id === "number" ? String(id) : id }) };
  if (!isObject(made)) return made === undefined ? named : { ...named, function: made };
  if (typeof made["arguments"] === "string" || !("arguments" in made)) return { ...named, function: made };
  const { arguments: args } = made;
  return { ...named, function: { ...made, arguments: args === null ? "" : JSON.stringify(args) } };
}

/** Some servers leave out the level of the function. */
function withFunction(call: JsonObject): JsonObject {
  const { name, arguments: args, ...rest } = call;
  if (isObject(call["function"]) || typeof name !== "string") return call;
  return { ...rest, function: { name, ...(args === undefined ? {} : { arguments: args }) } };
}
