// Saves the runs of a store whose files are gone. In: the rows that this process still reads, and ids of runs. Out: a
// new store with them, and the error that names it.
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { messageOf } from "../error.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { EventStore } from "./event-store.js";
import type { FilesLost } from "./opened-files.js";
import { copyRuns, type Readable } from "./rescue.js";

export interface LostStore extends Readable {
  readonly path: string;
  readonly lost: FilesLost;
  /** Runs that this process drives, or has just written to. */
  readonly runIds: Iterable<string>;
  /** Opens a new store at a path. */
  readonly open: (path: string) => Promise<EventStore>;
}

/** STORE_GONE, with the file that holds the runs, or with the reason why none could be written. */
export async function rescued(store: LostStore): Promise<PlanloomError> {
  const { path, lost, runIds } = store;
  if ([...runIds].length === 0) return new PlanloomError("STORE_GONE", { path, lost, runs: [] });
  try {
    const file = rescueFile(path);
    const to = await store.open(file);
    const runs = await copyRuns(store, to, runIds).finally(() => to.close());
    return new PlanloomError("STORE_GONE", { path, lost, runs, file });
  } catch (cause) {
    return new PlanloomError("STORE_GONE", { path, lost, runs: [], reason: messageOf(cause) }, { cause });
  }
}

/** Beside the store if its folder is there, else in a folder of its own for temporary files. */
function rescueFile(path: string): string {
  const name = `${basename(path, ".db")}-rescued-${Date.now().toString(36)}-${process.pid}.db`;
  const folder = dirname(path);
  return join(existsSync(folder) ? folder : mkdtempSync(join(tmpdir(), "planloom-rescue-")), name);
}
