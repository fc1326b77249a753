// The files of an open store: are they still at their paths? In: the path of the database. Out: what has become of it
// and of its write-ahead log. SQLite goes on writing to a file that somebody has removed or replaced.
import { statSync } from "node:fs";
import type { StoreLoss } from "../words/errors/store.js";

/** What has become of the files since they were opened. */
export type FilesLost = StoreLoss["lost"];

interface Seen {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
}

export class OpenedFiles {
  readonly #file: Seen | undefined;
  #log: Seen | undefined;

  /** The database must be open. Its log may be made later. */
  constructor(readonly path: string) {
    this.#file = look(path);
    this.#log = look(`${path}-wal`);
  }

  /** undefined if both files are those that were opened. */
  lost(): FilesLost | undefined {
    const file = look(this.path);
    if (file === undefined) return "missing";
    if (!isSame(this.#file, file)) return "replaced";
    const log = look(`${this.path}-wal`);
    this.#log ??= log;
    if (log === undefined) return this.#log === undefined ? undefined : "log-missing";
    return isSame(this.#log, log) ? undefined : "log-replaced";
  }

  /** Bytes of the write-ahead log. 0 if there is none. */
  get logBytes(): number {
    return Number(look(`${this.path}-wal`)?.size ?? 0);
  }
}

/** undefined if there is no such file. A file that cannot be looked at is there. */
function look(path: string): Seen | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false, bigint: true });
  } catch {
    return UNSEEN;
  }
}

const UNSEEN: Seen = { dev: -1n, ino: -1n, size: 0n };

const isSame = (one: Seen | undefined, other: Seen): boolean =>
  other === UNSEEN || one === UNSEEN || (one?.dev === other.dev && one.ino === other.ino);
