// Asks a SQLite file in a process of its own. In: a question. Out: the reply. When the time is over the process is
// killed: SQLite cannot be stopped from inside, and a worker thread ends only after its query.
import { spawn } from "node:child_process";
import { builtinError } from "../builtin-error.js";
import { SQL_PROGRAM, type SqlQuestion, type SqlReply } from "./sql-program.js";

/**
 * Rejects with the reason of the signal when it is aborted. Throws ToolError SQL_FAILED (retryable) if the process ends
 * without a reply: then nothing was written, or it is not known whether (`mayHaveActed`).
 */
export async function askSqlite(question: SqlQuestion, signal: AbortSignal): Promise<SqlReply> {
  signal.throwIfAborted();
  const module = packagedSqlite();
  const asked: SqlQuestion = { ...question, ...(module === undefined ? {} : { package: module }) };
  const said = await saidBy(JSON.stringify(asked), signal);
  try {
    return JSON.parse(said.text) as SqlReply;
  } catch (cause) {
    // A question for reading has no effects. The end of a process that writes leaves open whether it has committed.
    if (question.ask === "write") throw new Error(said.ending, { cause });
    throw builtinError("SQL_FAILED", { reason: said.ending }, { cause });
  }
}

function saidBy(question: string, signal: AbortSignal): Promise<{ readonly text: string; readonly ending: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["-e", SQL_PROGRAM], {
      stdio: ["pipe", "pipe", "ignore"],
      // No secret of this process is handed on.
      env: { ELECTRON_RUN_AS_NODE: "1", ...(process.env["SystemRoot"] && { SystemRoot: process.env["SystemRoot"] }) },
      windowsHide: true,
    });
    const stop = (): void => void child.kill("SIGKILL");
    signal.addEventListener("abort", stop);
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    // It is told by the ending.
    child.stdin.on("error", () => undefined);
    child.on("error", reject);
    child.on("close", (code, killed) => {
      signal.removeEventListener("abort", stop);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve({ text: Buffer.concat(chunks).toString("utf8"), ending: String(killed ?? code) });
    });
    child.stdin.end(question);
  });
}

/** Not imported: the banner of a bundle imports the same name. */
const nodeModule = process.getBuiltinModule("node:module");

/** The file of the package beside this module or beside the program. Never from the working folder. */
function packagedSqlite(): string | undefined {
  for (const place of [import.meta.url, process.argv[1]]) {
    try {
      if (place !== undefined) return nodeModule.createRequire(place).resolve("@photostructure/sqlite");
    } catch {
      // It is not installed there.
    }
  }
  return undefined;
}
