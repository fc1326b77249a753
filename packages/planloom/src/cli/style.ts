// Styles text for a terminal. In: text, and whether a stream shows colours. Out: text with or without escape sequences.
// Text from outside never keeps escape sequences of its own.
import { isatty } from "node:tty";
import stringWidth from "string-width";
import { visible } from "../plan/visible.js";

export type Paint = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

const CODES: Readonly<Record<Paint, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** Colours only go to a terminal, and never if NO_COLOR is set (no-color.org). */
const COLOURS = isatty(2) && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";

export function paint(how: Paint, text: string): string {
  const [on, off] = CODES[how];
  return COLOURS ? `\u001b[${on}m${text}\u001b[${off}m` : text;
}

/**
 * Text from outside as one line of at most `max` columns. Characters that cannot be seen, or that could control the
 * terminal, are escapes; white space becomes one space.
 */
export function oneLine(text: string, max = 200): string {
  const plain = visible(text.replace(/[\t\n\r ]+/g, " ").trim());
  if (plain.length <= max && columnsOf(plain) <= max) return plain;
  return `${fittingIn(plain, max - 1)}…`;
}

/** Text from outside in several lines, with such characters as escapes. */
export const manyLines = (text: string): string => visible(text.replace(/\r\n/g, "\n"));

/** How many columns of a terminal a line takes. Colours take none. */
export const columnsOf = (text: string): number => (/^[ -~]*$/.test(text) ? text.length : stringWidth(text));

/** The beginning of a text without colours that takes at most `max` columns. It halves no character. */
export function fittingIn(text: string, max: number): string {
  if (/^[ -~]*$/.test(text)) return text.slice(0, Math.max(0, max));
  let columns = 0;
  for (const { segment, index } of GRAPHEMES.segment(text)) {
    columns += columnsOf(segment);
    if (columns > max) return text.slice(0, index);
  }
  return text;
}

const GRAPHEMES = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The text with spaces behind it, so that it takes at least `columns` columns. */
export const padded = (text: string, columns: number): string =>
  text + " ".repeat(Math.max(0, columns - columnsOf(text)));

/** `1 step`, `3 steps`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** The beginning of each row that continues a line, so that text of others never looks like a line of the program. */
export const GUTTER = "  │ ";

/** An escape sequence of `paint`. Without colours there are none, so any that stands in a text is from outside. */
export const PAINTED = COLOURS ? /(\u001b\[(?:1|2|22|31|32|33|36|39)m)/g : /((?!))/g;
