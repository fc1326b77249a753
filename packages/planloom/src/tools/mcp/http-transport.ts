// The transport to a server at an address: streamable HTTP. In: the address and its headers. Out: a guarded transport. Its
// requests carry the headers to this address only, and no answer is larger than the limit.
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { StreamableHTTPClientTransport, type AuthProvider, type FetchLike } from "@modelcontextprotocol/client";
import { carriedHeaders } from "../../carried-headers.js";
import { LIMITS } from "../../limits.js";
import { isPublicAddress } from "../address-guard.js";
import { GuardedTransport, WireBroken } from "./guarded-transport.js";
import type { HttpServer } from "./server-config.js";
import type { WireLimits } from "./wire-limits.js";

/** `provider`: gives the tokens of a person who has signed in. */
export function httpTransport(server: HttpServer, limits: WireLimits, provider?: AuthProvider): GuardedTransport {
  const meter: Meter = () => guarded.meter();
  const http = new StreamableHTTPClientTransport(new URL(server.url), {
    fetch: serverFetch(server, limits, meter),
    ...(provider === undefined ? {} : { authProvider: provider }),
  });
  const guarded = new GuardedTransport(http, limits);
  return guarded;
}

type Meter = () => (bytes: number) => void;

/** For requests outside of a connection. */
export function plainFetch(server: HttpServer, limits: WireLimits): FetchLike {
  return serverFetch(server, limits, () => {
    let left = limits.messageBytes;
    return (bytes) => {
      left -= bytes;
      if (left < 0) throw new WireBroken({ is: "too-large", bytes: limits.messageBytes });
    };
  });
}

/**
 * Redirects are followed here, because the fetch of Node takes headers of the configuration along. Other addresses are those of an authorization server, which this server names. They get no header of the
 * configuration, must answer in time, and may not lie in a private network if the server itself is public.
 */
function serverFetch({ url, headers = {} }: HttpServer, limits: WireLimits, meter: Meter): FetchLike {
  const home = new URL(url);
  const sentTo = async (target: URL, init: RequestInit): Promise<Response> => {
    const sent = new Headers(init.headers);
    if (target.origin !== home.origin) await assertReachable(target, home);
    else for (const [name, value] of Object.entries(headers)) if (!sent.has(name)) sent.set(name, value);
    for (const [name, value] of Object.entries(carriedHeaders(target) ?? {}))
      if (!sent.has(name)) sent.set(name, value);
    const response = metered(await fetch(target, { ...init, headers: sent }), meter());
    if (response.status === 401) refusedWith.set(response, sent.get("authorization") ?? "");
    return response;
  };
  return async (address, init = {}) => {
    const signal = init.signal ?? AbortSignal.timeout(limits.startMs);
    let target = new URL(address);
    const follows = init.redirect === undefined || init.redirect === "follow";
    let sent: RequestInit = { ...init, signal, ...(follows && { redirect: "manual" }) };
    for (let hop = 0; ; hop++) {
      const response = await sentTo(target, sent);
      const next = follows && hop < LIMITS.redirects ? nextOf(response, sent, target) : undefined;
      if (next === undefined) return response;
      await response.body?.cancel();
      if (next.origin !== target.origin) sent = withoutCredentials(sent);
      target = next;
    }
  };
}

/** Where a redirect of a reading request leads. Other requests carry tokens, and are not made elsewhere. */
function nextOf({ status, headers }: Response, { method = "GET" }: RequestInit, target: URL): URL | undefined {
  const location = headers.get("location");
  const isRedirect = status >= 300 && status < 400 && location !== null && URL.canParse(location, target.href);
  if (!isRedirect || method.toUpperCase() !== "GET") return undefined;
  const next = new URL(location, target);
  return next.protocol === "https:" || next.protocol === "http:" ? next : undefined;
}

function withoutCredentials(init: RequestInit): RequestInit {
  const headers = new Headers(init.headers);
  for (const name of ["authorization", "cookie"]) headers.delete(name);
  return { ...init, headers };
}

/** The credentials with which a request was refused. Others may have been sent since. */
const refusedWith = new WeakMap<Response, string>();

/** Whether a request was refused with this token. */
export const isRefused = (response: Response, token: string): boolean =>
  refusedWith.get(response) === `Bearer ${token}`;

function metered(response: Response, meter: (bytes: number) => void): Response {
  if (response.body === null) return response;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      meter(chunk.length);
      controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(counted), { status, statusText, headers });
}

async function assertReachable(target: URL, home: URL): Promise<void> {
  if (!(await isPublic(home))) return;
  if (target.protocol === "https:" && (await isPublic(target))) return;
  throw new WireBroken({ is: "elsewhere", host: target.host });
}

async function isPublic({ hostname }: URL): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/gu, "");
  const addresses = isIP(host) === 0 ? await lookup(host, { all: true }) : [{ address: host }];
  return addresses.every(({ address }) => isPublicAddress(address));
}
