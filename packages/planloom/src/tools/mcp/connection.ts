// The connection to an MCP server. In: how it is reached. Out: the client of the SDK, connected. The newest revision of
// the protocol that the server speaks is used.
import { messageOf } from "../../error.js";
import { PlanloomError } from "../../words/planloom-error.js";
import type { McpServer } from "./server-config.js";

interface Signs {
  /** The connection has ended. */
  readonly closed: () => void;
  /** The list of tools is another one now. */
  readonly changed: () => void;
}

/** Rejects with PlanloomError MCP_UNAVAILABLE. */
export async function connectTo(name: string, server: McpServer, { closed, changed }: Signs) {
  try {
    const { Client, StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
    const client = new Client(
      { name: "planloom", version: "0.1.0" },
      {
        versionNegotiation: { mode: "auto" },
        listChanged: { tools: { autoRefresh: false, onChanged: () => changed() } },
      },
    );
    client.onclose = closed;
    if ("url" in server) {
      const { headers = {} } = server;
      await client.connect(new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers } }));
    } else {
      const { StdioClientTransport } = await import("@modelcontextprotocol/client/stdio");
      const { command, args = [], env, cwd } = server;
      await client.connect(
        new StdioClientTransport({
          command,
          args: [...args],
          stderr: "ignore",
          ...(env && { env: { ...env } }),
          ...(cwd === undefined ? {} : { cwd }),
        }),
      );
    }
    return client;
  } catch (error) {
    throw new PlanloomError("MCP_UNAVAILABLE", { server: name, reason: messageOf(error) }, { cause: error });
  }
}
