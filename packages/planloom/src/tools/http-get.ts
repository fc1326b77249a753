// One GET with its redirects. In: a URL, the allowed hosts, and how much to read. Out: status, type and body, or a
// ToolError.
import { LIMITS } from "../limits.js";
import { messageOf } from "../error.js";
import { isAllowed } from "./address-guard.js";
import { builtinError } from "./builtin-error.js";
import { checkedUrl, contentTypeOf, exchange, isLasting, waitOf, type HttpReply } from "./http-exchange.js";
import { ToolError } from "./tool.js";

export interface GetOptions {
  readonly signal: AbortSignal;
  /** Maximum bytes of the body, after decompression. */
  readonly maxBytes: number;
  /** Hosts that may be reached although their addresses are private: "127.0.0.1", "wiki.intern:8080". */
  readonly allowHosts: readonly string[];
  /** The value of the header with this name. */
  readonly accept: string;
  /** Further headers, such as a key. No redirect carries them to another host. */
  readonly headers?: { readonly [name: string]: string };
}

export interface Got {
  /** The final URL, after redirects. */
  readonly url: string;
  readonly status: number;
  /** The media type alone, in lower case: "text/html". Empty if the server gives none. */
  readonly type: string;
  readonly charset: string | undefined;
  readonly body: Buffer;
}

/**
 * Follows redirects, each with the same checks. Throws ToolError FETCH_URL, FETCH_ADDRESS, FETCH_REDIRECTS,
 * FETCH_STATUS (400 and above; retryable for 429 and 5xx), FETCH_TOO_LARGE, FETCH_FAILED; on abort the signal's reason.
 */
export async function httpGet(address: string, options: GetOptions): Promise<Got> {
  let url = checkedUrl(address);
  for (let hop = 0; hop <= LIMITS.redirects; hop++) {
    const got = await getOnce(url, options);
    if (!(got instanceof URL)) return got;
    if (got.origin !== url.origin) options = { ...options, headers: {} };
    url = got;
  }
  throw builtinError("FETCH_REDIRECTS", { url: address, limit: LIMITS.redirects });
}

/** The reply, or the URL of a redirect. */
async function getOnce(url: URL, options: GetOptions): Promise<Got | URL> {
  try {
    const { signal, accept, headers = {} } = options;
    const named = isAllowed(url, options.allowHosts);
    const reply = await exchange({ method: "GET", url, headers: { ...headers, accept }, signal, named });
    try {
      return await read(url, reply, options);
    } finally {
      reply.end();
    }
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof ToolError) throw error;
    throw failed(url, error);
  }
}

async function read(url: URL, reply: HttpReply, { maxBytes }: GetOptions): Promise<Got | URL> {
  const { status, headers } = reply;
  if (status >= 300 && status < 400 && headers.location !== undefined) return checkedUrl(headers.location, url);
  if (status >= 400) throw statusError(url, status, headers["retry-after"]);
  const { type, charset } = contentTypeOf(headers);
  return { url: url.href, status, type, charset, body: await reply.body(maxBytes) };
}

function statusError(url: URL, status: number, retryAfter: string | undefined): ToolError {
  const retryAfterMs = waitOf(retryAfter);
  const retryable = status === 429 || status >= 500;
  return builtinError("FETCH_STATUS", { url: url.href, status }, { retryable, retryAfterMs });
}

function failed(url: URL, error: unknown): ToolError {
  const reason = messageOf(error) || String((error as { readonly code?: unknown }).code);
  return builtinError("FETCH_FAILED", { url: url.href, reason }, { retryable: !isLasting(error), cause: error });
}
