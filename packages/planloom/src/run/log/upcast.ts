// Brings a recorded event of any version into today's form. In: a recorded event, and the run before it. Out: the event
// in today's form, or the reason why there is none. All other code knows only today's form. test/fixtures holds logs of
// every version.
import { LIMITS } from "../../limits.js";
import { depthOf, isObject } from "../../plan/json.js";
import { EVENT_VERSION, type RunEvent } from "../event.js";
import type { Run } from "../state.js";
import { withLaterFields } from "./later-fields.js";
import { versionOf, type RecordedEvent, type Upcaster } from "./recorded-event.js";
import { upcastVersion1 } from "./upcast-v1.js";
import { upcastVersion2 } from "./upcast-v2.js";
import { upcastVersion3 } from "./upcast-v3.js";

/** Keyed by the version that each function reads. */
const UPCASTERS: { readonly [version: number]: Upcaster } = {
  1: upcastVersion1,
  2: upcastVersion2,
  3: upcastVersion3,
};

export type Upcast =
  | { readonly ok: true; readonly event: RunEvent }
  | { readonly ok: false; readonly why: "newer"; readonly version: number }
  | { readonly ok: false; readonly why: "no event" | "too deep" };

/**
 * `run` is the run before the event. Only an old event needs it. The event keeps its `prev`. Its hash is the hash of
 * the recorded form, so readers must use chain.ts.
 */
export function upcast(recorded: unknown, run?: Run): Upcast {
  const version = versionOf(recorded);
  if (version === undefined) return { ok: false, why: "no event" };
  if (version > EVENT_VERSION) return { ok: false, why: "newer", version };
  let event = recorded as RecordedEvent;
  if (!isObject(event.data)) return { ok: false, why: "no event" };
  if (depthOf(event.data, LIMITS.eventDepth) > LIMITS.eventDepth) return { ok: false, why: "too deep" };
  event = withLaterFields(event, run);
  if (version === EVENT_VERSION) return { ok: true, event: event as unknown as RunEvent };
  if (run === undefined) throw new Error("an old event is read with the run before it");
  for (let from = version; from < EVENT_VERSION; from++) event = { ...UPCASTERS[from]!(event, run), v: from + 1 };
  return { ok: true, event: event as unknown as RunEvent };
}

/** Whether an event can only be read with the run before it. */
export function isOld(recorded: unknown): boolean {
  return (versionOf(recorded) ?? EVENT_VERSION) < EVENT_VERSION;
}
