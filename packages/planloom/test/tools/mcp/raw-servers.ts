// MCP servers for tests, written by hand so that they can do what no good server does. In: a few lines of a program, or
// answers by method. Out: how such a server is reached.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { StdioServer } from "../../../src/tools/mcp/server-config.js";
import { serve, type LocalServer } from "../local-server.js";

/** What each program can use: `on(method, answer)`, `send(message)`, and `modern()` for the revision 2026-07-28. */
const PRELUDE = `
const answers = {};
let extra = {};
const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\\n");
const on = (method, answer) => { answers[method] = answer; };
const modern = () => {
  extra = { resultType: "complete", ttlMs: 0, cacheScope: "private" };
  on("initialize", () => { throw { code: -32601, message: "no initialize" }; });
  on("server/discover", () => ({ supportedVersions: ["2026-07-28"], capabilities: { tools: {} } }));
};
on("initialize", () => ({
  protocolVersion: "2025-11-25", capabilities: { tools: { listChanged: true } }, serverInfo: { name: "raw", version: "1" },
}));
on("tools/list", () => ({ tools: [{ name: "echo", inputSchema: { type: "object" } }] }));
on("tools/call", ({ arguments: given }) => ({ content: [{ type: "text", text: JSON.stringify(given) }] }));
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  try {
    if (answers[method] === undefined) throw { code: -32601, message: "Method not found" };
    const result = answers[method](params, id);
    if (id !== undefined && result !== undefined) send({ id, result: { ...extra, ...result } });
  } catch (error) {
    if (id !== undefined) send({ id, error });
  }
});
`;

/** A server as a child process. */
export const program = (body: string): StdioServer => ({ command: process.execPath, args: ["-e", PRELUDE + body] });

export interface Asked {
  readonly id?: number | string;
  readonly method: string;
  readonly params: { readonly [name: string]: unknown };
  readonly request: IncomingMessage;
}

/** The result, or what it does with the response itself (undefined). */
export type Answer = (asked: Asked, response: ServerResponse) => object | undefined;

/** The same at an address. A notification is answered with 202, a GET with 405. */
export async function atAddress(answers: { readonly [method: string]: Answer }, port?: number): Promise<LocalServer> {
  return serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.method !== "POST" && answers[request.method!] === undefined) return response.writeHead(405).end();
      const text = Buffer.concat(chunks).toString();
      const message = (text === "" ? { method: request.method } : JSON.parse(text)) as Omit<Asked, "request">;
      const answer = answers[message.method];
      const result = answer?.({ ...message, request }, response);
      if (response.headersSent || (answer !== undefined && result === undefined)) return undefined;
      if (message.id === undefined) return response.writeHead(202).end();
      const { id } = message;
      const told = answer === undefined ? { error: { code: -32601, message: "Method not found" } } : { result };
      return json(response, { id, ...told });
    });
  }, port);
}

export function json(response: ServerResponse, message: object, headers: { readonly [name: string]: string } = {}) {
  response.writeHead(200, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify({ jsonrpc: "2.0", ...message }));
}

/** Answers of a server of the revision 2025-11-25. */
export const OLDER: { readonly [method: string]: Answer } = {
  initialize: () => ({
    protocolVersion: "2025-11-25",
    capabilities: { tools: {} },
    serverInfo: { name: "raw", version: "1" },
  }),
  "tools/list": () => ({ tools: [{ name: "echo", inputSchema: { type: "object" } }] }),
  "tools/call": ({ params }) => ({ content: [{ type: "text", text: JSON.stringify(params["arguments"]) }] }),
};

const COMPLETE = { resultType: "complete", ttlMs: 0, cacheScope: "private" };

/** Answers of a server of the revision 2026-07-28. */
export const MODERN: { readonly [method: string]: Answer } = {
  "server/discover": () => ({ ...COMPLETE, supportedVersions: ["2026-07-28"], capabilities: { tools: {} } }),
  "tools/list": () => ({ ...COMPLETE, tools: [{ name: "echo", inputSchema: { type: "object" } }] }),
  "tools/call": ({ params }) => ({
    ...COMPLETE,
    content: [{ type: "text", text: JSON.stringify(params["arguments"]) }],
  }),
};
