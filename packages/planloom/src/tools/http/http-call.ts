// One call of an HTTP service. In: method, URL, headers and body of a plan, and the named hosts. Out: status, headers
// and body, or an error that says whether the service may have acted.
import type { IncomingHttpHeaders } from "node:http";
import { messageOf } from "../../error.js";
import { LIMITS } from "../../limits.js";
import { beginning } from "../../beginning.js";
import { isObject, type Json } from "../../plan/json.js";
import type { EffectClass } from "../../plan/tool-spec.js";
import {
  checkedUrl,
  contentTypeOf,
  exchange,
  isLasting,
  isTextType,
  waitOf,
  type HttpReply,
} from "../http-exchange.js";
import { builtinError } from "../builtin-error.js";
import { ToolError, type ToolContext } from "../tool.js";
import { webText } from "../web-text.js";
import { isOwnHeader, lowerCase, type NamedHosts } from "./named-hosts.js";
import type { HttpMethod } from "./http-method.js";

export interface HttpCall {
  readonly method: HttpMethod;
  readonly effects: EffectClass;
  readonly url: URL;
  readonly headers: { readonly [name: string]: string };
  /** undefined = none. */
  readonly body: string | undefined;
  /** Whether the service may answer a finished call with this status below 400. Default: with any. */
  readonly fits?: (status: number) => boolean;
  /** Keys that only the first host gets. They are in no text. */
  readonly hidden?: {
    readonly headers: { readonly [name: string]: string };
    readonly query: { readonly [name: string]: string };
  };
}

export type HttpAnswer = {
  readonly url: string;
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  /** JSON if the service says so, else text. null if there is none. */
  readonly body: Json;
  /** Why the body of a call that has acted is null. */
  readonly unread?: string;
};

/** Headers of an answer that plans may need. */
const SHOWN = ["content-type", "location", "etag", "last-modified", "link", "retry-after"];

const reads = (method: HttpMethod): boolean => method === "GET" || method === "HEAD";

/** The URL of a call, with its query. Throws ToolError FETCH_URL, HTTP_HOST. */
export function calledUrl(address: string, query: { readonly [name: string]: Json }, hosts: NamedHosts): URL {
  const url = checkedUrl(address);
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? (value as readonly Json[]) : [value])
      if (one !== null) url.searchParams.append(name, typeof one === "string" ? one : JSON.stringify(one));
  if (hosts.headersFor(url) === undefined) throw notNamed(url, hosts, false);
  return url;
}

/**
 * Headers by which some services take another method than that of the request. The effects of a call follow its method.
 */
const OTHER_METHOD = /^x-(?:http-)?method(?:-override)?$/i;

/** The headers that a plan gives, by lower-case names. Throws ToolError HTTP_HEADER. */
export function calledHeaders(given: { readonly [name: string]: string }): { readonly [name: string]: string } {
  for (const [name, value] of Object.entries(given))
    if (!isOwnHeader(name, value) || OTHER_METHOD.test(name))
      throw builtinError("HTTP_HEADER", { header: beginning(name, LIMITS.nameChars) });
  return lowerCase(given);
}

/**
 * The body as the service reads it, and its type: a text as it is, a form if the type says so, else JSON. Throws
 * ToolError HTTP_BODY.
 */
export function calledBody(
  body: Json | undefined,
  headers: { readonly [name: string]: string },
): Pick<HttpCall, "headers" | "body"> {
  if (body === undefined) return { headers, body: undefined };
  const type = headers["content-type"] ?? (typeof body === "string" ? "text/plain; charset=utf-8" : "application/json");
  const text = bodyText(body, type);
  const bytes = Buffer.byteLength(text);
  if (bytes > LIMITS.httpBytes) throw builtinError("HTTP_BODY", { bytes, limit: LIMITS.httpBytes });
  return { headers: { ...headers, "content-type": type }, body: text };
}

function bodyText(body: Json, type: string): string {
  if (typeof body === "string" && !/json/i.test(type)) return body;
  if (!isObject(body) || !/x-www-form-urlencoded/i.test(type)) return JSON.stringify(body);
  const pairs = Object.entries(body).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return String(new URLSearchParams(pairs as [string, string][]));
}

/**
 * Follows redirects of reading methods to named hosts, and 307 and 308 of all others on the same host. Throws ToolError
 * if the service has not acted, or if it may be asked again with the same key. Throws another error if it may have
 * acted.
 */
export async function callHttp(
  call: HttpCall,
  hosts: NamedHosts,
  context: Pick<ToolContext, "signal" | "key">,
): Promise<HttpAnswer> {
  const first = call.url.origin;
  let { url } = call;
  for (let hop = 0; hop <= LIMITS.redirects; hop++) {
    if (hosts.headersFor(url) === undefined) throw notNamed(url, hosts, hop > 0);
    // What was given for one host goes to no other.
    const { hidden: _hidden, ...bare } = call;
    const reply = await answerOf(
      url.origin === first ? { ...call, url } : { ...bare, url, headers: {} },
      hosts,
      context,
    );
    if (!(reply instanceof URL)) return reply;
    // A person has approved the call of this host. Another one would act with keys of its own.
    if (!(reads(call.method) && call.effects === "none") && reply.origin !== first)
      throw builtinError("HTTP_ELSEWHERE", { method: call.method, from: first, to: reply.origin });
    url = reply;
  }
  throw builtinError("FETCH_REDIRECTS", { url: call.url.href, limit: LIMITS.redirects });
}

function notNamed(url: URL, { origins }: NamedHosts, redirected: boolean): ToolError {
  return builtinError("HTTP_HOST", { host: url.origin, hosts: origins.map(shownOrigin), redirected });
}

