// One GET over http or https. In: a URL, the allowed hosts, and how much to read. Out: status, headers and body, or a
// ToolError. Every tool that reads the network uses this file. It uses Node's own client, because fetch cannot check
// the address of the socket.
import { LIMITS } from "../limits.js";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createUnzip } from "node:zlib";
import { messageOf } from "../error.js";
import { checkLiteral, guardedLookup, isAllowed } from "./address-guard.js";
import { builtinError } from "./builtin-error.js";
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

function checkedUrl(address: string, base?: URL): URL {
  if (!URL.canParse(address, base?.href)) throw builtinError("FETCH_URL", { problem: "not-a-url", url: address });
  const url = new URL(address, base?.href);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw builtinError("FETCH_URL", { problem: "protocol", protocol: url.protocol });
  }
  if (url.username !== "" || url.password !== "") {
    throw builtinError("FETCH_URL", { problem: "credentials", host: url.host });
  }
  url.hash = "";
  return url;
}

/** The reply, or the URL of a redirect. */
async function getOnce(url: URL, options: GetOptions): Promise<Got | URL> {
  try {
    const reply = await replyTo(url, options);
    try {
      return await read(url, reply, options);
    } finally {
      reply.destroy();
    }
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof ToolError) throw error;
    throw failed(url, error);
  }
}

function replyTo(url: URL, { signal, allowHosts, accept, headers = {} }: GetOptions): Promise<IncomingMessage> {
  const allowed = isAllowed(url, allowHosts);
  if (!allowed) checkLiteral(url);
  const options: RequestOptions = {
    signal,
    // Opens a connection of its own: a pooled one may have been opened under other rules.
    agent: false,
    headers: { ...headers, accept, "accept-encoding": "gzip, deflate, br", "user-agent": "planloom" },
    ...(allowed ? {} : { lookup: guardedLookup }),
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, options, resolve);
    request.on("error", reject);
    request.end();
  });
}

async function read(url: URL, reply: IncomingMessage, { maxBytes }: GetOptions): Promise<Got | URL> {
  const status = reply.statusCode ?? 0;
  const { location } = reply.headers;
  if (status >= 300 && status < 400 && location !== undefined) return checkedUrl(location, url);
  if (status >= 400) throw statusError(url, status, reply.headers["retry-after"]);
  const [type = "", ...parameters] = (reply.headers["content-type"] ?? "").toLowerCase().split(";");
  const charset = parameters.map((text) => /^\s*charset\s*=\s*"?([^"\s]+)/.exec(text)?.[1]).find(Boolean);
  return { url: url.href, status, type: type.trim(), charset, body: await bodyOf(url, reply, maxBytes) };
}

async function bodyOf(url: URL, reply: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of unpacked(url, reply) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw builtinError("FETCH_TOO_LARGE", { url: url.href, limit: maxBytes });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function unpacked(url: URL, reply: IncomingMessage): Readable {
  const encoding = (reply.headers["content-encoding"] ?? "identity").toLowerCase();
  if (encoding === "identity") return reply;
  if (!["gzip", "x-gzip", "deflate", "br"].includes(encoding)) {
    throw builtinError("FETCH_TYPE", { url: url.href, problem: "packed", encoding });
  }
  const unpack = encoding === "br" ? createBrotliDecompress() : createUnzip();
  // The reader of `unpack` reports every error.
  return pipeline(reply, unpack, () => undefined);
}

function statusError(url: URL, status: number, retryAfter: string | undefined): ToolError {
  const retryAfterMs = waitOf(retryAfter);
  const retryable = status === 429 || status >= 500;
  return builtinError("FETCH_STATUS", { url: url.href, status }, { retryable, retryAfterMs });
}

/** The delay of a retry-after header (seconds or a date), in ms from now. */
function waitOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function failed(url: URL, error: unknown): ToolError {
  const code = (error as { readonly code?: unknown }).code;
  // A name that does not exist, or a certificate that is not trusted, does not change with a retry.
  const lasting = typeof code === "string" && /^ENOTFOUND$|CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code);
  const reason = messageOf(error) || String(code);
  return builtinError("FETCH_FAILED", { url: url.href, reason }, { retryable: !lasting, cause: error });
}
