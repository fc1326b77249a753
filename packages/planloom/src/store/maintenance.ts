// The contract of a store that can be maintained: what an operator asks of it. In: nothing, or a file. Out: facts. A
// store without it (in memory, an export) has nothing to maintain.
import type { Unreadable } from "./unreadable.js";

export interface StoreInfo {
  readonly path: string;
  /** Bytes of the file, and of the log that is not yet merged into it. */
  readonly bytes: number;
  readonly logBytes: number;
  /** Bytes of the file that hold nothing: `vacuum` gives them back. */
  readonly freeBytes: number;
  readonly events: number;
  readonly journalRows: number;
  /** Messages of people, answered or not. */
  readonly commands: number;
  /** Values above 64 KiB, each stored once, and their bytes. */
  readonly largeValues: number;
  readonly largeBytes: number;
  /** Version of the tables, and of SQLite. */
  readonly version: number;
  readonly sqlite: string;
}

export interface StoreCheck {
  readonly path: string;
  /** SQLite's own findings on the file; [] if it is sound. */
  readonly file: readonly string[];
  /** Number of runs that were read in full: events, journal, inbox and large values. */
  readonly runs: number;
  readonly damaged: readonly { readonly runId: string; readonly error: Unreadable }[];
  /** Large values that no run holds. They are no damage: `prune` removes them. */
  readonly unused: number;
}

export interface Backup {
  /** Absolute path of the copy. */
  readonly file: string;
  readonly bytes: number;
}

export interface StoreMaintenance {
  info(): Promise<StoreInfo>;
  /** Reads every run, one after the other. Others may write meanwhile. */
  check(): Promise<StoreCheck>;
  /**
   * Copies the whole store, as of one moment, into a new file. Runs may be driven meanwhile, here and elsewhere. The
   * copy is checked, and is there at once or not at all. Rejects with STORE_FULL, STORE_FAILED. It keeps
   * this process busy until it is done.
   */
  backup(file: string): Promise<Backup>;
  /** Gives free space back to the disk. It keeps this process busy, and writers wait. */
  vacuum(): Promise<{ readonly before: number; readonly after: number }>;
  /** Removes large values that no run holds any more, after runs were deleted with `keepValues`. Returns their number. */
  sweep(): Promise<number>;
}
