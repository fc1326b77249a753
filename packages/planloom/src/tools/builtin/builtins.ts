// Makes the built-in tools that a configuration asks for. In: options. Out: the tools, and notes for the planner on the
// tools that are missing.
import { realpathSync } from "node:fs";
import { relative, sep } from "node:path";
import { calculateTool } from "./calculate.js";
import { fetchUrlTool, type FetchOptions } from "./fetch-url.js";
import { fileTools, type FileOptions } from "./files.js";
import { httpTools, type HttpOptions } from "./http.js";
import { searchTool } from "./search.js";
import { sqlTools, type SqlOptions } from "./sql.js";
import { summarizeTool, type SummarizeOptions } from "./summarize.js";
import { openRoots, shownPath } from "../folder.js";
import type { Tool } from "../tool.js";

export interface BuiltinOptions {
  readonly files?: FileOptions;
  readonly search?:
    { readonly folder: string } | { readonly searxng: string } | { readonly brave: { readonly key: string } };
  /** Absent or false = not offered. */
  readonly fetch?: boolean | FetchOptions;
  readonly sql?: SqlOptions;
  readonly http?: HttpOptions;
  /** Asks a model for one reply. Absent: `summarize` is not offered. */
  readonly summarize?: SummarizeOptions["ask"];
  /** Files of Planloom itself, which no tool opens: see FenceOptions. */
  readonly own?: readonly string[];
}

export interface Builtins {
  readonly tools: readonly Tool[];
  /** Sentences for the planner. */
  readonly notes: readonly string[];
}

/**
 * Always makes `calculate`, and the other tools if their options are given. If a folder is searched and no other
 * folders are named, `read_file` reads that folder. Throws PlanloomError BAD_FOLDER or BAD_SEARCH (kind config).
 */
export function builtinTools(options: BuiltinOptions): Builtins {
  const { search, fetch, sql, http, summarize, own = [] } = options;
  const files = options.files ?? (search !== undefined && "folder" in search ? { roots: [search.folder] } : undefined);
  const found = searchOf(search, files, own);
  return {
    tools: [
      calculateTool(),
      ...(files === undefined ? [] : fileTools(files, own)),
      ...(fetch === undefined || fetch === false ? [] : [fetchUrlTool(fetch === true ? {} : fetch)]),
      ...(sql === undefined ? [] : sqlTools(sql)),
      ...(http === undefined ? [] : httpTools(http)),
      ...(summarize === undefined ? [] : [summarizeTool({ ask: summarize })]),
      ...found.tools,
    ],
    notes: found.notes,
  };
}

function searchOf(search: BuiltinOptions["search"], files: FileOptions | undefined, own: readonly string[]): Builtins {
  if (search === undefined) {
    return { tools: [], notes: ["There is no search: plan with the goal, the inputs and the other tools only."] };
  }
  if (!("folder" in search)) return { tools: [searchTool(search)], notes: [] };
  const shown = readablePath(search.folder, files?.roots ?? []);
  const reading = shown === undefined ? "read_file cannot open what it finds" : "read_file opens what it finds";
  return {
    tools: [searchTool({ folder: search.folder, own, ...(shown === undefined ? {} : { shownPath: shown }) })],
    notes: [`search looks through local documents, not the web; ${reading}.`],
  };
}

/** The name by which `read_file` reaches a path below the searched folder. undefined if it cannot reach the folder. */
function readablePath(folder: string, folders: readonly string[]): ((path: string) => string) | undefined {
  openRoots([folder]);
  const real = realpathSync(folder);
  for (const root of openRoots(folders)) {
    const below = relative(root.real, real);
    if (below === ".." || below.startsWith(`..${sep}`)) continue;
    const names = below.split(sep).filter((name) => name !== "");
    return (path) => shownPath(root, [...names, path]);
  }
  return undefined;
}
