// The words for what was found before a command starts: configuration, trust and store. In: notes as data. Out: a
// sentence for each, for a surface to word.
import { sentenceText, type Sentence, type Surface } from "./action.js";
import { byCase } from "./by-case.js";
import { trustListText, type TrustListFault } from "./errors/configuration.js";
import { andList } from "./phrases.js";
import { librarySurface } from "./surface-library.js";

export type SetupNote =
  | { readonly note: "config-used"; readonly file: string }
  /** `folder-writable`: others can write to the file's folder. */
  | {
      readonly note: "config-not-used";
      readonly file: string;
      readonly folder: string;
      readonly why: "owner" | "writable" | "folder-owner" | "folder-writable" | "link" | "no-file";
    }
  | { readonly note: "code-not-run"; readonly file: string; readonly folder: string }
  /** `settings` are those that only a trusted configuration may set. */
  | {
      readonly note: "settings-not-used";
      readonly file: string;
      readonly folder: string;
      readonly settings: readonly string[];
    }
  | { readonly note: "store-at"; readonly path: string }
  /** The file `.mcp.json` of a folder that the user has not trusted. */
  | { readonly note: "mcp-file-not-used"; readonly file: string; readonly folder: string }
  /** `.mcp.json` has other keys, and no servers under `mcpServers`. */
  | { readonly note: "mcp-file-without-servers"; readonly file: string; readonly keys: readonly string[] }
  /** `variable` is not set; or the server speaks only the transport before streamable HTTP. */
  | {
      readonly note: "mcp-server-not-used";
      readonly file: string;
      readonly server: string;
      readonly why: "variable" | "sse";
      readonly variable?: string;
    }
  | { readonly note: "mcp-server-renamed"; readonly file: string; readonly server: string; readonly name: string }
  /** `of` is the folder or file that is a link, or belongs to another user. */
  | { readonly note: "store-not-used"; readonly path: string; readonly why: "link" | "owner"; readonly of: string }
  | { readonly note: "store-tightened"; readonly path: string }
  | ({ readonly note: "trust-list-not-used"; readonly file: string } & TrustListFault)
  | { readonly note: "trust-relative"; readonly given: string };

const setupNote: (note: SetupNote) => Sentence = byCase("note", {
  "config-used": ({ file }) => [`The configuration is ${file}.`],
  "config-not-used": ({ file, folder, why }) => [
    `The configuration ${file} is not used: ${NOT_USED[why]}. To trust its folder all the same: `,
    { action: "trust", folder },
    ".",
  ],
  "code-not-run": ({ file, folder }) => [
    `The configuration ${file} is code in a folder that you have not trusted. It did not run, and none of it counts. To trust the folder: `,
    { action: "trust", folder },
    ".",
  ],
  "settings-not-used": ({ file, folder, settings }) => [
    `You have not trusted the folder of ${file}, so these settings do not count: ${settings.join(", ")}. To trust the folder: `,
    { action: "trust", folder },
    ".",
  ],
  "mcp-file-not-used": ({ file, folder }) => [
    `You have not trusted the folder of ${file}, so none of its servers is started. To trust the folder: `,
    { action: "trust", folder },
    ".",
  ],
  "mcp-file-without-servers": ({ file, keys }) => [
    `No server of ${file} counts: it has ${andList(keys)}, and servers are read under mcpServers.`,
  ],
  "mcp-server-not-used": ({ file, server, why, variable }) => [
    `The server "${server}" of ${file} is left out: ${
      why === "sse" ? "it speaks SSE, which was replaced by streamable HTTP" : `the variable ${variable} is not set`
    }.`,
  ],
  "mcp-server-renamed": ({ file, server, name }) => [`The server "${server}" of ${file} is called ${name} in plans.`],
  "store-at": ({ path }) => [`The store is ${path}.`],
  "store-not-used": ({ path, why, of }) => [
    `The store ${path} is not used: ${of} ${why === "link" ? "is a symbolic link" : "belongs to another user"}.`,
  ],
  "store-tightened": ({ path }) => [`Other users could read ${path}. Now only you can.`],
  "trust-list-not-used": (found) => [
    `The list of trusted folders ${found.file} is not used: it ${trustListText(found)}.`,
  ],
  "trust-relative": ({ given }) => [`PLANLOOM_TRUST names "${given}", which counts for nothing: write a full path.`],
});

/** One sentence or more. Default: in the library's words. */
export const setupNoteText = (note: SetupNote, surface: Surface = librarySurface): string =>
  sentenceText(setupNote(note), surface);

const NOT_USED = {
  owner: "it belongs to another user",
  writable: "other users can write to it",
  "folder-owner": "its folder belongs to another user",
  "folder-writable": "other users can write to its folder",
  link: "it is a symbolic link",
  "no-file": "it is not a file",
} as const;
