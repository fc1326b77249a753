// The program of a process that asks a SQLite file one question. In: a question as JSON, on its standard input. Out: the
// reply as JSON. It is a text and no module, so that a bundled program has it, too. It runs in a process of its own,
// because nothing but the end of its process stops a query.

/** The question that the program reads. */
export interface SqlQuestion {
  /**
   * `tables`: the tables and columns of the file. `check`: whether the statement fits the tables; it is not run. `try`:
   * as `write`, and then all is undone.
   */
  readonly ask: "tables" | "check" | "read" | "write" | "try";
  readonly file: string;
  readonly sql: string;
  readonly params: readonly SqlParam[] | { readonly [name: string]: SqlParam };
  readonly rows: number;
  readonly bytes: number;
  readonly busyMs: number;
  /** The module of the package, if the SQLite of Node cannot be used. */
  readonly package?: string;
}

export type SqlParam = string | number | boolean | null | SqlBlob;

/** The bytes of a BLOB. */
export interface SqlBlob {
  readonly base64: string;
}

export type SqlCell = string | number | null | SqlBlob;

/** A reply. `text`: what SQLite says. */
export type SqlReply =
  | { readonly ok: true; readonly rows: readonly { readonly [column: string]: SqlCell }[]; readonly changes: number }
  | { readonly ok: false; readonly problem: "rows" | "bytes" | "busy" }
  | { readonly ok: false; readonly problem: "error" | "open" | "no-sqlite"; readonly text: string }
  /** `action`: the number of the action in SQLite. `name`: of the table, the function or the setting. */
  | { readonly ok: false; readonly problem: "refused"; readonly action: number; readonly name: string };

/**
 * What a statement may do is decided by SQLite itself: the file is opened for reading only, and the authorizer of SQLite
 * allows only what is listed here, whatever the text looks like. The numbers are those of SQLite's action codes. The
 * address has a mode, so that a file that is gone is not made anew. No column is named __proto__, because programs leave
 * such a field out. The size of a row is known before it is copied.
 */
