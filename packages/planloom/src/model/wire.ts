// Mends what servers add to a reply, or leave out, before a package reads it strictly. In: a response of an
// OpenAI-compatible server. Out: the same with counts that are counts and arguments that are texts; an error in a body
// with status 200 becomes an error status. A reply that needs no mending keeps its meaning.
import { isObject, jsonIn, type Json, type JsonObject } from "../plan/json.js";

type Fetch = typeof globalThis.fetch;

/** The platform's fetch, with mended replies. */
export const wireFetch: Fetch = async (input, init) => {
  const response = await globalThis.fetch(input, init);
  if (!response.ok || response.body === null) return response;
  const type = response.headers.get("content-type") ?? "";
  if (type.includes("text/event-stream")) return withBody(response, response.body.pipeThrough(mendedEvents()));
  return mendedBody(response, await response.text());
};

function mendedBody(response: Response, text: string): Response {
  const body = jsonIn(text);
  if (!isObject(body)) return withBody(response, text);
  if (!Array.isArray(body["choices"]) && body["error"] !== undefined && body["error"] !== null) {
    const headers = { "content-type": "application/json" };
    return new Response(text, { status: statusIn(body["error"]), headers: { ...headers, ...waitIn(response) } });
  }
  return withBody(response, JSON.stringify(mendedReply(body)));
}

const waitIn = ({ headers }: Response): { readonly [name: string]: string } =>
  Object.fromEntries([...headers].filter(([name]) => /retry-after|rate-?limit/.test(name)));

function withBody({ status, statusText, headers }: Response, body: string | ReadableStream): Response {
  const kept = new Headers(headers);
  // They describe the body as it was sent.
  for (const name of ["content-length", "content-encoding"]) kept.delete(name);
  return new Response(body, { status, statusText, headers: kept });
}

/** Words for errors that servers give in place of a status. */
const STATUS_WORDS: readonly (readonly [RegExp, number])[] = [
  [/rate_?limit|too_?many_?requests/i, 429],
  [/insufficient_?quota|billing/i, 402],
  [/auth|api_?key|permission/i, 401],
  [/not_?found|unexpected endpoint/i, 404],
  [/invalid_?request|bad_?request|unsupported|context_?length/i, 400],
];

/** The status that an error in a body stands for. 500 if it does not say. */
export function statusIn(error: Json): number {
  const { code, type, status } = isObject(error) ? error : {};
  for (const value of [code, status, type]) {
    const number = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value;
    if (typeof number === "number" && number >= 400 && number < 600) return number;
  }
  const words = [code, type, typeof error === "string" ? error : undefined].filter(
    (value) => typeof value === "string",
  );
  return STATUS_WORDS.find(([pattern]) => words.some((word) => pattern.test(word)))?.[1] ?? 500;
}

/** A whole reply, or a chunk of one. */
function mendedReply(body: JsonObject): JsonObject {
  const { usage, choices, ...rest } = body;
  const mended = usage === undefined ? {} : { usage: isObject(usage) ? withCached(mendedCounts(usage)) : null };
  if (choices === undefined) return { ...rest, ...mended };
  const all = Array.isArray(choices) ? (choices as readonly Json[]).map(mendedChoice) : choices;
  return { ...rest, choices: all, ...mended };
}

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
  const { tool_calls: calls } = message;
  if (!Array.isArray(calls)) return message;
  return { ...message, tool_calls: (calls as readonly Json[]).map(mendedCall) };
}

/** Arguments as a text of JSON. */
function mendedCall(call: Json): Json {
  const { function: made } = isObject(call) ? call : {};
  if (!isObject(call) || !isObject(made) || !("arguments" in made)) return call;
  const { arguments: args } = made;
  if (typeof args === "string") return call;
  return { ...call, function: { ...made, arguments: args === null ? "" : JSON.stringify(args) } };
}

/** Mends the data of each event. Everything else passes as it came. */
function mendedEvents(): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let held = "";
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(bytes, controller) {
      held += decoder.decode(bytes, { stream: true });
      const end = held.lastIndexOf("\n") + 1;
      if (end === 0) return;
      controller.enqueue(encoder.encode(held.slice(0, end).replace(DATA, mendedLine)));
      held = held.slice(end);
    },
    flush(controller) {
      held += decoder.decode();
      if (held !== "") controller.enqueue(encoder.encode(held.replace(DATA, mendedLine)));
    },
  });
}

const DATA = /^data:[ \t]*(\{.*\})[ \t]*\r?$/gm;

function mendedLine(line: string, data: string): string {
  const body = jsonIn(data);
  return isObject(body) ? `data: ${JSON.stringify(mendedReply(body))}` : line;
}
