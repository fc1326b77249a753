// Tells a webhook that runs wait or have ended. In: a loom and the webhook of its configuration. Out: messages, each at
// least once while the server runs. After a restart, all that waits is told again, with the same ids.
import { systemClock, type Clock } from "../../clock.js";
import { LIMITS } from "../../limits.js";
import type { WebhookConfig, WebhookTopic } from "../../loom/config-webhook.js";
import type { Loom } from "../../loom/loom.js";
import type { ListedRun } from "../../store/event-store.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { Deliveries } from "./deliveries.js";
import { isTold, webhookMessage } from "./message.js";

export interface WebhookPorts {
  /** The address of the Studio, for links. The configuration may name another. */
  readonly studio: string;
  readonly signal: AbortSignal;
  /** Told what could not be sent, or why nothing more is. */
  readonly tell: (error: unknown) => void;
  readonly clock?: Clock;
}

/** Resolves when the signal is aborted or the loom is closed. Never rejects. */
export async function tellWebhook(loom: Loom, webhook: WebhookConfig, ports: WebhookPorts): Promise<void> {
  const { signal, tell, clock = systemClock } = ports;
  const deliveries = new Deliveries(webhook, { clock, signal, tell });
  const teller = new Teller(loom, webhook, webhook.studio ?? ports.studio, deliveries);
  try {
    const since = clock.now() - LIMITS.webhookBackMs;
    for (const run of (await loom.list({ status: "waiting", children: true })).runs) await teller.look(run);
    for await (const run of loom.runs({ follow: true, since, signal, children: true })) await teller.look(run);
  } catch (error) {
    if (!signal.aborted) tell(error);
  }
}

class Teller {
  /** The last message of each run, the oldest first. */
  readonly #told = new Map<string, string>();

  constructor(
    private readonly loom: Loom,
    private readonly webhook: WebhookConfig,
    private readonly studio: string,
    private readonly deliveries: Deliveries,
  ) {}

  async look(run: ListedRun): Promise<void> {
    if (run.unreadable !== undefined) return;
    const document = isTold(run) ? await this.#document(run.runId) : {};
    const message = webhookMessage(run, document, this.studio);
    const { on = ["waiting", "ended"] } = this.webhook;
    if (message === undefined) return void this.#told.delete(run.runId);
    if (this.#told.get(run.runId) === message.id) return;
    this.#told.delete(run.runId);
    this.#told.set(run.runId, message.id);
    const [oldest] = this.#told.keys();
    if (this.#told.size > LIMITS.webhookRuns && oldest !== undefined) this.#told.delete(oldest);
    if (on.includes(message.type.slice("run.".length) as WebhookTopic)) this.deliveries.send(message);
  }

  /** A run that was deleted meanwhile waits for nothing. */
  async #document(runId: string) {
    try {
      return await (await this.loom.get(runId)).document();
    } catch (error) {
      if (error instanceof PlanloomError && error.kind !== "store") return {};
      throw error;
    }
  }
}
