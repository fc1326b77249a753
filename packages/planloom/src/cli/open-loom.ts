// Opens the configuration, the store and (if needed) a Loom for a command. In: the flags that all commands share. Out:
// an open store or loom, which is closed after the work. Reading needs neither tools nor models.
import { lstatSync } from "node:fs";
import { userInfo } from "node:os";
import { resolve } from "node:path";
import type { LoomConfig } from "../loom/config.js";
import { createLoom } from "../loom/create-loom.js";
import type { Loom } from "../loom/loom.js";
import type { LoomPorts } from "../loom/open-loom.js";
import { isInside } from "../files/project.js";
import type { Finding } from "../plan/finding.js";
import { hasCode, PlanloomError } from "../words/planloom-error.js";
import { setupNoteText, type SetupNote } from "../words/setup-notes.js";
import type { EventStore } from "../store/event-store.js";
import { isObject } from "../plan/json.js";
import { findStore, isStoreFile, namedStore, openStore } from "../store/locate.js";
import { tightenStore } from "../store/store-file.js";
import { carryMemory } from "./carried.js";
import { inFile } from "./config-lines.js";
import { findConfig, type FoundConfig } from "./found-config.js";
import { say } from "./output.js";
import { serversIn } from "./mcp-flag.js";
import { hideSecrets } from "./streams.js";
import { oneLine } from "./style.js";
import { cliSurface } from "./surface.js";
import { askToTrust } from "./trust-question.js";

export interface StoreFlags {
  /** A folder, or the address of a SearXNG server. */
  readonly search?: string;
  /** MCP servers: `name=command args`, or `name=address`. */
  readonly mcp?: readonly string[];
  /** Folders whose files the tools may read. */
  readonly files?: readonly string[];
  readonly config?: string;
  readonly store?: string;
  readonly quiet?: boolean;
}

/**
 * What a command does with the configuration and the store. drive: it needs the tools, so code of a folder that is not
 * trusted is asked about or refused. read: such code is left out. `store`: whether the store is created if it is
 * missing. `models`: no model is called, so none needs a key or an address.
 */
export interface Use {
  readonly config: "drive" | "read";
  readonly store: "kept" | "if-there" | "none";
  readonly models?: "not-called";
}

const DRIVE: Use = { config: "drive", store: "kept" };

/** The configuration of a command, after the person was told what was found. */
export async function configOf(flags: StoreFlags, use: Use["config"]): Promise<FoundConfig> {
  const found = await findConfig(flags.config, process.cwd(), {
    onUntrusted: use === "drive" ? askToTrust : () => "leave",
  });
  if (isObject(found.config.secrets)) hideSecrets(found.config.secrets);
  sayNotes(found.notes, flags);
  return { ...found, config: withServers(withTools(found.config, flags), flags) };
}

/** Flags for built-in tools take precedence over the configuration. Files that a flag names can only be read. */
function withTools(config: LoomConfig, { search, files = [] }: StoreFlags): LoomConfig {
  if (search === undefined && files.length === 0) return config;
  const found = search === undefined ? {} : { search: searchIn(search) };
  const roots = files.length === 0 ? {} : { files: { roots: files.map((folder) => resolve(folder)) } };
  return { ...config, builtins: { ...config.builtins, ...found, ...roots } };
}

/** Servers of flags take precedence over those of the configuration. The person named them, so they are trusted to start. */
const withServers = (config: LoomConfig, { mcp = [] }: StoreFlags): LoomConfig =>
  mcp.length === 0 ? config : { ...config, mcp: { ...config.mcp, ...serversIn(mcp) } };

const searchIn = (place: string): NonNullable<NonNullable<LoomConfig["builtins"]>["search"]> =>
  /^https?:\/\//iu.test(place) ? { searxng: place } : { folder: resolve(place) };

/** The store that counts: flag, variable, configuration, default. Throws STORE_FAILED. */
export function storeFor(
  flags: StoreFlags,
  { config, notes: found }: FoundConfig,
): { readonly store: string | EventStore; readonly notes: readonly SetupNote[] } {
  const cwd = process.cwd();
  const named = namedStore(cwd, flags.store) ?? namedStore(cwd, process.env["PLANLOOM_STORE"]);
  if (named !== undefined) return { store: named, notes: [] };
  const { path, notes } = config.store === undefined ? findStore(cwd) : { path: config.store, notes: [] };
  // Code that did not run may have named another store.
  const mayBeAnother = found.some(({ note }) => note === "code-not-run");
  const elsewhere = isStoreFile(path) && (mayBeAnother || !isInside(path, cwd));
  return { store: path, notes: elsewhere ? [...notes, { note: "store-at", path: resolve(path) }] : notes };
}

