// The tool `search`. In: a folder of documents, a SearXNG server, or a key. Out: the tool, the same for all, so that plans do
// not depend on the source.
import { existsSync } from "node:fs";
import { z } from "zod";
import { builtinVersion, type ToolReach } from "../../plan/tool-spec.js";
import { tool, type Tool } from "../tool.js";
import { neededStateText } from "../../words/missing-state.js";
import { openRoots } from "../folder.js";
import type { Search } from "./hit.js";
import { braveHost, braveSearch, type BraveOptions } from "./search-brave.js";
import { folderSearch } from "./search-folder.js";
import { searxngHost, searxngSearch } from "./search-searxng.js";

export type SearchOptions =
  | {
      readonly folder: string;
      /** The path that results show for a path below the folder. Default: the same path. */
      readonly shownPath?: (path: string) => string;
      /** See FenceOptions. */
      readonly own?: readonly string[];
    }
  | { readonly searxng: string }
  | { readonly brave: BraveOptions };

const LIMIT = 5;

/** Throws PlanloomError BAD_FOLDER or BAD_SEARCH (kind config). */
export function searchTool(options: SearchOptions): Tool {
  const local = "folder" in options;
  const { search, reach } = placeOf(options);
  const { roots } = reach;
  return tool({
    name: "search",
    version: builtinVersion(1),
    reach,
    description: local
      ? "Searches the local documents (not the web) for words; each url is the path of a file."
      : "Searches the web for words; gives titles, addresses and short extracts.",
    input: z.strictObject({
      query: z.string().trim().min(1).max(1_000).describe("The words to look for."),
      limit: z.int().min(1).max(20).optional().describe(`At most so many results; default ${LIMIT}.`),
    }),
    output: z.strictObject({
      results: z.array(z.strictObject({ title: z.string(), url: z.string(), snippet: z.string() })),
    }),
    effects: "none",
    egress: !local,
    public: !local,
    // The words go to the server that the operator chose, and nowhere else.
    content: ["query", "limit"],
    run: async ({ query, limit = LIMIT }, { signal }) => ({ results: [...(await search(query, limit, signal))] }),
    precheck: async () => (roots === undefined ? undefined : missingFolder(roots[0]!)),
    summary: ({ results }) => `Found ${results.length} results`,
  });
}

/** The folder was there when the program started. */
const missingFolder = (folder: string) =>
  existsSync(folder) ? undefined : { what: neededStateText({ is: "documents" }) };

function placeOf(options: SearchOptions): { readonly search: Search; readonly reach: ToolReach } {
  if ("searxng" in options)
    return { search: searxngSearch(options.searxng), reach: { hosts: [searxngHost(options.searxng)] } };
  if ("brave" in options) return { search: braveSearch(options.brave), reach: { hosts: [braveHost(options.brave)] } };
  const roots = openRoots([options.folder]).map(({ real }) => real);
  return { search: folderSearch(options.folder, options.shownPath, options.own), reach: { roots } };
}