export const SQL_PROGRAM = String.raw`
"use strict";
const url = require("node:url");
const [READ, SELECT, FUNCTION, RECURSIVE, PRAGMA, INSERT, UPDATE, DELETE] = [20, 21, 31, 33, 19, 18, 23, 9];
const PRAGMAS = ["table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo",
  "foreign_key_list", "collation_list", "data_version"];
const FUNCTIONS = ["load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"];

const writes = ({ ask }) => ask === "write" || ask === "try";

function driver(ask) {
  const builtIn = process.getBuiltinModule?.("node:sqlite")?.DatabaseSync;
  if (builtIn !== undefined && "setAuthorizer" in builtIn.prototype) return builtIn;
  if (ask.package === undefined) throw Object.assign(new Error("no authorizer"), { problem: "no-sqlite" });
  return require(ask.package).DatabaseSync;
}

function opened(ask) {
  let Driver;
  try {
    Driver = driver(ask);
  } catch (error) {
    throw Object.assign(error, { problem: "no-sqlite" });
  }
  try {
    const address = url.pathToFileURL(ask.file).href + (writes(ask) ? "?mode=rw" : "?mode=ro");
    const db = new Driver(address, {
      readOnly: !writes(ask),
      timeout: ask.busyMs,
      enableDoubleQuotedStringLiterals: false,
      allowExtension: false,
      limits: { attach: 0, length: 4 * ask.bytes },
    });
    db.exec("PRAGMA trusted_schema = OFF");
    db.prepare("SELECT count(*) FROM sqlite_schema").get();
    return db;
  } catch (error) {
    throw isBusy(error) ? error : Object.assign(error, { problem: "open" });
  }
}

const isBusy = ({ errcode }) => (errcode & 255) === 5 || (errcode & 255) === 6;

function guard(db, write) {
  const guarded = { refused: undefined };
  db.setAuthorizer((action, first, second) => {
    const allowed =
      [READ, SELECT, RECURSIVE].includes(action) ||
      (write && [INSERT, UPDATE, DELETE].includes(action)) ||
      (action === FUNCTION && !FUNCTIONS.includes(String(second).toLowerCase())) ||
      (action === PRAGMA && PRAGMAS.includes(String(first).toLowerCase()));
    if (allowed) return 0;
    guarded.refused ??= { action, name: String((action === FUNCTION ? second : first) ?? "") };
    return 1;
  });
  return guarded;
}

const bound = (value) => {
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (Number.isSafeInteger(value)) return BigInt(value);
  return value !== null && typeof value === "object" ? Buffer.from(value.base64, "base64") : value;
};

function valuesOf(params) {
  if (Array.isArray(params)) return params.map(bound);
  return Object.keys(params).length === 0
    ? []
    : [Object.fromEntries(Object.entries(params).map(([name, value]) => [name, bound(value)]))];
}

const cell = (value) => {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value instanceof Uint8Array ? { base64: Buffer.from(value).toString("base64") } : value;
};

function namesOf(columns) {
  const names = ["__proto__"];
  for (const { name } of columns) {
    let free = name;
    for (let n = 2; names.includes(free); n++) free = name + "_" + n;
    names.push(free);
  }
  return names.slice(1);
}

function rowsOf(statement, values, ask) {
  const names = namesOf(statement.columns());
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  const rows = [];
  let bytes = 0;
  for (const found of statement.iterate(...values)) {
    if (rows.length >= ask.rows) throw Object.assign(new Error(), { problem: "rows" });
    if (found.reduce((sum, one) => sum + (one?.length ?? 0), bytes) > ask.bytes)
      throw Object.assign(new Error(), { problem: "bytes" });
    const row = Object.fromEntries(names.map((name, at) => [name, cell(found[at])]));
    bytes += Buffer.byteLength(JSON.stringify(row));
    if (bytes > ask.bytes) throw Object.assign(new Error(), { problem: "bytes" });
    rows.push(row);
  }
  return rows;
}

function answered(db, ask, guarded) {
  const statement = db.prepare(ask.sql);
  if (guarded.refused !== undefined) throw new Error();
  if (ask.ask === "check") return { ok: true, rows: [], changes: 0 };
  const values = valuesOf(ask.params);
  if (statement.columns().length > 0) {
    const rows = rowsOf(statement, values, ask);
    db.setAuthorizer(null);
    const { changes } = writes(ask) ? db.prepare("SELECT changes() AS changes").get() : { changes: 0 };
    return { ok: true, rows, changes: Number(changes) };
  }
  return { ok: true, rows: [], changes: Number(statement.run(...values).changes) };
}

function tables(db, ask) {
  const found = db.prepare("SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow' " +
    "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name LIMIT " + ask.rows).all();
  const columns = db.prepare("SELECT name, type FROM pragma_table_xinfo(?) WHERE hidden <> 1 LIMIT " + ask.rows);
  const rows = [];
  for (const { name } of found) {
    try {
      for (const column of columns.all(name)) rows.push({ table: name, column: column.name, type: column.type });
    } catch {
      // A broken view.
    }
  }
  return { ok: true, rows, changes: 0 };
}

function reply(ask) {
  let guarded = { refused: undefined };
  try {
    const db = opened(ask);
    if (ask.ask === "tables") return tables(db, ask);
    if (writes(ask)) db.exec("BEGIN IMMEDIATE");
    // A check opens files for reading only.
    guarded = guard(db, writes(ask) || ask.ask === "check");
    const given = answered(db, ask, guarded);
    db.setAuthorizer(null);
    if (writes(ask)) db.exec(ask.ask === "write" ? "COMMIT" : "ROLLBACK");
    db.close();
    return given;
  } catch (error) {
    if (guarded.refused !== undefined) return { ok: false, problem: "refused", ...guarded.refused };
    if (error.problem === undefined && isBusy(error)) return { ok: false, problem: "busy" };
    return { ok: false, problem: error.problem ?? "error", text: String(error.message) };
  }
}

let text = "";
process.stdin.setEncoding("utf8").on("data", (chunk) => (text += chunk));
process.stdin.on("end", () => process.stdout.write(JSON.stringify(reply(JSON.parse(text)))));
`;
