// Displays the events of a run. In: lines, the state for a table, and pieces of the answer. Out: stderr. There are three
// displays: none, plain lines, and a table (later the answer so far) that stays below the lines on a terminal.
import { isatty } from "node:tty";
import type { Run } from "../run/state.js";
import { RedrawnRows } from "./redrawn-rows.js";
import { sayLines } from "./output.js";
import { rowsOf } from "./rows.js";
import type { Line } from "./render/lines.js";
import { tableLines } from "./render/table.js";
import { isShown, keepBelow, writeRaw, type LiveArea } from "./streams.js";

export interface Display {
  show(lines: readonly Line[]): void;
  /** Text that is redrawn until the run ends, if there is a table. */
  follow(run: Run, said: ReadonlyMap<string, string>): void;
  /** The answer so far. "" removes it. */
  answer(text: string): void;
  /** Leaves the table on the screen at the end of the execution. */
  settle(): void;
  /** Removes the table, for a question or for the end. The next `show` draws it again. */
  rest(): void;
}

const REDRAW_MS = 120;

const nothing = (): void => undefined;

/** The table if the terminal can redraw, else lines; nothing with `quiet`. */
export function openDisplay(quiet: boolean): Display {
  const still = { follow: nothing, answer: nothing, settle: nothing, rest: nothing };
  if (quiet) return { show: nothing, ...still };
  if (isatty(2) && process.env["TERM"] !== "dumb" && isRoomy()) return new LiveDisplay();
  return { show: (lines) => sayLines(lines.map(({ text }) => text)), ...still };
}

/** Some terminals do not report their size. A table needs one. */
const isRoomy = (): boolean => process.stderr.columns >= 40 && process.stderr.rows >= 10;

class LiveDisplay implements Display {
  #source: { readonly run: Run; readonly said: ReadonlyMap<string, string> } | undefined;
  #answer = "";
  #end: (() => void) | undefined;
  readonly #frame = new RedrawnRows(
    (text) => writeRaw("stderr", text),
    () => process.stderr.columns,
  );
  readonly #area: LiveArea = { hide: () => this.#frame.clear(), show: () => this.#draw() };

  show(lines: readonly Line[]): void {
    sayLines(lines.filter(({ routine }) => !routine).map(({ text }) => text));
    this.#end ??= this.#begin();
  }

  follow(run: Run, said: ReadonlyMap<string, string>): void {
    this.#source = { run, said };
  }

  answer(text: string): void {
    this.#answer = text;
  }

  settle(): void {
    const source = this.#source;
    if (source === undefined || !hasBegun(source.run)) return;
    this.#source = undefined;
    sayLines(this.#table(source));
  }

  rest(): void {
    this.#end?.();
    this.#end = undefined;
  }

  #begin(): () => void {
    const draw = (): void => this.#draw();
    const timer = setInterval(draw, REDRAW_MS).unref();
    process.stderr.on("resize", draw);
    const release = keepBelow(this.#area);
    draw();
    return () => {
      clearInterval(timer);
      process.stderr.off("resize", draw);
      release();
    };
  }

  #draw(): void {
    if (!isShown(this.#area)) return;
    const rows = this.#rows();
    if (rows.length === 0) this.#frame.clear();
    // A row that has left the screen at its top cannot be removed any more.
    else this.#frame.draw(rows.slice(-Math.max(1, process.stderr.rows - 1)));
  }

  #rows(): readonly string[] {
    const source = this.#source;
    if (source?.run.mode.phase === "executing" && hasBegun(source.run)) return this.#table(source);
    // A person who reads stdout elsewhere reads the answer there.
    if (this.#answer === "" || !isatty(1)) return [];
    const { columns, rows } = process.stderr;
    return rowsOf(`\n${this.#answer}`, columns).slice(-Math.max(3, rows - 2));
  }

  #table({ run, said }: { readonly run: Run; readonly said: ReadonlyMap<string, string> }): readonly string[] {
    const { columns, rows } = process.stderr;
    return tableLines(run, said, Date.now(), { columns, rows });
  }
}

const hasBegun = ({ execution: { open, steps, running, retries } }: Run): boolean =>
  open < steps.size || running > 0 || retries.first() !== undefined;
