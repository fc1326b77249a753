// Finds the store that a command uses. In: a working directory and the environment. Out: "memory" or a path, and the
// open store. The terminal, the server and the library find the same runs from the same folder.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { PlanloomError } from "../words/planloom-error.js";
import type { EventStore } from "./event-store.js";
import { memoryStore } from "./memory.js";
import { openSqliteStore } from "./sqlite.js";

const STORE_FILE = join(".planloom", "planloom.db");

/**
 * PLANLOOM_STORE if set ("memory", or a path relative to `cwd`); else the nearest `.planloom/planloom.db` in `cwd` or a
 * folder above it; else that file in `cwd`, which need not exist yet.
 */
export function storePath(cwd: string, env: { readonly PLANLOOM_STORE?: string | undefined }): string {
  const wished = env.PLANLOOM_STORE ?? "";
  if (wished === "memory") return wished;
  if (wished !== "") return isUrl(wished) ? wished : resolve(cwd, wished);
  return above(resolve(cwd)).find((path) => existsSync(path)) ?? resolve(cwd, STORE_FILE);
}

/** Opens the result of `storePath`. Throws STORE_UNKNOWN for an address, and the errors of `openSqliteStore`. */
export async function openStore(spec: string): Promise<EventStore> {
  if (spec === "memory") return memoryStore();
  if (!isUrl(spec)) return openSqliteStore({ path: spec });
  throw new PlanloomError("STORE_UNKNOWN", { scheme: spec.split("://")[0] ?? "" });
}

/** The store file of a folder and of each folder above it, the nearest first. */
function above(folder: string): string[] {
  const parent = dirname(folder);
  return [join(folder, STORE_FILE), ...(parent === folder ? [] : above(parent))];
}

/** Whether it is an address. An address may hold a password, and is never used as a path. */
const isUrl = (spec: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(spec);
