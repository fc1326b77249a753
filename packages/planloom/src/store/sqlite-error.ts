// What SQLite's failures mean for a person. In: anything that was thrown, and the file. Out: a PlanloomError.
// Separate because opening, reading and committing all fail in the same ways.
import { PlanloomError, messageOf } from "../error.js";

// Primary result codes: https://sqlite.org/rescode.html
const BUSY = new Set([5, 6]);
const DAMAGED = new Set([11, 26]);
const FORBIDDEN = new Set([3, 8, 14, 23]);
const FULL = 13;
/** Extended: the shared index of the write-ahead log could not grow, which is how a full disk shows at opening. */
const NO_ROOM_FOR_INDEX = 4874;

/** SQLite's own words, for `all()` of the package for Node 20: its errors carry the message and no code. */
const CODE_OF_MESSAGE: Readonly<Record<string, number>> = {
  "database is locked": 5,
  "database table is locked": 6,
  "disk I/O error": 10,
  "database disk image is malformed": 11,
  "unable to open database file": 14,
  "file is not a database": 26,
};

/** A PlanloomError passes unchanged; everything else becomes STORE_BUSY, STORE_FULL, STORE_DAMAGED or STORE_FAILED. */
export function sqliteError(cause: unknown, path: string): PlanloomError {
  if (cause instanceof PlanloomError) return cause;
  const extended = codeOf(cause);
  const code = extended & 0xff;
  if (BUSY.has(code)) return busy(cause, path);
  if (code === FULL || extended === NO_ROOM_FOR_INDEX) return full(cause, path);
  if (DAMAGED.has(code)) return storeDamaged(cause, path);
  return failed(cause, path, FORBIDDEN.has(code));
}

/** The extended result code; 0 where it was not SQLite that failed. */
function codeOf(thrown: unknown): number {
  const code: unknown =
    typeof thrown === "object" && thrown !== null && "errcode" in thrown ? thrown.errcode : undefined;
  return typeof code === "number" ? code : (CODE_OF_MESSAGE[messageOf(thrown)] ?? 0);
}

function busy(cause: unknown, path: string): PlanloomError {
  return new PlanloomError("STORE_BUSY", `Another process kept the store ${path} locked for too long.`, {
    kind: "store",
    cause,
    retryable: true,
    next: "Try again; if it stays so, look for a program that has the file open.",
  });
}

function full(cause: unknown, path: string): PlanloomError {
  return new PlanloomError("STORE_FULL", `There is no room left for the store ${path}; nothing was written.`, {
    kind: "store",
    cause,
    retryable: true,
    next: "Free space on that disk, then resume the run: it goes on from its last event.",
  });
}

export function storeDamaged(cause: unknown, path: string): PlanloomError {
  return new PlanloomError("STORE_DAMAGED", `${path} is damaged or is no Planloom store: ${messageOf(cause)}.`, {
    kind: "store",
    cause,
    next:
      "Copy it with the -wal and -shm files beside it, and put a sound copy back or start a new store. `planloom events RUN` " +
      "prints what is sound of a run while the file opens; `sqlite3 FILE .recover` saves the rest.",
  });
}

function failed(cause: unknown, path: string, forbidden: boolean): PlanloomError {
  const what = forbidden ? "cannot be opened for writing" : "failed";
  return new PlanloomError("STORE_FAILED", `The store ${path} ${what}: ${messageOf(cause)}.`, {
    kind: "store",
    cause,
    next: "Check that you may write to the file and its folder, or choose another place with PLANLOOM_STORE=<path>.",
  });
}
