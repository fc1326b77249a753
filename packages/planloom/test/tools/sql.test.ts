// sql_query and sql_write over real SQLite files.
import { existsSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLoom } from "../../src/index.js";
import type { Json } from "../../src/plan/json.js";
import { sqlTools } from "../../src/tools/builtin/sql.js";
import { openDatabases, type Database } from "../../src/tools/sql/databases.js";
import { sqlText } from "../../src/tools/sql/sql-text.js";
import type { Tool } from "../../src/tools/tool.js";
import { called, errorOf } from "./tool-context.js";

const folder = mkdtempSync(join(tmpdir(), "planloom-sql-"));
const file = join(folder, "sales.db");
let databases: readonly Database[];
let query: Tool;
let write: Tool;

function filled(path: string): void {
  const db = new DatabaseSync(path);
  db.exec(`
    CREATE TABLE orders (id INTEGER PRIMARY KEY, city TEXT, total REAL, photo BLOB, paid INTEGER, at TEXT);
    INSERT INTO orders VALUES (1, 'Bern', 40.5, x'00ff', 1, '2026-11-30'), (2, 'O''Fallon; DROP', NULL, NULL, 0, NULL);
    CREATE TABLE large (n INTEGER);
    INSERT INTO large VALUES (9007199254740993);
    CREATE VIEW broken AS SELECT * FROM nowhere;
    CREATE VIRTUAL TABLE notes USING fts5(text);
    INSERT INTO notes VALUES ('a blue tram');
  `);
  db.close();
}

