// Search in a folder of documents. In: a folder, a query. Out: the best files by BM25, with snippets. The index is in
// memory and is updated at every search.
import MiniSearch from "minisearch";
import { basename, extname } from "node:path";
import { LIMITS } from "../../limits.js";
import { builtinError } from "../builtin-error.js";
import { existing, openRoots, type Root } from "../folder.js";
import { filesBelow, type FoundFile } from "../folder-walk.js";
import { htmlText } from "../html-text.js";
import { readText } from "../text-file.js";
import { ToolError } from "../tool.js";
import type { Hit, Search } from "./hit.js";
import { snippetOf } from "./snippet.js";

const TEXTS = new Set(
  "txt text md markdown mdx rst adoc org tex html htm xhtml json jsonl ndjson json5 csv tsv yaml yml toml xml log ini".split(
    " ",
  ),
);
const HTML: ReadonlySet<string> = new Set(["html", "htm", "xhtml"]);

interface Document {
  readonly title: string;
  readonly text: string;
}

interface Indexed extends Document {
  readonly path: string;
}

/**
 * Throws PlanloomError BAD_FOLDER if `folder` does not exist. `shownPath` gives the path that results show for a path
 * below it. `own`: see FenceOptions.
 */
export function folderSearch(
  folder: string,
  shownPath: (path: string) => string = (path) => path,
  own: readonly string[] = [],
): Search {
  const index = new FolderIndex(openRoots([folder], { own }));
  return (query, limit, signal) => index.search(query, limit, signal, shownPath);
}

class FolderIndex {
  readonly #index = new MiniSearch<Indexed>({
    idField: "path",
    fields: ["title", "path", "text"],
    searchOptions: {
      boost: { title: 3, path: 1.5 },
      prefix: (term) => term.length > 3,
      fuzzy: (term) => (term.length > 5 ? 0.2 : false),
    },
  });
  /** The content of the index: path -> the state of its file, and whether it could be read. */
  readonly #known = new Map<string, { readonly state: string; readonly indexed: boolean }>();
  #refreshed: Promise<void> = Promise.resolve();

  constructor(private readonly roots: readonly Root[]) {}

  async search(query: string, limit: number, signal: AbortSignal, shownPath: (path: string) => string): Promise<Hit[]> {
    // Searches run one after the other. A search that was aborted or failed does not affect the next.
    this.#refreshed = this.#refreshed.catch(() => undefined).then(() => this.#refresh(signal));
    await this.#refreshed;
    const hits: Hit[] = [];
    for (const found of this.#index.search(query)) {
      if (hits.length >= limit) break;
      const document = await this.#document(String(found.id), signal);
      if (document === undefined) continue;
      const { title, text } = document;
      hits.push({ title, url: shownPath(String(found.id)), snippet: snippetOf(text, found.terms) });
    }
    return hits;
  }

  async #refresh(signal: AbortSignal): Promise<void> {
    const files = await this.#files(signal);
    for (const path of this.#known.keys()) if (!files.has(path)) this.#forget(path);
    for (const [path, file] of files) {
      signal.throwIfAborted();
      const state = `${file.modifiedMs} ${file.bytes}`;
      if (this.#known.get(path)?.state === state) continue;
      this.#forget(path);
      const document = await this.#document(path, signal);
      if (document !== undefined) this.#index.add({ path, ...document });
      this.#known.set(path, { state, indexed: document !== undefined });
    }
  }

  async #files(signal: AbortSignal): Promise<Map<string, FoundFile>> {
    const files = new Map<string, FoundFile>();
    let bytes = 0;
    for await (const file of filesBelow(await existing(this.roots, "."), signal)) {
      if (!TEXTS.has(endingOf(file.path)) || file.bytes > LIMITS.fileBytes) continue;
      files.set(file.path, file);
      bytes += file.bytes;
      if (files.size <= LIMITS.searchFiles && bytes <= LIMITS.searchBytes) continue;
      throw builtinError("SEARCH_FOLDER_TOO_LARGE", { texts: LIMITS.searchFiles, bytes: LIMITS.searchBytes });
    }
    return files;
  }

  #forget(path: string): void {
    if (this.#known.get(path)?.indexed === true) this.#index.discard(path);
    this.#known.delete(path);
  }

  /** undefined for a file that is not text, or that was removed. */
  async #document(path: string, signal: AbortSignal): Promise<Document | undefined> {
    try {
      const { real } = await existing(this.roots, path);
      return await documentOf(path, await readText(real, path, signal), signal);
    } catch (error) {
      if (error instanceof ToolError) return undefined;
      throw error;
    }
  }
}

async function documentOf(path: string, text: string, signal: AbortSignal): Promise<Document> {
  if (HTML.has(endingOf(path))) {
    const page = await htmlText(text, undefined, signal);
    return { title: page.title || basename(path), text: page.text };
  }
  const heading = /^\s{0,3}#{1,3}\s+(\S.{0,200})/m.exec(text.slice(0, 2_000))?.[1];
  return { title: heading?.trim() ?? basename(path), text };
}

function endingOf(path: string): string {
  return extname(path).slice(1).toLowerCase();
}