/** Tells a person what was found. With --quiet only what was left out or changed is told. */
function sayNotes(notes: readonly SetupNote[], { quiet }: StoreFlags): void {
  for (const note of notes) {
    if (quiet === true && (note.note === "config-used" || note.note === "store-at")) continue;
    say(`note: ${oneLine(setupNoteText(note, cliSurface), 2_000)}`);
  }
}

interface Opening {
  /** What is opened. A store that is missing and not needed is "memory". */
  readonly store: string | EventStore;
  /** The file that would be opened, if it is missing. */
  readonly missing?: string;
}

/** Decides on the store, and tells the person. */
function openingStore(flags: StoreFlags, found: FoundConfig, use: Use["store"]): Opening {
  if (use === "none") return { store: "memory" };
  const { store, notes } = storeFor(flags, found);
  if ((typeof store === "string" ? store : store.name) === "memory") carryMemory();
  const missing = isMissing(store);
  const tightened: readonly SetupNote[] =
    isStoreFile(store) && !missing && tightenStore(resolve(store))
      ? [{ note: "store-tightened", path: resolve(store) }]
      : [];
  sayNotes([...notes, ...tightened], flags);
  return missing && use === "if-there" ? { store: "memory", missing: resolve(store) } : { store };
}

/** A path that cannot be looked at, as in a folder without rights, is not missing: opening it says why. */
function isMissing(store: string | EventStore): store is string {
  if (!isStoreFile(store)) return false;
  try {
    return lstatSync(resolve(store), { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

/** Opens a loom for the work and closes it afterwards, also after an error. */
export async function withLoom<T>(
  flags: StoreFlags,
  change: (config: LoomConfig) => LoomConfig,
  work: (loom: Loom, found: FoundConfig) => Promise<T>,
  ports: LoomPorts = {},
  use: Use = DRIVE,
): Promise<T> {
  const found = await configOf(flags, use.config);
  const config = { ...change(found.config), store: openingStore(flags, found, use.store).store };
  const loom = await createLoom(config, {
    packages: found.packages,
    ownFiles: found.file === null ? [] : [found.file],
    configFile: found.file,
    ...(use.models === "not-called" && { callsNoModel: true as const }),
    ...ports,
  }).catch((error: unknown) => {
    throw inFile(error, found.file);
  });
  try {
    return await work(loom, found);
  } catch (error) {
    if (hasCode(error, "PLAN_INVALID")) checkTrust(error.params.findings, found, error);
    throw lackingIn(error, flags, found);
  } finally {
    await loom.close();
  }
}

/**
 * Opens only the store. Also returns its path for people and the configuration. A missing file is not created: there is
 * nothing to read.
 */
export async function withStore<T>(
  flags: StoreFlags,
  work: (store: EventStore, storeName: string, found: FoundConfig) => Promise<T>,
): Promise<T> {
  const found = await configOf(flags, "read");
  const opening = openingStore(flags, found, "if-there");
  if (typeof opening.store === "object") return work(opening.store, opening.store.name, found);
  const store = await openStore(opening.store);
  try {
    return await work(store, opening.missing ?? store.name, found);
  } finally {
    await store.close();
  }
}

const LACKS_TOOL: ReadonlySet<string> = new Set(["UNKNOWN_TOOL", "TOOL_NOT_SET_UP"]);

/** A plan is not called unsound for tools of a configuration that did not run. Throws CONFIG_NOT_TRUSTED. */
export function checkTrust(findings: readonly Finding[], { notes }: FoundConfig, cause?: unknown): void {
  const left = notes.find((note) => note.note === "code-not-run");
  if (left === undefined || !findings.some(({ code }) => LACKS_TOOL.has(code))) return;
  throw new PlanloomError("CONFIG_NOT_TRUSTED", { file: left.file, folder: left.folder }, { cause });
}

/** Says which configuration lacks what the run needs, as the person named it, or where none was found. */
function lackingIn(error: unknown, flags: StoreFlags, { file, notes }: FoundConfig): unknown {
  const isContext = hasCode(error, "CONTEXT_NEEDED");
  if (!isContext && !hasCode(error, "PROCESS_LACKS")) return error;
  const left = notes.find((note) => note.note === "code-not-run");
  const named = file === null ? { config: null, searched: process.cwd() } : { config: flags.config ?? file };
  const untrusted = left === undefined ? {} : { untrusted: left.folder };
  return isContext
    ? new PlanloomError("CONTEXT_NEEDED", { ...error.params, ...named, ...untrusted }, { cause: error })
    : new PlanloomError("PROCESS_LACKS", { ...error.params, ...named, ...untrusted }, { cause: error });
}

/** The author of a command, for the log. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env["USER"] || "user";
  }
}
