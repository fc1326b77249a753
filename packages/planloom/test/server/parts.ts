// Parts that tests of the HTTP API share. In: a configuration. Out: a loom, and a client that asks its app in process.
import { onTestFinished } from "vitest";
import { createLoom } from "../../src/loom/create-loom.js";
import type { LoomConfig } from "../../src/loom/config.js";
import type { Loom } from "../../src/loom/loom.js";
import type { AccessToken } from "../../src/loom/handler-options.js";
import { fitsDescription } from "./description.js";
import { serverApp } from "../../src/server/app.js";
import { echo, pay } from "../streams/parts.js";

export { PLAN } from "../streams/parts.js";

export const ANN: AccessToken = { name: "ann", token: "ann-token", right: "all" };
export const BEN: AccessToken = { name: "ben", token: "ben-token", right: "all" };

/** The fields of answers that tests read by their names. Others are compared. */
export interface Body {
  readonly runId: string;
  readonly seq: number;
  readonly waiting: { readonly approvals: readonly { readonly hash: string }[] };
  readonly report: { readonly next: string };
  readonly events: readonly { readonly type: string }[];
  readonly tools: readonly object[];
  readonly detail: string;
  readonly next: { readonly text: string };
  readonly [field: string]: unknown;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** {} for an answer without a body. */
  readonly body: Body;
}

type Sent = { readonly [name: string]: string };

export interface Client {
  readonly ask: (method: string, path: string, body?: unknown, headers?: Sent) => Promise<Reply>;
  readonly get: (path: string) => Promise<Reply>;
  readonly post: (path: string, body: unknown, headers?: Sent) => Promise<Reply>;
}

export interface Served extends Client {
  readonly loom: Loom;
  /** The same server, asked by another token. */
  readonly as: (token: AccessToken) => Client;
  /** Resolves when the run has ended, or waits for a person. */
  readonly stopped: (runId: string) => Promise<void>;
}

export async function openServer(config: LoomConfig = {}): Promise<Served> {
  const loom = await createLoom({ store: "memory", tools: [echo, pay], ...config }, { env: {} });
  onTestFinished(() => loom.close());
  const app = serverApp(loom, { tokens: [ANN, BEN], cookie: "planloom-0" });
  const as = (caller: AccessToken): Client => clientOf((request) => app.fetch(request), caller);
  const stopped = async (runId: string) => void (await (await loom.get(runId)).result());
  return { loom, as, stopped, ...as(ANN) };
}

function clientOf(fetch: (request: Request) => Response | Promise<Response>, { token }: AccessToken): Client {
  const ask: Client["ask"] = async (method, path, body, headers = {}) => {
    const sent = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const typed = body === undefined ? {} : { "content-type": "application/json" };
    const all = { authorization: `Bearer ${token}`, ...typed, ...headers };
    const response = await fetch(new Request(`http://localhost${path}`, { method, headers: all, ...sent }));
    // A stream of a run that waits has no end.
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
    const text = isStream ? "" : await response.text();
    if (isStream) await response.body?.cancel();
    fitsDescription({ method, path, status: response.status, type: response.headers.get("content-type"), text });
    return { status: response.status, headers: response.headers, body: JSON.parse(text || "{}") as Body };
  };
  return { ask, get: (path) => ask("GET", path), post: (path, body, headers) => ask("POST", path, body, headers) };
}
