// The only way to read a log. In: recorded events, in order. Out: each event in today's form, checked against the hash
// chain, or the reason why it does not follow. The chain covers the recorded form. Today's form of an old event is
// never hashed.
import { messageOf } from "../../error.js";
import { LIMITS } from "../../limits.js";
import { hashOf } from "../../plan/hash.js";
import { planHashBy, programHash } from "../../plan/plan-hash.js";
import { eventHash, type EventData, type RunEvent } from "../event.js";
import type { Mismatch } from "../../plan/type/type.js";
import { evolve } from "../evolve/evolve.js";
import { emptyRun, type Run } from "../state.js";
import { misfitIn } from "./event-shapes.js";
import { isOld, upcast } from "./upcast.js";

/** `seq`: number of the event that could not be read. All events before it are sound. */
export type Link =
  | { readonly ok: true; readonly event: RunEvent }
  | { readonly ok: false; readonly seq: number; readonly why: "newer"; readonly version: number }
  | { readonly ok: false; readonly seq: number; readonly why: "damaged"; readonly damage: ChainDamage };

/**
 * Why an event does not follow those before it. `seq` is the number that it should have. `reason` is the error of the
 * fold.
 */
export type ChainDamage =
  | { readonly damage: "event-missing" | "event-unlinked" | "event-deep"; readonly seq: number }
  | { readonly damage: "event-unreadable"; readonly seq: number; readonly reason?: string }
  | { readonly damage: "event-foreign"; readonly seq: number; readonly belongsTo: string }
  | { readonly damage: "plan-changed"; readonly seq: number; readonly revision: number; readonly hash: string }
  | ({ readonly damage: "event-misshapen"; readonly seq: number; readonly type: string } & Mismatch)
  | { readonly damage: "event-unfit"; readonly seq: number; readonly type: string; readonly reason: string };

/**
 * Folds the next recorded event into `run`. The run keeps its hash and can continue from there. Returns the event in
 * today's form. `before` is the recorded event before it. Only logs of the first build need it (see follows). If the
 * link is not ok, the run must not be used any more.
 */
export function foldNext(run: Run, recorded: RunEvent, before?: RunEvent): Link {
  const link = follow({ runId: run.id, seq: run.log.seq, hash: lastHashOf(run), last: before }, recorded, run);
  if (!link.ok) return link;
  try {
    evolve(run, link.event);
  } catch (thrown) {
    const { seq, type } = recorded;
    return damaged({ damage: "event-unfit", seq, type, reason: messageOf(thrown) });
  }
  run.log.head = eventHash(recorded);
  return link;
}

/**
 * Hash of the run's last event as recorded. It is the `prev` of the next event. Throws if the run was folded with
 * evolve alone.
 */
export function lastHashOf({ id, log: { head } }: Run): string {
  if (head === undefined) throw new Error(`run ${id} was folded for reading only: fold its log with foldNext to go on`);
  return head;
}

/** Reads a log event by event. Keeps no run if the events are of today's version. */
export class LogReader {
  /** Sequence number of the last event read. */
  seq: number;
  /** Hash of that event. undefined if reading began in the middle. Then the first link is not checked. */
  #hash: string | undefined;
  #last: RunEvent | undefined;
  /** Set only while the events are old. */
  #run: Run | undefined;

  /** A log must be read from event 1 if event `fromSeq` or a later one is old (isOld). */
  constructor(
    private readonly runId: string,
    private readonly fromSeq = 1,
  ) {
    this.seq = fromSeq - 1;
    this.#hash = fromSeq === 1 ? "" : undefined;
  }

  /** Whether an old event can be read. It cannot if reading began in the middle. */
  get readsOld(): boolean {
    return this.fromSeq === 1;
  }

  /** After a link that is not ok, the reader must not be used any more. */
  next(recorded: RunEvent): Link {
    const link = isOld(recorded) ? this.#old(recorded) : this.#today(recorded);
    if (link.ok) this.seq++;
    this.#last = recorded;
    return link;
  }

