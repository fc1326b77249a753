// Mends what servers add to a reply, or leave out, before a package reads it strictly. In: a response of an
// OpenAI-compatible server. Out: the same with counts that are counts and arguments that are texts; an error in a body
// with status 200 becomes an error status. A reply that needs no mending keeps its meaning.
import { beginning } from "../beginning.js";
import { isObject, jsonIn, type Json, type JsonObject } from "../plan/json.js";
import { statusIn } from "./refusal-subject.js";

type Fetch = typeof globalThis.fetch;

/** Who hears of the bytes of a reply, by the signal of its request. */
const hearers = new WeakMap<AbortSignal, () => void>();

/** `alive` is called with each piece of the reply to a request of this signal, and with its headers. */
export function hearBytes(signal: AbortSignal, alive: () => void): void {
  hearers.set(signal, alive);
}

/** The platform's fetch, with mended replies. */
export const wireFetch: Fetch = async (input, init) => {
  const alive = init?.signal === undefined || init.signal === null ? undefined : hearers.get(init.signal);
  const response = heard(await globalThis.fetch(input, init), alive);
  if (!response.ok || response.body === null) return response;
  const type = response.headers.get("content-type") ?? "";
  if (type.includes("text/event-stream")) return withBody(response, response.body.pipeThrough(mendedEvents()));
  return mendedBody(response, await response.text());
};

function heard(response: Response, alive: (() => void) | undefined): Response {
  if (alive === undefined || response.body === null) return response;
  alive();
  const { status, statusText, headers } = response;
  const pieces = new TransformStream<Uint8Array, Uint8Array>({
    transform(bytes, controller) {
      alive();
      controller.enqueue(bytes);
    },
  });
  return new Response(response.body.pipeThrough(pieces), { status, statusText, headers });
}

function mendedBody(response: Response, text: string): Response {
  const body = jsonIn(text);
  if (PAGE.test(text)) throw new Error(pageText(text));
  if (!isObject(body)) return withBody(response, text);
  const { error } = body;
  if (!Array.isArray(body["choices"]) && error !== undefined && error !== null) {
    const headers = { "content-type": "application/json", ...waitIn(response) };
    return new Response(text, { status: statusIn(error), headers });
  }
  return withBody(response, JSON.stringify(mendedReply(body)));
}

/** A page of a web site in place of a reply: the path is wrong, or a proxy stands before the server. */
const PAGE = /^\s*<(?:!doctype html|html|head|body)\b/i;

function pageText(page: string): string {
  const title = /<title[^>]*>([^<]*)/i.exec(page)?.[1] ?? page.replace(/<[^<>]*>/g, " ");
  return `a web page, ${beginning(title.trim(), 200)}`;
}

const waitIn = ({ headers }: Response): { readonly [name: string]: string } =>
  Object.fromEntries([...headers].filter(([name]) => /retry-after|rate-?limit/.test(name)));

function withBody({ status, statusText, headers }: Response, body: string | ReadableStream): Response {
  const kept = new Headers(headers);
  // They describe the body as it was sent.
  for (const name of ["content-length", "content-encoding"]) kept.delete(name);
  return new Response(body, { status, statusText, headers: kept });
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

/**
 * Mends the data of each event. Everything else passes as it came. A stream that ends with [DONE] is whole, also if no
 * chunk says why it ended.
 */
function mendedEvents(): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const seen = { reply: false, calls: false, end: false };
  let held = "";
  const mended = (lines: string): Uint8Array => encoder.encode(withEnd(lines, seen).replace(DATA, mendedLine));
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(bytes, controller) {
      held += decoder.decode(bytes, { stream: true });
      const end = held.lastIndexOf("\n") + 1;
      if (end === 0) return;
      controller.enqueue(mended(held.slice(0, end)));
      held = held.slice(end);
    },
    flush(controller) {
      held += decoder.decode();
      if (held !== "") controller.enqueue(mended(held));
    },
  });
}

/** What the chunks of a stream had so far. `end`: why it ended, or an error. */
interface Seen {
  reply: boolean;
  calls: boolean;
  end: boolean;
}

// Within a text of JSON, quotes are escaped: these are fields.
const REPLY = /"choices"\s*:\s*\[\s*\{/;
const CALLS = /"tool_calls"\s*:\s*\[\s*\{/;
const END = /"finish_reason"\s*:\s*"[^"]|"error"(?!\s*:\s*null)/;
const DONE = /^data:[ \t]*\[DONE\]/m;

function withEnd(lines: string, seen: Seen): string {
  seen.reply ||= REPLY.test(lines);
  seen.calls ||= CALLS.test(lines);
  seen.end ||= END.test(lines);
  if (seen.end || !seen.reply || !DONE.test(lines)) return lines;
  const choice = { index: 0, delta: {}, finish_reason: seen.calls ? "tool_calls" : "stop" };
  return lines.replace(DONE, (done) => `data: ${JSON.stringify({ choices: [choice] })}\n\n${done}`);
}

const DATA = /^data:[ \t]*(\{.*\})[ \t]*\r?$/gm;
/** The only fields that are mended in a chunk. Other chunks pass unread. */
const MENDED = /"(?:usage|tool_calls)"\s*:(?!\s*null)/;

function mendedLine(line: string, data: string): string {
  const body = MENDED.test(data) ? jsonIn(data) : undefined;
  return isObject(body) ? `data: ${JSON.stringify(mendedReply(body))}` : line;
}
