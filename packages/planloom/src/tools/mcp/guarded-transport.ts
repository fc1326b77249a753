// A transport whose server cannot flood this process. In: a transport of the SDK, and limits. Out: the same transport. It
// ends when the server sends too much, and keeps the reason. A request whose stream ends without an answer fails.
import { randomUUID } from "node:crypto";
import type { JSONRPCMessage, MessageExtraInfo, Transport, TransportSendOptions } from "@modelcontextprotocol/client";
import { LIMITS } from "../../limits.js";
import type { WireProblem } from "../../words/wire-problem.js";
import type { WireLimits } from "./wire-limits.js";

/** A server broke a limit. The message is the code: words/wire-problem.ts has the sentence. */
export class WireBroken extends Error {
  override readonly name = "WireBroken";
  constructor(readonly problem: WireProblem) {
    super(problem.is);
  }
}

/** The error code of an answer that this side makes up for a request whose stream has ended. Servers use it, too. */
const STREAM_ENDED = -32_000;

/** A stream has ended without an answer. `problem`: what it broke. */
export interface EndedStream {
  readonly problem?: WireProblem;
}

export class GuardedTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: <T extends JSONRPCMessage>(message: T, extra?: MessageExtraInfo) => void;
  /** The limit that the server broke. */
  broken: WireBroken | undefined;
  #received = 0;
  #windowStart = 0;
  #inWindow = 0;
  readonly #unanswered = new Set<number | string>();
  /** What a stream broke that ends therefore. */
  #brokenStream: WireProblem | undefined;
  /** Stands in the answers that this side makes up. No server knows it. */
  readonly #mark = randomUUID();

  constructor(
    private readonly inner: Transport,
    private readonly limits: WireLimits,
  ) {
    inner.onmessage = (message, extra) => this.#receive(message, extra);
    inner.onerror = (error) => this.onerror?.(error);
    inner.onclose = () => this.onclose?.();
  }

  get hasPerRequestStream(): boolean {
    return this.inner.hasPerRequestStream ?? false;
  }

  get sessionId(): string | undefined {
    return this.inner.sessionId;
  }

  setProtocolVersion(version: string): void {
    this.inner.setProtocolVersion?.(version);
  }

  async start(): Promise<void> {
    await this.inner.start();
  }

  async send(message: JSONRPCMessage, options: TransportSendOptions = {}): Promise<void> {
    if (!("id" in message && "method" in message)) return this.inner.send(message, options);
    const { id } = message;
    this.#unanswered.add(id);
    try {
      await this.inner.send(message, {
        ...options,
        onRequestStreamEnd: () => {
          options.onRequestStreamEnd?.();
          this.#fail(id);
        },
      });
    } catch (error) {
      this.#unanswered.delete(id);
      throw this.broken ?? error;
    }
  }

  async close(): Promise<void> {
    await this.#endSession();
    await this.inner.close();
  }

  /** A server need not know that a session can be ended, and may be gone. */
  async #endSession(): Promise<void> {
    const inner: Transport & { readonly terminateSession?: () => Promise<void> } = this.inner;
    if (this.sessionId === undefined || this.broken !== undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LIMITS.mcpGoodbyeMs)));
    await Promise.race([inner.terminateSession?.().catch(() => undefined), late]);
    clearTimeout(timer);
  }

  /** Ends the connection because of what the server did. */
  end(problem: WireProblem): void {
    if (this.broken !== undefined) return;
    this.broken = new WireBroken(problem);
    this.onerror?.(this.broken);
    void this.close();
  }

  /** Counts the bytes of one stream. Throws WireBroken if too many arrive without a message. */
  meter(): (bytes: number) => void {
    let [received, bytes] = [this.#received, 0];
    return (more) => {
      if (received !== this.#received) [received, bytes] = [this.#received, 0];
      bytes += more;
      const most = this.limits.messageBytes;
      if (bytes <= most) return;
      this.#brokenStream = { is: "too-large", bytes: most };
      throw new WireBroken(this.#brokenStream);
    };
  }

  /** The end of a stream, if this side made up the answer that is this error. */
  streamEndIn(error: unknown): EndedStream | undefined {
    const { data } = (error ?? {}) as { readonly data?: (EndedStream & { readonly mark?: unknown }) | null };
    return data?.mark === this.#mark ? data : undefined;
  }

  #receive(message: JSONRPCMessage, extra: MessageExtraInfo | undefined): void {
    if (this.broken !== undefined) return;
    this.#received += 1;
    if (this.#isFlood()) {
      const { messages, messagesMs } = this.limits;
      return this.end({ is: "flood", messages, ms: messagesMs });
    }
    if (!("method" in message) && message.id !== undefined) this.#unanswered.delete(message.id);
    this.onmessage?.(message, extra);
  }

  #isFlood(): boolean {
    const now = performance.now();
    if (now - this.#windowStart > this.limits.messagesMs) [this.#windowStart, this.#inWindow] = [now, 0];
    this.#inWindow += 1;
    return this.#inWindow > this.limits.messages;
  }

  #fail(id: number | string): void {
    if (!this.#unanswered.delete(id)) return;
    const problem = this.#brokenStream;
    const data: EndedStream & { readonly mark: string } = { mark: this.#mark, ...(problem && { problem }) };
    const error = { code: STREAM_ENDED, message: "Stream ended", data };
    this.#brokenStream = undefined;
    this.onmessage?.({ jsonrpc: "2.0", id, error });
  }
}
