// Asks the person at the terminal. In: a question. Out: a line, or undefined if none will come. Only this file reads
// standard input during a run. Tests give it other streams.
import { createInterface, type Interface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";
import { paint } from "./style.js";
import { USUAL_COLUMNS } from "./output.js";
import { rowsOf } from "./rows.js";
import { keepBelow, terminalOutput, writeLines, type LiveArea } from "./streams.js";

export interface Terminal {
  /** One line. undefined after Ctrl-D or Ctrl-C, or once the signal is aborted (another process has answered). */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>;
  /** One line, with the gutter before what continues it. */
  say(line?: string): void;
}

export function openTerminal(input: Readable = process.stdin, output: Writable = terminalOutput): Terminal {
  const columns = (): number | undefined => (isTerminal(output) ? output.columns || USUAL_COLUMNS : undefined);
  const isShared = output === terminalOutput;
  const say = (line = ""): void => {
    const text = `${rowsOf(line, columns()).join("\n")}\n`;
    if (isShared) writeLines("stderr", text);
    else output.write(text);
  };
  const ask: Terminal["ask"] = async (question, signal) => {
    const lines = createInterface({ input, output });
    const closed = new Promise<undefined>((resolve) => lines.once("close", () => resolve(undefined)));
    lines.once("SIGINT", () => lines.close());
    const area = new OpenQuestion(lines, output);
    const release = isShared ? keepBelow(area) : () => undefined;
    try {
      const line = await Promise.race([lines.question(question, { signal }).catch(() => undefined), closed]);
      // Nothing ended the line of the question, so the next text begins on a new line.
      if (line === undefined) area.end();
      return line?.trim();
    } finally {
      release();
      lines.close();
    }
  };
  return { ask, say };
}

/** Whether the person answers yes. */
export async function saysYes(terminal: Terminal, question: string): Promise<boolean> {
  const word = await terminal.ask(`${paint("bold", `${question} [y]es or [n]o:`)} `, new AbortController().signal);
  return word !== undefined && /^y(es)?$/i.test(word);
}

const isTerminal = (output: Writable): output is Writable & { readonly columns: number } =>
  "columns" in output && typeof output.columns === "number";

/** A question that waits for its line. Other text is written above it. */
class OpenQuestion implements LiveArea {
  #isOpen = true;

  constructor(
    private readonly lines: Interface,
    private readonly output: Writable,
  ) {
    lines.once("line", () => (this.#isOpen = false));
  }

  hide(): void {
    if (!this.#isOpen) return;
    const { rows } = this.lines.getCursorPos();
    this.output.write(`\r${rows === 0 ? "" : `\u001b[${rows}A`}\u001b[J`);
  }

  show(): void {
    if (!this.#isOpen) return;
    // readline goes back by the rows that it drew last. The cursor is in the first of them already.
    (this.lines as { prevRows?: number }).prevRows = 0;
    this.lines.prompt(true);
  }

  end(): void {
    this.#isOpen = false;
    this.output.write("\n");
  }
}
