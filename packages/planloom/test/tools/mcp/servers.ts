// MCP servers for tests. In: nothing. Out: how they are started: those of the registry, and one of our own.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { StdioServer } from "../../../src/tools/mcp/server-config.js";

const require = createRequire(import.meta.url);

/** A server of the registry: filesystem, memory, everything. */
export function registryServer(name: string, ...args: readonly string[]): StdioServer {
  const folder = dirname(require.resolve(`@modelcontextprotocol/server-${name}/package.json`));
  return { command: process.execPath, args: [join(folder, "dist/index.js"), ...args] };
}

/** See own-server.mjs. */
export const ownServer = (...args: readonly string[]): StdioServer => ({
  command: process.execPath,
  args: [fileURLToPath(new URL("own-server.mjs", import.meta.url)), ...args],
});
