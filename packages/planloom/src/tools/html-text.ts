// What a person would read of an HTML page. In: HTML. Out: its title and text. Separate because pages come from strangers:
// the work they can cause is bounded here, and the converter is loaded only when the first one arrives.
import { ToolError } from "./tool.js";

/** Elements opened around each other: the converter leaves out what lies deeper. */
const DEPTH_MAX = 200;
/** The parser looks through its open elements at every closing tag: so many looks are about half a second. */
const LOOKS_MAX = 200_000_000;
/** Elements that are never closed, or that the next one of their kind closes: they do not pile up. */
const UNCLOSED = new Set(
  "area base br col dd dt embed hr img input li link meta optgroup option p source tbody td tfoot th thead tr track wbr".split(
    " ",
  ),
);

export interface PageText {
  /** Empty when the page has none. */
  readonly title: string;
  readonly text: string;
}

/** `base`: the URL against which links are resolved; absent = links are left out. */
export async function htmlText(html: string, base?: string): Promise<PageText> {
  checkNesting(html);
  const { convert } = await import("html-to-text");
  const options = {
    wordwrap: false,
    limits: { maxDepth: DEPTH_MAX, maxInputLength: html.length },
    selectors: [
      { selector: "a", options: { hideLinkHrefIfSameAsText: true, ignoreHref: base === undefined, baseUrl: base } },
      { selector: "img", format: "skip" },
      { selector: "noscript", format: "skip" },
      { selector: "template", format: "skip" },
      { selector: "table", format: "dataTable", options: { uppercaseHeaderCells: false } },
      ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  };
  const title = convert(titleOf(html), { wordwrap: false }).replace(/\s+/g, " ").trim();
  return { title, text: convert(html, options).trim() };
}

/** The inside of the first `title` element; found by position, since a pattern could be made to look for a long time. */
function titleOf(html: string): string {
  const start = /<title[\s>]/i.exec(html)?.index ?? -1;
  const open = start < 0 ? -1 : html.indexOf(">", start);
  if (open < 0) return "";
  const rest = html.slice(open + 1, open + 1_000);
  const end = rest.search(/<\/title/i);
  return end < 0 ? "" : rest.slice(0, end);
}

/** Throws ToolError FETCH_HTML for a page made to keep the parser busy for minutes. */
function checkNesting(html: string): void {
  const opened = new Map<string, number>();
  let depth = 0;
  let looks = 0;
  for (const [, slash, word] of html.matchAll(/<(\/?)([a-zA-Z][a-zA-Z0-9]{0,20})/g)) {
    const name = word!.toLowerCase();
    const ends = slash === "/";
    if (ends) looks += depth;
    if (looks > LOOKS_MAX)
      throw new ToolError("The page nests too deeply to be read.", { code: "FETCH_HTML", retryable: false });
    // An end without a beginning closes nothing, but is looked for all the same.
    const open = opened.get(name) ?? 0;
    if (UNCLOSED.has(name) || (ends && open === 0)) continue;
    opened.set(name, ends ? open - 1 : open + 1);
    depth += ends ? -1 : 1;
  }
}
