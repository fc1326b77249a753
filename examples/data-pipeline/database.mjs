// @ts-check
// The database of this example. In: a path. Out: an open SQLite file. Separate because Node 20 has no SQLite built in,
// and takes the package that Planloom itself brings.

/**
 * @typedef {object} Statement
 * @property {(...values: (string | number | null)[]) => unknown} run
 * @property {(...values: (string | number | null)[]) => Record<string, string | number | null>[]} all
 *
 * @typedef {object} Database
 * @property {(sql: string) => void} exec
 * @property {(sql: string) => Statement} prepare
 * @property {() => void} close
 */

/**
 * @param {string} file
 * @returns {Promise<Database>}
 */
export async function openDatabase(file) {
  const Driver = builtIn() ?? (await import(PACKAGE)).DatabaseSync;
  return new Driver(file);
}

/** A dependency of Planloom, not of this folder. */
const PACKAGE = /** @type {string} */ ("@photostructure/sqlite");

/** undefined before Node 22.13. */
function builtIn() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 13)) return undefined;
  const { emitWarning } = process;
  // It warns of being experimental.
  process.emitWarning = () => undefined;
  try {
    const { DatabaseSync } = /** @type {any} */ (process.getBuiltinModule("node:sqlite"));
    return DatabaseSync;
  } finally {
    process.emitWarning = emitWarning;
  }
}
