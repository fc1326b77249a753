// One request over http or https. In: a method, a URL, headers, a body, and whether a person has named the host. Out:
// status, headers and body. Every tool that uses the network goes through here. It uses Node's own client, because fetch
// cannot check the address of the socket.
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createUnzip } from "node:zlib";
import { carriedHeaders } from "../carried-headers.js";
import { checkLiteral, guardedLookup } from "./address-guard.js";
import { builtinError } from "./builtin-error.js";

export interface HttpQuestion {
  readonly method: string;
  readonly url: URL;
  /** The address in errors, if the URL holds a key. Default: the URL. */
  readonly shown?: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
  readonly signal: AbortSignal;
  /** A person has named this host, so its address may be private. */
  readonly named: boolean;
  /** Called when the connection stands: from here on the server may have read the request. */
  readonly connected?: () => void;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Bytes after decompression. Throws ToolError FETCH_TOO_LARGE, FETCH_TYPE. */
  readonly body: (maxBytes: number) => Promise<Buffer>;
  /** Ends the connection. */
  readonly end: () => void;
}

/** Follows no redirect. Throws ToolError FETCH_ADDRESS, or the error of the connection. */
export async function exchange(question: HttpQuestion): Promise<HttpReply> {
  const { url, shown = url.href } = question;
  if (!question.named) checkLiteral(url);
  const reply = await replyTo(question);
  return {
    status: reply.statusCode ?? 0,
    headers: reply.headers,
    body: (maxBytes) => bodyOf(shown, reply, maxBytes),
    end: () => reply.destroy(),
  };
}

function replyTo({ method, url, headers, body, signal, named, connected }: HttpQuestion): Promise<IncomingMessage> {
  const options: RequestOptions = {
    method,
    signal,
    // Opens a connection of its own: a pooled one may have been opened under other rules.
    agent: false,
    headers: {
      "user-agent": "planloom",
      ...carriedHeaders(url),
      ...headers,
      "accept-encoding": "gzip, deflate, br",
      ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
    },
    ...(named ? {} : { lookup: guardedLookup }),
  };
  const secure = url.protocol === "https:";
  return new Promise((resolve, reject) => {
    const request = (secure ? httpsRequest : httpRequest)(url, options, resolve);
    if (connected !== undefined)
      request.on("socket", (socket) => void socket.once(secure ? "secureConnect" : "connect", connected));
    request.on("error", reject);
    request.end(body);
  });
}

async function bodyOf(url: string, reply: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of unpacked(url, reply) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw builtinError("FETCH_TOO_LARGE", { url, limit: maxBytes });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function unpacked(url: string, reply: IncomingMessage): Readable {
  const encoding = (reply.headers["content-encoding"] ?? "identity").toLowerCase();
  if (encoding === "identity") return reply;
  if (!["gzip", "x-gzip", "deflate", "br"].includes(encoding)) {
    throw builtinError("FETCH_TYPE", { url, problem: "packed", encoding });
  }
  const unpack = encoding === "br" ? createBrotliDecompress() : createUnzip();
  // The reader of `unpack` reports every error.
  return pipeline(reply, unpack, () => undefined);
}

/** The URL without its fragment. Throws ToolError FETCH_URL. */
export function checkedUrl(address: string, base?: URL): URL {
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

/** The delay of a retry-after header (seconds or a date), in ms from now. */
export function waitOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** A name that does not exist, or a certificate that is not trusted, does not change with a retry. */
export function isLasting(error: unknown): boolean {
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === "string" && /^ENOTFOUND$|CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/.test(code);
}

/** The media type alone, in lower case ("text/html"; empty if there is none), and the charset. */
export function contentTypeOf(headers: IncomingHttpHeaders): { readonly type: string; readonly charset?: string } {
  const [type = "", ...parameters] = (headers["content-type"] ?? "").toLowerCase().split(";");
  const charset = parameters.map((text) => /^\s*charset\s*=\s*"?([^"\s]+)/.exec(text)?.[1]).find(Boolean);
  return { type: type.trim(), ...(charset === undefined ? {} : { charset }) };
}

/** Whether a body of this type is text. */
export const isTextType = (type: string): boolean =>
  type.startsWith("text/") || /^application\/(?:.+\+)?(?:json|xml)$|^application\/(?:x-ndjson|yaml)$/.test(type);
