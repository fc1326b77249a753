// Turns SQLite's failures into PlanloomErrors. In: anything thrown, and the file. Out: a PlanloomError. Opening,
// reading and committing use it.
import { closeSync, openSync } from "node:fs";
import { messageOf } from "../error.js";
import type { FileDamage } from "../words/errors/store.js";
import { PlanloomError } from "../words/planloom-error.js";

// Primary result codes: https://sqlite.org/rescode.html
const BUSY = new Set([5, 6]);
const DAMAGED = new Set([11, 26]);
const FORBIDDEN = new Set([3, 14, 23]);
const READ_ONLY = 8;
const FULL = 13;
/**
 * Extended code: the shared index of the write-ahead log could not grow. A full disk shows like this when a file is
 * opened.
 */
const NO_ROOM_FOR_INDEX = 4874;

/** SQLite's own text, for `all()` of the package for Node 20: its errors have a message and no code. */
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
  if (code === READ_ONLY) return storeFailed("read-only", path, cause);
  if (DAMAGED.has(code)) return storeDamaged(path, { damage: "file", reason: messageOf(cause) }, cause);
  return (
    systemError(errnoBehind(cause, path), path) ??
    storeFailed(FORBIDDEN.has(code) ? "forbidden" : "failed", path, cause)
  );
}

/** The error for a failure that the system names itself; undefined for any other. */
export function systemError(cause: unknown, path: string): PlanloomError | undefined {
  const errno = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (errno === "EMFILE" || errno === "ENFILE") return storeFailed("descriptors", path, cause);
  if (errno === "EROFS") return storeFailed("read-only", path, cause);
  if (errno === "EDQUOT") return new PlanloomError("STORE_FULL", { path, quota: true }, { cause });
  return errno === "ENOSPC" ? full(cause, path) : undefined;
}

/** SQLite does not say why it could not open or write a file. The system says it when it is asked again. */
function errnoBehind(cause: unknown, path: string): unknown {
  if (codeOf(cause) === 0) return cause;
  try {
    closeSync(openSync(path, "r+"));
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

/** The extended result code; 0 if the error is not SQLite's. */
function codeOf(thrown: unknown): number {
  const code: unknown =
    typeof thrown === "object" && thrown !== null && "errcode" in thrown ? thrown.errcode : undefined;
  return typeof code === "number" ? code : (CODE_OF_MESSAGE[messageOf(thrown)] ?? 0);
}

const busy = (cause: unknown, path: string): PlanloomError => new PlanloomError("STORE_BUSY", { path }, { cause });

const full = (cause: unknown, path: string): PlanloomError => new PlanloomError("STORE_FULL", { path }, { cause });

export function storeDamaged(path: string, damage: FileDamage, cause?: unknown): PlanloomError {
  return new PlanloomError("STORE_DAMAGED", { path, ...damage }, { cause });
}

const storeFailed = (
  problem: "forbidden" | "failed" | "read-only" | "descriptors",
  path: string,
  cause: unknown,
): PlanloomError => new PlanloomError("STORE_FAILED", { problem, path, reason: messageOf(cause) }, { cause });
