// Opens the configuration, the store and (if needed) a Loom for a command. In: the flags that all commands share. Out:
// an open store or loom, which is closed after the work. Reading needs neither tools nor models.
import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { resolve } from "node:path";
import type { LoomConfig } from "../loom/config.js";
import { createLoom } from "../loom/create-loom.js";
import type { Loom } from "../loom/loom.js";
import type { LoomPorts } from "../loom/open-loom.js";
import { hasCode, PlanloomError } from "../words/planloom-error.js";
import type { EventStore } from "../store/event-store.js";
import { openStore, storePath } from "../store/locate.js";
import { isObject } from "../plan/json.js";
import { hideSecrets } from "./output.js";
import { findConfig, type FoundConfig } from "./config-file.js";

export interface StoreFlags {
  readonly config?: string;
  readonly store?: string;
}

/** The configuration with the store from the flag, else the variable, else the file, else the default. */
export async function configOf(flags: StoreFlags): Promise<FoundConfig> {
  const { config, file } = await findConfig(flags.config, process.cwd());
  if (isObject(config.secrets)) hideSecrets(config.secrets);
  const wished = flags.store ?? (process.env["PLANLOOM_STORE"] || undefined);
  if (wished === undefined && config.store !== undefined) return { config, file };
  return { config: { ...config, store: storePath(process.cwd(), { PLANLOOM_STORE: wished }) }, file };
}

/** Opens a loom for the work and closes it afterwards, also after an error. */
export async function withLoom<T>(
  flags: StoreFlags,
  change: (config: LoomConfig) => LoomConfig,
  work: (loom: Loom) => Promise<T>,
  ports: LoomPorts = {},
): Promise<T> {
  const { config, file } = await configOf(flags);
  const ownFiles = file === null ? [] : [file];
  const loom = await createLoom(change(config), { ...ports, ownFiles }).catch((error: unknown) => {
    throw inFile(error, file);
  });
  try {
    return await work(loom);
  } finally {
    await loom.close();
  }
}

/** A loom with a store in memory, for commands that start no run. */
export const unkept = (config: LoomConfig): LoomConfig => ({ ...config, store: "memory" });

/** A loom that may read earlier runs. It creates no store. */
export const lookingBack = (config: LoomConfig): LoomConfig => (isMissing(config.store) ? unkept(config) : config);

const isMissing = (store: LoomConfig["store"]): boolean =>
  typeof store === "string" && !store.includes("://") && store !== "memory" && !existsSync(resolve(store));

/**
 * Opens only the store. Also returns its path for people and the configuration. A missing file is not created: there is
 * nothing to read.
 */
export async function withStore<T>(
  flags: StoreFlags,
  work: (store: EventStore, storeName: string, config: LoomConfig) => Promise<T>,
): Promise<T> {
  const { config } = await configOf(flags);
  const { store: wished = "memory" } = config;
  if (typeof wished === "object") return work(wished, wished.name, config);
  const missing = isMissing(wished);
  const store = await openStore(missing ? "memory" : wished);
  try {
    return await work(store, missing ? resolve(wished) : store.name, config);
  } finally {
    await store.close();
  }
}

function inFile(error: unknown, file: string | null): unknown {
  if (file === null || !hasCode(error, "CONFIG_INVALID")) return error;
  return new PlanloomError("CONFIG_INVALID", { ...error.params, file }, { cause: error });
}

/** The author of a command, for the log. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env["USER"] || "user";
  }
}
