// The webhook of a configuration. In: the value under `webhook`. Out: the same value, or what is wrong with it. The
// servers of the command line send to it.
import { LIMITS } from "../limits.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { SettingChecks } from "./config-value.js";

/** `waiting`: a run waits for a person. `ended`: a run has completed, failed or was cancelled. */
export type WebhookTopic = "waiting" | "ended";

export interface WebhookConfig {
  /** The address to which messages are sent, by POST. http or https; redirects are not followed. */
  readonly url: string;
  /** Signs the messages. The receiver has the same text, or `whsec_` and base64. At least 16 characters. */
  readonly secret: string;
  /** What it tells. Default: both. */
  readonly on?: readonly WebhookTopic[];
  /** The address under which people open the Studio, for links. Default: the address of the server. */
  readonly studio?: string;
}

const KEYS_OF_WEBHOOK: Record<keyof WebhookConfig, true> = { url: true, secret: true, on: true, studio: true };

const TOPICS: readonly unknown[] = ["waiting", "ended"] satisfies readonly WebhookTopic[];

export function knownWebhook(given: WebhookConfig | undefined, check: SettingChecks): void {
  if (given === undefined) return;
  const { url, secret, on = [], studio } = check.record("webhook.", given, KEYS_OF_WEBHOOK);
  for (const address of [url, ...(studio === undefined ? [] : [studio])])
    if (!isAddress(address)) check.other(new PlanloomError("WEBHOOK_INVALID", { fault: "url", given: shown(address) }));
  if (!isSecret(secret))
    check.other(new PlanloomError("WEBHOOK_INVALID", { fault: "secret", least: LIMITS.tokenChars }));
  const wrong: unknown = Array.isArray(on) ? on.find((topic: unknown) => !TOPICS.includes(topic)) : on;
  if (wrong !== undefined) check.other(new PlanloomError("WEBHOOK_INVALID", { fault: "on", given: shown(wrong) }));
}

/** The address may hold a secret of the receiver in its path, so it is not shown in full. */
const shown = (value: unknown): string => (typeof value === "string" ? value.slice(0, SHOWN_CHARS) : typeof value);

const SHOWN_CHARS = 20;

/** A text that is no base64 would be an empty key, with which everybody can sign. */
function isSecret(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const [, coded] = /^whsec_(.*)$/su.exec(value) ?? [];
  if (coded === undefined) return value.trim().length >= LIMITS.tokenChars;
  return /^[A-Za-z0-9+/]+={0,2}$/u.test(coded) && Buffer.from(coded, "base64").length >= LIMITS.tokenChars;
}

function isAddress(value: unknown): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return (protocol === "https:" || protocol === "http:") && username === "" && password === "";
}
