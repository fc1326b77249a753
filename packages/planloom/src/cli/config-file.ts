// Loads the configuration file. In: a path, or the folder where the upward search begins. Out: the configuration, and
// its path. The file is code or data of a user: it may be missing, wrong, or throw.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { shownValue, type LoomConfig } from "../loom/config.js";
import { messageOf } from "../error.js";
import type { WantedSetting } from "../words/errors/configuration.js";
import { PlanloomError } from "../words/planloom-error.js";
import { LIMITS } from "../limits.js";
import { isObject } from "../plan/json.js";
import { errorNextText } from "./error-text.js";

export interface FoundConfig {
  readonly config: LoomConfig;
  /** null if there is none. */
  readonly file: string | null;
}

const NAMES = ["ts", "mts", "js", "mjs", "json", "yaml", "yml"].map((ending) => `planloom.config.${ending}`);

/**
 * The configuration file `given`, or the nearest one from `cwd` upward. Throws CONFIG_NOT_FOUND, CONFIG_FAILED (the
 * file could not be read, or threw), CONFIG_INVALID (the value is not a configuration).
 */
export async function findConfig(given: string | undefined, cwd: string): Promise<FoundConfig> {
  const file = given === undefined ? nearest(resolve(cwd)) : resolve(cwd, given);
  if (file === undefined) return { config: {}, file: null };
  if (!existsSync(file)) throw new PlanloomError("CONFIG_NOT_FOUND", { file });
  return { config: rooted(checked(await load(file), file), dirname(file)), file };
}

function nearest(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const found = NAMES.map((name) => join(at, name)).find((path) => existsSync(path));
    if (found !== undefined || dirname(at) === at) return found;
  }
}

async function load(file: string): Promise<unknown> {
  try {
    switch (extname(file)) {
      case ".json":
        return JSON.parse(await readFile(file, "utf8")) as unknown;
      case ".yaml":
      case ".yml": {
        const { parse } = await import("yaml");
        return parse(await readFile(file, "utf8"), { maxAliasCount: LIMITS.yamlAliases }) as unknown;
      }
      default:
        return await evaluate(file);
    }
  } catch (cause) {
    const advised = cause instanceof PlanloomError ? { next: errorNextText(cause) } : {};
    throw new PlanloomError("CONFIG_FAILED", { file, reason: messageOf(cause), ...advised }, { cause });
  }
}

/**
 * Runs a TypeScript or JavaScript configuration. Its imports from "planloom" give this library, wherever the file is: a
 * second copy would create tool errors that this one does not recognise. zod is provided if the file has none of its
 * own.
 */
async function evaluate(file: string): Promise<unknown> {
  const [{ createJiti }, library, plan, testing] = await Promise.all([
    import("jiti"),
    import("../index.js"),
    import("../plan.js"),
    import("../testing.js"),
  ]);
  const lent = hasZod(file) ? {} : { zod: await import("zod") };
  const jiti = createJiti(file, {
    virtualModules: { planloom: library, "planloom/plan": plan, "planloom/testing": testing, ...lent },
    fsCache: false,
  });
  return jiti.import(file, { default: true });
}

function hasZod(file: string): boolean {
  try {
    createRequire(file).resolve("zod");
    return true;
  } catch {
    return false;
  }
}

/** Checks only the outer shape. createLoom validates the settings. */
function checked(value: unknown, file: string): LoomConfig {
  if (!isObject(value)) throw invalid(file, "", value, { is: "configuration" });
  const { tools, models, store } = value as { readonly [key in "tools" | "models" | "store"]?: unknown };
  if (tools !== undefined && !(Array.isArray(tools) && tools.every(isTool))) {
    const wanted = { is: "tools-in-code" } as const;
    throw new PlanloomError("CONFIG_INVALID", { file, setting: "tools", problem: "not-tools", wanted });
  }
  if (models !== undefined && !isObject(models)) {
    throw invalid(file, "models", models, { is: "models" });
  }
  const isStore = typeof store === "object" && store !== null && "append" in store;
  if (store !== undefined && typeof store !== "string" && !isStore) {
    throw invalid(file, "store", store, { is: "store" });
  }
  return value;
}

const isTool = (value: unknown): boolean =>
  isObject(value) && isObject(value["spec"]) && typeof value["call"] === "function";

function invalid(file: string, setting: string, given: unknown, wanted: WantedSetting): PlanloomError {
  return new PlanloomError("CONFIG_INVALID", { file, setting, problem: "value", given: shownValue(given), wanted });
}

/**
 * Paths in a configuration are relative to its own folder, wherever the command is called. A value with another shape
 * stays unchanged: createLoom reports it.
 */
function rooted(config: LoomConfig, folder: string): LoomConfig {
  const { store, builtins } = config;
  const isPath = typeof store === "string" && store !== "memory" && !store.includes("://");
  const from = (path: unknown): unknown => (typeof path === "string" ? resolve(folder, path) : path);
  const { files, search } = isObject(builtins) ? builtins : {};
  const rooted =
    isObject(files) && Array.isArray(files["roots"]) ? { ...files, roots: files["roots"].map(from) } : files;
  const searched = isObject(search) && "folder" in search ? { ...search, folder: from(search["folder"]) } : search;
  return {
    ...config,
    ...(isPath ? { store: resolve(folder, store) } : {}),
    ...(isObject(builtins)
      ? { builtins: { ...builtins, ...(files && { files: rooted }), ...(search && { search: searched }) } }
      : {}),
  } as LoomConfig;
}
