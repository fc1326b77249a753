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

/** At least one character, with the colours before it. Ends after a space if one stands in the second half. */
function rowIn(text: string, room: number): string {
  let [row, left] = ["", room];
  for (const [index, part] of text.split(PAINTED).entries()) {
    const fits = index % 2 === 1 ? part : fittingIn(part, left);
    row += fits;
    if (fits.length < part.length) break;
    if (index % 2 === 0) left -= columnsOf(fits);
  }
  if (row.length === text.length) return row;
  const space = row.lastIndexOf(" ") + 1;
  return space > row.length / 2 ? row.slice(0, space) : row || text.charAt(0);
}
