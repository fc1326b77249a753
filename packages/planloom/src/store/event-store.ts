// The contract of a store: the log of every run, its journal, who owns it, and its inbox. In: events. Out: the same events.
// Engines know only this. Every store passes `storeConformance` of planloom/testing.
import type { Json } from "../plan/json.js";
import type { RunEvent } from "../run/event.js";
import type { RunStatus } from "../run/status.js";
import type { RunHead } from "../run/view/head.js";
import type { ErrorCode, ErrorParams } from "../words/errors.js";

/**
 * Why a run cannot be read: the error that reading it ends with, as data. RUN_DAMAGED, EVENT_NEWER, or whatever the store rejects
 * with. A surface words it.
 */
export type Unreadable = {
  [Code in ErrorCode]: { readonly code: Code; readonly params: ErrorParams[Code] };
}[ErrorCode];

/** A run that is in the list, though it cannot be read. Times are 0 and texts "" where they are unknown. */
export interface UnreadableRun {
  readonly runId: string;
  readonly goal: string;
  readonly unreadable: Unreadable;
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly lastSeq: number;
  readonly lastType: string;
}

export type ListedRun = RunHead | UnreadableRun;

/** `waiting`: the run waits for a person, whatever its status. */
export type StatusFilter = RunStatus | "waiting" | "unreadable";

/** Which runs to list. All conditions must hold. */
export interface ListQuery {
  readonly status?: StatusFilter | readonly StatusFilter[];
  /** A part of the goal or of the id; upper and lower case are the same. */
  readonly text?: string;
  /** ms since 1970: runs whose last event is at this time or later. */
  readonly since?: number;
  /** Default: all. */
  readonly limit?: number;
  /** The `cursor` of the list before, with the same filters. */
  readonly cursor?: string;
}

export interface RunList {
  readonly runs: readonly ListedRun[];
  /** Where the next list begins; absent where no more runs fit. */
  readonly cursor?: string;
}

/** Who drives a run. `epoch` grows by one with each owner: it fences writers that lost the run. */
export interface Owner {
  readonly epoch: number;
  /** The owner's process, as written by itself: `host/pid/start`; null when released. */
  readonly holder: string | null;
  /** ms since 1970 until which the holder counts as alive without a sign of life. */
  readonly leaseUntil: number;
}

export interface InboxEntry {
  /** Position in the run's inbox, from 1, in order of arrival. */
  readonly cursor: number;
  readonly inputId: string;
  /** ms since 1970. */
  readonly at: number;
  /** Who sent it, for the audit. */
  readonly by: string;
  readonly payload: Json;
}

/** Names one attempt of one step (or item); planner and synthesizer calls use step `#planner`, `#answer`. */
export interface JournalScope {
  readonly runId: string;
  readonly stepId: string;
  /** Index in a fan-out, or null. */
  readonly item: number | null;
}

/**
 * One row of a journal: the n-th checkpoint of an attempt. It is written twice: the intent (outcome null) before the call
 * unless the call has no effects, then the outcome.
 */
export interface JournalRow extends JournalScope {
  readonly attempt: number;
  readonly n: number;
  readonly name: string;
  /** The effect key, where the call has effects. */
  readonly key: string | null;
  /** What was about to be done, for the reader; never needed to resume. */
  readonly intent: Json;
  /** null until the call ended. */
  readonly outcome: Json;
  /** ms since 1970. */
  readonly at: number;
}

export interface EventStore {
  /** For people: `memory`, `sqlite .planloom/planloom.db`. */
  readonly name: string;
  /**
   * Adds events of one run, all or none, durably: resolved only after the commit. Appends of one event-loop turn may share
   * a commit. `expectedSeq` is the seq of the run's last event (0 for a new run) and `epoch` the writer's.
   * Rejects with PlanloomError STORE_CONFLICT (another seq), STORE_FENCED (the run has another owner), STORE_FULL,
   * STORE_FAILED; then nothing was written.
   * `head` is the run's head after these events, stored with them. It may be absent (a log that is copied): `list` then
   * computes it.
   */
  append(
    runId: string,
    at: { readonly expectedSeq: number; readonly epoch: number },
    events: readonly RunEvent[],
    head?: RunHead,
  ): Promise<void>;
  /**
   * The run's events from `fromSeq` (default 1), at most `limit` (default all), in order, with blobs put back; [] for an
   * unknown run. Rejects with RUN_DAMAGED or STORE_DAMAGED where one of them, or what should follow, is not what was
   * appended; reading one by one then still gives the sound ones before it.
   */
  read(runId: string, fromSeq?: number, limit?: number): Promise<readonly RunEvent[]>;
  /**
   * Runs that have an event. The run whose last event is the newest comes first, then the larger id. A run that goes on while
   * its list is read in parts moves to the front: a later part may pass it over, and never shows it twice.
   * A head that is missing, or older than the run's last event, is computed from the log once and stored. A run that cannot
   * be read is a row that says so; it never makes the list fail. Rejects with CURSOR_INVALID, and as the store fails as a whole.
   * `listRuns` does all this on top of three small functions.
   */
  list(query?: ListQuery): Promise<RunList>;

  /** Inserts a journal row, or completes the one with the same scope, attempt and n; durable when resolved. Fenced like append. */
  writeJournal(row: JournalRow, epoch: number): Promise<void>;
  /** All rows of a step (item), by attempt, then n. Rejects with RUN_DAMAGED, STORE_DAMAGED. */
  readJournal(scope: JournalScope): Promise<readonly JournalRow[]>;
  /** All rows of a run, by step, item, attempt, n. */
  readRunJournal(runId: string): Promise<readonly JournalRow[]>;

  /** undefined where nobody ever owned it. */
  owner(runId: string): Promise<Owner | undefined>;
  /**
   * Becomes the owner if the present epoch is still `after` (0 = never owned). Returns the new epoch, or undefined when
   * somebody else was faster. Rejects with RUN_DAMAGED where the journal lacks rows: what was done must not be done again.
   */
  claim(runId: string, after: number, holder: string, leaseUntil: number): Promise<number | undefined>;
  /** Extends the lease of everything that `holder` holds. */
  renew(holder: string, leaseUntil: number): Promise<void>;
  /** Gives the run up, if `epoch` still owns it; a released run may be claimed at once. */
  release(runId: string, epoch: number): Promise<void>;

  /** Adds a command; false when `inputId` was already there (then nothing changes). Durable when resolved. */
  put(runId: string, entry: Omit<InboxEntry, "cursor">): Promise<boolean>;
  /** Entries after `cursor`, in order. */
  take(runId: string, cursor: number): Promise<readonly InboxEntry[]>;

  close(): Promise<void>;
}
