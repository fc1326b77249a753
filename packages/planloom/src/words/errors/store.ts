// Words for errors of stores: opening, reading and writing the file, and who may write.
import { byCase } from "../by-case.js";
import type { Action, Sentence } from "../action.js";
import type { ChainDamage } from "../../run/log/chain.js";
import type { ErrorTable } from "../error-words.js";
import { gistText } from "../phrases.js";

/** Why a store failed. `reason` is the text of SQLite, Node or the system. */
export type StoreFault =
  | { readonly problem: "closed"; readonly path: string }
  /** The file's path, checked before the file is opened. */
  | { readonly problem: "place"; readonly path: string; readonly reason: string }
  | { readonly problem: "folder"; readonly path: string }
  /** `of` is the folder or file that is a link, is no file, or belongs to another user. */
  | { readonly problem: "link" | "owner" | "no-file"; readonly path: string; readonly of: string }
  | { readonly problem: "forbidden" | "failed"; readonly path: string; readonly reason: string }
  /** Nothing can be written there; or too many files are open, in this process or on the machine. */
  | { readonly problem: "read-only" | "descriptors"; readonly path: string; readonly reason: string }
  /** `of` is the file into which a copy would be written. */
  | { readonly problem: "exists"; readonly path: string; readonly of: string }
  | { readonly problem: "no-write-ahead-log"; readonly path: string; readonly mode: string }
  | { readonly problem: "foreign"; readonly path: string }
  /** `of` is the trigger, view or table that computes or changes rows by itself. */
  | { readonly problem: "active"; readonly path: string; readonly of: string }
  /** `builtIn`: the version in Node.js, if it has one. It is older than `least`. */
  | { readonly problem: "no-sqlite"; readonly reason: string; readonly builtIn?: string; readonly least: string }
  | { readonly problem: "not-json"; readonly reason: string };

/** The fault of a stored row. `reason` is the text of JSON. */
export type RowFault =
  | { readonly fault: "checksum" }
  | { readonly fault: "blob-missing" | "blob-changed"; readonly hash: string }
  | { readonly fault: "unreadable"; readonly reason: string };

/** The damaged part of a run. */
export type RunDamage =
  | ChainDamage
  | { readonly damage: "head-missing" | "head-changed" | "values-odd" }
  | { readonly damage: "event-changed"; readonly seq: number; readonly row: RowFault }
  | { readonly damage: "command-missing"; readonly cursor: number }
  | { readonly damage: "command-changed"; readonly cursor: number; readonly row: RowFault }
  | { readonly damage: "journal-short"; readonly found: number; readonly written: number }
  | {
      readonly damage: "journal-changed";
      readonly step: string;
      readonly attempt: number;
      readonly n: number;
      readonly row: RowFault;
    };

/** The damaged event of a recording. `recording` is its file, or null for a recording that was given as a value. */
export type RecordingDamage = ChainDamage & { readonly recording: string | null };

/** The damaged part of a store's file. `reason` is the text of SQLite. */
export type FileDamage =
  | { readonly damage: "file"; readonly reason: string }
  | { readonly damage: "version"; readonly version: number }
  | { readonly damage: "log-without-file" | "log-head" | "log-middle" };

/** A file of an open store that is not at its path any more. */
export interface StoreLoss {
  readonly path: string;
  readonly lost: "missing" | "replaced" | "log-missing" | "log-replaced";
  /** Runs of this process that `file` holds. */
  readonly runs: readonly string[];
  /** A new store. Absent if there was nothing to save, or it could not be written. */
  readonly file?: string;
  /** Why it could not be written. */
  readonly reason?: string;
}

export interface StoreErrors {
  STORE_UNKNOWN: { readonly scheme: string };
  STORE_FAILED: StoreFault;
  STORE_NOT_MAINTAINED: { readonly store: string };
  STORE_BUSY: { readonly path: string };
  /** `quota`: not the disk is full, but the share of this user. */
  STORE_FULL: { readonly path: string; readonly quota?: true };
  STORE_GONE: StoreLoss;
  STORE_INCOMPLETE: { readonly path: string };
  STORE_DAMAGED: { readonly path: string } & FileDamage;
  STORE_NEWER: { readonly path: string; readonly version: number; readonly known: number };
  STORE_SQLITE_TOO_OLD: { readonly version: string; readonly least: string };
  STORE_FENCED: { readonly runId: string; readonly epoch: number; readonly present: number };
  STORE_CONFLICT: { readonly runId: string; readonly expected: number; readonly present: number };
  RUN_DAMAGED: { readonly runId: string; readonly soundTo: number } & (RunDamage | RecordingDamage);
  EVENT_NEWER: { readonly runId: string; readonly seq: number; readonly version: number; readonly known: number };
}

