// Cuts an HTML page into slices that a parser reads in a short time each. In: HTML. Out: its slices, without scripts,
// styles and comments. Between two slices the process can do something else.
import { LIMITS } from "../limits.js";

export interface HtmlSlice {
  readonly html: string;
  /** What is between this slice and the next: the edge of a block, white space, or nothing. */
  readonly end: "block" | "space" | "none";
}

export interface SliceBudget {
  readonly chars: number;
  readonly tags: number;
  /** Looks of the parser through open elements. */
  readonly looks: number;
}

const BUDGET: SliceBudget = { chars: LIMITS.htmlSliceChars, tags: LIMITS.htmlSliceTags, looks: LIMITS.htmlSliceLooks };

const BLOCKS = namesIn(
  "address article aside blockquote body br dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li " +
    "main nav ol p pre section table tbody tfoot thead tr ul",
);
/** Elements whose content is never shown. Markup inside them is no markup. */
const DROPPED = namesIn("script style title noscript template");
/** Elements that are never closed, or that the next one of their kind closes. They do not nest. */
const UNCLOSED = namesIn(
  "area base br col dd dt embed hr img input li link meta optgroup option p source tbody td tfoot th thead tr track wbr",
);

function namesIn(text: string): ReadonlySet<string> {
  return new Set(text.split(" "));
}

/** A slice ends at the next block after its budget is used up, and at the latest at twice the budget. */
export function* htmlSlices(html: string, budget: SliceBudget = BUDGET): Generator<HtmlSlice, void> {
  const tag = /<(?:!--|(\/?)([a-zA-Z][a-zA-Z0-9]{0,20}))/g;
  const slice = new Slice(html, budget);
  for (let at = 0; at < html.length;) {
    tag.lastIndex = at;
    const found = tag.exec(html);
    const start = found?.index ?? html.length;
    for (let cut = slice.cutInText(at, start); cut !== undefined; cut = slice.cutInText(at, start))
      yield slice.cutAt(cut.at, cut.end);
    if (found === null) break;
    const [opening, slash, name = ""] = found;
    const word = name.toLowerCase();
    if (slice.endsBefore(start, BLOCKS.has(word))) yield slice.cutAt(start, BLOCKS.has(word) ? "block" : "none");
    slice.count(word, slash === "/");
    if (name === "") at = slice.leaveOut(start, after(html, "-->", start + 2));
    else if (DROPPED.has(word) && slash !== "/") at = slice.leaveOut(start, closingOf(html, word, start));
    else at = endOfTag(html, start + opening.length, slash === "/");
  }
  yield slice.cutAt(html.length, "none");
}

class Slice {
  /** The text of the slice before `#from`. */
  #kept = "";
  #from = 0;
  #tags = 0;
  #looks = 0;
  #depth = 0;
  readonly #open = new Map<string, number>();

  constructor(
    private readonly html: string,
    private readonly budget: SliceBudget,
  ) {}

  /** Whether the slice ends before the tag at this place. */
  endsBefore(place: number, isBlock: boolean): boolean {
    const { chars, tags, looks } = this.budget;
    const most = isBlock ? 1 : 2;
    return this.#length(place) > most * chars || this.#tags > most * tags || this.#looks > most * looks;
  }

  /** A place in the text between two tags where a slice that is too long ends. */
  cutInText(start: number, end: number): { readonly at: number; readonly end: "space" | "none" } | undefined {
    const { chars } = this.budget;
    if (this.#length(end) <= 2 * chars) return undefined;
    const wanted = Math.max(start, this.#from + Math.max(1, chars - this.#kept.length));
    if (wanted >= end) return undefined;
    const space = /\s/.exec(this.html.slice(wanted, Math.min(end, wanted + chars)));
    if (space !== null) return { at: wanted + space.index + 1, end: "space" };
    return { at: Math.max(start, this.#whole(wanted), this.#from + 1), end: "none" };
  }

  /** The place itself, or before the entity or the pair of units in which it is. */
  #whole(place: number): number {
    const entity = this.html.lastIndexOf("&", place);
    if (entity !== -1 && place - entity < 32) return entity;
    return /[\uDC00-\uDFFF]/.test(this.html[place] ?? "") ? place - 1 : place;
  }

  cutAt(place: number, end: HtmlSlice["end"]): HtmlSlice {
    const html = this.#kept + this.html.slice(this.#from, place);
    this.#kept = "";
    this.#from = place;
    this.#tags = this.#looks = this.#depth = 0;
    this.#open.clear();
    return { html, end };
  }

  /** Returns the end of the part that is left out. */
  leaveOut(start: number, end: number): number {
    this.#kept += this.html.slice(this.#from, start);
    this.#from = end;
    return end;
  }

  count(name: string, closes: boolean): void {
    this.#tags++;
    if (closes) this.#looks += this.#depth;
    // A closing tag without an opening tag closes nothing, but the parser still searches for it.
    const open = this.#open.get(name) ?? 0;
    if (UNCLOSED.has(name) || (closes && open === 0)) return;
    this.#open.set(name, closes ? open - 1 : open + 1);
    this.#depth += closes ? -1 : 1;
  }

  #length(place: number): number {
    return this.#kept.length + place - this.#from;
  }
}

/** The place after a text, or the end of the page. */
function after(html: string, text: string, from: number): number {
  const place = html.indexOf(text, from);
  return place === -1 ? html.length : place + text.length;
}

function closingOf(html: string, name: string, from: number): number {
  const closing = new RegExp(`</${name}`, "gi");
  closing.lastIndex = from;
  const found = closing.exec(html);
  return found === null ? html.length : after(html, ">", found.index);
}

/** The place after a tag. A quote counts only where a value of an attribute begins. */
function endOfTag(html: string, from: number, closes: boolean): number {
  if (closes) return after(html, ">", from);
  let value = false;
  for (let at = from; at < html.length; at++) {
    const character = html[at]!;
    if (character === ">") return at + 1;
    if (value && (character === '"' || character === "'")) at = after(html, character, at + 1) - 1;
    value = character === "=" || (value && /\s/.test(character));
  }
  return html.length;
}
