// Chooses and loads SQLite for this process. In: nothing. Out: a class of synchronous databases, of a version without
// known faults. Node 20 has no SQLite built in.
import { messageOf } from "../error.js";
import { PlanloomError } from "../words/planloom-error.js";

export type SqlValue = string | number | null;

/**
 * The functions of a prepared statement and of a database that the store uses. `node:sqlite` and
 * `@photostructure/sqlite` both have them.
 */
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

/** Older versions can lose a write if a checkpoint and a commit of two connections meet in the log's first frames. */
const LEAST_VERSION = "3.51.3";

/**
 * Loads the built-in SQLite, or else that of the package, at the first call. Throws STORE_SQLITE_TOO_OLD, STORE_FAILED.
 */
export async function loadSqlite(): Promise<SqlDriver> {
  const builtIn = builtInSqlite();
  if (builtIn !== undefined && isAtLeast(versionOf(builtIn), LEAST_VERSION)) return builtIn;
  const packaged = await packagedSqlite(builtIn);
  const version = versionOf(packaged);
  if (isAtLeast(version, LEAST_VERSION)) return packaged;
  throw new PlanloomError("STORE_SQLITE_TOO_OLD", { version, least: LEAST_VERSION });
}

/** undefined before Node 22.13, which needs a flag for it. */
function builtInSqlite(): SqlDriver | undefined {
  if (!isAtLeast(process.versions.node, "22.13.0")) return undefined;
  const loud = Object.getOwnPropertyDescriptor(process, "emitWarning") ?? {};
  // Node warns that it is experimental. Loading is synchronous, so no other warning can be lost here.
  process.emitWarning = () => {};
  try {
    return (process.getBuiltinModule("node:sqlite") as unknown as { DatabaseSync: SqlDriver } | undefined)
      ?.DatabaseSync;
  } finally {
    Object.defineProperty(process, "emitWarning", loud);
  }
}

async function packagedSqlite(builtIn: SqlDriver | undefined): Promise<SqlDriver> {
  try {
    return (await import("@photostructure/sqlite")).DatabaseSync;
  } catch (cause) {
    const reason = /^.*/.exec(messageOf(cause))![0];
    const old = builtIn === undefined ? {} : { builtIn: versionOf(builtIn) };
    const params = { problem: "no-sqlite", reason, ...old, least: LEAST_VERSION } as const;
    throw new PlanloomError("STORE_FAILED", params, { cause });
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

/** Compares dotted version numbers: 3.9.0 is older than 3.51.3. */
export function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [version.split(".").map(Number), least.split(".").map(Number)];
  const differing = want.findIndex((part, index) => part !== (have[index] ?? 0));
  return differing < 0 || (have[differing] ?? 0) > (want[differing] ?? 0);
}
