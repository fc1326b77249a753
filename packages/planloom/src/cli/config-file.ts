// Loads a configuration file. In: its path. Out: the configuration, with paths that count from the file's folder.
// found-config.ts decides before whether the file may be loaded.
import { readFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, resolve } from "node:path";
import type { LoomConfig } from "../loom/config.js";
import { notTool } from "../loom/config-tools.js";
import { shownValue } from "../loom/config-value.js";
import { messageOf } from "../error.js";
import type { WantedSetting } from "../words/errors/configuration.js";
import { PlanloomError } from "../words/planloom-error.js";
import { LIMITS } from "../limits.js";
import { isObject } from "../plan/json.js";
import { lineOfError } from "./config-lines.js";
import { errorNextText } from "./error-text.js";
import { textIn } from "./plan-file.js";

/** The names of configuration files, in the order in which they are looked for. */
export const CONFIG_NAMES = ["ts", "mts", "js", "mjs", "json", "yaml", "yml"].map(
  (ending) => `planloom.config.${ending}`,
);

/** Whether loading the file runs it. */
export const isCode = (file: string): boolean => ![".json", ".yaml", ".yml"].includes(extname(file));

/** Throws CONFIG_FAILED (it could not be read, or it threw), CONFIG_INVALID (its value is not a configuration). */
export async function loadConfigFile(file: string): Promise<LoomConfig> {
  return rooted(checked(await load(file), file), dirname(file));
}

async function load(file: string): Promise<unknown> {
  try {
    const text = await textOf(file);
    if (isCode(file)) return await evaluate(file);
    if (extname(file) === ".json") return JSON.parse(text) as unknown;
    const { parse } = await import("yaml");
    return parse(text, { maxAliasCount: LIMITS.yamlAliases }) as unknown;
  } catch (cause) {
    const advised = cause instanceof PlanloomError ? { next: errorNextText(cause) } : {};
    const line = lineOfError(cause, file);
    const place = line === undefined ? { file } : { file, line };
    throw new PlanloomError("CONFIG_FAILED", { ...place, reason: messageOf(cause), ...advised }, { cause });
  }
}

async function textOf(file: string): Promise<string> {
  const { size } = await stat(file);
  if (size > LIMITS.configBytes) throw new Error(`it has more than ${LIMITS.configBytes} bytes`);
  return textIn(await readFile(file), file);
}

/**
 * Runs a TypeScript or JavaScript configuration. Its imports from "planloom" give this library, wherever the file is: a
 * second copy would create tool errors that this one does not recognise. zod is provided if the file has none of its
 * own.
 */
async function evaluate(file: string): Promise<unknown> {
  const [{ createJiti }, library, plan, testing, tools] = await Promise.all([
    import("jiti"),
    import("../index.js"),
    import("../plan.js"),
    import("../testing/index.js"),
    import("../tools.js"),
  ]);
  const lent = hasZod(file) ? {} : { zod: await import("zod") };
  const jiti = createJiti(file, {
    virtualModules: {
      planloom: library,
      "planloom/plan": plan,
      "planloom/testing": testing,
      "planloom/tools": tools,
      ...lent,
    },
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
  const fault = tools === undefined ? undefined : notTool(tools);
  if (fault !== undefined) {
    const { setting, given } = fault;
    const wanted = { is: "tools-in-code", given } as const;
    throw new PlanloomError("CONFIG_INVALID", { file, setting, problem: "not-tools", wanted });
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

function invalid(file: string, setting: string, given: unknown, wanted: WantedSetting): PlanloomError {
  return new PlanloomError("CONFIG_INVALID", { file, setting, problem: "value", given: shownValue(given), wanted });
}

/**
 * Paths in a configuration are relative to its own folder, wherever the command is called. A value with another shape
 * stays unchanged: createLoom reports it.
 */
function rooted(config: LoomConfig, folder: string): LoomConfig {
  const { store, builtins, mcp, playbooks } = config;
  const isPath = typeof store === "string" && store !== "memory" && !store.includes("://");
  const from = (path: unknown): unknown => (typeof path === "string" ? resolve(folder, path) : path);
  const { files, search, sql } = isObject(builtins) ? builtins : {};
  const rooted =
    isObject(files) && Array.isArray(files["roots"]) ? { ...files, roots: files["roots"].map(from) } : files;
  const searched = isObject(search) && "folder" in search ? { ...search, folder: from(search["folder"]) } : search;
  const based = isObject(sql) && isObject(sql["databases"]) ? { ...sql, databases: each(sql["databases"], from) } : sql;
  return {
    ...config,
    ...(isPath ? { store: resolve(folder, store) } : {}),
    ...(typeof playbooks === "string" ? { playbooks: resolve(folder, playbooks) } : {}),
    ...(isObject(mcp)
      ? { mcp: Object.fromEntries(Object.entries(mcp).map(([name, one]) => [name, startedIn(one, folder)])) }
      : {}),
    ...(isObject(builtins)
      ? {
          builtins: {
            ...builtins,
            ...(files && { files: rooted }),
            ...(search && { search: searched }),
            ...(sql && { sql: based }),
          },
        }
      : {}),
  } as LoomConfig;
}

const each = (values: object, change: (value: unknown) => unknown): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));

/** A server that is started as a process runs in the folder of the configuration, unless it names another one. */
function startedIn(server: unknown, folder: string): unknown {
  if (!isObject(server) || !("command" in server)) return server;
  const { cwd } = server as { readonly cwd?: unknown };
  if (cwd === undefined) return { ...server, cwd: folder };
  return typeof cwd === "string" ? { ...server, cwd: resolve(folder, cwd) } : server;
}
