// Mends what servers add to a reply, or leave out, before a package reads it strictly. In: a response of an
// OpenAI-compatible server. Out: the same with counts that are counts and arguments that are texts; an error in a body
// with status 200 becomes an error status. A reply that needs no mending keeps its meaning.
import { beginning } from "../beginning.js";
import { exactJsonIn } from "../plan/exact-integer.js";
import { isObject, type Json } from "../plan/json.js";
import { statusIn } from "./refusal-subject.js";
import { isOddReply, mendedReply } from "./reply-shape.js";

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
  const mended = mendedBody(response, await response.text());
  return mended.ok && asksForStream(init) ? asStream(mended) : mended;
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

/** Quotes within a text of JSON are escaped, so this is the field. */
const asksForStream = (init: RequestInit | undefined): boolean =>
  typeof init?.body === "string" && /"stream":true/.test(init.body);

/** Some servers reply in one piece to whoever asks for a stream. */
async function asStream(response: Response): Promise<Response> {
  const text = await response.text();
  const body = exactJsonIn(text);
  if (!isObject(body) || !Array.isArray(body["choices"])) return withBody(response, text);
  const choices = (body["choices"] as readonly Json[]).map((choice) => {
    const { message, ...rest } = isObject(choice) ? choice : {};
    return { ...rest, delta: isObject(message) ? message : {} };
  });
  const headers = { "content-type": "text/event-stream" };
  return new Response(`data: ${JSON.stringify({ ...body, choices })}\n\ndata: [DONE]\n\n`, { headers });
}

function mendedBody(response: Response, text: string): Response {
  const body = exactJsonIn(text);
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

/**
 * Mends the data of each event. Everything else passes as it came. A stream that ends with [DONE] is whole, also if no
 * chunk says why it ended.
 */
function mendedEvents(): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const seen = { reply: false, calls: false, end: false, begun: false, odd: false };
  let held = "";
  const mended = (lines: string): Uint8Array =>
    encoder.encode(withEnd(lines, seen).replace(DATA, (line: string, data: string) => mendedLine(line, data, seen)));
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

/** What the chunks of a stream had so far. `end`: why it ended, or an error. `odd`: every chunk needs mending. */
interface Seen {
  begun: boolean;
  odd: boolean;
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
/** Fields of a chunk that may need mending. Other chunks pass unread, if the first had nothing odd. */
const MENDED =
  /"(?:usage|tool_calls|function_call)"\s*:(?!\s*null)|"(?:content|reasoning\w*)"\s*:\s*[{[]|"error"\s*:\s*null/;

/** An event ends with an empty line, which some servers leave out. */
function mendedLine(line: string, data: string, seen: Seen): string {
  const isFirst = !seen.begun;
  seen.begun = true;
  const body = isFirst || seen.odd || MENDED.test(data) ? exactJsonIn(data) : undefined;
  if (!isObject(body)) return `${line}\n`;
  if (isFirst) seen.odd = isOddReply(body);
  return `data: ${JSON.stringify(mendedReply(body))}\n`;
}
