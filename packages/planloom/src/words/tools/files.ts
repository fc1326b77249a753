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

/** Why an edit does not fit. Lines count from 1. */
export type EditFault =
  /** `near`: lines with the first line of the text. `ends`: it would fit if its lines ended in CRLF. */
  | { readonly problem: "none"; readonly near: readonly number[]; readonly ends: boolean }
  | { readonly problem: "many"; readonly times: number; readonly lines: readonly number[] }
  | { readonly problem: "same" | "large" };

/** What `from` and `count` count. */
export type FileUnit = "lines" | "pages";

export type PdfFault =
  | { readonly problem: "encrypted" | "broken" | "no-text" | "crashed" | "not-installed" }
  | { readonly problem: "memory"; readonly limit: number }
  | { readonly problem: "time"; readonly ms: number }
  | { readonly problem: "text"; readonly limit: number };

export interface FileFailures {
  FILE_NOT_FOUND: { readonly path: string };
  FILE_OUTSIDE: { readonly path: string } & OutsideFault;
  FILE_CLOSED: { readonly path: string };
  FILE_NOT_A_FILE: { readonly path: string } & NotAFileFault;
  FILE_NOT_A_FOLDER: { readonly path: string };
  FILE_BINARY: { readonly path: string };
  /** Half of a character, which UTF-8 cannot hold. */
  FILE_HALF: { readonly path: string };
  /** `parts`: the file can be read in parts. */
  FILE_TOO_LARGE: { readonly path: string; readonly limit: number; readonly parts?: true };
  FILE_RANGE: { readonly path: string; readonly from: number; readonly of: number; readonly unit: FileUnit };
  FILE_PDF: { readonly path: string } & PdfFault;
  /** `edit` counts from 1. */
  FILE_EDIT: { readonly path: string; readonly edit: number } & EditFault;
  FILE_CHANGED: { readonly path: string };
  FILE_TOO_MANY: TooMany;
  FILE_GLOB: { readonly glob: string; readonly limit?: number };
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
  FILE_HALF: {
    message: ({ path }) => `The text for ${path} holds half of a character (a lone surrogate). Nothing was written.`,
  },
  FILE_TOO_LARGE: {
    message: ({ path, limit, parts }) =>
      `${path} is larger than ${limit} bytes.${parts === true ? " Read it in parts, with from and count." : ""}`,
  },
  FILE_RANGE: {
    message: ({ path, from, of, unit }) => `${path} has ${of} ${unit}: it cannot be read from ${from} on.`,
  },
  FILE_PDF: { message: (params) => `${params.path} ${pdfText(params)}.` },
  FILE_EDIT: { message: (params) => `Edit ${params.edit} of ${params.path} ${editText(params)}. Nothing was written.` },
  FILE_CHANGED: {
    retryable: true,
    message: ({ path }) => `${path} was changed by another program meanwhile. Nothing was written. Read it again.`,
  },
  FILE_TOO_MANY: {
    message: byCase("problem", {
      fitting: ({ limit }) => `More than ${limit} files fit. Narrow the glob.`,
      entries: ({ limit }) => `The folder holds more than ${limit} files. Name a smaller folder.`,
      depth: ({ path, limit }) => `${path} lies more than ${limit} folders deep.`,
    }),
  },
  FILE_GLOB: {
    message: ({ glob, limit }) =>
      limit === undefined
        ? `The glob ${glob} has a brace without its other. Write {md,txt}.`
        : `The braces of the glob ${glob} stand for more than ${limit} texts. List once for some of them.`,
  },
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

const pdfText: (fault: PdfFault) => string = byCase("problem", {
  encrypted: () => "is an encrypted PDF, and its password is not known. Use a copy without a password",
  broken: () => "is no PDF, or a broken one",
  "no-text": () => "has no text on these pages: they may be scanned images",
  crashed: () => "made the program that reads PDFs end. It may be broken",
  "not-installed": () => "is a PDF, and the package unpdf, which reads it, is not installed beside this program",
  memory: ({ limit }) => `takes more than ${limit} bytes of memory. Its content may be made to do so`,
  time: ({ ms }) => `takes longer than ${ms} ms. Read fewer pages, with from and count`,
  text: ({ limit }) => `has more than ${limit} bytes of text on these pages. Read fewer pages, with from and count`,
});

const editText: (fault: EditFault) => string = byCase("problem", {
  none: ({ near, ends }) =>
    `has a text (old) that does not occur${
      ends
        ? ": the lines of the file end in \\r\\n"
        : near.length === 0
          ? ""
          : `. A part of it stands in ${linesText(near)}. Spaces and new lines must be the same`
    }`,
  many: ({ times, lines }) =>
    `has a text (old) that occurs ${times} times, first in ${linesText(lines)}. Take more of the text around it, or set all to true`,
  same: () => "would change nothing: old and new are the same",
  large: () => "would make the file too large",
});

const linesText = (lines: readonly number[]): string =>
  lines.length === 1 ? `line ${lines[0]}` : `lines ${lines.join(", ")}`;
