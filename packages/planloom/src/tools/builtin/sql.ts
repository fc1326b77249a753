// The tools `sql_query` and `sql_write`. In: the SQLite files of the configuration. Out: the tools. SQLite itself decides
// what a statement may do, in a process that ends with the call: see sql/sql-program.ts.
import { realpath } from "node:fs/promises";
import { z } from "zod";
import { LIMITS } from "../../limits.js";
import { nearestNames } from "../../plan/nearest.js";
import { builtinVersion } from "../../plan/tool-spec.js";
import { neededStateText } from "../../words/missing-state.js";
import { databaseGoneText } from "../../words/tools/sql.js";
import { builtinError } from "../builtin-error.js";
import type { MissingState } from "../missing-state.js";
import { QUESTION_LIMITS, type Database } from "../sql/databases.js";
import { askSqlite } from "../sql/sql-process.js";
import type { SqlParam, SqlReply } from "../sql/sql-program.js";
import { sqlText } from "../sql/sql-text.js";
import { tool, type Tool, type ToolError } from "../tool.js";

export interface SqlOptions {
  readonly databases: readonly Database[];
  /** Whether `sql_write` is offered; absent = no. */
  readonly write?: boolean;
}

const value = z.union([z.string(), z.number(), z.boolean(), z.null(), z.strictObject({ base64: z.string() })]);
const rows = z.array(z.record(z.string(), z.unknown()));

interface Call {
  readonly database?: string | undefined;
  readonly sql: string;
  readonly params?: SqlParam[] | Record<string, SqlParam> | undefined;
}

export function sqlTools({ databases, write = false }: SqlOptions): readonly Tool[] {
  return [queryTool(databases), ...(write ? [writeTool(databases)] : [])];
}

function inputOf(databases: readonly Database[]) {
  const names = databases.map(({ name }) => name);
  const database = z.string().describe(`One of: ${names.join(", ")}.`);
  return z.strictObject({
    // With one database there is no choice.
    database: names.length > 1 ? database : database.optional(),
    sql: z.string().max(LIMITS.sqlChars).describe("One statement. A value is a parameter: ? or :name."),
    params: z
      .union([z.array(value), z.record(z.string(), value)])
      .optional()
      .describe('The values: a list for ?, a record for :name. { "base64": "…" } is a BLOB.'),
  });
}

const reachOf = (databases: readonly Database[]) => ({ roots: databases.map(({ file }) => file) });

function queryTool(databases: readonly Database[]): Tool {
  return tool({
    name: "sql_query",
    version: builtinVersion(1),
    reach: reachOf(databases),
    description: `Asks a SQLite database: one SELECT. ${tablesOf(databases)}`,
    input: inputOf(databases),
    output: z.strictObject({ rows, rowCount: z.int() }),
    effects: "none",
    timeout: LIMITS.sqlMs,
    async run(call, { signal }) {
      const found = await answerOf(databases, call, "read", signal);
      return { rows: [...found.rows], rowCount: found.rows.length };
    },
    precheck: (call, { signal }) => missingIn(databases, call, signal),
    summary: ({ rowCount }) => `${rowCount} rows`,
  });
}

function writeTool(databases: readonly Database[]): Tool {
  return tool({
    name: "sql_write",
    version: builtinVersion(1),
    reach: reachOf(databases),
    description: `Changes rows of a SQLite database: one INSERT, UPDATE or DELETE. ${tablesOf(databases)}`,
    input: inputOf(databases),
    output: z.strictObject({ changes: z.int(), rows: rows.describe("The rows of RETURNING.") }),
    effects: "once",
    approval: "required",
    timeout: LIMITS.sqlMs,
    async run(call, { signal }) {
      const { changes, rows } = await answerOf(databases, call, "write", signal);
      return { changes, rows: [...rows] };
    },
    precheck: (call, { signal }) => missingIn(databases, call, signal),
    async preview(call, { signal }) {
      const { changes } = await answerOf(databases, call, "try", signal);
      const values = call.params === undefined ? "" : `\n${JSON.stringify(call.params)}`;
      return { kind: "text", text: `${call.sql}${values}\n\nchanges: ${changes}` };
    },
    summary: ({ changes }) => `Changed ${changes} rows`,
  });
}

function tablesOf(databases: readonly Database[]): string {
  return databases.map(({ name, tables }) => `Tables of ${name}: ${tables === "" ? "none" : tables}.`).join(" ");
}

async function answerOf(
  databases: readonly Database[],
  call: Call,
  ask: "read" | "write" | "try",
  signal: AbortSignal,
) {
  const { file, busyMs = LIMITS.sqliteBusyMs } = databaseNamed(databases, call.database);
  const params = checkedParams(call);
  await assertSameFile(file);
  const reply = await askSqlite({ ask, file, sql: call.sql, params, ...QUESTION_LIMITS, busyMs }, signal);
  if (reply.ok) return reply;
  throw failureOf(reply, ask === "read" ? "read" : "write");
}

