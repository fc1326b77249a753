// Brings a recorded event of any version into today's form. In: what a log holds, and the run before it. Out: today's event, or
// why there is none. Everything else knows today's form only. test/fixtures holds logs of every version.
import { isObject, type Json } from "../../plan/json.js";
import { EVENT_VERSION, type RunEvent } from "../event.js";
import type { Run } from "../state.js";

/** An event as some version wrote it: the envelope of RunEvent, and data of that version. */
export interface RecordedEvent {
  readonly v: number;
  readonly type: string;
  readonly seq: number;
  readonly at: number;
  readonly data: { readonly [field: string]: Json };
  readonly [field: string]: unknown;
}

/** Takes an event from one version to the next. `run` is the run before it: an old event may need what came earlier. */
export type Upcaster = (recorded: RecordedEvent, run: Run) => RecordedEvent;

/** By the version that each one reads. */
const UPCASTERS: { readonly [version: number]: Upcaster } = {};

export type Upcast =
  | { readonly ok: true; readonly event: RunEvent }
  | { readonly ok: false; readonly why: "newer"; readonly version: number }
  | { readonly ok: false; readonly why: "no event" };

/**
 * `run` is the run before the event; it is needed where the event is old. The event keeps its `prev`. Its hash is that of the
 * recorded form, so readers go through chain.ts.
 */
export function upcast(recorded: unknown, run?: Run): Upcast {
  const version = versionOf(recorded);
  if (version === undefined) return { ok: false, why: "no event" };
  if (version > EVENT_VERSION) return { ok: false, why: "newer", version };
  if (version === EVENT_VERSION) return { ok: true, event: recorded as RunEvent };
  if (run === undefined) throw new Error("an old event is read with the run before it");
  let event = recorded as RecordedEvent;
  for (let from = version; from < EVENT_VERSION; from++) event = { ...UPCASTERS[from]!(event, run), v: from + 1 };
  return { ok: true, event: event as unknown as RunEvent };
}

/** Whether the run before this event is needed to read it. */
export function isOld(recorded: unknown): boolean {
  return (versionOf(recorded) ?? EVENT_VERSION) < EVENT_VERSION;
}

function versionOf(recorded: unknown): number | undefined {
  if (!isObject(recorded)) return undefined;
  const { v } = recorded;
  return typeof v === "number" && Number.isInteger(v) && v >= 1 ? v : undefined;
}