const PLACE: Action = { action: "set", setting: "store" };
const UPDATE: Action = { action: "update" };

const checkAccess = (): Sentence => [
  "Check that you may write to the file and its folder, or choose another place with ",
  PLACE,
  ".",
];

export const STORE_ERRORS: ErrorTable<StoreErrors> = {
  STORE_UNKNOWN: {
    kind: "config",
    message: ({ scheme }) => `Planloom cannot open a store at ${scheme}://….`,
    next: () => ['Use "memory" or the path of a file. Give any other store as an object in the configuration.'],
  },
  STORE_FAILED: {
    kind: "store",
    message: byCase("problem", {
      closed: ({ path }) => `The store ${path} is closed.`,
      place: ({ path, reason }) => `The store ${path} cannot be used: ${reason}.`,
      folder: ({ path }) => `The store ${path} cannot be used: it is a folder and must be a file.`,
      link: ({ path, of }) => `The store ${path} was not opened: ${of} is a symbolic link.`,
      owner: ({ path, of }) => `The store ${path} was not opened: ${of} belongs to another user.`,
      "no-file": ({ path, of }) => `The store ${path} was not opened: ${of} is not a file.`,
      "read-only": ({ path, reason }) => `The store ${path} cannot be written: it is read-only (${reason}).`,
      descriptors: ({ path, reason }) => `The store ${path} cannot be opened: too many files are open (${reason}).`,
      exists: ({ path, of }) => `The store ${path} was not copied: ${of} is there already.`,
      "no-write-ahead-log": ({ path, mode }) =>
        `The store ${path} cannot use a write-ahead log here (it stays "${mode}").`,
      foreign: ({ path }) => `${path} is a database of another program, not a Planloom store.`,
      active: ({ path, of }) =>
        `The store ${path} was not opened: it holds ${of}, which computes or changes rows by itself. Planloom never makes such a thing.`,
      "no-sqlite": ({ reason, builtIn, least }) =>
        `No SQLite could be loaded: ${
          builtIn === undefined
            ? "this Node.js has none built in"
            : `the one in this Node.js is ${builtIn}, and ${least} is needed`
        }, and the package @photostructure/sqlite cannot be loaded: ${reason.replace(/\.$/, "")}.`,
      "not-json": ({ reason }) => `A value cannot be stored because JSON cannot hold it: ${reason}.`,
      forbidden: ({ path, reason }) => `The store ${path} cannot be opened for writing: ${reason}.`,
      failed: ({ path, reason }) => `The store ${path} failed: ${reason}.`,
    }),
    next: byCase("problem", {
      closed: () => ["Wait for runs to end before you close the store, or open it again."],
      place: () => ["Choose a file that you may write to, in a folder that you may write to, with ", PLACE, "."],
      folder: () => ["Choose a file that you may write to, in a folder that you may write to, with ", PLACE, "."],
      link: () => ["Remove the link. Or name the file itself, with its real path, with ", PLACE, "."],
      owner: () => ["Name a store of your own with ", PLACE, ". Only root may name a store of another user."],
      "no-file": () => ["Name a file with ", PLACE, "."],
      "read-only": () => [
        "Make its folder writable, or copy it to a folder that you may write to and name the copy with ",
        PLACE,
        ": reading a store needs a writable folder, too.",
      ],
      descriptors: () => [
        "Close files that the program does not need, or raise its limit (`ulimit -n`). Then open the store again.",
      ],
      exists: () => ["Name a file that does not exist yet."],
      "no-write-ahead-log": () => [
        "Put the store on a local disk: processes cannot share it safely on a network folder.",
      ],
      foreign: () => ["Choose another file with ", PLACE, ". This one was not changed."],
      active: () => [
        "Somebody else may have made this file. Choose another store with ",
        PLACE,
        ". This one was not changed.",
      ],
      "no-sqlite": () => [
        "Use a newer Node.js, which has SQLite built in. Or install @photostructure/sqlite where the program runs: a " +
          "bundler must leave it external. Or set PLANLOOM_STORE=memory for runs that are not kept.",
      ],
      "not-json": () => ["Return plain JSON from the tool: no cycles, no bigint, no deep nesting."],
      forbidden: checkAccess,
      failed: checkAccess,
    }),
  },
  STORE_NOT_MAINTAINED: {
    kind: "usage",
    message: ({ store }) => `The store ${store} has nothing to maintain: it is no file of its own.`,
    next: () => ["Name a store in a file with ", PLACE, "."],
  },
  STORE_BUSY: {
    kind: "store",
    retryable: true,
    message: ({ path }) => `Another process kept the store ${path} locked for too long.`,
    next: () => ["Try again. If it stays locked, look for a program that has the file open."],
  },
  STORE_FULL: {
    kind: "store",
    retryable: true,
    message: ({ path, quota }) =>
      `${quota ? "Your quota on that disk" : "The disk"} has no room left for the store ${path}. Nothing was written.`,
    next: ({ quota }) => [
      `${quota ? "Remove files of yours there, or have the quota raised" : "Free space on that disk"}, then continue with `,
      { action: "resume" },
      ": the run goes on from its last event.",
    ],
  },
  STORE_GONE: {
    kind: "store",
    message: ({ path, lost, runs, file, reason }) =>
      `${LOST[lost](path)} while this process used it. ` +
      (file !== undefined
        ? `Everything that is known of ${runsText(runs)} was saved in ${file}.`
        : reason !== undefined
          ? `What this process did since then could not be saved: ${reason}.`
          : "This process had no run in it."),
    next: ({ runs: [runId], file }) => [
      ...(file === undefined || runId === undefined
        ? ["Put the store back from a backup"]
        : ([{ action: "resume", runId }, " continues it from that file: choose the file with ", PLACE] as const)),
      ". A process that is still running must be started again.",
    ],
  },
  STORE_INCOMPLETE: {
    kind: "store",
    message: ({ path }) =>
      `The store ${path} has lost its write-ahead log, ${path}-wal. What was written last is only in that file.`,
    next: () => [
      "Copy both files together. A copy that is made with ",
      { action: "back-up-store" },
      " is one complete file. If the log is lost, ",
      { action: "accept-loss" },
      " lets you use what the file holds.",
    ],
  },
  STORE_DAMAGED: {
    kind: "store",
    message: (params) => `${params.path} is damaged or is not a Planloom store: ${fileDamageText(params)}.`,
    next: () => [
      "Copy it together with the -wal and -shm files beside it, then put a sound copy back or start a new store. " +
        "While the file opens, ",
      { action: "events" },
      " prints the sound events of a run. `sqlite3 FILE .recover` saves the rest.",
    ],
  },
  STORE_NEWER: {
    kind: "store",
    message: ({ path, version, known }) =>
      `The store ${path} has version ${version}. This Planloom reads up to ${known}.`,
    next: () => ["Update Planloom with ", UPDATE, ", or choose another store with ", PLACE, "."],
  },
  STORE_SQLITE_TOO_OLD: {
    kind: "store",
    message: ({ version, least }) => `SQLite ${version} is older than ${least} and can lose writes.`,
    next: () => [
      "Update Node.js or reinstall the dependencies, or set PLANLOOM_STORE=memory for a run that is not kept.",
    ],
  },
  STORE_FENCED: {
    kind: "store",
    message: ({ runId, epoch, present }) =>
      `Another process owns run ${runId} under epoch ${present}. A writer of epoch ${epoch} can no longer write to it.`,
    next: ({ runId }) => ["Stop driving the run here. Follow it with ", { action: "watch", runId }, "."],
  },
  STORE_CONFLICT: {
    kind: "store",
    message: ({ runId, expected, present }) => `Run ${runId} is at event ${present}. The writer expected ${expected}.`,
    next: () => ["Read the run again, and decide on what it holds now."],
  },
  RUN_DAMAGED: {
    kind: "store",
    message: (params) =>
      `${damagedThing(params)} is damaged: ${runDamageText(params)}. It is sound up to event ${params.soundTo}.`,
    next: (params) =>
      "recording" in params
        ? ["Put a copy of the recording back, or record a run again with ", { action: "record" }, "."]
        : [
            { action: "events", runId: params.runId },
            " still prints the sound events. Put a copy of the store back, or start the goal again as a new run.",
          ],
  },
  EVENT_NEWER: {
    kind: "store",
    message: ({ runId, seq, version, known }) =>
      `Event ${seq} of run ${runId} has version ${version}. This Planloom reads up to ${known}.`,
    next: () => ["Update Planloom with ", UPDATE, ": a newer one wrote this run."],
  },
};

