// Lists the files below a folder, for listing and for searching. In: a path inside a root. Out: its files with sizes
// and times, sorted by name. The walk is bounded, follows no links and leaves hidden folders out.
import { LIMITS } from "../limits.js";
import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { builtinError } from "./builtin-error.js";
import { asFileError, shownPath, type FolderPath, type Root } from "./folder.js";

export interface FoundFile {
  /** Relative to the root, with /. */
  readonly path: string;
  /** Relative to the folder where the walk began, with /. */
  readonly below: string;
  readonly real: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** Throws ToolError FILE_TOO_MANY past the limits. Leaves out node_modules and names that begin with a dot. */
export async function* filesBelow(found: FolderPath, signal: AbortSignal): AsyncGenerator<FoundFile> {
  const walk = { root: found.root, signal, seen: 0 };
  yield* filesIn(walk, found.real, found.shown === "" ? [] : namesBelowRoot(found), []);
}

interface Walk {
  readonly root: Root;
  readonly signal: AbortSignal;
  seen: number;
}

function namesBelowRoot({ root, shown }: FolderPath): string[] {
  const names = shown.split("/");
  return root.name === "" ? names : names.slice(1);
}

async function* filesIn(
  walk: Walk,
  folder: string,
  above: readonly string[],
  below: readonly string[],
): AsyncGenerator<FoundFile> {
  const shown = shownPath(walk.root, [...above, ...below]) || ".";
  if (below.length > LIMITS.walkDepth)
    throw builtinError("FILE_TOO_MANY", { problem: "depth", path: shown, limit: LIMITS.walkDepth });
  for (const entry of await entriesOf(folder, shown)) {
    walk.signal.throwIfAborted();
    if (++walk.seen > LIMITS.walkEntries)
      throw builtinError("FILE_TOO_MANY", { problem: "entries", limit: LIMITS.walkEntries });
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const names = [...below, entry.name];
    if (entry.isDirectory()) yield* filesIn(walk, join(folder, entry.name), above, names);
    else if (entry.isFile()) yield* fileAt(walk, join(folder, entry.name), above, names);
  }
}

async function entriesOf(folder: string, shown: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) =>
    Promise.reject(asFileError(error, shown)),
  );
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** undefined if the file was removed in the meantime. */
async function* fileAt(walk: Walk, real: string, above: readonly string[], below: string[]): AsyncGenerator<FoundFile> {
  const stat = await lstat(real).catch(() => undefined);
  if (stat === undefined) return;
  const path = shownPath(walk.root, [...above, ...below]);
  yield { path, below: below.join("/"), real, bytes: stat.size, modifiedMs: stat.mtimeMs };
}
