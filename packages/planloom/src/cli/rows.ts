// Lays a line out in rows of the terminal. In: one line, perhaps with new lines in it, and the columns. Out: rows. Only
// the first row begins where the program's own lines begin; all others begin with the gutter.
import { visible } from "../plan/visible.js";
import { fittingIn, columnsOf, GUTTER, PAINTED } from "./style.js";

/** The safe rows of a line. `columns` is undefined where nothing wraps: in a pipe or a file. */
export function rowsOf(line: string, columns?: number): readonly string[] {
  const [first = "", ...others] = prepared(line).split("\n");
  const room = columns === undefined ? undefined : Math.max(20, columns - 1);
  return [...wrapped(first, "", room), ...others.flatMap((text) => wrapped(text, GUTTER, room))];
}

/** Escapes what others may have put into a line. The program's own colours stay. */
const prepared = (text: string): string =>
  text
    .replace(/\r\n/g, "\n")
    .split(PAINTED)
    .map((part, index) => (index % 2 === 1 ? part : visible(part).replace(/\t/g, "    ")))
    .join("");

function wrapped(text: string, gutter: string, room: number | undefined): readonly string[] {
  if (room === undefined) return [gutter + text];
  const rows: string[] = [];
  let rest = text;
  do {
    const begin = rows.length === 0 ? gutter : GUTTER;
    const row = rowIn(rest, room - begin.length);
    rows.push(begin + row);
    rest = rest.slice(row.length);
  } while (rest !== "");
  return rows;
}

/** At least one character, with the colours before it. Ends behind a word, unless a row cannot hold the next word. */
function rowIn(text: string, room: number): string {
  let [row, left] = ["", room];
  for (const [index, part] of text.split(PAINTED).entries()) {
    const fits = index % 2 === 1 ? part : fittingIn(part, left);
    row += fits;
    if (fits.length < part.length) break;
    if (index % 2 === 0) left -= columnsOf(fits);
  }
  if (row.length === text.length) return row;
  if (row === "") return firstCharacter(text);
  const rest = text.slice(row.length);
  if (rest.startsWith(" ")) return `${row} `;
  if (BREAKABLE.test(rest.charAt(0))) return row;
  const words = ENDS_BEHIND_WORD.exec(row)?.[0] ?? row;
  const next = /^\S*/.exec(text.slice(words.length))![0];
  return columnsOf(next) > room - GUTTER.length ? row : words;
}

/** Scripts without spaces: a line may break before and behind each of their characters. */
const BREAKABLE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

const ENDS_BEHIND_WORD = /^.*(?:\S +|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])/u;

/** A character that is wider than the room still has to be shown. */
const firstCharacter = (text: string): string => {
  const [first] = new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text);
  return first?.segment ?? "";
};
