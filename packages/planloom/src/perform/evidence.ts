// Checks the evidence of an output when its call has returned. In: the step, its output, the tools of this process. Out:
// what was found, for the log. A file exists if read_file could open it: in the folders of the tools, and not closed.
import { stat } from "node:fs/promises";
import { isAbsolute, relative } from "node:path";
import { evidenceIn, type EvidenceFound } from "../plan/evidence.js";
import type { Json } from "../plan/json.js";
import type { Step } from "../plan/plan.js";
import { existing, openRoots, shownPath, type Root } from "../tools/folder.js";
import type { Services } from "./services.js";

/** The evidence that the output of a call carries, as a field of its outcome. Empty if the step wants none. */
export async function evidenceOf(
  services: Services,
  { evidence }: Step,
  output: Json,
): Promise<{ readonly evidence?: readonly EvidenceFound[] }> {
  if (evidence === undefined) return {};
  const names = new Set<string>();
  const found = evidenceIn(evidence, output, (name) => {
    names.add(name);
    return null;
  });
  const folders = foldersOf(services);
  if (names.size === 0 || folders.length === 0) return { evidence: found };
  const files = new Set<string>();
  for (const name of names) if (await isFile(folders, name)) files.add(name);
  return { evidence: evidenceIn(evidence, output, (name) => files.has(name)) };
}

/** The folders of each tool that has some. A folder that is gone is left out. */
function foldersOf({ inventory, ownFiles = [] }: Services): readonly (readonly Root[])[] {
  const reaches = inventory.specs.flatMap(({ reach }) => (reach?.roots === undefined ? [] : [reach]));
  return reaches.flatMap(({ roots = [], open = [] }) => {
    try {
      return [openRoots(roots, { allow: open, own: ownFiles })];
    } catch {
      return [];
    }
  });
}

async function isFile(folders: readonly (readonly Root[])[], name: string): Promise<boolean> {
  for (const roots of folders)
    for (const path of pathsBelow(roots, name)) if (await isOpenFile(roots, path)) return true;
  return false;
}

/** The ways in which a tool may name a file, as paths of read_file: its whole path, or that below the folder's name. */
function pathsBelow(roots: readonly Root[], name: string): readonly string[] {
  if (isAbsolute(name)) return roots.map((root) => shownPath(root, [relative(root.real, name)]));
  return roots.length > 1 ? [name] : [name, name.split("/").slice(1).join("/")];
}

async function isOpenFile(roots: readonly Root[], path: string): Promise<boolean> {
  if (path === "") return false;
  try {
    return (await stat((await existing(roots, path)).real)).isFile();
  } catch {
    return false;
  }
}
