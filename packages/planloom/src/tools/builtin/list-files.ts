// The tool `list_files`. In: the folders it may reach. Out: the tool.
import { stat } from "node:fs/promises";
import { z } from "zod";
import { LIMITS } from "../../limits.js";
import { builtinVersion } from "../../plan/tool-spec.js";
import { builtinError } from "../builtin-error.js";
import { asFileError, existing, namesOf, type FolderPath, type Root } from "../folder.js";
import { filesBelow } from "../folder-walk.js";
import { bracesIn, globMatcher } from "../glob.js";
import { tool, type Tool } from "../tool.js";
import { missingPath } from "./file-precheck.js";
import { filePath, type FileReach } from "./file-reach.js";

export function listFilesTool({ roots, reach }: FileReach): Tool {
  return tool({
    name: "list_files",
    version: builtinVersion(1),
    reach,
    description:
      "Lists the files in a folder and the folders below it, with their sizes; path . is the whole. Hidden files are left out.",
    input: z.strictObject({
      path: filePath,
      glob: z
        .string()
        .max(1_000)
        .optional()
        .describe('Relative to path: * and ? within a name, ** for any folders, {a,b}: "*.md", "**/*.{ts,js}".'),
    }),
    output: z.array(z.strictObject({ path: z.string(), bytes: z.int() })),
    effects: "none",
    run: (args, { signal }) => listed(roots, args.path, args.glob ?? "**", signal),
    precheck: ({ path }, { signal }) => missingPath(roots, path, "folder", signal),
    summary: (files) => `${files.length} files`,
  });
}

async function listed(roots: readonly Root[], path: string, glob: string, signal: AbortSignal) {
  const fits = fitting(glob);
  const { root } = namesOf(roots, path);
  const files: { path: string; bytes: number }[] = [];
  for (const folder of await foldersOf(roots, path)) {
    for await (const file of filesBelow(folder, signal)) {
      if (!fits(root === undefined ? file.path : file.below)) continue;
      if (files.length >= LIMITS.fanOut)
        throw builtinError("FILE_TOO_MANY", { problem: "fitting", limit: LIMITS.fanOut });
      files.push({ path: file.path, bytes: file.bytes });
    }
  }
  return files;
}

function fitting(glob: string): (path: string) => boolean {
  const texts = bracesIn(glob);
  if (texts === "broken") throw builtinError("FILE_GLOB", { glob });
  if (texts === "many") throw builtinError("FILE_GLOB", { glob, limit: LIMITS.globTexts });
  const matchers = texts.map(globMatcher);
  return (path) => matchers.some((fits) => fits(path));
}

/** With several roots, the top level is the list of all roots. */
async function foldersOf(roots: readonly Root[], path: string): Promise<readonly FolderPath[]> {
  if (namesOf(roots, path).root === undefined) return Promise.all(roots.map((root) => existing(roots, root.name)));
  const file = await existing(roots, path);
  const found = await stat(file.real).catch((error: unknown) => Promise.reject(asFileError(error, path)));
  if (!found.isDirectory()) throw builtinError("FILE_NOT_A_FOLDER", { path });
  return [file];
}
