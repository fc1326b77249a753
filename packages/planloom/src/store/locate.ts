// Finds the store that a command uses. In: a working directory and the environment. Out: "memory" or a path, and the
// open store. The terminal, the server and the library find the same runs from the same folder.
import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { LIMITS } from "../limits.js";
import { lookAt } from "../files/ownership.js";
import { projectFolders } from "../files/project.js";
import type { SetupNote } from "../words/setup-notes.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { EventStore } from "./event-store.js";
import type { SyncMode } from "./sync-mode.js";
import { memoryStore } from "./memory.js";
import { openSqliteStore } from "./sqlite.js";
import { STORE_FOLDER, storeFileFault } from "./store-file.js";

const STORE_FILE = join(STORE_FOLDER, "planloom.db");

/**
 * PLANLOOM_STORE if set ("memory", or a path relative to `cwd`); else the nearest `.planloom/planloom.db` in `cwd` or a
 * folder above it in the same project; else that file in `cwd`, which need not exist yet. Throws STORE_FAILED if it
 * would be a link or belongs to another user.
 */
export const storePath = (cwd: string, env: { readonly PLANLOOM_STORE?: string | undefined }, home?: string): string =>
  namedStore(cwd, env.PLANLOOM_STORE) ?? findStore(cwd, home).path;

/** The store that a person named: "memory", an address, or a path. undefined for none. */
export function namedStore(cwd: string, wished: string | undefined): string | undefined {
  if (wished === undefined || wished === "") return undefined;
  return wished === "memory" || isUrl(wished) ? wished : resolve(cwd, wished);
}

/** Looks for the store in the project. A link, and a store of another user, are left out; the notes name them. */
export function findStore(cwd: string, home?: string): { readonly path: string; readonly notes: readonly SetupNote[] } {
  const notes: SetupNote[] = [];
  for (const folder of projectFolders(cwd, home)) {
    const path = join(folder, STORE_FILE);
    if (lookAt(path) === undefined) continue;
    const fault = storeFileFault(path, folder);
    if (fault === undefined) return { path, notes };
    notes.push({ note: "store-not-used", path, why: fault.problem, of: fault.of });
  }
  const path = resolve(cwd, STORE_FILE);
  const fault = storeFileFault(path, resolve(cwd));
  if (fault !== undefined) throw new PlanloomError("STORE_FAILED", { path, ...fault });
  return { path, notes };
}

/** Whether the store is a file, and so not "memory", an address or an object. */
export const isStoreFile = (store: string | EventStore | undefined): store is string =>
  typeof store === "string" && store !== "memory" && !isUrl(store);

/**
 * Opens the result of `storePath`. A file that ends in .json and holds JSON is an exported run. Throws STORE_UNKNOWN
 * for an address, and the errors of `openSqliteStore` and `openExport`.
 */
export async function openStore(spec: string, sync?: SyncMode): Promise<EventStore> {
  if (spec === "memory") return memoryStore();
  if (!isUrl(spec)) return (await exportIn(spec)) ?? openSqliteStore({ path: spec, ...(sync && { sync }) });
  throw new PlanloomError("STORE_UNKNOWN", { scheme: spec.split("://")[0] ?? "" });
}

/** A database of this name stays one: it does not begin like a JSON document. */
async function exportIn(path: string): Promise<EventStore | undefined> {
  if (!/\.json$/i.test(path) || !existsSync(path)) return undefined;
  const most = LIMITS.exportBytes;
  if (statSync(path).size > most)
    throw new PlanloomError("EXPORT_INVALID", { file: path, problem: "too-large", mebibytes: most / 2 ** 20 });
  const bytes = await readFile(path);
  if (bytes.subarray(0, 15).toString("latin1") === "SQLite format 3") return undefined;
  const { openExportFile } = await import("./open-export.js");
  return openExportFile(bytes, path);
}

/** Whether it is an address. An address may hold a password, and is never used as a path. */
const isUrl = (spec: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(spec);
