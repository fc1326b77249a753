// The readable text of an HTML page. In: HTML. Out: its title and text. Pages are untrusted, so the work that a page
// can cause is bounded here. The converter is loaded when the first page arrives.
import { LIMITS } from "../limits.js";
import { builtinError } from "./builtin-error.js";

/** Elements that are never closed, or that the next one of their kind closes. They do not nest. */
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
  const link = {
    hideLinkHrefIfSameAsText: true,
    ignoreHref: base === undefined,
    pathRewrite: (path: string) => (URL.canParse(path, base) ? new URL(path, base).href : path),
  };
  const options = {
    wordwrap: false,
    limits: { maxDepth: LIMITS.htmlDepth, maxInputLength: html.length },
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
  const title = convert(titleOf(html), { wordwrap: false }).replace(/\s+/g, " ").trim();
  const text = convert(html, options).replace(/ \|$/gm, "").trim();
  return { title, text };
}

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

/** Throws ToolError FETCH_HTML for a page that would keep the parser busy for minutes. */
function checkNesting(html: string): void {
  const opened = new Map<string, number>();
  let depth = 0;
  let looks = 0;
  for (const [, slash, word] of html.matchAll(/<(\/?)([a-zA-Z][a-zA-Z0-9]{0,20})/g)) {
    const name = word!.toLowerCase();
    const ends = slash === "/";
    if (ends) looks += depth;
    if (looks > LIMITS.htmlWork) throw builtinError("FETCH_HTML", {});
    // A closing tag without an opening tag closes nothing, but the parser still searches for it.
    const open = opened.get(name) ?? 0;
    if (UNCLOSED.has(name) || (ends && open === 0)) continue;
    opened.set(name, ends ? open - 1 : open + 1);
    depth += ends ? -1 : 1;
  }
}
