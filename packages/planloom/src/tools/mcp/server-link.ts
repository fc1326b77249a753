// Keeps the connection to one MCP server. In: how it is reached. Out: a connected client. The server is started when a
// call needs it first, and started again after it has ended. A server that ends again and again is given up for a while.
import type { Clock } from "../../clock.js";
import { LIMITS } from "../../limits.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { connectTo } from "./connection.js";
import type { ServerClient } from "./server-client.js";
import type { McpServer } from "./server-config.js";

export class ServerLink {
  #client: Promise<ServerClient> | undefined;
  /** When it was started, within the time that counts. */
  #starts: readonly number[] = [];
  #isClosed = false;

  /** `changed`: the server says that its tools are other ones now. */
  constructor(
    private readonly name: string,
    private readonly server: McpServer,
    private readonly clock: Clock,
    private readonly changed: () => void,
  ) {}

  /** The client. Rejects with PlanloomError MCP_UNAVAILABLE or MCP_KEEPS_ENDING. */
  connected(): Promise<ServerClient> {
    if (this.#client !== undefined) return this.#client;
    const forget = (): void => {
      if (this.#client === client) this.#client = undefined;
    };
    const client = this.#start(forget);
    this.#client = client;
    client.catch(forget);
    return client;
  }

  /** Ends the server. It is not started again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const client = await this.#client?.catch(() => undefined);
    this.#client = undefined;
    await client?.close();
  }

  async #start(closed: () => void): Promise<ServerClient> {
    const { name: server } = this;
    if (this.#isClosed) throw new PlanloomError("MCP_UNAVAILABLE", { server, problem: { is: "closed" } });
    const now = this.clock.now();
    const recent = this.#starts.filter((at) => now - at < LIMITS.serverStartsMs);
    const seconds = LIMITS.serverStartsMs / 1000;
    if (recent.length >= LIMITS.serverStarts)
      throw new PlanloomError("MCP_KEEPS_ENDING", { server, times: recent.length, seconds });
    this.#starts = [...recent, now];
    return connectTo(server, this.server, { closed, changed: this.changed });
  }
}
