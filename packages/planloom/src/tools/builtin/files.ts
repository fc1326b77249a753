// The file tools. In: the folders they may reach. Out: the tools. folder.ts keeps them inside those folders.
import { openRoots } from "../folder.js";
import type { Tool } from "../tool.js";
import type { FileReach } from "./file-reach.js";
import { editFileTool } from "./edit-file.js";
import { listFilesTool } from "./list-files.js";
import { readFileTool } from "./read-file.js";
import { writeFileTool } from "./write-file.js";

export interface FileOptions {
  /**
   * Existing folders. With one folder, paths are relative to it. With several, paths begin with the name of their
   * folder.
   */
  readonly roots: readonly string[];
  /** Whether `write_file` and `edit_file` are offered; absent = no. */
  readonly write?: boolean;
  /** See FenceOptions.allow. */
  readonly allow?: readonly string[];
}

/** Throws PlanloomError BAD_FOLDER for roots that cannot be used. `own`: see FenceOptions. */
export function fileTools(options: FileOptions, own: readonly string[] = []): readonly Tool[] {
  const { allow = [], write = false } = options;
  const roots = openRoots(options.roots, { allow, own });
  const folders: FileReach = { roots, reach: { roots: roots.map(({ real }) => real), open: allow } };
  const writing = write ? [writeFileTool(folders), editFileTool(folders)] : [];
  return [readFileTool(folders), listFilesTool(folders), ...writing];
}
