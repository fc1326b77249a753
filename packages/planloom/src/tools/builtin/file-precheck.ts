// Prechecks of tools that use files: whether a file or a folder exists, and which one is near. In: the folders of the
// tools and a path as a plan writes it. Out: what is missing. Also the names of the files that a write makes.
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { LIMITS } from "../../limits.js";
import { nearestNames } from "../../plan/nearest.js";
import { neededStateText } from "../../words/missing-state.js";
import { existing, namesOf, type FolderPath, type Root } from "../folder.js";
import { filesBelow } from "../folder-walk.js";
import type { MissingState } from "../missing-state.js";
import { ToolError } from "../tool-error.js";

/**
 * What is missing at this path: nothing if something is there, and nothing for a path that is refused for another
 * reason, which the call itself tells.
 */
export async function missingPath(
  roots: readonly Root[],
  path: string,
  is: "file" | "folder",
  signal: AbortSignal,
): Promise<MissingState | undefined> {
  const isMissing = await existing(roots, path).then(
    () => false,
    (error: unknown) => error instanceof ToolError && error.code === "FILE_NOT_FOUND",
  );
  const { root, names } = isMissing ? namesOf(roots, path) : { root: undefined, names: [] };
  if (root === undefined) return undefined;
  const nearest = nearestNames(path, await namesBelow(root, is, signal), LIMITS.nearNames);
  return { argument: "path", what: neededStateText({ is, name: path }), nearest, state: stateOf(root, names) };
}

/** The states of a written file: itself, and the folders above it, which a write makes. */
export function madeBy(roots: readonly Root[], path: unknown): readonly string[] {
  if (typeof path !== "string") return [];
  const { root, names } = namesOf(roots, path);
  return root === undefined ? [] : names.map((_, at) => stateOf(root, names.slice(0, at + 1)));
}

/** The real path of what would be there. Its letters count without case, as on some disks. */
function stateOf(root: Root, names: readonly string[]): string {
  let at = names.length;
  while (at > 0 && !existsSync(join(root.real, ...names.slice(0, at)))) at--;
  const real = join(realpathSync(join(root.real, ...names.slice(0, at))), ...names.slice(at));
  return real.normalize("NFC").toLowerCase();
}

/** The first files below a root, or their folders. Nothing if the walk cannot go on. */
async function namesBelow(root: Root, is: "file" | "folder", signal: AbortSignal): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const top: FolderPath = { root, real: root.real, shown: root.name };
  try {
    let count = 0;
    for await (const { path } of filesBelow(top, signal)) {
      if (is === "file") found.add(path);
      else for (const folder of foldersAbove(path)) found.add(folder);
      if (++count >= LIMITS.nearSearched) break;
    }
  } catch {
    // Suggestions only.
  }
  return found;
}

function foldersAbove(path: string): readonly string[] {
  const names = path.split("/").slice(0, -1);
  return names.map((_, at) => names.slice(0, at + 1).join("/"));
}
