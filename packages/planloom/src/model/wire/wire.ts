// Mends what servers add to a reply, or leave out, before a package reads it strictly. In: a response of an
// OpenAI-compatible server. Out: the same in the form that was asked for; an error in a body with status 200 becomes an
// error status. A redirection to another server is not followed: the key would go with it.
import { carriedHeaders } from "../../carried-headers.js";
import { mendedEvents } from "./event-stream.js";
import { bodyText } from "./reply-text.js";
import { statusIn } from "../refusal/refusal-subject.js";
import { asEvents, wholeReply } from "./whole-reply.js";

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
  const response = heard(await redirected(input, init), alive);
  if (!response.ok || response.body === null) return response;
  const { begins, body } = await peeked(response.body);
  const whole = withBody(response, body);
  const isStream = asksForStream(init);
  const isOfEvents = /event-stream/.test(response.headers.get("content-type") ?? "");
  if (isStream && (EVENTS.test(begins) || (isOfEvents && !/^[{[<]/.test(begins))))
    return withBody(whole, body.pipeThrough(mendedEvents()), "text/event-stream");
  const reply = wholeReply(await bodyText(whole));
  if (reply["error"] === undefined)
    return isStream
      ? withBody(response, asEvents(reply), "text/event-stream")
      : withBody(response, JSON.stringify(reply), "application/json");
  const headers = { "content-type": "application/json", ...waitIn(response) };
  return new Response(JSON.stringify(reply), { status: statusIn(reply["error"]), headers });
};

/** How a stream of events begins, whatever its type says. */
const EVENTS = /^(?:data|event|id|retry)?:/;

const MOST_REDIRECTIONS = 3;

/** The platform's fetch, without redirections to other servers. */
export const keptFetch: Fetch = (input, init) => redirected(input, init);

async function redirected(input: Parameters<Fetch>[0], init: RequestInit | undefined, before = 0): Promise<Response> {
  const carried = carriedHeaders(input instanceof Request ? input.url : input);
  const more = carried && {
    headers: {
      ...carried,
      ...Object.fromEntries(new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))),
    },
  };
  const response = await globalThis.fetch(input, { ...init, ...more, redirect: "manual" });
  const to = response.headers.get("location");
  if (response.status < 300 || response.status >= 400 || to === null) return response;
  await response.body?.cancel();
  const from = new URL(input instanceof Request ? input.url : input);
  const { origin, pathname } = URL.canParse(to, from.href) ? new URL(to, from) : from;
  // Any other status would turn the request into one without a body.
  const keeps = (response.status === 307 || response.status === 308) && origin === from.origin;
  if (keeps && before < MOST_REDIRECTIONS) return redirected(new URL(to, from).href, init, before + 1);
  throw new Error(`a redirection to ${origin}${pathname} (status ${response.status})`);
}

interface Peeked {
  /** The first characters that are no white space. */
  readonly begins: string;
  readonly body: ReadableStream<Uint8Array>;
}

/** The beginning of a body, and the whole body. */
async function peeked(sent: ReadableStream<Uint8Array>): Promise<Peeked> {
  const reader = sent.getReader();
  const decoder = new TextDecoder();
  const held: Uint8Array[] = [];
  let begins = "";
  while (begins.length < "event:".length) {
    const { done, value } = await reader.read();
    if (done) break;
    held.push(value);
    begins = (begins + decoder.decode(value, { stream: true })).trimStart();
  }
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = held.length > 0 ? { done: false, value: held.shift() } : await reader.read();
      if (done || value === undefined) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { begins, body };
}

function heard(response: Response, alive: (() => void) | undefined): Response {
  const { status, statusText, headers } = response;
  // No other status can be given again.
  if (status > 599) throw new Error(`the status ${status}`);
  if (alive === undefined || response.body === null) return response;
  alive();
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

const waitIn = ({ headers }: Response): { readonly [name: string]: string } =>
  Object.fromEntries([...headers].filter(([name]) => /retry-after|rate-?limit/.test(name)));

function withBody({ status, statusText, headers }: Response, body: string | ReadableStream, type?: string): Response {
  const kept = new Headers(headers);
  // They describe the body as it was sent.
  for (const name of ["content-length", "content-encoding"]) kept.delete(name);
  if (type !== undefined) kept.set("content-type", type);
  return new Response(body, { status, statusText, headers: kept });
}
