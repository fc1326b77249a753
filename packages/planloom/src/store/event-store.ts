// The contract of a store: the log of every run, its journal, its owner and its inbox. In: events. Out: the same
// events. Engines depend on this contract only. Every store passes `storeConformance` of planloom/testing.
import type { Json } from "../plan/json.js";
import type { RunEvent } from "../run/event.js";
import type { RunStatus } from "../run/status.js";
import type { RunHead } from "../run/view/head.js";
import type { StoreMaintenance } from "./maintenance.js";
import type { Unreadable } from "./unreadable.js";

/** A listed run that cannot be read. Unknown times are 0 and unknown texts are "". */
export interface UnreadableRun {
  readonly runId: string;
  readonly goal: string;
  readonly unreadable: Unreadable;
  readonly status?: undefined;
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
  /** A part of the goal or of the id. Ignores case. */
  readonly text?: string;
  /** Runs with this tag, or with all of these tags. */
  readonly tag?: string | readonly string[];
  /** Runs that were started from the playbook of this name. */
  readonly playbook?: string;
  /** Child runs of this run; of a topmost run, all that are below it. */
  readonly within?: string;
  /** false: child runs are left out. Default: true. */
  readonly children?: boolean;
  /** ms since 1970: lists runs whose last event is at this time or later. */
  readonly since?: number;
  /** Default: all. */
  readonly limit?: number;
  /** The `cursor` of the previous part of the list, with the same filters. */
  readonly cursor?: string;
}

export interface RunList {
  readonly runs: readonly ListedRun[];
  /** Where the next part of the list begins. Absent if no more runs match. */
  readonly cursor?: string;
}

/** The owner of a run. `epoch` grows by one with each owner, so that writes of a former owner are refused. */
export interface Owner {
  readonly epoch: number;
  /** Names the owner's process; other processes may read it to learn whether it lives. null when released. */
  readonly holder: string | null;
  /** End of the lease, in ms since 1970: until then the holder counts as alive without renewing. */
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
 * One row of a journal: the n-th checkpoint of an attempt. It is written twice: the intent (outcome null) before the
 * call, then the outcome. A call without effects has no intent.
 */
export interface JournalRow extends JournalScope {
  readonly attempt: number;
  readonly n: number;
  readonly name: string;
  /** The effect key, where the call has effects. */
  readonly key: string | null;
  /** What the call was about to do, for people; never needed to resume. */
  readonly intent: Json;
  /** null until the call has ended. */
  readonly outcome: Json;
  /** ms since 1970. */
  readonly at: number;
}

export interface DeleteOptions {
  /** Large values that only this run holds stay until `maintenance.sweep`: many deletions share one search for them. */
  readonly keepValues?: boolean;
}

export interface EventStore {
  /** For people: `memory`, `sqlite .planloom/planloom.db`. */
  readonly name: string;
  /**
   * Its file, if it is one. Built-in tools never open it, nor files beside it whose names begin with its name and `-`.
   */
  readonly path?: string;
  /**
   * Adds events of one run, all or none. Resolves only after the commit is durable. Appends of one event-loop turn may
   * share a commit. `expectedSeq` is the seq of the run's last event (0 for a new run); `epoch` is the writer's.
   * Rejects with PlanloomError STORE_CONFLICT (another seq), STORE_FENCED (the run has another owner), STORE_FULL,
   * STORE_FAILED; then nothing was written.
   * `head` is the run's head after these events, and is stored with them. It may be absent (a log that is copied): then
   * `list` computes it.
   */
  append(
    runId: string,
    at: { readonly expectedSeq: number; readonly epoch: number },
    events: readonly RunEvent[],
    head?: RunHead,
  ): Promise<void>;
  /**
   * The run's events from `fromSeq` (default 1), at most `limit` (default all), in order, with blobs restored; [] for
   * an unknown run. Rejects with RUN_DAMAGED or STORE_DAMAGED if an event, or one that should follow, is not what was
   * appended. Reading one by one then still gives the undamaged events before it.
   */
  read(runId: string, fromSeq?: number, limit?: number): Promise<readonly RunEvent[]>;
  /**
   * Runs that have an event. Order: newest last event first, then larger id first. A run that continues while its list
   * is read in parts moves to the front: a later part may miss it, but never shows it twice.
   * A head that is missing, or older than the run's last event, is computed from the log once and stored. A run that
   * cannot be read is a row with the reason; it never makes the list fail. Rejects with CURSOR_INVALID, and with the
   * error of a store that fails as a whole. `listRuns` implements all this with three small functions of a store.
   */
  list(query?: ListQuery): Promise<RunList>;

  /**
   * Inserts a journal row, or completes the one with the same scope, attempt and n. Durable when resolved. Fenced like
   * append.
   */
  writeJournal(row: JournalRow, epoch: number): Promise<void>;
  /** All rows of a step (item), by attempt, then n. Rejects with RUN_DAMAGED, STORE_DAMAGED. */
  readJournal(scope: JournalScope): Promise<readonly JournalRow[]>;
  /** All rows of a run, by step, item, attempt, n. */
  readRunJournal(runId: string): Promise<readonly JournalRow[]>;

  /** undefined if the run never had an owner. */
  owner(runId: string): Promise<Owner | undefined>;
  /**
   * Becomes the owner if the current epoch is still `after` (0 = never owned). Returns the new epoch, or undefined if
   * another process was faster. Rejects with RUN_DAMAGED if the journal lacks rows: recorded calls must not be
   * repeated.
   */
  claim(runId: string, after: number, holder: string, leaseUntil: number): Promise<number | undefined>;
  /** Extends the lease of every run that `holder` owns. */
  renew(holder: string, leaseUntil: number): Promise<void>;
  /** Releases the run, if `epoch` still owns it. A released run may be claimed at once. */
  release(runId: string, epoch: number): Promise<void>;

  /** Adds a command. Returns false if `inputId` exists already; then nothing changes. Durable when resolved. */
  put(runId: string, entry: Omit<InboxEntry, "cursor">): Promise<boolean>;
  /** Entries after `cursor`, in order. */
  take(runId: string, cursor: number): Promise<readonly InboxEntry[]>;

  /**
   * Deletes a run: its events, journal, inbox and head, and large values that no other run holds. Returns false for an
   * unknown run. Rejects with STORE_FENCED if `epoch` is not the run's current one (0 = never owned). Durable when
   * resolved. A new run may have the same id. The epoch stays and is raised by one, without a holder: an owner of the
   * deleted run can write nothing any more, neither to it nor to a new run of this id.
   */
  delete(runId: string, epoch: number, options?: DeleteOptions): Promise<boolean>;

  /** What an operator asks of the store. Absent for a store that has nothing to maintain. */
  readonly maintenance?: StoreMaintenance;

  close(): Promise<void>;
}
