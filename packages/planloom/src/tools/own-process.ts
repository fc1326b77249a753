// Runs Node.js in a process of its own, for work that must be stopped from outside. In: arguments and the standard input.
// Out: the standard output, and how the process ended. It gets no variable and no secret of this process.
import { spawn } from "node:child_process";

export interface ProcessEnd {
  /** The whole standard output. */
  readonly text: string;
  /** The exit code; null if a signal ended it. */
  readonly code: number | null;
  readonly killed: NodeJS.Signals | null;
}

/**
 * Resolves when the process has ended. It is killed if a signal is aborted, or if it writes more than `most` bytes.
 * Rejects if it cannot be started.
 */
export function ownProcess(
  args: readonly string[],
  input: readonly (string | Uint8Array)[],
  { signals, most }: { readonly signals: readonly AbortSignal[]; readonly most: number },
): Promise<ProcessEnd> {
  const child = spawn(process.execPath, args, {
    env: systemEnv(),
    stdio: ["pipe", "pipe", "ignore"],
    windowsHide: true,
  });
  const stop = (): void => void child.kill("SIGKILL");
  for (const signal of signals) signal.addEventListener("abort", stop, { once: true });
  const chunks: Buffer[] = [];
  let length = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > most) stop();
    else chunks.push(chunk);
  });
  // It may end before it has read everything.
  child.stdin.on("error", () => undefined);
  for (const part of input) child.stdin.write(part);
  child.stdin.end();
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, killed) => {
      for (const signal of signals) signal.removeEventListener("abort", stop);
      resolve({ text: Buffer.concat(chunks).toString("utf8"), code, killed });
    });
  });
}

/** Windows starts no process without SystemRoot. Electron runs as Node.js. */
function systemEnv(): NodeJS.ProcessEnv {
  const { SystemRoot } = process.env;
  return { ELECTRON_RUN_AS_NODE: "1", ...(SystemRoot === undefined ? {} : { SystemRoot }) };
}
