// Words for failures of the tools that ask and change SQLite databases.
import { byCase } from "../by-case.js";
import type { ToolTable } from "./tool-words.js";

type ParamsFault =
  | { readonly problem: "mixed" }
  /** The statement has these, and a list was given. */
  | { readonly problem: "names"; readonly names: readonly string[] }
  | { readonly problem: "count"; readonly wanted: number; readonly given: number }
  | {
      readonly problem: "other";
      readonly missing: readonly string[];
      readonly unknown: readonly string[];
      readonly positions: number;
    };

export interface SqlFailures {
  /** `name` is empty if none was given. */
  SQL_DATABASE: { readonly name: string; readonly databases: readonly string[] };
  SQL_STATEMENT: { readonly problem: "empty" | "several" | "nul" };
  SQL_PARAMS: ParamsFault;
  /** `action`: the kind of the statement. `name`: of its table, function or setting; may be empty. */
  SQL_REFUSED: { readonly ask: "read" | "write"; readonly action: string; readonly name: string };
  /** `text` is what SQLite says. */
  SQL_ERROR: { readonly text: string };
  SQL_TOO_LARGE: { readonly problem: "rows" | "bytes"; readonly limit: number };
  SQL_BUSY: Record<string, never>;
  SQL_FAILED: { readonly reason: string };
}

/** The reason of SQL_FAILED if the file of a database is not where it was. */
export const databaseGoneText = (replaced: boolean): string =>
  replaced ? "a link has taken the place of its file, which is not followed" : "its file is gone";

const list = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));

export const SQL_FAILURES: ToolTable<SqlFailures> = {
  SQL_DATABASE: {
    message: ({ name, databases }) =>
      `${name === "" ? "No database is named" : `No database is named "${name}"`}. Databases: ${list(databases)}.`,
    next: () => ["To add one, name its file under ", { action: "set", setting: "builtins.sql.databases" }, "."],
  },
  SQL_STATEMENT: {
    message: byCase("problem", {
      empty: () => "The SQL holds no statement. Write one.",
      several: () => "The SQL holds more than one statement. Nothing was done. Write one statement for each call.",
      nul: () => "The SQL holds a NUL character. SQLite would leave out what follows it. Nothing was done.",
    }),
  },
  SQL_PARAMS: {
    message: byCase("problem", {
      mixed: () => "The statement has parameters of both kinds, ? and :name. Use one kind.",
      names: ({ names }) => `The statement has named parameters: ${list(names)}. Give params as a record.`,
      count: ({ wanted, given }) => `The statement has ${wanted} parameters, and ${given} values were given.`,
      other: ({ missing, unknown, positions }) =>
        positions > 0
          ? "The statement has parameters without names. Give params as a list."
          : `The values do not fit the parameters. Missing: ${list(missing)}. Not in the statement: ${list(unknown)}.`,
    }),
  },
  SQL_REFUSED: {
    message: ({ ask, action, name }) =>
      `${action}${name === "" ? "" : ` (${name})`} is not allowed here. ` +
      (ask === "read" ? "sql_query only reads: write a SELECT." : "sql_write takes INSERT, UPDATE and DELETE."),
    next: ({ ask }) =>
      ask === "read"
        ? ["Plans may change rows with ", { action: "set", setting: "builtins.sql.write" }, "."]
        : ["Change the tables themselves with another program."],
  },
  SQL_ERROR: { message: ({ text }) => `SQLite refuses the statement: ${text}.` },
  SQL_TOO_LARGE: {
    message: byCase("problem", {
      rows: ({ limit }) => `The result has more than ${limit} rows. Add a LIMIT, or let SQL count and sum.`,
      bytes: ({ limit }) => `The result is larger than ${limit} bytes. Select fewer columns or rows.`,
    }),
  },
  SQL_BUSY: { retryable: true, message: () => "Another program has locked the database." },
  SQL_FAILED: { retryable: true, message: ({ reason }) => `The database could not be asked: ${reason}.` },
};
