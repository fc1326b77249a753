// Sessions of MCP clients of the revision 2025-11-25. In: their requests. Out: responses. A session belongs to the caller
// who began it, lasts while it is used, and is in the memory of the server.
import { randomBytes } from "node:crypto";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/server";
import { LIMITS } from "../../limits.js";
import { mcpServerFor, type McpHome } from "./mcp-server.js";
import type { McpCaller } from "./offered-tool.js";

interface McpSession {
  readonly caller: string;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  usedAt: number;
}

export class McpSessions {
  /** By id, the one that was used least recently first. */
  readonly #open = new Map<string, McpSession>();

  constructor(private readonly home: McpHome) {}

  /** Answers the request that begins a session. */
  async begin(caller: McpCaller, request: Request): Promise<Response> {
    await this.#makeRoom(caller.name);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomBytes(24).toString("base64url"),
      onsessioninitialized: (id) => void this.#open.set(id, { caller: caller.name, transport, usedAt: this.#now() }),
      onsessionclosed: (id) => void this.#open.delete(id),
      maxRequestBodySize: LIMITS.requestBytes,
      keepAliveMs: LIMITS.heartbeatMs,
    });
    await mcpServerFor(this.home, caller).connect(transport);
    return transport.handleRequest(request);
  }

  /** Answers 404 for a session that has ended: then the client begins another one. */
  async answer(id: string, caller: McpCaller, request: Request): Promise<Response> {
    await this.#forgetUnused();
    const found = this.#open.get(id);
    if (found === undefined || found.caller !== caller.name) return unknownSession();
    found.usedAt = this.#now();
    this.#open.delete(id);
    this.#open.set(id, found);
    return found.transport.handleRequest(request);
  }

  async close(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(all.map(({ transport }) => transport.close()));
  }

  /** The sessions of a caller end none of another one. */
  async #makeRoom(caller: string): Promise<void> {
    await this.#forgetUnused();
    const own = [...this.#open].filter(([, session]) => session.caller === caller);
    if (own.length >= LIMITS.mcpSessions) await this.#end(own[0]![0]);
  }

  async #forgetUnused(): Promise<void> {
    for (const [id, { usedAt }] of this.#open) if (this.#now() - usedAt > LIMITS.mcpSessionMs) await this.#end(id);
  }

  async #end(id: string): Promise<void> {
    const session = this.#open.get(id);
    this.#open.delete(id);
    await session?.transport.close();
  }

  #now(): number {
    return this.home.options.clock.now();
  }
}

const unknownSession = (): Response =>
  Response.json({ jsonrpc: "2.0", error: { code: -32_001, message: "Session not found" }, id: null }, { status: 404 });
