// Asking the person at the terminal. In: a question. Out: a line, or undefined where there is none to come.
// Separate because only here is standard input read while a run is going on.
import { createInterface } from "node:readline/promises";
import { say } from "./output.js";

/** One line from the terminal; undefined at Ctrl-D or Ctrl-C, or once the signal is aborted (somebody else has answered). */
export async function ask(question: string, signal: AbortSignal): Promise<string | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<undefined>((resolve) => terminal.once("close", () => resolve(undefined)));
  terminal.once("SIGINT", () => terminal.close());
  // Nothing ended the line of the question: whatever comes next begins on a new one.
  let open = true;
  const endLine = (): void => {
    if (open) say();
    open = false;
  };
  signal.addEventListener("abort", endLine, { once: true });
  try {
    const line = await Promise.race([terminal.question(question, { signal }).catch(() => undefined), closed]);
    if (line === undefined) endLine();
    return line?.trim();
  } finally {
    signal.removeEventListener("abort", endLine);
    terminal.close();
  }
}
