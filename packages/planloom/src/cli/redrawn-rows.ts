// Draws rows that are redrawn in place. In: rows that fit the terminal. Out: escape sequences. It also removes rows
// that a terminal has wrapped anew after it was made narrower.
import { columnsOf } from "./style.js";

/** Begin and end of an update that the terminal shows at once (DEC mode 2026). Others ignore it. */
const AT_ONCE = ["\u001b[?2026h", "\u001b[?2026l"] as const;
const TO_END_OF_LINE = "\u001b[K";
const TO_END_OF_SCREEN = "\u001b[J";

/** `columns`: of the terminal now. */
export class RedrawnRows {
  #rows: readonly string[] = [];

  constructor(
    private readonly write: (text: string) => void,
    private readonly columns: () => number,
  ) {}

  draw(rows: readonly string[]): void {
    const text = rows.map((row) => `${row}${TO_END_OF_LINE}\n`).join("");
    this.#put(`${this.#back()}${text}${TO_END_OF_SCREEN}`);
    this.#rows = rows;
  }

  clear(): void {
    if (this.#rows.length === 0) return;
    this.#put(`${this.#back()}${TO_END_OF_SCREEN}`);
    this.#rows = [];
  }

  #put(text: string): void {
    this.write(`${AT_ONCE[0]}${text}${AT_ONCE[1]}`);
  }

  /** To the beginning of the first row. A row that is wider than the terminal now takes several. */
  #back(): string {
    const columns = Math.max(1, this.columns());
    const height = this.#rows.reduce((sum, row) => sum + Math.max(1, Math.ceil(columnsOf(row) / columns)), 0);
    return height === 0 ? "" : `\r\u001b[${height}A`;
  }
}
