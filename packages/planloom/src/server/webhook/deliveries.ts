// Sends messages to a webhook. In: messages. Out: requests, repeated until one is accepted or there were enough. A run
// never waits for them.
import type { Clock } from "../../clock.js";
import { messageOf } from "../../error.js";
import { LIMITS } from "../../limits.js";
import type { WebhookConfig } from "../../loom/config-webhook.js";
import type { WebhookRefusal } from "../../words/errors/server.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { signedHeaders, type WebhookMessage } from "./message.js";

export interface DeliveryPorts {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told each message that was given up. */
  readonly tell: (error: PlanloomError) => void;
}

export class Deliveries {
  #pending = 0;

  constructor(
    private readonly webhook: WebhookConfig,
    private readonly ports: DeliveryPorts,
  ) {}

  send(message: WebhookMessage): void {
    if (this.#pending >= LIMITS.webhookPending) return this.#giveUp(message, { because: "waiting" });
    this.#pending += 1;
    void this.#deliver(message, 1).finally(() => (this.#pending -= 1));
  }

  async #deliver(message: WebhookMessage, attempt: number): Promise<void> {
    const { clock, signal } = this.ports;
    const refusal = await this.#post(message);
    if (refusal === undefined || signal.aborted) return;
    if (attempt >= LIMITS.webhookAttempts) return this.#giveUp(message, refusal);
    await until(clock, LIMITS.webhookRetryMs * LIMITS.webhookBackoff ** (attempt - 1), signal);
    if (!signal.aborted) await this.#deliver(message, attempt + 1);
  }

  /** Why the message was not accepted; undefined if it was. Never rejects. */
  async #post(message: WebhookMessage): Promise<WebhookRefusal | undefined> {
    const { url, secret } = this.webhook;
    const body = JSON.stringify(message);
    const late = new AbortController();
    const cancel = this.ports.clock.setTimer(LIMITS.webhookMs, () => late.abort());
    try {
      const response = await fetch(url, {
        method: "POST",
        redirect: "manual",
        headers: signedHeaders(message.id, body, secret, this.ports.clock.now()),
        body,
        signal: AbortSignal.any([late.signal, this.ports.signal]),
      });
      await response.body?.cancel();
      return response.ok ? undefined : { because: "status", status: response.status };
    } catch (error) {
      const { cause } = error as { readonly cause?: unknown };
      return late.signal.aborted ? { because: "late" } : { because: "unreachable", reason: messageOf(cause ?? error) };
    } finally {
      cancel();
    }
  }

  #giveUp({ runId, type }: WebhookMessage, refusal: WebhookRefusal): void {
    const { host } = new URL(this.webhook.url);
    this.ports.tell(new PlanloomError("WEBHOOK_FAILED", { host, runId, type, ...refusal }));
  }
}

function until(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.setTimer(ms, () => (signal.removeEventListener("abort", stop), resolve()));
    const stop = () => (cancel(), resolve());
    signal.addEventListener("abort", stop, { once: true });
  });
}
