// Events of any released version, in today's form. In: what a log holds. Out: an event of this version, or why it is none.
// Separate because logs outlive versions: when the schema changes, the old form is told apart and brought up here, once, and
// everything else knows today's events only. The logs in test/fixtures hold one of each version to it.
import { EVENT_VERSION, type RunEvent } from "../event.js";

export type Upcast =
  | { readonly ok: true; readonly event: RunEvent }
  | { readonly ok: false; readonly why: "newer"; readonly version: number }
  | { readonly ok: false; readonly why: "no event" };

/** Never throws. The event keeps its `prev`: the hash chain is over the events as they were written. */
export function upcast(recorded: unknown): Upcast {
  const version = versionOf(recorded);
  if (version === undefined) return { ok: false, why: "no event" };
  if (version > EVENT_VERSION) return { ok: false, why: "newer", version };
  // Version 1 is today's.
  return { ok: true, event: recorded as RunEvent };
}

function versionOf(recorded: unknown): number | undefined {
  if (typeof recorded !== "object" || recorded === null || !("v" in recorded)) return undefined;
  const { v } = recorded;
  return typeof v === "number" && Number.isInteger(v) && v >= 1 ? v : undefined;
}
