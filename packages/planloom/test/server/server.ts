// A server without a port: a loom over memory, its app, and requests to it as clients send them.
import type { LoomConfig } from "../../src/loom/config.js";
import { createLoom } from "../../src/loom/create-loom.js";
import type { Loom } from "../../src/loom/loom.js";
import type { LoomRun } from "../../src/loom/loom-run.js";
import type { LoomPorts } from "../../src/loom/open-loom.js";
import { serverNames } from "../../src/server/access/place.js";
import { readTokens } from "../../src/server/access/tokens.js";
import { serverApp, type ServerOptions } from "../../src/server/app.js";
import type { EventStore } from "../../src/store/event-store.js";
import { memoryStore } from "../../src/store/memory.js";

export const TOKENS = {
  all: "all-token-0123456789",
  approve: "approve-token-0123456789",
  read: "read-token-0123456789",
} as const;

export const HERE = "http://127.0.0.1:4950";

export interface TestServer {
  readonly loom: Loom;
  /** `bindings`: what a listener gives with a request. */
  readonly fetch: (request: Request, bindings?: object) => Promise<Response>;
  /** Sends a request with these headers, and `body` as JSON. */
  readonly ask: (path: string, init?: AskInit) => Promise<Response>;
}

export interface AskInit {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export async function testServer(
  options: Partial<ServerOptions> = {},
  store: EventStore = memoryStore(),
  config: LoomConfig = {},
  ports: LoomPorts = {},
): Promise<TestServer> {
  const loom = await createLoom({ store, approval: "effects", ...config }, { env: {}, ...ports });
  const tokens = readTokens([`ann=${TOKENS.all}`, `bob:approve=${TOKENS.approve}`, `ro:read=${TOKENS.read}`]);
  const app = serverApp(loom, { tokens, cookie: "planloom-4950", names: serverNames("127.0.0.1", []), ...options });
  const ask = async (path: string, { method, token, headers = {}, body }: AskInit = {}) =>
    app.request(`${HERE}${path}`, {
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  return { loom, fetch: async (request, bindings) => app.fetch(request, bindings), ask };
}

export const codeOf = async (response: Response): Promise<string> => ((await response.json()) as { code: string }).code;

/** A run that waits for answers, one after the other. */
export const askingRun = (loom: Loom, questions: number): Promise<LoomRun> =>
  loom.start("ask", {
    plan: {
      steps: Array.from({ length: questions }, (_, index) => ({
        id: `q${index}`,
        ask: "Go on?",
        ...(index === 0 ? {} : { dependsOn: [`q${index - 1}`] }),
      })),
      answer: { value: `\${{ q${questions - 1} }}` },
    },
  });
