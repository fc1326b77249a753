// A part of a text, by its lines. In: a text or a file, the first line and the number of lines. Out: the lines with their
// ends, and how many lines there are. A large file is never in memory as a whole.
import { LIMITS } from "../limits.js";
import { builtinError } from "./builtin-error.js";
import { chunksOf, utf8Text, withFile } from "./text-file.js";

/** From 1. `count` undefined: to the end. */
export interface LineRange {
  readonly from: number;
  readonly count: number | undefined;
}

/** `to` is the last line; `from` - 1 if there is none. `of`: the lines of the whole. */
export interface TextPart {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly of: number;
}

/** Throws ToolError FILE_RANGE if the text has no such line. */
export function linesOfText(text: string, shown: string, { from, count }: LineRange): TextPart {
  const lines = text.split(/(?<=\n)/u).filter((line) => line !== "");
  checkRange(shown, from, lines.length);
  const kept = lines.slice(from - 1, count === undefined ? undefined : from - 1 + count);
  return { text: kept.join(""), from, to: from - 1 + kept.length, of: lines.length };
}

function checkRange(path: string, from: number, of: number): void {
  if (from > Math.max(1, of)) throw builtinError("FILE_RANGE", { path, from, of, unit: "lines" });
}

/**
 * The same for a file of up to LIMITS.scanBytes. It gives as many whole lines as fit into LIMITS.fileBytes, at least
 * one.
 */
export function linesOfFile(real: string, shown: string, range: LineRange, signal: AbortSignal): Promise<TextPart> {
  return withFile(real, shown, signal, async (file, { size }) => {
    if (size > LIMITS.scanBytes) throw builtinError("FILE_TOO_LARGE", { path: shown, limit: LIMITS.scanBytes });
    const part = new Collected(range);
    for await (const chunk of chunksOf(file, LIMITS.scanBytes, signal)) part.add(chunk);
    const { from } = range;
    const { lines, of } = part.end();
    checkRange(shown, from, of);
    if (lines.length === 0 && of >= from)
      throw builtinError("FILE_TOO_LARGE", { path: shown, limit: LIMITS.fileBytes });
    return { text: utf8Text(Buffer.concat(lines), shown), from, to: from - 1 + lines.length, of };
  });
}

const NEW_LINE = 0x0a;

/** Counts all lines, and keeps those of the range. */
class Collected {
  readonly #first: number;
  readonly #last: number;
  readonly #lines: Buffer[] = [];
  #open: Buffer[] = [];
  #ended = 0;
  #isOpen = false;
  #room: number = LIMITS.fileBytes;

  constructor({ from, count }: LineRange) {
    this.#first = from;
    this.#last = count === undefined ? Infinity : from + count - 1;
  }

  add(chunk: Buffer): void {
    for (let from = 0; from < chunk.length;) {
      const at = chunk.indexOf(NEW_LINE, from);
      const to = at < 0 ? chunk.length : at + 1;
      if (this.#isWanted()) this.#keep(chunk.subarray(from, to));
      this.#isOpen = at < 0;
      if (at >= 0) this.#endLine();
      from = to;
    }
  }

  end(): { readonly lines: readonly Buffer[]; readonly of: number } {
    if (this.#isOpen) this.#endLine();
    return { lines: this.#lines, of: this.#ended };
  }

  #isWanted(): boolean {
    const line = this.#ended + 1;
    return line >= this.#first && line <= this.#last && this.#room >= 0;
  }

  #keep(part: Buffer): void {
    this.#room -= part.length;
    if (this.#room >= 0) this.#open.push(part);
  }

  #endLine(): void {
    this.#ended++;
    // Without room, the line and all after it are left out.
    if (this.#room >= 0 && this.#open.length > 0) this.#lines.push(Buffer.concat(this.#open));
    this.#open = [];
  }
}
