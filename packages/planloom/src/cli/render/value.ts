// Shows a value that a person decides about. In: a name and a JSON value. Out: one line for each part of it that is no
// record or list. Nothing is left out without a line that tells how much, and how to see it.
import { beginning, wholeIndex } from "../../beginning.js";
import { isObject, type Json } from "../../plan/json.js";
import { mixedAddresses, visible } from "../../plan/visible.js";
import { LIMITS } from "../../limits.js";
import { columnsOf, padded, paint } from "../style.js";

/** How the lines of a value are laid out. */
export interface Shown {
  readonly indent: string;
  /** Columns of the name. */
  readonly width: number;
  /** The command that shows all of it. */
  readonly all: string;
  /** Items of a list that are shown. */
  readonly items?: number;
  /** Before each value: `= ` for one that an expression gives. */
  readonly sign?: string;
}

/** The lines of one argument. Its name stands in the first line, and in that of each part: `to.name`, `rows[2]`. */
export function valueLines(name: string, value: Json, shown: Shown): readonly string[] {
  const parts: Part[] = [];
  const left = { values: 0, items: shown.items ?? LIMITS.shownItems };
  collect(name, value, parts, left);
  const width = Math.max(shown.width, ...parts.map(({ path }) => Math.min(columnsOf(path), WIDEST)));
  return [
    ...parts.flatMap((part) => partLines(part, { ...shown, width })),
    ...(left.values === 0 ? [] : [restLine(`${left.values.toLocaleString("en-US")} more values are left out`, shown)]),
  ];
}

/** A text that a person reads as text, such as an instruction: all of its lines have the gutter. */
export function textLines(name: string, text: string, shown: Shown): readonly string[] {
  const { indent, width, all } = shown;
  const kept = beginning(text, LIMITS.shownTextChars);
  const rest = text.length - kept.length;
  const more = `${rest.toLocaleString("en-US")} of ${text.length.toLocaleString("en-US")} characters are left out`;
  return [
    // A name of one line, and a text of one line, share it.
    kept.includes("\n") ? `${indent}${name}\n${kept}` : `${indent}${padded(name, width)}  ${kept}`,
    ...(rest === 0 ? [] : [restLine(more, { indent, width, all })]),
    ...addressLines(text, shown),
  ];
}

/** A value that is no record and no list, with content; and where it stands. */
type Part =
  | { readonly path: string; readonly value: Json }
  /** How many of the items of a list are not shown. */
  | { readonly path: string; readonly items: number; readonly of: number };

const WIDEST = 40;

/** How many values were left out so far, and how many items of a list are shown. */
interface Left {
  values: number;
  readonly items: number;
}

function collect(path: string, value: Json, parts: Part[], left: Left): void {
  if (Array.isArray(value) && value.length > 0) {
    const items = value as readonly Json[];
    items.slice(0, left.items).forEach((item, index) => collect(`${path}[${index}]`, item, parts, left));
    const rest = items.length - left.items;
    if (rest > 0) parts.push({ path, items: rest, of: items.length });
    return;
  }
  if (isObject(value) && Object.keys(value).length > 0) {
    for (const [key, field] of Object.entries(value)) collect(`${path}.${keyText(key)}`, field, parts, left);
    return;
  }
  if (parts.length < LIMITS.shownParts) parts.push({ path, value });
  else left.values++;
}

/** A name as it is, or any other key as a JSON text. */
export const keyText = (key: string): string => (/^[\w-]+$/.test(key) ? key : visible(JSON.stringify(key)));

function partLines(part: Part, shown: Shown): readonly string[] {
  const { path } = part;
  if ("items" in part) {
    const { items, of } = part;
    return [
      restLine(`${path}: ${items.toLocaleString("en-US")} of ${of.toLocaleString("en-US")} items are left out`, shown),
    ];
  }
  const { value } = part;
  const text = JSON.stringify(value);
  const line = (words: string) => `${shown.indent}${padded(path, shown.width)}  ${shown.sign ?? ""}${words}`;
  if (text.length <= LIMITS.shownChars || typeof value !== "string") return [line(text), ...marks(value, shown)];
  const head = beginning(value, (LIMITS.shownChars * 3) / 4);
  const tail = value.slice(wholeIndex(value, value.length - LIMITS.shownChars / 4));
  const cut = value.length - head.length - tail.length;
  const more = `${cut.toLocaleString("en-US")} of ${value.length.toLocaleString("en-US")} characters are left out between these two`;
  return [line(JSON.stringify(head)), restLine(more, shown), line(JSON.stringify(tail)), ...marks(value, shown)];
}

const marks = (value: Json, shown: Shown): readonly string[] =>
  typeof value === "string" ? addressLines(value, shown) : [];

const addressLines = (text: string, { indent, width }: Shown): readonly string[] =>
  mixedAddresses(text).map(({ address, scripts }) =>
    paint("red", `${indent}${"".padEnd(width)}  ! mixes ${scripts} letters: ${address}`),
  );

const restLine = (words: string, { indent, width, all }: Shown): string =>
  paint("yellow", `${indent}${"".padEnd(width)}  … ${words}: ${all}`);
