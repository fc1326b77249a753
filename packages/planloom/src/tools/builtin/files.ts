// The tools `read_file`, `write_file` and `list_files`. In: the folders they may reach. Out: the tools. folder.ts keeps
// them inside those folders.
import { stat } from "node:fs/promises";
import { z } from "zod";
import { LIMITS } from "../../limits.js";
import { asFileError, creatable, existing, namesOf, openRoots, type FolderPath, type Root } from "../folder.js";
import { builtinError } from "../builtin-error.js";
import { filesBelow } from "../folder-walk.js";
import { globMatcher } from "../glob.js";
import { readText, writeText } from "../text-file.js";
import { builtinVersion, type ToolReach } from "../../plan/tool-spec.js";
import { tool, type Tool } from "../tool.js";

export interface FileOptions {
  /**
   * Existing folders. With one folder, paths are relative to it. With several, paths begin with the name of their
   * folder.
   */
  readonly roots: readonly string[];
  /** Whether `write_file` is offered; absent = no. */
  readonly write?: boolean;
  /** See FenceOptions.allow. */
  readonly allow?: readonly string[];
}

const path = z.string().max(4_096).describe("Relative to the folder, with /; no .. in it.");
const sized = z.strictObject({ path: z.string(), bytes: z.int() });

/** Throws PlanloomError BAD_FOLDER for roots that cannot be used. `own`: see FenceOptions. */
export function fileTools(options: FileOptions, own: readonly string[] = []): readonly Tool[] {
  const { allow = [], write = false } = options;
  const roots = openRoots(options.roots, { allow, own });
  const reach = { roots: roots.map(({ real }) => real), open: allow };
  return [readFileTool(roots, reach), listFilesTool(roots, reach), ...(write ? [writeFileTool(roots, reach)] : [])];
}

function readFileTool(roots: readonly Root[], reach: ToolReach): Tool {
  return tool({
    name: "read_file",
    version: builtinVersion(1),
    reach,
    description: `Reads a text file (UTF-8, up to ${LIMITS.fileBytes} bytes).`,
    input: z.strictObject({ path }),
    output: z.strictObject({ path: z.string(), text: z.string() }),
    effects: "none",
    async run(args, { signal }) {
      const file = await existing(roots, args.path);
      return { path: file.shown, text: await readText(file.real, file.shown || ".", signal) };
    },
    summary: ({ path, text }) => `Read ${path}, ${text.length} characters`,
  });
}

function writeFileTool(roots: readonly Root[], reach: ToolReach): Tool {
  return tool({
    name: "write_file",
    version: builtinVersion(1),
    reach,
    description: "Writes a text file in UTF-8, in place of one that is there; makes missing folders.",
    input: z.strictObject({ path, text: z.string() }),
    output: sized,
    effects: "idempotent",
    content: ["text"],
    async run(args, { signal }) {
      signal.throwIfAborted();
      const file = await creatable(roots, args.path);
      return { path: file.shown, bytes: await writeText(file.real, file.shown, args.text) };
    },
    summary: ({ path, bytes }) => `Wrote ${path}, ${bytes} bytes`,
  });
}

function listFilesTool(roots: readonly Root[], reach: ToolReach): Tool {
  const glob = z.string().max(1_000).optional();
  return tool({
    name: "list_files",
    version: builtinVersion(1),
    reach,
    description:
      "Lists the files in a folder and the folders below it, with their sizes; path . is the whole. Hidden files are left out.",
    input: z.strictObject({
      path,
      glob: glob.describe('Relative to path: * and ? within a name, ** for any folders: "*.md", "**/*.md". No braces.'),
    }),
    output: z.array(sized),
    effects: "none",
    run: (args, { signal }) => listed(roots, args.path, args.glob ?? "**", signal),
    summary: (files) => `${files.length} files`,
  });
}

async function listed(roots: readonly Root[], path: string, glob: string, signal: AbortSignal) {
  if (/[{}]/.test(glob)) throw builtinError("FILE_GLOB", { glob });
  const fits = globMatcher(glob);
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

/** With several roots, the top level is the list of all roots. */
async function foldersOf(roots: readonly Root[], path: string): Promise<readonly FolderPath[]> {
  if (namesOf(roots, path).root === undefined) return Promise.all(roots.map((root) => existing(roots, root.name)));
  const file = await existing(roots, path);
  const found = await stat(file.real).catch((error: unknown) => Promise.reject(asFileError(error, path)));
  if (!found.isDirectory()) throw builtinError("FILE_NOT_A_FOLDER", { path });
  return [file];
}
