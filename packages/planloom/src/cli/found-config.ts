// Finds the configuration of a command, and decides whether it counts. In: the file that was named, or the working
// folder. Out: the configuration, its file, and notes for the person. A named file counts as it is. A file that was
// found counts as it is only if the user trusts its folder; else it is not run, and its data can only tighten.
import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { inFile } from "./config-lines.js";
import { settingsOf, type LoomConfig } from "../loom/config.js";
import { lookAt, ownershipFault } from "../files/ownership.js";
import { projectFolders } from "../files/project.js";
import { isTrusted, readTrust, type Trust } from "../files/trusted-folders.js";
import type { Environment } from "../files/user-folder.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { SetupNote } from "../words/setup-notes.js";
import { CONFIG_NAMES, isCode, loadConfigFile } from "./config-file.js";
import { hasMcpFile, mcpFileIn } from "./mcp-file.js";
import { tightened } from "./tightened.js";

export interface FoundConfig {
  readonly config: LoomConfig;
  /** null if there is none that counts. */
  readonly file: string | null;
  /**
   * The folders whose installed packages may be loaded: that of the configuration, and trusted folders of the project.
   */
  readonly packages: readonly string[];
  /** What a person should know: the file that was found, and what was left out. */
  readonly notes: readonly SetupNote[];
}

export interface ConfigSearch {
  readonly env?: Environment;
  readonly home?: string;
  /** Decides about code in a folder that is not trusted. Default: it is refused. */
  readonly onUntrusted?: (file: string) => "leave" | "refuse" | "run" | Promise<"leave" | "refuse" | "run">;
}

/**
 * The configuration named by `given` or PLANLOOM_CONFIG, or the nearest one from `cwd` up to the project's root. Throws
 * CONFIG_NOT_FOUND, CONFIG_NOT_TRUSTED, CONFIG_FAILED, CONFIG_INVALID.
 */
export async function findConfig(
  given: string | undefined,
  cwd: string,
  search: ConfigSearch = {},
): Promise<FoundConfig> {
  return withMcpFile(await configFound(given, cwd, search), cwd, search);
}

/** With the servers of `.mcp.json`: beside the configuration, or without one in the nearest folder that has it. */
async function withMcpFile(
  found: FoundConfig,
  cwd: string,
  { env = process.env, home = homedir() }: ConfigSearch,
): Promise<FoundConfig> {
  const folder = found.file === null ? projectFolders(cwd, home).find(hasMcpFile) : dirname(found.file);
  if (folder === undefined) return found;
  const { servers, notes } = await mcpFileIn(folder, isTrusted(folder, readTrust(env, home)), env);
  if (Object.keys(servers).length === 0) return { ...found, notes: [...found.notes, ...notes] };
  const mcp = { ...servers, ...found.config.mcp };
  return { ...found, config: { ...found.config, mcp }, notes: [...found.notes, ...notes] };
}

async function configFound(
  given: string | undefined,
  cwd: string,
  { env = process.env, home = homedir(), onUntrusted = () => "refuse" }: ConfigSearch,
): Promise<FoundConfig> {
  const trust = readTrust(env, home);
  const folders = projectFolders(cwd, home);
  const trusted = folders.filter((folder) => isTrusted(folder, trust));
  const named = given ?? (env["PLANLOOM_CONFIG"] || undefined);
  if (named !== undefined) {
    const file = resolve(cwd, named);
    if (!existsSync(file)) throw new PlanloomError("CONFIG_NOT_FOUND", { file });
    return { config: await loadConfigFile(file), file, packages: [dirname(file), ...trusted], notes: trust.notes };
  }
  const { file, notes } = nearest(folders, trust);
  const none = { config: {}, file: null, packages: trusted, notes: [...trust.notes, ...notes] };
  if (file === undefined) return none;
  const folder = dirname(file);
  const whole = async (): Promise<FoundConfig> => ({
    config: await loadConfigFile(file),
    file,
    packages: [folder, ...trusted],
    notes: [...none.notes, { note: "config-used", file }],
  });
  if (isTrusted(folder, trust)) return whole();
  if (!isCode(file)) return { ...none, ...(await dataOf(file, none.notes)) };
  switch (await onUntrusted(file)) {
    case "run":
      return whole();
    case "leave":
      return { ...none, notes: [...none.notes, { note: "code-not-run", file, folder }] };
    case "refuse":
      throw new PlanloomError("CONFIG_NOT_TRUSTED", { file, folder });
  }
}

/** The file that `findConfig` would load from here, or would ask about. */
export const configIn = (cwd: string): string | undefined => nearest(projectFolders(cwd), readTrust()).file;

/** The nearest file that others did not write. In a trusted folder every file counts. */
function nearest(
  folders: readonly string[],
  trust: Trust,
): { readonly file: string | undefined; readonly notes: readonly SetupNote[] } {
  const notes: SetupNote[] = [];
  for (const file of folders.flatMap((folder) => CONFIG_NAMES.map((name) => join(folder, name)))) {
    if (lookAt(file) === undefined) continue;
    const folder = dirname(file);
    const why = isTrusted(folder, trust) ? undefined : faultOf(file);
    if (why === undefined) return { file, notes };
    notes.push({ note: "config-not-used", file, folder, why });
  }
  return { file: undefined, notes };
}

function faultOf(file: string): Extract<SetupNote, { readonly note: "config-not-used" }>["why"] | undefined {
  const folder = dirname(file);
  if (!existsSync(file) || realpathSync(file) !== join(realpathSync(folder), basename(file))) return "link";
  if (lookAt(file)?.isFile() !== true) return "no-file";
  const ofFolder = ownershipFault(folder);
  return ownershipFault(file) ?? (ofFolder && `folder-${ofFolder}`);
}

/** The part of a data file that counts in a folder that is not trusted. */
async function dataOf(
  file: string,
  before: readonly SetupNote[],
): Promise<Pick<FoundConfig, "config" | "file" | "notes">> {
  const loaded = await loadConfigFile(file);
  try {
    settingsOf(loaded);
  } catch (error) {
    throw inFile(error, file);
  }
  const folder = dirname(file);
  const { config, left } = tightened(loaded, folder);
  const notes: readonly SetupNote[] =
    left.length === 0 ? [] : [{ note: "settings-not-used", file, folder, settings: left }];
  return { config, file, notes: [...before, { note: "config-used", file }, ...notes] };
}
