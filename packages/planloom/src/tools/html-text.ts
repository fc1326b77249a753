// The readable text of an HTML page. In: HTML. Out: its title and text. Pages are untrusted: a page is read in slices,
// so that none of them holds the process. The converter is loaded when the first page arrives.
import { LIMITS } from "../limits.js";
import { htmlSlices, type HtmlSlice } from "./html-slices.js";

export interface PageText {
  /** Empty when the page has none. */
  readonly title: string;
  readonly text: string;
}

/**
 * `base`: the URL against which links are resolved; absent = links are left out. Rejects with the reason of the signal
 * when it is aborted.
 */
export async function htmlText(html: string, base?: string, signal?: AbortSignal): Promise<PageText> {
  const { compile } = await import("html-to-text");
  const link = {
    hideLinkHrefIfSameAsText: true,
    ignoreHref: base === undefined,
    pathRewrite: (path: string) => (URL.canParse(path, base) ? new URL(path, base).href : path),
  };
  const options = {
    wordwrap: false,
    limits: { maxDepth: LIMITS.htmlDepth, maxInputLength: html.length + 1 },
    formatters: { cell: formatCell, item: formatItem },
    selectors: [
      { selector: "a", options: link },
      { selector: "img", format: "skip" },
      { selector: "title", format: "skip" },
      { selector: "noscript", format: "skip" },
      { selector: "template", format: "skip" },
      // The converter's own layouts are not used: a huge colspan keeps it busy forever, and each level of a list or a
      // quotation indents every line below it.
      { selector: "table", format: "block" },
      { selector: "tr", format: "block", options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
      { selector: "ul", format: "block" },
      { selector: "ol", format: "block" },
      { selector: "blockquote", format: "block" },
      { selector: "li", format: "item" },
      { selector: "td", format: "cell" },
      { selector: "th", format: "cell" },
      ...["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({ selector, options: { uppercase: false } })),
    ],
  };
  const title = compile({ wordwrap: false })(titleOf(html)).replace(/\s+/g, " ").trim();
  const convert = compile(options);
  let text = "";
  let edge = "";
  for (const slice of htmlSlices(html)) {
    const part = convert(slice.html).replace(/ \|$/gm, "").trim();
    if (part !== "") [text, edge] = [text + (text === "" ? "" : edge) + part, ""];
    edge = edge === "" || slice.end === "block" ? EDGES[slice.end] : edge;
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
  return { title, text };
}

const EDGES: { readonly [end in HtmlSlice["end"]]: string } = { block: "\n", space: " ", none: "" };

/** The part of the converter's types that is used. */
interface Element {
  readonly children: unknown;
}
interface Builder {
  addInline(text: string): void;
  openBlock(options: { readonly leadingLineBreaks: number }): void;
  closeBlock(options: { readonly trailingLineBreaks: number }): void;
}
type Walk = (children: unknown, builder: Builder) => void;

/** A row becomes one line: a | b. */
function formatCell(cell: Element, walk: Walk, builder: Builder): void {
  walk(cell.children, builder);
  builder.addInline(" | ");
}

function formatItem(item: Element, walk: Walk, builder: Builder): void {
  builder.openBlock({ leadingLineBreaks: 1 });
  builder.addInline("* ");
  walk(item.children, builder);
  builder.closeBlock({ trailingLineBreaks: 1 });
}

/**
 * The content of the first `title` element. Found by position, because a hostile page could make a regular expression
 * slow.
 */
function titleOf(html: string): string {
  const start = /<title[\s>]/i.exec(html)?.index ?? -1;
  const open = start < 0 ? -1 : html.indexOf(">", start);
  if (open < 0) return "";
  const rest = html.slice(open + 1, open + 1_000);
  const end = rest.search(/<\/title/i);
  return end < 0 ? "" : rest.slice(0, end);
}
