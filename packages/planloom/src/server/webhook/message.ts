// The messages of a webhook. In: the head and the document of a run. Out: what is told, without values of the run: no
// goal, no argument, no answer, no text of tools or models.
import { createHash, createHmac } from "node:crypto";
import type { RunDocument } from "../../loom/document.js";
import { isEndedStatus } from "../../run/status.js";
import type { RunHead } from "../../run/view/head.js";
import type { Json } from "../../plan/json.js";

interface WaitingFor {
  readonly kind: "plan" | "call" | "question" | "doubt" | "unusable";
  readonly step?: string;
  readonly item?: number;
  /** Of an approval: what a decision names. */
  readonly hash?: string;
  /** Where a person decides. */
  readonly url: string;
}

export interface WebhookMessage {
  /** The same message has the same id, also after a restart. */
  readonly id: string;
  readonly type: "run.waiting" | "run.ended";
  readonly runId: string;
  readonly status: string;
  /** The time of the run's last event. ISO 8601. */
  readonly at: string;
  readonly url: string;
  readonly waiting?: readonly WaitingFor[];
}

/** Whether there is anything to tell of the run. The end of a child run is told by the run above it. */
export const isTold = ({ status, waiting, within }: RunHead): boolean =>
  waiting !== undefined || (isEndedStatus(status) && within === undefined);

/** `studio` is the address of the Studio. undefined: there is nothing to tell. */
export function webhookMessage(
  { runId, status, waiting, startedAt, updatedAt, revision, within }: RunHead,
  document: Pick<RunDocument, "waiting" | "retriedAt">,
  studio: string,
): WebhookMessage | undefined {
  const at = new Date(updatedAt).toISOString();
  const url = `${studio.replace(/\/+$/u, "")}/runs/${encodeURIComponent(runId)}`;
  const about = { runId, status, at, url };
  // A run that was retried, or deleted and begun anew, waits and ends again.
  const life = [runId, startedAt, document.retriedAt ?? null];
  if (isEndedStatus(status) && within !== undefined) return undefined;
  if (isEndedStatus(status)) return { id: idOf([...life, "ended", status]), type: "run.ended", ...about };
  if (waiting === undefined || document.waiting === undefined) return undefined;
  const all = waitsOf(document.waiting, url);
  const attempts = [...document.waiting.unknown, ...document.waiting.unusable].map(({ attempt }) => attempt);
  return { id: idOf([...life, "waiting", revision, all, attempts]), type: "run.waiting", ...about, waiting: all };
}

function waitsOf(waiting: NonNullable<RunDocument["waiting"]>, url: string): readonly WaitingFor[] {
  const placeOf = ({ step, item }: { readonly step: string; readonly item?: number | null }) => ({
    step,
    ...(item === undefined || item === null ? {} : { item }),
  });
  return [
    ...waiting.approvals.map(({ subject, hash }) => {
      const place = subjectOf(subject);
      return {
        kind: place === undefined ? ("plan" as const) : ("call" as const),
        ...place,
        hash,
        url: `${url}/review/${hash}`,
      };
    }),
    ...waiting.questions.map((one) => ({ kind: "question" as const, ...placeOf(one), url })),
    ...waiting.unknown.map((one) => ({ kind: "doubt" as const, ...placeOf(one), url })),
    ...waiting.unusable.map((one) => ({ kind: "unusable" as const, ...placeOf(one), url })),
  ];
}

function subjectOf(subject: Json): { readonly step: string; readonly item?: number } | undefined {
  if (typeof subject !== "object" || subject === null || Array.isArray(subject)) return undefined;
  const { step, item } = subject as { readonly step?: unknown; readonly item?: unknown };
  if (typeof step !== "string") return undefined;
  return typeof item === "number" ? { step, item } : { step };
}

const idOf = (parts: readonly unknown[]): string =>
  `msg_${createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32)}`;

/** The headers of Standard Webhooks (standardwebhooks.com): id, time in seconds, and an HMAC-SHA256 of both and the body. */
export function signedHeaders(
  id: string,
  body: string,
  secret: string,
  nowMs: number,
): Readonly<Record<string, string>> {
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : Buffer.from(secret);
  const seconds = String(Math.floor(nowMs / 1_000));
  const signature = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": seconds,
    "webhook-signature": `v1,${signature}`,
  };
}
