// Which store a command means. In: a working directory and the environment. Out: "memory" or a path, and the open store.
// Separate because the terminal, the server and the library must find the same runs from the same place.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { PlanloomError } from "../words/planloom-error.js";
import type { EventStore } from "./event-store.js";
import { memoryStore } from "./memory.js";
import { openSqliteStore } from "./sqlite.js";

const STORE_FILE = join(".planloom", "planloom.db");

/**
 * PLANLOOM_STORE where it is set ("memory", or a path from `cwd`); else the nearest `.planloom/planloom.db` in `cwd` or a
 * folder above it; else that file in `cwd`, which need not exist yet.
 */
export function storePath(cwd: string, env: { readonly PLANLOOM_STORE?: string | undefined }): string {
  const wished = env.PLANLOOM_STORE ?? "";
  if (wished === "memory") return wished;
  if (wished !== "") return isUrl(wished) ? wished : resolve(cwd, wished);
  return above(resolve(cwd)).find((path) => existsSync(path)) ?? resolve(cwd, STORE_FILE);
}

/** Opens what `storePath` gave. Throws STORE_UNKNOWN for an address, and whatever `openSqliteStore` throws. */
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

/** An address, which may hold a password and is never taken for a path. */
const isUrl = (spec: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(spec);
