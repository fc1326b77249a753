// Lists the files below a folder, for listing and for searching. In: a path inside a root. Out: its files with sizes
// and times, sorted by name. The walk is bounded, follows no links and leaves out what the fence closes.
import { LIMITS } from "../limits.js";
import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { builtinError } from "./builtin-error.js";
import { asFileError, shownPath, type FolderPath, type Root } from "./folder.js";
import { holdFolder, type HeldFolder } from "./held-folder.js";

export interface FoundFile {
  /** Relative to the root, with /. */
  readonly path: string;
  /** Relative to the folder where the walk began, with /. */
  readonly below: string;
  readonly real: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** Throws ToolError FILE_TOO_MANY past the limits. */
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
  const held = await holdFolder(folder).catch((error: unknown) => Promise.reject(asFileError(error, shown)));
  try {
    for (const entry of await entriesOf(held, shown)) {
      walk.signal.throwIfAborted();
      if (++walk.seen > LIMITS.walkEntries)
        throw builtinError("FILE_TOO_MANY", { problem: "entries", limit: LIMITS.walkEntries });
      const place = { real: join(folder, entry.name), above, below: [...below, entry.name] };
      if (entry.isDirectory()) yield* folderAt(walk, place);
      else if (entry.isFile()) yield* fileAt(walk, held.at(entry.name), place);
    }
  } finally {
    await held.close();
  }
}

async function entriesOf(folder: HeldFolder, shown: string): Promise<Dirent[]> {
  const entries = await readdir(folder.at(), { withFileTypes: true }).catch((error: unknown) =>
    Promise.reject(asFileError(error, shown)),
  );
  await folder.confirm();
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface Place {
  readonly real: string;
  readonly above: readonly string[];
  readonly below: readonly string[];
}

async function* folderAt(walk: Walk, { real, above, below }: Place): AsyncGenerator<FoundFile> {
  if (await walk.root.fence.hides([...above, ...below], real)) return;
  yield* filesIn(walk, real, above, below);
}

/** Nothing if the file was removed in the meantime. */
async function* fileAt(walk: Walk, path: string, { real, above, below }: Place): AsyncGenerator<FoundFile> {
  if (await walk.root.fence.closes([...above, ...below], real)) return;
  const stat = await lstat(path).catch(() => undefined);
  if (stat === undefined) return;
  const shown = shownPath(walk.root, [...above, ...below]);
  yield { path: shown, below: below.join("/"), real, bytes: stat.size, modifiedMs: stat.mtimeMs };
}