const shownOrigin = (origin: string): string => origin.replace(/^https:\/\//, "");

/** The answer, or the URL of a redirect. */
async function answerOf(
  call: HttpCall,
  hosts: NamedHosts,
  context: Pick<ToolContext, "signal" | "key">,
): Promise<HttpAnswer | URL> {
  const { method, url, body } = call;
  let sent = false;
  try {
    const reply = await exchange({
      method,
      url: withQuery(url, call.hidden?.query ?? {}),
      shown: shownUrl(call, hosts),
      headers: headersOf(call, hosts, context.key),
      ...(body === undefined ? {} : { body }),
      signal: context.signal,
      named: true,
      connected: () => void (sent = true),
    });
    try {
      return await readAnswer(call, reply, hosts);
    } finally {
      reply.end();
    }
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof ToolError || error instanceof Unsettled) throw error;
    throw connectionError(call, hosts, { error, sent });
  }
}

/** Those of the configuration replace those of a plan. */
function headersOf({ effects, headers, hidden, url }: HttpCall, hosts: NamedHosts, key: string) {
  return {
    accept: "application/json, text/*;q=0.9, */*;q=0.5",
    ...headers,
    ...hidden?.headers,
    ...hosts.headersFor(url),
    ...(effects === "none" ? {} : { "idempotency-key": key }),
  };
}

function withQuery(url: URL, query: { readonly [name: string]: string }): URL {
  const whole = new URL(url);
  for (const [name, value] of Object.entries(query)) whole.searchParams.set(name, value);
  return whole;
}

/** The service may have acted. */
class Unsettled extends Error {}

/** A redirect may have copied a key into the address. */
const shownUrl = ({ url }: HttpCall, { filter }: NamedHosts): string => filter.text(url.href);

function connectionError(
  call: HttpCall,
  hosts: NamedHosts,
  { error, sent }: { readonly error: unknown; readonly sent: boolean },
): Error {
  const { method, effects } = call;
  const reason = messageOf(error) || String((error as { readonly code?: unknown }).code);
  const failed = builtinError(
    "HTTP_FAILED",
    { method, url: shownUrl(call, hosts), reason },
    { retryable: !isLasting(error), cause: error },
  );
  return sent && effects === "once" ? new Unsettled(failed.message, { cause: error }) : failed;
}

async function readAnswer(call: HttpCall, reply: HttpReply, hosts: NamedHosts): Promise<HttpAnswer | URL> {
  const { method, url } = call;
  const { status, headers } = reply;
  const { location } = headers;
  const goesOn = reads(method) ? status >= 300 && status < 400 : status === 307 || status === 308;
  if (goesOn && location !== undefined) return checkedUrl(location, url);
  if (status >= 400 || call.fits?.(status) === false) throw await statusError(call, reply, hosts);
  const shown = SHOWN.flatMap((name) => (typeof headers[name] === "string" ? [[name, headers[name]] as const] : []));
  const answer = { url: url.href, status, headers: Object.fromEntries(shown) };
  const body = await bodyOf(call, reply, hosts);
  return hosts.filter.value({ ...answer, ...body });
}

/** A body that cannot be read is an error of a reading call. A call that has acted is done all the same. */
async function bodyOf(
  call: HttpCall,
  reply: HttpReply,
  hosts: NamedHosts,
): Promise<Pick<HttpAnswer, "body" | "unread">> {
  const { method, effects } = call;
  if (method === "HEAD") return { body: null };
  try {
    const bytes = await reply.body(LIMITS.httpBytes);
    if (bytes.length === 0) return { body: null };
    const { type } = contentTypeOf(reply.headers);
    if (!(type === "" ? !bytes.includes(0) : isTextType(type)))
      throw builtinError("FETCH_TYPE", {
        url: shownUrl(call, hosts),
        problem: "not-text",
        ...(type === "" ? {} : { type }),
      });
    return { body: valueOf(bytes, reply.headers) };
  } catch (error) {
    if (effects === "none") throw error;
    return { body: null, unread: messageOf(error) };
  }
}

function valueOf(bytes: Buffer, headers: IncomingHttpHeaders): Json {
  const { type, charset } = contentTypeOf(headers);
  const text = webText(bytes, charset);
  if (!/(?:^application\/|\+)json$/.test(type)) return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** Statuses of a service that did not handle the request. */
const NOT_HANDLED: ReadonlySet<number> = new Set([501, 505]);
/** Statuses of a refusal that may end: too early, too many, not sent in time. */
const FOR_NOW: ReadonlySet<number> = new Set([408, 425, 429]);

async function statusError(call: HttpCall, reply: HttpReply, hosts: NamedHosts): Promise<Error> {
  const { method, effects } = call;
  const { status, headers } = reply;
  const excerpt = await excerptOf(reply, hosts);
  const fault = status >= 500 && !NOT_HANDLED.has(status);
  const options = { retryable: fault || FOR_NOW.has(status), retryAfterMs: waitOf(headers["retry-after"]) };
  const failed = builtinError("HTTP_STATUS", { method, url: shownUrl(call, hosts), status, excerpt }, options);
  // It is not known what a service has done that sends the caller elsewhere.
  return (fault || status < 400) && effects === "once" ? new Unsettled(failed.message) : failed;
}

async function excerptOf(reply: HttpReply, { filter }: NamedHosts): Promise<string> {
  const bytes = await reply.body(LIMITS.httpBytes).catch(() => Buffer.alloc(0));
  const { type, charset } = contentTypeOf(reply.headers);
  if (bytes.includes(0) || (type !== "" && !isTextType(type))) return "";
  // Before it is cut: a part of a key would not be found.
  const text = filter.text(webText(bytes, charset));
  return beginning(text.replace(/\s+/g, " ").trim(), LIMITS.excerptChars * 2);
}
