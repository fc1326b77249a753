// The transport to a server that runs as a child process. In: its command. Out: a guarded transport, and the end of what
// the server wrote to its standard error.
import type { ChildProcess } from "node:child_process";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { LIMITS } from "../../limits.js";
import { GuardedTransport, WireBroken } from "./guarded-transport.js";
import type { StdioServer } from "./server-config.js";
import type { WireLimits } from "./wire-limits.js";

/** The SDK recognises the transport of a process by `stderr` and `pid`, and asks such a server in place. */
export class ProcessTransport extends GuardedTransport {
  readonly #process: StdioClientTransport;
  #tail = "";

  constructor({ command, args = [], env, cwd }: StdioServer, limits: WireLimits) {
    const process = new StdioClientTransport({
      command,
      args: [...args],
      stderr: "pipe",
      maxBufferSize: limits.messageBytes,
      ...(env && { env: { ...env } }),
      ...(cwd === undefined ? {} : { cwd }),
    });
    super(process, limits);
    this.#process = process;
    const text = new TextDecoder();
    this.stderr?.on("data", (chunk: Buffer) => {
      this.#tail = (this.#tail + text.decode(chunk, { stream: true })).slice(-LIMITS.mcpStderrChars);
    });
  }

  get stderr() {
    return this.#process.stderr;
  }

  get pid(): number | null {
    return this.#process.pid;
  }

  /** The end of what the server wrote to its standard error. */
  get tail(): string {
    return this.#tail.trim();
  }

  override async start(): Promise<void> {
    await super.start();
    this.#meterOutput();
  }

  /** Lines that are no messages are dropped by the SDK, unseen. So the bytes are counted at their source. */
  #meterOutput(): void {
    const { _process: child } = this.#process as unknown as { readonly _process?: ChildProcess };
    const meter = this.meter();
    child?.stdout?.on("data", (chunk: Buffer) => {
      try {
        meter(chunk.length);
      } catch (error) {
        if (error instanceof WireBroken) this.end(error.problem);
      }
    });
  }
}
