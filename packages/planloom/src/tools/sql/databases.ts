// The SQLite files that a configuration names. In: their paths. Out: the files, with their tables in words for models.
import { realpath, stat } from "node:fs/promises";
import { LIMITS } from "../../limits.js";
import { beginning } from "../../beginning.js";
import type { DatabaseFault } from "../../words/errors/configuration.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { fenceOf } from "../fence.js";
import { askSqlite } from "./sql-process.js";
import type { SqlReply } from "./sql-program.js";

export interface Database {
  readonly name: string;
  /** Its real path. */
  readonly file: string;
  /** `orders(id INTEGER, total REAL)`, and so on. Empty if it has none. */
  readonly tables: string;
  readonly tableNames: readonly string[];
  /** How long a statement waits for another program's lock, in ms. Default: `sqliteBusyMs`. */
  readonly busyMs?: number;
}

/**
 * Opens each file once, for reading. Throws PlanloomError BAD_DATABASE (kind config). `own`: see FenceOptions.
 */
export async function openDatabases(
  files: { readonly [name: string]: string },
  own: readonly string[] = [],
): Promise<readonly Database[]> {
  return Promise.all(Object.entries(files).map(([name, file]) => openDatabase(name, file, own)));
}

async function openDatabase(name: string, path: string, own: readonly string[]): Promise<Database> {
  const bad = (fault: DatabaseFault): PlanloomError =>
    new PlanloomError("BAD_DATABASE", { name, file: path, ...fault });
  const file = await realpath(path).catch(() => undefined);
  if (file === undefined) throw bad({ problem: "missing" });
  if (!(await stat(file)).isFile()) throw bad({ problem: "not-a-file" });
  if (await fenceOf({ own }).closes([], file)) throw bad({ problem: "own" });
  const question = { ask: "tables", file, sql: "", params: [], ...QUESTION_LIMITS } as const;
  const reply = await askSqlite(question, AbortSignal.timeout(LIMITS.sqlMs)).catch((error: unknown) => {
    throw bad({ problem: "unreadable", reason: String(error) });
  });
  if (reply.ok) return { name, file, ...tablesIn(reply.rows) };
  if (reply.problem === "no-sqlite") throw bad({ problem: "no-sqlite" });
  throw bad({ problem: "unreadable", reason: "text" in reply ? reply.text : reply.problem });
}

/** The limits of every question. */
export const QUESTION_LIMITS = { rows: LIMITS.sqlRows, bytes: LIMITS.sqlBytes, busyMs: LIMITS.sqliteBusyMs };

/** Each row is a column: `table`, `column`, `type`, all texts. */
function tablesIn(rows: Extract<SqlReply, { ok: true }>["rows"]): Pick<Database, "tables" | "tableNames"> {
  const tables = new Map<string, string[]>();
  for (const { table, column, type } of rows as readonly { readonly [name: string]: string }[]) {
    const columns = tables.get(table!) ?? [];
    columns.push(`${column} ${type}`.trim());
    tables.set(table!, columns);
  }
  const all = [...tables].map(([table, columns]) => `${table}(${columns.join(", ")})`).join("; ");
  return { tables: beginning(all, LIMITS.sqlTablesChars), tableNames: [...tables.keys()] };
}
