// Asks the person at the terminal. In: a question. Out: a line, or undefined if none will come. Only this file reads
// standard input during a run. Tests give it other streams.
import { createInterface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";
import { rowsOf } from "./rows.js";

export interface Terminal {
  /** One line. undefined after Ctrl-D or Ctrl-C, or once the signal is aborted (another process has answered). */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>;
  /** One line, with the gutter before what continues it. */
  say(line?: string): void;
}

export function openTerminal(input: Readable = process.stdin, output: Writable = process.stderr): Terminal {
  const columns = (): number | undefined => (isTerminal(output) ? output.columns : undefined);
  const say = (line = ""): void => void output.write(`${rowsOf(line, columns()).join("\n")}\n`);
  const ask: Terminal["ask"] = async (question, signal) => {
    const lines = createInterface({ input, output });
    const closed = new Promise<undefined>((resolve) => lines.once("close", () => resolve(undefined)));
    lines.once("SIGINT", () => lines.close());
    // Nothing ended the line of the question, so the next text begins on a new line.
    let open = true;
    const endLine = (): void => {
      if (open) say();
      open = false;
    };
    signal.addEventListener("abort", endLine, { once: true });
    try {
      const line = await Promise.race([lines.question(question, { signal }).catch(() => undefined), closed]);
      if (line === undefined) endLine();
      return line?.trim();
    } finally {
      signal.removeEventListener("abort", endLine);
      lines.close();
    }
  };
  return { ask, say };
}

const isTerminal = (output: Writable): output is Writable & { readonly columns: number } =>
  "columns" in output && typeof output.columns === "number";
