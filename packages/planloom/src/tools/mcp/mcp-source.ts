// The tools of one MCP server. In: how the server is reached. Out: a source of tools. The server is started when its
// tools are wanted first, and again after it has died. The SDK is loaded then, too.
import type { Client } from "@modelcontextprotocol/client";
import type { Tool } from "../tool.js";
import type { SourceTools, ToolSource } from "../tool-source.js";
import { connectTo } from "./connection.js";
import { mcpTool } from "./mcp-tool.js";
import type { McpServer } from "./server-config.js";

export class McpSource implements ToolSource {
  #client: Promise<Client> | undefined;
  #told: Promise<readonly Tool[]> | undefined;
  #changed: () => void = () => undefined;

  constructor(
    readonly name: string,
    private readonly server: McpServer,
  ) {}

  async tools(): Promise<SourceTools> {
    this.#told ??= this.#listed();
    const told = this.#told;
    told.catch(() => {
      if (this.#told === told) this.#told = undefined;
    });
    return { tools: await told };
  }

  watch(changed: () => void): void {
    this.#changed = changed;
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => undefined);
    this.#client = undefined;
    await client?.close();
  }

  async #listed(): Promise<readonly Tool[]> {
    const client = await this.#connected();
    const { tools } = await client.listTools();
    return tools.map((told) =>
      mcpTool({ server: this.name, rules: this.server, told, client: () => this.#connected() }),
    );
  }

  /** The connection; a new one after the server has ended. */
  #connected(): Promise<Client> {
    this.#client ??= connectTo(this.name, this.server, {
      closed: () => (this.#client = undefined),
      changed: () => ((this.#told = undefined), this.#changed()),
    });
    const client = this.#client;
    client.catch(() => {
      if (this.#client === client) this.#client = undefined;
    });
    return client;
  }
}
