// The errors that every store gives alike: another seq, another owner, events that do not follow. In: a write, and the
// state of the store. Out: nothing, or the error to reject with. All stores check in the same order.
import { PlanloomError } from "../words/planloom-error.js";
import { isObject } from "../plan/json.js";
import { EVENT_VERSION, type RunEvent } from "../run/event.js";
import type { Link } from "../run/log/chain.js";
import type { RunHead } from "../run/view/head.js";
import type { RecordingDamage, RunDamage } from "../words/errors/store.js";

/** Throws STORE_FENCED unless `epoch` is the run's current one (0: no owner so far). */
export function checkEpoch(runId: string, epoch: number, present: number): void {
  if (epoch === present) return;
  throw new PlanloomError("STORE_FENCED", { runId, epoch, present });
}

/** Throws STORE_CONFLICT unless the run's last event has the expected seq. */
export function checkSeq(runId: string, expectedSeq: number, present: number): void {
  if (expectedSeq === present) return;
  throw new PlanloomError("STORE_CONFLICT", { runId, expected: expectedSeq, present });
}

/**
 * The error for a run whose record has changed. `damage` names the fault; `soundTo` is the last undamaged event.
 * Readers give the events up to there and then throw this. No engine drives such a run.
 */
export function runDamaged(runId: string, soundTo: number, damage: RunDamage | RecordingDamage): PlanloomError {
  return new PlanloomError("RUN_DAMAGED", { runId, soundTo, ...damage });
}

/** The event as read. Throws RUN_DAMAGED, EVENT_NEWER. */
export function readEvent(runId: string, link: Link): RunEvent {
  if (link.ok) return link.event;
  const { seq } = link;
  if (link.why === "damaged") throw runDamaged(runId, seq - 1, link.damage);
  throw new PlanloomError("EVENT_NEWER", { runId, seq, version: link.version, known: EVENT_VERSION });
}

/**
 * A programmer's error: events that are not the run's next ones, or a wrong head. Throws a plain Error before anything
 * is queued.
 */
export function assertNext(
  runId: string,
  expectedSeq: number,
  events: readonly RunEvent[],
  head: RunHead | undefined,
): void {
  events.forEach((event, index) => {
    if (event.runId === runId && event.seq === expectedSeq + 1 + index) return;
    throw new Error(
      `event ${event.runId}/${event.seq} cannot be appended to ${runId}/${expectedSeq} at place ${index + 1}`,
    );
  });
  if (head === undefined || (head.runId === runId && head.lastSeq === expectedSeq + events.length)) return;
  throw new Error(`the head of ${head.runId}/${head.lastSeq} is not that of ${runId}/${expectedSeq + events.length}`);
}

/** The goal that these events set last. undefined if they set none. Events of a newer version may hold any value. */
export function goalSetBy(events: readonly RunEvent[]): string | undefined {
  const setter = events.findLast((event) => event.type === "run.started" || event.type === "goal.changed");
  const data: unknown = setter?.data;
  return isObject(data) && typeof data["goal"] === "string" ? data["goal"] : undefined;
}