const LOST: Readonly<Record<StoreLoss["lost"], (path: string) => string>> = {
  missing: (path) => `The store ${path} was removed`,
  replaced: (path) => `The store ${path} was replaced by another file`,
  "log-missing": (path) => `The write-ahead log of the store, ${path}-wal, was removed`,
  "log-replaced": (path) => `The write-ahead log of the store, ${path}-wal, was replaced by another file`,
};

const runsText = (runs: readonly string[]): string =>
  runs.length === 1 ? `run ${runs[0]!}` : `${runs.length} runs (${runs.slice(0, 5).join(", ")})`;

function damagedThing(params: StoreErrors["RUN_DAMAGED"]): string {
  if (!("recording" in params)) return `Run ${params.runId}`;
  return params.recording === null ? `The recording of run ${params.runId}` : `The recording ${params.recording}`;
}

const fileDamageText: (found: FileDamage) => string = byCase("damage", {
  version: ({ version }) => `its tables do not fit its version ${version}`,
  "log-without-file": () => "the file is empty, but its write-ahead log is not",
  "log-head": () => "the head of its write-ahead log does not match its checksum",
  "log-middle": () => "its write-ahead log is damaged before its last commit",
  file: ({ reason }) => reason,
});

const runDamageText: (found: RunDamage) => string = byCase("damage", {
  "event-missing": ({ seq }) => `event ${seq} is missing`,
  "event-unreadable": ({ reason, seq }) =>
    reason === undefined ? `event ${seq} is not an event` : `event ${seq} cannot be read: ${reason}`,
  "event-deep": ({ seq }) => `event ${seq} is nested too deeply`,
  "event-unlinked": ({ seq }) => `event ${seq} does not follow from the one before`,
  "event-misshapen": ({ seq, type, path, expected, found }) =>
    `event ${seq} (${type}) must have ${expected} at ${path}, and has ${gistText(found)}`,
  "plan-changed": ({ seq, revision, hash }) =>
    `the plan of revision ${revision} in event ${seq} is not the one with the hash ${hash.slice(0, 16)}`,
  "event-unfit": ({ seq, type, reason }) => `event ${seq} (${type}) does not fit those before it: ${reason}`,
  "event-foreign": ({ seq, belongsTo }) => `event ${seq} belongs to run ${belongsTo}`,
  "head-missing": () => "it is missing in the list of runs",
  "head-changed": () => "its entry in the list of runs is not what was written",
  "values-odd": () => "its events hold values of a wrong type",
  "event-changed": ({ seq, row }) => `event ${seq} is not what was written (${rowText(row)})`,
  "command-missing": ({ cursor }) => `command ${cursor} is missing`,
  "command-changed": ({ cursor, row }) => `command ${cursor} is not what was written (${rowText(row)})`,
  "journal-short": (found) => `its journal has ${found.found} of ${found.written} rows`,
  "journal-changed": ({ attempt, n, step, row }) =>
    `row ${attempt}.${n} in the journal of step ${step} is not what was written (${rowText(row)})`,
});

const rowText: (row: RowFault) => string = byCase("fault", {
  checksum: () => "its checksum does not match",
  "blob-missing": ({ hash }) => `the blob ${hash} is missing`,
  "blob-changed": ({ hash }) => `the blob ${hash} does not match its hash`,
  unreadable: ({ reason }) => reason,
});
