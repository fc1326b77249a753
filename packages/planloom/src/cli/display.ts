// Displays the events of a run. In: lines, and the state for a table. Out: stderr. There are three displays: none,
// plain lines, and a table that stays below the lines on a terminal.
import { isatty } from "node:tty";
import type { Run } from "../run/state.js";
import { say } from "./output.js";
import type { Line } from "./render/lines.js";
import { tableLines } from "./render/table.js";

export interface Display {
  show(lines: readonly Line[]): void;
  /** Text that is redrawn until the run ends, if there is a table. */
  follow(run: Run, said: ReadonlyMap<string, string>): void;
  /** Leaves the table on the screen at the end of the execution. */
  settle(): void;
  /** Removes the table, for a question or for the end. The next `show` draws it again. */
  rest(): void;
}

const REDRAW_MS = 120;

/** The table if the terminal can redraw, else lines; nothing with `quiet`. */
export async function openDisplay(quiet: boolean): Promise<Display> {
  if (quiet) return { show: () => undefined, follow: () => undefined, settle: () => undefined, rest: () => undefined };
  if (!isatty(2) || process.env["TERM"] === "dumb" || !isRoomy()) return plainDisplay();
  const { createLogUpdate } = await import("log-update");
  return new LiveDisplay(createLogUpdate(process.stderr, { showCursor: true }));
}

/** Some terminals do not report their size. A table needs one. */
const isRoomy = (): boolean => process.stderr.columns >= 40 && process.stderr.rows >= 10;

function plainDisplay(): Display {
  return {
    show: (lines) => lines.forEach(({ text }) => say(text)),
    follow: () => undefined,
    settle: () => undefined,
    rest: () => undefined,
  };
}

interface LogUpdate {
  (text: string): void;
  clear(): void;
}

class LiveDisplay implements Display {
  #source: { readonly run: Run; readonly said: ReadonlyMap<string, string> } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly update: LogUpdate) {}

  show(lines: readonly Line[]): void {
    const kept = lines.filter(({ routine }) => !routine);
    if (kept.length > 0) {
      this.update.clear();
      for (const { text } of kept) say(text);
    }
    this.#timer ??= setInterval(() => this.#draw(), REDRAW_MS).unref();
    if (kept.length > 0) this.#draw();
  }

  follow(run: Run, said: ReadonlyMap<string, string>): void {
    this.#source = { run, said };
  }

  settle(): void {
    this.update.clear();
    if (this.#source !== undefined && hasBegun(this.#source.run))
      this.#table(this.#source.run, this.#source.said).forEach((line) => say(line));
  }

  rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.update.clear();
  }

  #draw(): void {
    if (this.#source === undefined) return;
    const { run, said } = this.#source;
    if (run.mode.phase !== "executing" || !hasBegun(run)) return this.update.clear();
    this.update(this.#table(run, said).join("\n"));
  }

  #table(run: Run, said: ReadonlyMap<string, string>): readonly string[] {
    const { columns, rows } = process.stderr;
    return tableLines(run, said, Date.now(), { columns, rows });
  }
}

const hasBegun = ({ execution: { open, steps, running, retries } }: Run): boolean =>
  open < steps.size || running > 0 || retries.first() !== undefined;
