// The hash chain of a log, checked as it is read. In: where the log stands, and what follows there. Out: an event that follows,
// or why it does not. Separate because every reader of a log, whatever it makes of the events, must refuse the same ones.
import { eventHash, type RunEvent } from "../event.js";
import { upcast } from "./upcast.js";

/** Where a log stands: the last event that was read, and its hash; seq 0 and "" before the first. */
export interface Head {
  readonly runId: string;
  readonly seq: number;
  /** undefined where reading began in the middle: then the first link is not checked. */
  readonly hash: string | undefined;
}

export type Link =
  | { readonly ok: true; readonly event: RunEvent }
  | { readonly ok: false; readonly why: "newer"; readonly version: number }
  | { readonly ok: false; readonly why: "damaged"; readonly what: string };

/** Whether `recorded` is the event that follows `head`, in today's form. Costs no hash: that of `head` is known. */
export function follow(head: Head, recorded: RunEvent): Link {
  const link = upcast(recorded);
  if (!link.ok) return link.why === "newer" ? link : damaged(`event ${head.seq + 1} is no event`);
  const { seq, runId, prev } = recorded;
  if (runId !== head.runId) return damaged(`event ${head.seq + 1} belongs to run ${runId}`);
  if (seq !== head.seq + 1) return damaged(`event ${head.seq + 1} is missing`);
  if (head.hash !== undefined && prev !== head.hash) return damaged(`event ${seq} does not follow from the one before`);
  return link;
}

/** The head after an event, as it was recorded. */
export function headAfter(recorded: RunEvent): Head {
  return { runId: recorded.runId, seq: recorded.seq, hash: eventHash(recorded) };
}

const damaged = (what: string): Link => ({ ok: false, why: "damaged", what });
