// The form of an exported run: one JSON document with all that a store holds of it. In: its parts. Out: the document
// with its seal, or the reason why a document is not one. engine/export.ts makes it; open-export.ts opens it.
import { isObject } from "../plan/json.js";
import { eventHash, type RunEvent } from "../run/event.js";
import type { RunHead } from "../run/view/head.js";
import { sha256 } from "../sha256.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { ExportFault } from "../words/errors/exports.js";
import type { JournalRow } from "./event-store.js";

/** The version of the form that this build writes. It reads all up to this one. */
export const EXPORT_VERSION = 1;

export interface RunExport {
  readonly planloomExport: typeof EXPORT_VERSION;
  readonly runId: string;
  readonly head: RunHead;
  readonly events: readonly RunEvent[];
  /** Model turns and tool calls inside steps. */
  readonly journal: readonly JournalRow[];
  /** The last event of the run in its own store. Its hash covers the whole log there. */
  readonly original: { readonly lastSeq: number; readonly lastHash: string };
  /** Values of secrets were replaced, so the events have a hash chain of their own. Absent: all is as it was recorded. */
  readonly replaced?: ReplacedSecrets;
  /** SHA-256 over all of the above. It shows damage. It is no signature: who changes the file can seal it again. */
  readonly seal: string;
}

export interface ReplacedSecrets {
  /** Names of the secrets that were found. */
  readonly secrets: readonly string[];
  /** Number of events, and of rows of the journal, that held one. */
  readonly events: number;
  readonly rows: number;
}

export const sealedExport = (parts: Omit<RunExport, "planloomExport" | "seal">): RunExport => {
  const whole = { planloomExport: EXPORT_VERSION, ...parts } as const;
  return { ...whole, seal: sealOf(whole) };
};

/** The events are covered by the hash of the last one. */
export function sealOf(whole: Omit<RunExport, "seal">): string {
  const { planloomExport, runId, head, events, journal, original, replaced = null } = whole;
  const last = events.at(-1);
  const chain = last === undefined ? "" : eventHash(last);
  return sha256(JSON.stringify([planloomExport, runId, head, chain, journal, original, replaced]));
}

/** The document, if it has the form of an export. Throws EXPORT_INVALID. Events and seal are not checked. */
export function shapedExport(value: unknown, file?: string): RunExport {
  const invalid = (fault: ExportFault) =>
    new PlanloomError("EXPORT_INVALID", { ...(file === undefined ? {} : { file }), ...fault });
  if (!isObject(value)) throw invalid({ problem: "not-export" });
  if (value["planloomRecording"] !== undefined) throw invalid({ problem: "recording" });
  const version = value["planloomExport"];
  if (typeof version !== "number") throw invalid({ problem: "not-export" });
  if (version > EXPORT_VERSION) throw invalid({ problem: "newer", version, known: EXPORT_VERSION });
  const { runId, head, events, journal, original } = value;
  if (typeof runId !== "string" || !isObject(head) || !isObject(original)) throw invalid({ problem: "incomplete" });
  if (!Array.isArray(events) || events.length === 0 || !Array.isArray(journal))
    throw invalid({ problem: "incomplete" });
  return value as unknown as RunExport;
}
