// Asks a SQLite file in a process of its own. In: a question. Out: the reply. When the time is over the process is
// killed: SQLite cannot be stopped from inside, and a worker thread ends only after its query.
import { builtinError } from "../builtin-error.js";
import { ownProcess } from "../own-process.js";
import { SQL_PROGRAM, type SqlQuestion, type SqlReply } from "./sql-program.js";

/**
 * Rejects with the reason of the signal when it is aborted. Throws ToolError SQL_FAILED (retryable) if the process ends
 * without a reply: then nothing was written, or it is not known whether (`mayHaveActed`).
 */
export async function askSqlite(question: SqlQuestion, signal: AbortSignal): Promise<SqlReply> {
  signal.throwIfAborted();
  const module = packagedSqlite();
  const asked: SqlQuestion = { ...question, ...(module === undefined ? {} : { package: module }) };
  const limits = { signals: [signal], most: Number.POSITIVE_INFINITY };
  const { text, code, killed } = await ownProcess(["-e", SQL_PROGRAM], [JSON.stringify(asked)], limits);
  signal.throwIfAborted();
  try {
    return JSON.parse(text) as SqlReply;
  } catch (cause) {
    const ending = String(killed ?? code);
    // A question for reading has no effects. The end of a process that writes leaves open whether it has committed.
    if (question.ask === "write") throw new Error(ending, { cause });
    throw builtinError("SQL_FAILED", { reason: ending }, { cause });
  }
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
