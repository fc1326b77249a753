// The MCP server on the streams of a process. In: a loom, and two streams. Out: an end, when the client closes its stream
// or the server is asked to stop. The output carries the protocol alone.
import type { Readable, Writable } from "node:stream";
import type { Transport } from "@modelcontextprotocol/server";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import type { Loom } from "../../loom/loom.js";
import { LIMITS } from "../../limits.js";
import { mcpHome, mcpServerFor } from "./mcp-server.js";
import type { McpOptions } from "./offered-tool.js";
import { LOCAL_CALLER } from "./own-runs.js";

export interface McpStreams {
  readonly input: Readable;
  readonly output: Writable;
  /** Told what the client sent wrong, and what could not be sent. */
  readonly tell: (error: Error) => void;
}

/**
 * Resolves when the client is gone, or `stopping` is aborted. `broken`: a message was too large, or nothing can be written
 * any more.
 */
export async function serveMcpOn(
  loom: Loom,
  options: McpOptions,
  { input, output, tell }: McpStreams,
): Promise<"ended" | "broken"> {
  const transport = new StdioServerTransport(input, output, { maxBufferSize: LIMITS.requestBytes });
  await serveMcpOver(loom, options, transport, tell);
  return input.readableEnded || input.destroyed || options.stopping.aborted ? "ended" : "broken";
}

/** The same over any connection that lasts. */
export async function serveMcpOver(
  loom: Loom,
  options: McpOptions,
  transport: Transport,
  tell: McpStreams["tell"],
): Promise<void> {
  const home = mcpHome(loom, options);
  const handle = serveStdio(() => mcpServerFor(home, LOCAL_CALLER), { transport, onerror: tell });
  await new Promise<void>((resolve) => {
    const closed = transport.onclose;
    transport.onclose = () => {
      closed?.();
      resolve();
    };
    if (options.stopping.aborted) resolve();
    else options.stopping.addEventListener("abort", () => resolve(), { once: true });
  });
  await handle.close();
}
