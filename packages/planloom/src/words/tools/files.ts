// Words for failures of the file tools and of the search in a folder. Paths are shown as the call gave them.
import { byCase } from "../by-case.js";
import type { ToolTable } from "./tool-words.js";

type OutsideFault =
  | { readonly why: "nul" | "absolute" | "parent" | "link" | "broken-link" | "link-loop" }
  /** The path begins with none of the folders. */
  | { readonly why: "folder"; readonly folders: readonly string[] };

type NotAFileFault =
  | { readonly is: "folder" | "folder-to-write" | "special" | "folder-or-special" | "folder-or-below-a-file" }
  /** The level above several folders. */
  | { readonly is: "top"; readonly folders: readonly string[] };

type TooMany =
  | { readonly problem: "fitting"; readonly limit: number }
  | { readonly problem: "entries"; readonly limit: number }
  | { readonly problem: "depth"; readonly path: string; readonly limit: number };

export interface FileFailures {
  FILE_NOT_FOUND: { readonly path: string };
  FILE_OUTSIDE: { readonly path: string } & OutsideFault;
  FILE_CLOSED: { readonly path: string };
  FILE_NOT_A_FILE: { readonly path: string } & NotAFileFault;
  FILE_NOT_A_FOLDER: { readonly path: string };
  FILE_BINARY: { readonly path: string };
  FILE_TOO_LARGE: { readonly path: string; readonly limit: number };
  FILE_TOO_MANY: TooMany;
  FILE_GLOB: { readonly glob: string };
  FILE_NAME: Record<string, never>;
  FILE_DENIED: { readonly path: string };
  /** `reason` is the code of the system. */
  FILE_FAILED: { readonly path: string; readonly reason: string };
  SEARCH_FOLDER_TOO_LARGE: { readonly texts: number; readonly bytes: number };
}

export const FILE_FAILURES: ToolTable<FileFailures> = {
  FILE_NOT_FOUND: { message: ({ path }) => `The file ${path} does not exist. list_files shows the files that exist.` },
  FILE_OUTSIDE: {
    message: (params) =>
      `${params.path} ${outsideText(params)}. Write a path relative to the folder, such as notes/a.md.`,
  },
  FILE_CLOSED: {
    message: ({ path }) =>
      `The file tools do not open ${path}: such files control programs or hold secrets. Use another file.`,
    next: () => ["To open it, name it under ", { action: "set", setting: "builtins.files.allow" }, "."],
  },
  FILE_NOT_A_FILE: { message: (params) => `${params.path} ${notAFileText(params)}.` },
  FILE_NOT_A_FOLDER: { message: ({ path }) => `${path} is a file. read_file reads it.` },
  FILE_BINARY: { message: ({ path }) => `${path} is not a text file in UTF-8.` },
  FILE_TOO_LARGE: { message: ({ path, limit }) => `${path} is larger than ${limit} bytes.` },
  FILE_TOO_MANY: {
    message: byCase("problem", {
      fitting: ({ limit }) => `More than ${limit} files fit. Narrow the glob.`,
      entries: ({ limit }) => `The folder holds more than ${limit} files. Name a smaller folder.`,
      depth: ({ path, limit }) => `${path} lies more than ${limit} folders deep.`,
    }),
  },
  FILE_GLOB: { message: ({ glob }) => `The glob ${glob} has braces. List once for each of their parts.` },
  FILE_NAME: { message: () => "The path has a name that is too long." },
  FILE_DENIED: { message: ({ path }) => `This process may not open ${path}.` },
  FILE_FAILED: { retryable: true, message: ({ path, reason }) => `${path} could not be used (${reason}).` },
  SEARCH_FOLDER_TOO_LARGE: {
    message: ({ texts, bytes }) => `The folder has more than ${texts} texts or ${bytes} bytes. Search a smaller one.`,
    next: () => ["Name a smaller folder under ", { action: "set", setting: "builtins.search.folder" }, "."],
  },
};

const outsideText: (fault: OutsideFault) => string = byCase("why", {
  nul: () => "contains a NUL",
  absolute: () => "is absolute",
  parent: () => 'contains ".."',
  link: () => "leads outside through a link",
  "broken-link": () => "leads through a broken link",
  "link-loop": () => "is a link that leads to itself or appeared just now",
  folder: ({ folders }) => `begins with none of ${folders.join(", ")}`,
});

const notAFileText: (fault: NotAFileFault) => string = byCase("is", {
  folder: () => "is a folder. list_files shows what is in it",
  "folder-to-write": () => "is a folder. Name a file in it",
  special: () => "is not an ordinary file",
  "folder-or-special": () => "is a folder, or not an ordinary file",
  "folder-or-below-a-file": () => "is a folder, or a part of it is a file",
  top: ({ folders }) => `is not a file. Paths begin with ${folders.join(", ")}`,
});