beforeAll(async () => {
  filled(file);
  databases = await openDatabases({ sales: file });
  [query, write] = sqlTools({ databases, write: true }) as [Tool, Tool];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ask = (sql: string, params?: Json): Promise<Json> =>
  called(query, { sql, ...(params === undefined ? {} : { params }) });

it("says what it is: reading has no effects, writing happens once and is approved; both are private", () => {
  const { description, reach } = query.spec;
  expect(query.spec).toMatchObject({ name: "sql_query", effects: "none" });
  expect(write.spec).toMatchObject({ name: "sql_write", effects: "once", approval: "required" });
  for (const { spec } of [query, write]) expect(spec).not.toHaveProperty("public");
  expect(reach).toEqual({ roots: [file] });
  expect(description).toContain("orders(id INTEGER, city TEXT, total REAL, photo BLOB, paid INTEGER, at TEXT)");
  expect(sqlTools({ databases }).map(({ spec }) => spec.name)).toEqual(["sql_query"]);
});

describe("sql_query", () => {
  it("gives each kind of value as JSON, and two columns of one name under two names", async () => {
    expect(await ask("SELECT *, total AS city FROM orders ORDER BY id")).toEqual({
      rows: [
        {
          ...{ id: 1, city: "Bern", total: 40.5, photo: { base64: "AP8=" }, paid: 1, at: "2026-11-30" },
          city_2: 40.5,
        },
        { ...{ id: 2, city: "O'Fallon; DROP", total: null, photo: null, paid: 0, at: null }, city_2: null },
      ],
      rowCount: 2,
    });
    expect(await ask("SELECT n, 9e999 AS inf FROM large")).toEqual({
      rows: [{ n: "9007199254740993", inf: "Infinity" }],
      rowCount: 1,
    });
    expect(await ask("SELECT text FROM notes WHERE notes MATCH 'tram'")).toMatchObject({ rowCount: 1 });
  });

  it("binds values: they are never part of the statement", async () => {
    const found = { rows: [{ id: 2 }], rowCount: 1 };
    expect(await ask("SELECT id FROM orders WHERE city = ? -- why?", ["O'Fallon; DROP"])).toEqual(found);
    expect(await ask("SELECT id FROM orders WHERE city = :city", { city: "O'Fallon; DROP" })).toEqual(found);
    expect(await ask("SELECT typeof(?) AS a, typeof(?) AS b, ? AS c", [1, 1.5, { base64: "AP8=" }])).toMatchObject({
      rows: [{ a: "integer", b: "real", c: { base64: "AP8=" } }],
    });
  });

  it.each<readonly [string, Json | undefined, object]>([
    ["SELECT ?", undefined, { problem: "count", wanted: 1, given: 0 }],
    ["SELECT ?2", [1], { problem: "count", wanted: 2, given: 1 }],
    ["SELECT :a", [1], { problem: "names", names: [":a"] }],
    ["SELECT :a", { b: 1 }, { problem: "other", missing: ["a"], unknown: ["b"] }],
    ["SELECT ?", { b: 1 }, { problem: "other", positions: 1 }],
    ["SELECT ?, :a", [1], { problem: "mixed" }],
  ])("refuses values that do not fit: %s", async (sql, params, fault) => {
    expect((await errorOf(ask(sql, params))).failure).toMatchObject({ code: "SQL_PARAMS", params: fault });
  });

  it.each<readonly [string, string]>([
    ["DELETE FROM orders", "DELETE"],
    ["WITH x AS (SELECT 1) INSERT INTO orders (id) SELECT 9", "INSERT"],
    ["/* SELECT */ UPDATE orders SET paid = 1", "UPDATE"],
    ["ATTACH '/etc/passwd' AS other", "ATTACH or VACUUM"],
    ["VACUUM INTO '/tmp/copy.db'", "ATTACH or VACUUM"],
    ["PRAGMA journal_mode = DELETE", "PRAGMA"],
    ["CREATE TABLE t (n)", "INSERT"],
    ["CREATE TEMP TABLE t (n)", "INSERT"],
    ["DROP TABLE orders", "DELETE"],
    ["BEGIN", "a transaction"],
    ["SELECT load_extension('/tmp/x.so')", "a function"],
  ])("refuses what does more than read: %s", async (sql, action) => {
    const { failure } = await errorOf(ask(sql));
    expect(failure).toMatchObject({ code: "SQL_REFUSED", params: { ask: "read", action }, retryable: false });
  });

  it("refuses no and several statements, and says what SQLite says of a wrong one", async () => {
    expect((await errorOf(ask(" ; -- nothing"))).failure?.params).toEqual({ problem: "empty" });
    expect((await errorOf(ask("SELECT 1; DELETE FROM orders"))).failure?.params).toEqual({ problem: "several" });
    expect(await ask("SELECT ';' AS a; -- the end")).toMatchObject({ rowCount: 1 });
    // SQLite would delete all rows.
    const hidden = called(write, { sql: "DELETE FROM orders\0 WHERE id = 1" });
    expect((await errorOf(hidden)).failure?.params).toEqual({ problem: "nul" });
    expect(await ask('SELECT 1 AS "__proto__"')).toEqual({ rows: [{ __proto___2: 1 }], rowCount: 1 });
    const wrong = await errorOf(ask('SELECT "citty" FROM orders'));
    expect(wrong).toMatchObject({ code: "SQL_ERROR", retryable: false });
    expect(wrong.message).toContain("no such column");
    expect((await errorOf(called(query, { database: "sale", sql: "SELECT 1" }))).message).toContain("Databases: sales");
  });

  it("refuses a result that is too large instead of cutting it", async () => {
    const numbers = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c LIMIT 20000) SELECT n FROM c";
    expect((await errorOf(ask(numbers))).failure?.params).toMatchObject({ problem: "rows" });
    expect((await errorOf(ask("SELECT hex(zeroblob(3000000)) AS a"))).failure?.params).toMatchObject({
      problem: "bytes",
    });
    expect((await errorOf(ask("SELECT zeroblob(1000000000)"))).code).toBe("SQL_ERROR");
  });

  it("is stopped in a query without end, while this process goes on", async () => {
    const controller = new AbortController();
    const endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c";
    const call = called(query, { sql: endless }, controller.signal);
    expect(await ask("SELECT 1 AS one")).toMatchObject({ rowCount: 1 });
    controller.abort(new Error("the time is over"));
    await expect(call).rejects.toThrow("the time is over");
  });
});

describe("sql_write", () => {
  const change = (sql: string, params: Json = []) => called(write, { sql, params });

  it("changes rows, all or none", async () => {
    const insert = "INSERT INTO orders (id, city) VALUES (?, ?), (4, 'Basel') RETURNING id";
    expect(await change(insert, [3, "Chur"])).toEqual({ changes: 2, rows: [{ id: 3 }, { id: 4 }] });
    expect((await errorOf(change(insert, [5, "Chur"]))).message).toContain("UNIQUE constraint failed");
    expect(await change("DELETE FROM orders WHERE id > :least", { least: 2 })).toEqual({ changes: 2, rows: [] });
    expect(await ask("SELECT count(*) AS n FROM orders")).toMatchObject({ rows: [{ n: 2 }] });
    expect(await change("INSERT INTO notes VALUES ('a red bus')")).toMatchObject({ changes: 1 });
  });

  it.each(["DROP TABLE orders", "ALTER TABLE orders ADD x", "CREATE INDEX i ON orders (city)", "COMMIT"])(
    "refuses %s",
    async (sql) => {
      expect((await errorOf(change(sql))).code).toBe("SQL_REFUSED");
    },
  );

  it("is told to wait while another program writes", async () => {
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    try {
      const busy = { ...databases[0]!, busyMs: 1 };
      const [, quick] = sqlTools({ databases: [busy], write: true }) as [Tool, Tool];
      expect(await errorOf(called(quick, { sql: "DELETE FROM large" }))).toMatchObject({
        code: "SQL_BUSY",
        retryable: true,
      });
    } finally {
      other.close();
    }
  });
});

describe("before a call", () => {
  const context = { context: undefined, signal: new AbortController().signal };

  it.each<readonly [string, object | undefined]>([
    ["SELECT * FROM ordres WHERE id = ?", { what: 'the table "ordres"', argument: "sql", nearest: ["orders"] }],
    ['SELECT "citty" FROM orders', { what: 'the column "citty"' }],
    ["SELECT citty FROM orders", { what: 'the column "citty"', argument: "sql", nearest: [] }],
    ["INSERT INTO order_lines VALUES (1)", { what: 'the table "order_lines"' }],
    ["INSERT INTO orders (city) VALUES (:city)", undefined],
    ["SELEC", undefined],
    ["DROP TABLE orders", undefined],
  ])("it is known what is missing: %s", async (sql, missing) => {
    const found = await write.precheck!({ sql }, context);
    if (missing === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(missing);
    expect(await ask("SELECT count(*) AS n FROM orders")).toMatchObject({ rows: [{ n: 2 }] });
  });

  it("a person sees how many rows would change, and none is changed", async () => {
    const sql = "DELETE FROM orders WHERE id < ?";
    expect(await write.preview!({ sql, params: [9] }, context)).toEqual({
      kind: "text",
      text: `${sql}\n[9]\n\nchanges: 2`,
    });
    await expect(write.preview!({ sql: "DELETE FROM ordres" }, context)).rejects.toThrow("no such table");
    expect(await ask("SELECT count(*) AS n FROM orders")).toMatchObject({ rows: [{ n: 2 }] });
  });
});

describe("in a run", () => {
  it("a plan asks and computes; a change waits for a person; Planloom's own store is no database", async () => {
    const store = join(folder, "runs.db");
    const loom = await createLoom({ store, builtins: { sql: { databases: { sales: file }, write: true } } });
    const plan = {
      goal: "Sum and mark",
      steps: [
        { id: "sum", title: "Sum", tool: "sql_query", with: { sql: "SELECT sum(total) AS total FROM orders" } },
        {
          ...{ id: "mark", title: "Mark", tool: "sql_write" },
          with: { sql: "UPDATE orders SET paid = 1 WHERE total = ?", params: ["${{ sum.rows[0].total }}"] },
        },
      ],
      answer: { value: "${{ mark.changes }}" },
    };
    const run = await loom.start("Sum and mark", { plan });
    const asked = await run.result();
    expect(asked).toMatchObject({ status: "awaiting-approval" });
    for (const { hash } of asked.waiting!.approvals) await run.approve(hash);
    expect(await run.result()).toMatchObject({ success: true, answer: 1 });
    await loom.close();
    await expect(createLoom({ store, builtins: { sql: { databases: { runs: store } } } })).rejects.toMatchObject({
      code: "BAD_DATABASE",
      params: { problem: "own" },
    });
  });
});

describe("a database of the configuration", () => {
  it("must be a SQLite file that is there, and none of Planloom's own", async () => {
    const text = join(folder, "notes.txt");
    writeFileSync(text, "no database, but long enough to be looked at as if it were one".repeat(20));
    const problems = await Promise.all(
      [join(folder, "none.db"), folder, text, file].map((path) =>
        openDatabases({ sales: path }, path === file ? [file] : []).catch((error: unknown) => error),
      ),
    );
    expect(problems).toMatchObject([
      { code: "BAD_DATABASE", params: { problem: "missing" } },
      { code: "BAD_DATABASE", params: { problem: "not-a-file" } },
      { code: "BAD_DATABASE", params: { problem: "unreadable", reason: "file is not a database" } },
      { code: "BAD_DATABASE", params: { problem: "own" } },
    ]);
  });

  it("is not made if it is gone, and a link in its place is not followed", async () => {
    const [path, other, gone] = ["own.db", "other.db", "gone.db"].map((name) => join(folder, name));
    filled(path!);
    filled(other!);
    const [ask, change] = sqlTools({ databases: await openDatabases({ own: path! }), write: true }) as [Tool, Tool];
    renameSync(path!, gone!);
    const sql = "DELETE FROM orders";
    expect(await errorOf(called(change, { sql }))).toMatchObject({ code: "SQL_FAILED" });
    await expect(change.preview!({ sql }, { signal: AbortSignal.timeout(10_000), context: undefined })).rejects.toThrow(
      "its file is gone",
    );
    expect(existsSync(path!)).toBe(false);
    symlinkSync(other!, path!);
    const linked = await errorOf(called(ask, { sql: "SELECT * FROM orders" }));
    expect(linked.message).toContain("a link has taken the place of its file");
  });

  it("is named by the plan if there are several", async () => {
    const other = join(folder, "stock.db");
    filled(other);
    const [tool] = sqlTools({ databases: await openDatabases({ sales: file, stock: other }) }) as [Tool];
    expect(tool.spec.input["required"]).toEqual(["database", "sql"]);
    expect(await called(tool, { database: "stock", sql: "SELECT 1 AS one" })).toMatchObject({ rowCount: 1 });
  });
});

it.each<readonly [string, object]>([
  ["", { empty: true, more: false }],
  [" -- a\n/* b; */ ;", { empty: true, more: false }],
  ["SELECT '?;''' /* ? */, \"a;?\" FROM [t;?]; -- c", { empty: false, more: false, positions: 0 }],
  ["SELECT 1; SELECT 2", { more: true }],
  ["SELECT ?, ?3, ?", { positions: 4 }],
  ["SELECT :a, @b, $c, :a", { names: [":a", "@b", "$c"] }],
  ["SELECT 'open", { empty: false, more: false }],
])("the text %j", (sql, facts) => {
  expect(sqlText(sql)).toMatchObject(facts);
});
