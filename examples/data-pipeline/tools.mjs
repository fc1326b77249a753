// @ts-check
// The tools of the pipeline. In: an open database and a folder with exports. Out: four tools. Separate from the
// configuration so that the command line, run.mjs and the tests use them. Each call leaves a line in the table `calls`,
// so that anybody can count what was really done.
//
// Three of them are `trusted`: what they return and how they fail are words of this program and names that it has
// checked, never the contents of a row. A planner that mends the plan after reading these may write further tables
// without a person; read_rows gives what others wrote, and is not trusted.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { tool, ToolError } from "planloom";
import { z } from "zod";

/** @typedef {import("./database.mjs").Database} Database */

const name = z.string().regex(/^[a-z_]{1,40}$/);
const select = z.string().regex(/^SELECT\b[^;]*$/, "one SELECT, without a semicolon");
const written = z.object({ table: z.string(), rows: z.number() });

/**
 * @param {Database} database
 * @param {string} folder
 */
export function pipelineTools(database, folder) {
  database.exec("CREATE TABLE IF NOT EXISTS calls (step TEXT, outcome TEXT)");
  const log = database.prepare("INSERT INTO calls (step, outcome) VALUES (?, ?)");

  /**
   * The result of the work, or a known failure. The next call replaces a table that was half made.
   * @template T
   * @param {string} step
   * @param {() => T} work
   */
  const logged = (step, work) => {
    try {
      const result = work();
      log.run(step, "done");
      return result;
    } catch (error) {
      log.run(step, "failed");
      const message = error instanceof Error ? error.message : String(error);
      throw new ToolError(message + hint(message, database), { code: "SQL_FAILED", retryable: false });
    }
  };

  const loadRows = tool({
    name: "load_rows",
    description: "Loads a file of comma-separated values into a table, in the place of what was there.",
    input: z.object({ file: z.string().regex(/^[a-z]+\.csv$/), table: name }),
    output: written,
    effects: "idempotent",
    trusted: true,
    run: async ({ file, table }, { stepId }) => {
      const text = await readFile(path.join(folder, file), "utf8");
      const [header = [], ...rows] = text
        .trim()
        .split("\n")
        .map((line) => line.split(","));
      if (!header.every((column) => name.safeParse(column).success))
        throw new ToolError(`A column of ${file} has a name that cannot be used.`, { retryable: false });
      return logged(stepId, () => {
        database.exec(`DROP TABLE IF EXISTS ${table}; CREATE TABLE ${table} (${header.join(", ")})`);
        const insert = database.prepare(`INSERT INTO ${table} VALUES (${header.map(() => "?").join(", ")})`);
        for (const row of rows) insert.run(...row);
        return { table, rows: rows.length };
      });
    },
    summary: ({ table, rows }) => `${rows} rows in ${table}`,
  });

  const transform = tool({
    name: "transform",
    description: "Makes a table of the rows that a SELECT gives, in the place of what was there.",
    input: z.object({ table: name, select }),
    output: written,
    effects: "idempotent",
    trusted: true,
    run: (args, { stepId }) =>
      logged(stepId, () => {
        database.exec(`DROP TABLE IF EXISTS ${args.table}`);
        database.prepare(`CREATE TABLE ${args.table} AS ${args.select}`).run();
        const [counted] = database.prepare(`SELECT COUNT(*) AS rows FROM ${args.table}`).all();
        return { table: args.table, rows: Number(counted?.rows) };
      }),
    summary: ({ table, rows }) => `${rows} rows in ${table}`,
  });

  const countRows = tool({
    name: "count_rows",
    description: "How many rows a SELECT gives.",
    input: z.object({ select }),
    output: z.number(),
    effects: "none",
    trusted: true,
    run: (args, { stepId }) => logged(stepId, () => database.prepare(args.select).all().length),
  });

  const readRows = tool({
    name: "read_rows",
    description: "The rows that a SELECT gives.",
    input: z.object({ select }),
    output: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))),
    effects: "none",
    run: (args, { stepId }) =>
      logged(stepId, () =>
        database
          .prepare(args.select)
          .all()
          .map((row) => ({ ...row })),
      ),
  });

  return [loadRows, transform, countRows, readRows];
}

/**
 * Behind a message about a column that is not there: those that are, as they were checked when the table was made.
 * @param {string} message
 * @param {Database} database
 */
function hint(message, database) {
  if (!message.includes("no such column")) return "";
  const tables = database.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'calls' ORDER BY name",
  );
  const columns = database.prepare("SELECT name FROM pragma_table_info(?)");
  const lines = tables.all().map(({ name: table = "" }) => {
    const names = columns.all(String(table)).map((column) => column.name);
    return `${table}(${names.join(", ")})`;
  });
  return `. The tables: ${lines.join(", ")}`;
}
