// The MCP servers of a configuration. In: the value under `mcp`. Out: nothing; the checks collect the faults.
import type { HttpServer, McpServers, StdioServer } from "../tools/mcp/server-config.js";
import type { SettingChecks } from "./config-value.js";

const STDIO_KEYS: Record<keyof StdioServer, true> = { command: true, args: true, env: true, cwd: true, trusted: true };
const HTTP_KEYS: Record<keyof HttpServer, true> = { url: true, headers: true, trusted: true };

export function knownServers(servers: McpServers | undefined, check: SettingChecks): void {
  for (const [name, server] of Object.entries(servers ?? {}))
    check.record(`mcp.${name}.`, server, "url" in server ? HTTP_KEYS : STDIO_KEYS);
}
