// Which SQLite this process uses. In: nothing. Out: a class of synchronous databases, new enough to be trusted.
// Separate because Node 20 has none built in, and because only here is the driver chosen, loaded and asked for its age.
import { messageOf } from "../error.js";
import { PlanloomError } from "../words/planloom-error.js";

export type SqlValue = string | number | null;

/** What the store needs of a prepared statement and of a database; `node:sqlite` and `@photostructure/sqlite` agree on it. */
export interface SqlStatement {
  run(...values: SqlValue[]): { readonly changes: number | bigint };
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
}

export interface SqlDatabase {
  exec(sql: string): void;
  prepare(sql: string): SqlStatement;
  close(): void;
}

export type SqlDriver = new (path: string) => SqlDatabase;

/** Older ones can lose a write when a checkpoint and a commit of two connections meet in the log's first frames. */
const LEAST_VERSION = "3.51.3";

/** Lazily loads the built-in SQLite, or else the one of the package. Throws STORE_SQLITE_TOO_OLD, STORE_FAILED. */
export async function loadSqlite(): Promise<SqlDriver> {
  const builtIn = builtInSqlite();
  if (builtIn !== undefined && isAtLeast(versionOf(builtIn), LEAST_VERSION)) return builtIn;
  const packaged = await packagedSqlite();
  const version = versionOf(packaged);
  if (isAtLeast(version, LEAST_VERSION)) return packaged;
  throw new PlanloomError("STORE_SQLITE_TOO_OLD", { version, least: LEAST_VERSION });
}

/** undefined before Node 22.13, where it needs a flag. */
function builtInSqlite(): SqlDriver | undefined {
  if (!isAtLeast(process.versions.node, "22.13.0")) return undefined;
  const loud = Object.getOwnPropertyDescriptor(process, "emitWarning") ?? {};
  // It warns of being experimental. Loading is synchronous, so that nobody else's warning can be lost here.
  process.emitWarning = () => {};
  try {
    return (process.getBuiltinModule("node:sqlite") as unknown as { DatabaseSync: SqlDriver } | undefined)
      ?.DatabaseSync;
  } finally {
    Object.defineProperty(process, "emitWarning", loud);
  }
}

async function packagedSqlite(): Promise<SqlDriver> {
  try {
    return (await import("@photostructure/sqlite")).DatabaseSync;
  } catch (cause) {
    throw new PlanloomError("STORE_FAILED", { problem: "no-sqlite", reason: messageOf(cause) }, { cause });
  }
}

function versionOf(Driver: SqlDriver): string {
  const db = new Driver(":memory:");
  try {
    return (db.prepare("SELECT sqlite_version() AS version").get() as { version: string }).version;
  } finally {
    db.close();
  }
}

/** Compares dotted numbers: 3.9.0 is older than 3.51.3. */
export function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [version.split(".").map(Number), least.split(".").map(Number)];
  const differing = want.findIndex((part, index) => part !== (have[index] ?? 0));
  return differing < 0 || (have[differing] ?? 0) > (want[differing] ?? 0);
}