  #old(recorded: RunEvent): Link {
    if (this.seq === 0) this.#run = emptyRun(this.runId);
    if (this.#run === undefined) {
      // A log that was read from event 1 never becomes older.
      if (this.readsOld) return damaged({ damage: "event-unlinked", seq: this.seq + 1 });
      throw new Error(`event ${this.seq + 1} of run ${this.runId} is old: read from event 1`);
    }
    const link = foldNext(this.#run, recorded, this.#last);
    if (link.ok) this.#hash = lastHashOf(this.#run);
    return link;
  }

  #today(recorded: RunEvent): Link {
    this.#run = undefined;
    const link = follow({ runId: this.runId, seq: this.seq, hash: this.#hash, last: this.#last }, recorded);
    if (link.ok) this.#hash = eventHash(recorded);
    return link;
  }
}

/**
 * The events in today's form, whatever the chain says. Returns as many as make a run, and the reason why the next one
 * does not. An event that is damaged or newer stays unchanged. Never throws.
 */
export function upcastAll(log: readonly RunEvent[]): {
  readonly events: readonly RunEvent[];
  readonly broken?: string;
} {
  const run = emptyRun(log[0]?.runId ?? "");
  const events: RunEvent[] = [];
  try {
    for (const recorded of log) {
      const read = upcast(recorded, run);
      if (!read.ok && read.why === "too deep") throw new RangeError(`nested deeper than ${LIMITS.eventDepth}`);
      if (read.ok && isOld(recorded)) evolve(run, read.event);
      events.push(read.ok ? read.event : recorded);
    }
    return { events };
  } catch (thrown) {
    return { events, broken: messageOf(thrown) };
  }
}

interface Head {
  readonly runId: string;
  readonly seq: number;
  readonly hash: string | undefined;
  /** The last event as recorded, if the reader has it. */
  readonly last: RunEvent | undefined;
}

/** Only an old event needs `run`. */
function follow(head: Head, recorded: RunEvent, run?: Run): Link {
  const next = head.seq + 1;
  const read = upcastSafely(recorded, run);
  if (typeof read === "string") return damaged({ damage: "event-unreadable", seq: next, reason: read });
  if (!read.ok && read.why === "newer") return { ...read, seq: next };
  if (!read.ok) return damaged({ damage: read.why === "too deep" ? "event-deep" : "event-unreadable", seq: next });
  const { seq, runId, prev } = recorded;
  if (runId !== head.runId) return damaged({ damage: "event-foreign", seq: next, belongsTo: runId });
  if (seq !== next) return damaged({ damage: "event-missing", seq: next });
  if (!follows(prev, head)) return damaged({ damage: "event-unlinked", seq: next });
  const misfit = misfitIn(read.event);
  if (misfit === undefined) return changedPlan(read.event, recorded) ?? read;
  return damaged({ damage: "event-misshapen", seq: next, type: String(recorded.type), ...misfit });
}

/** A plan that does not have its hash. The recorded form is hashed, by the version that is recorded beside it. */
function changedPlan({ seq, type, data }: RunEvent, recorded: RunEvent): Link | undefined {
  if (type !== "plan.proposed") return undefined;
  const { revision, hash, hashVersion } = data;
  const written = recorded.data as EventData["plan.proposed"];
  if (planHashBy(hashVersion, written) === hash && programOf(written) === data.program) return undefined;
  return damaged({ damage: "plan-changed", seq, revision, hash });
}

const programOf = ({ plan, tools }: EventData["plan.proposed"]): string => programHash(plan, tools);

/** An old event with wrong fields must not end the program. */
function upcastSafely(recorded: RunEvent, run: Run | undefined): ReturnType<typeof upcast> | string {
  try {
    return upcast(recorded, run);
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** The first build of 0.1.0 hashed the canonical JSON of the whole event. */
export function follows(prev: string, { hash, last }: Pick<Head, "hash" | "last">): boolean {
  return hash === undefined || prev === hash || (last?.v === 1 && prev === hashOf(last));
}

const damaged = (damage: ChainDamage): Link => ({ ok: false, seq: damage.seq, why: "damaged", damage });
