// Reads `.mcp.json`, in which many programs keep their MCP servers. In: the folder of the configuration. Out: servers for
// the configuration, and notes for the person. The file starts programs, so it counts only in a trusted folder.
import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { messageOf } from "../error.js";
import { lookAt } from "../files/ownership.js";
import { LIMITS } from "../limits.js";
import { knownServers } from "../loom/config-mcp.js";
import { SettingChecks } from "../loom/config-value.js";
import { isObject } from "../plan/json.js";
import type { McpServers } from "../tools/mcp/server-config.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { SetupNote } from "../words/setup-notes.js";
import type { Environment } from "../files/user-folder.js";
import { inFile } from "./config-lines.js";
import { oneLine } from "./style.js";
import { textIn } from "./plan-file.js";

const MCP_FILE = ".mcp.json";

export interface FoundServers {
  readonly servers: McpServers;
  readonly notes: readonly SetupNote[];
}

export const hasMcpFile = (folder: string): boolean => lookAt(join(folder, MCP_FILE)) !== undefined;

/** The servers of the file in this folder. Throws CONFIG_FAILED (it cannot be read), CONFIG_INVALID. */
export async function mcpFileIn(folder: string, isTrusted: boolean, env: Environment): Promise<FoundServers> {
  const file = join(folder, MCP_FILE);
  if (!hasMcpFile(folder)) return { servers: {}, notes: [] };
  if (!isTrusted) return { servers: {}, notes: [{ note: "mcp-file-not-used", file, folder }] };
  const document = await load(file);
  const { mcpServers = {} } = document;
  const notes: SetupNote[] = [];
  const keys = Object.keys(document).map((key) => oneLine(key, 40));
  if (document.mcpServers === undefined && keys.length > 0)
    notes.push({ note: "mcp-file-without-servers", file, keys: keys.slice(0, 5) });
  const found = recordOf(mcpServers, file);
  const names = serverNames(Object.keys(found));
  const entries = Object.entries(found).flatMap(([given, entry]) => {
    const left = leftOut(entry, env);
    if (left !== undefined) {
      if (left !== "disabled") notes.push({ note: "mcp-server-not-used", file, server: given, ...left });
      return [];
    }
    const name = names.get(given)!;
    if (name !== given) notes.push({ note: "mcp-server-renamed", file, server: given, name });
    return [[name, serverOf(entry, folder, env)] as const];
  });
  const servers = Object.fromEntries(entries) as unknown as McpServers;
  assertSound(servers, file);
  return { servers, notes };
}

async function load(file: string): Promise<{ readonly mcpServers?: unknown }> {
  try {
    const { size } = await stat(file);
    if (size > LIMITS.configBytes) throw new Error(`it has more than ${LIMITS.configBytes} bytes`);
    const document = JSON.parse(textIn(await readFile(file), file)) as unknown;
    if (isObject(document)) return document;
    throw new Error("it is not an object");
  } catch (cause) {
    throw new PlanloomError("CONFIG_FAILED", { file, reason: messageOf(cause), next: EXAMPLE }, { cause });
  }
}

const EXAMPLE = 'Correct the file: { "mcpServers": { "fs": { "command": "npx", "args": ["-y", "my-server"] } } }.';

function recordOf(value: unknown, file: string): { readonly [name: string]: unknown } {
  if (isObject(value)) return value;
  throw new PlanloomError("CONFIG_FAILED", { file, reason: "mcpServers is not a record of servers.", next: EXAMPLE });
}

type Left = Pick<Extract<SetupNote, { readonly note: "mcp-server-not-used" }>, "why" | "variable">;

/** Why a server of the file is left out. */
function leftOut(entry: unknown, env: Environment): Left | "disabled" | undefined {
  if (!isObject(entry)) return undefined;
  if (entry["disabled"] === true || startsThisProgram(entry)) return "disabled";
  if (entry["type"] === "sse") return { why: "sse" };
  const text = JSON.stringify(ours(entry));
  for (const [, variable = "", fallback] of text.matchAll(VARIABLE))
    if (fallback === undefined && env[variable] === undefined) return { why: "variable", variable };
  return undefined;
}

/** `${NAME}`, or `${NAME:-what counts without it}`. */
const VARIABLE = /\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/gu;

/** Whether it is `planloom mcp`, for other clients of the file. As a tool of itself, Planloom would start itself. */
function startsThisProgram({ command, args }: { readonly [key: string]: unknown }): boolean {
  const words: readonly unknown[] = [command, ...(Array.isArray(args) ? (args as readonly unknown[]) : [])];
  return words.some((word, at) => typeof word === "string" && THIS_PROGRAM.test(word) && words[at + 1] === "mcp");
}

const THIS_PROGRAM = /(?:^|[/\\])planloom(?:@[^/\\]*)?(?:\.(?:js|cmd))?$/u;

/** Keys of other programs, such as lists of tools that they do not ask about, mean nothing here. */
const OURS = ["command", "args", "env", "cwd", "url", "headers"] as const;

const ours = (entry: { readonly [key: string]: unknown }): { readonly [key: string]: unknown } =>
  Object.fromEntries(OURS.flatMap((key) => (entry[key] === undefined ? [] : [[key, entry[key]]])));

function serverOf(entry: unknown, folder: string, env: Environment): unknown {
  if (!isObject(entry)) return entry;
  const server = filled(ours(entry), env) as { readonly [key: string]: unknown };
  if (!("command" in server)) return server;
  const { cwd } = server;
  return { ...server, cwd: typeof cwd === "string" ? resolve(folder, cwd) : (cwd ?? folder) };
}

function filled(value: unknown, env: Environment): unknown {
  if (typeof value === "string")
    return value.replace(VARIABLE, (_, name: string, fallback = "") => env[name] ?? String(fallback));
  if (Array.isArray(value)) return value.map((one) => filled(one, env));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, filled(one, env)]));
}

/** A name that plans take for each, and for no two the same: one server does not take the place of another. */
function serverNames(given: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(given.filter((name) => fittingName(name) === name));
  return new Map(
    given.map((name) => {
      const base = fittingName(name);
      if (base === name) return [name, name];
      let free = base;
      for (let number = 2; taken.has(free); number++) free = `${base.slice(0, 60)}-${number}`;
      taken.add(free);
      return [name, free];
    }),
  );
}

function fittingName(name: string): string {
  const fitting = name.replace(/[^\w-]+/gu, "-").replace(/^[^A-Za-z]+/u, "");
  return fitting === "" ? "server" : fitting.slice(0, 64);
}

function assertSound(servers: McpServers, file: string): void {
  const check = new SettingChecks();
  knownServers(servers, check, "mcpServers");
  try {
    check.done();
  } catch (error) {
    throw inFile(error, file);
  }
}