/** SQLite would make a missing file, and follow a link that has taken the place of the file. Throws ToolError SQL_FAILED. */
async function assertSameFile(file: string): Promise<void> {
  const real = await realpath(file).catch(() => undefined);
  if (real !== file) throw builtinError("SQL_FAILED", { reason: databaseGoneText(real !== undefined) });
}

/** The table or the column that the statement names and the file lacks. */
async function missingIn(
  databases: readonly Database[],
  { database, sql }: Call,
  signal: AbortSignal,
): Promise<MissingState | undefined> {
  const found = database === undefined ? databases[0] : databases.find(({ name }) => name === database);
  if (found === undefined) {
    if (database === undefined) return undefined;
    const nearest = databases.map(({ name }) => name);
    return { argument: "database", what: neededStateText({ is: "database", name: database }), nearest };
  }
  const reply = await askSqlite({ ask: "check", file: found.file, sql, params: [], ...QUESTION_LIMITS }, signal);
  if (reply.ok || reply.problem !== "error") return undefined;
  const [, kind, name = ""] = /^no such (table|column): "?([^"]+?)"?(?: - .*)?$/.exec(reply.text) ?? [];
  if (kind === undefined) return undefined;
  const is = kind as "table" | "column";
  const nearest = is === "table" ? nearestNames(name, found.tableNames) : [];
  return { argument: "sql", what: neededStateText({ is, name }), nearest };
}

function databaseNamed(databases: readonly Database[], name: string | undefined): Database {
  const found = name === undefined ? databases[0] : databases.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw builtinError("SQL_DATABASE", { name: name ?? "", databases: databases.map((one) => one.name) });
}

/** The values, with the names that the statement has. SQLite would take a missing value for NULL. */
function checkedParams({ sql, params = [] }: Call): SqlParam[] | Record<string, SqlParam> {
  const { empty, more, nul, positions, names } = sqlText(sql);
  if (nul) throw builtinError("SQL_STATEMENT", { problem: "nul" });
  if (empty) throw builtinError("SQL_STATEMENT", { problem: "empty" });
  if (more) throw builtinError("SQL_STATEMENT", { problem: "several" });
  if (positions > 0 && names.length > 0) throw builtinError("SQL_PARAMS", { problem: "mixed" });
  if (Array.isArray(params)) {
    if (names.length > 0) throw builtinError("SQL_PARAMS", { problem: "names", names });
    if (params.length === positions) return params;
    throw builtinError("SQL_PARAMS", { problem: "count", wanted: positions, given: params.length });
  }
  const bare = (name: string): string => name.replace(/^[:@$]/, "");
  const wanted = new Set(names.map(bare));
  const given = new Map(Object.entries(params).map(([name, one]) => [bare(name), one] as const));
  const missing = [...wanted].filter((name) => !given.has(name));
  const unknown = [...given.keys()].filter((name) => !wanted.has(name));
  if (missing.length === 0 && unknown.length === 0) return Object.fromEntries(given);
  throw builtinError("SQL_PARAMS", { problem: "other", missing, unknown, positions });
}

function failureOf(reply: Extract<SqlReply, { ok: false }>, ask: "read" | "write"): ToolError {
  switch (reply.problem) {
    case "rows":
      return builtinError("SQL_TOO_LARGE", { problem: "rows", limit: LIMITS.sqlRows });
    case "bytes":
      return builtinError("SQL_TOO_LARGE", { problem: "bytes", limit: LIMITS.sqlBytes });
    case "busy":
      return builtinError("SQL_BUSY", {});
    case "refused":
      return builtinError("SQL_REFUSED", { ask, action: actionName(reply.action), name: reply.name });
    case "error":
      return builtinError("SQL_ERROR", { text: reply.text });
    case "open":
    case "no-sqlite":
      return builtinError("SQL_FAILED", { reason: reply.text });
  }
}

/** SQLite's numbers of the actions that people write. */
const ACTIONS: ReadonlyMap<number, string> = new Map([
  ...[1, 2, 3, 4, 5, 6, 7, 8, 29].map((action) => [action, "CREATE"] as const),
  ...[10, 11, 12, 13, 14, 15, 16, 17, 30].map((action) => [action, "DROP"] as const),
  ...([
    [9, "DELETE"],
    [18, "INSERT"],
    [19, "PRAGMA"],
    [22, "a transaction"],
    [23, "UPDATE"],
    [24, "ATTACH or VACUUM"],
    [25, "DETACH"],
    [26, "ALTER"],
    [27, "REINDEX"],
    [28, "ANALYZE"],
    [31, "a function"],
    [32, "a savepoint"],
  ] as const),
]);

const actionName = (action: number): string => ACTIONS.get(action) ?? String(action);
