// The folders that this user trusts. In: the user's list, and PLANLOOM_TRUST. Out: whether a folder is trusted; the
// list with one folder more or less. The list lies outside of every project, in the user's own configuration folder.
import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { LIMITS } from "../limits.js";
import { messageOf } from "../error.js";
import { isObject } from "../plan/json.js";
import type { SetupNote } from "../words/setup-notes.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { TrustListFault } from "../words/errors/configuration.js";
import { lookAt, ownershipFault } from "./ownership.js";
import { makePrivateFolder, replacePrivateFile } from "./private.js";
import { realPath } from "./project.js";
import { userFolder, type Environment } from "./user-folder.js";

export interface TrustedFolder {
  /** With every link resolved. */
  readonly path: string;
  /** The folder's owner when it was trusted. null on Windows. Trust ends when the folder has another owner. */
  readonly owner: number | null;
  /** When it was trusted, as an ISO date. */
  readonly since: string;
}

export interface Trust {
  readonly folders: readonly TrustedFolder[];
  /** The folders of PLANLOOM_TRUST. */
  readonly named: readonly string[];
  /** What of both could not be used. */
  readonly notes: readonly SetupNote[];
}

/** The user's list: `trusted-folders.json` in the user's configuration folder. */
export function trustListPath(env: Environment = process.env, home: string = homedir()): string {
  return join(userFolder(env, home), "trusted-folders.json");
}

/** A list that others may have written counts as empty, and a note says so. */
export function readTrust(env: Environment = process.env, home: string = homedir()): Trust {
  const named = (env["PLANLOOM_TRUST"] ?? "").split(delimiter).filter((entry) => entry !== "");
  const notes = named
    .filter((entry) => !isAbsolute(entry))
    .map((given) => ({ note: "trust-relative", given }) as const);
  const absolute = named.filter((entry) => isAbsolute(entry)).map(realPath);
  const file = trustListPath(env, home);
  const list = listIn(file);
  if ("folders" in list) return { folders: list.folders, named: absolute, notes };
  return { folders: [], named: absolute, notes: [...notes, { note: "trust-list-not-used", file, ...list }] };
}

/** Only the folder itself: a folder below it may have come from somebody else. */
export function isTrusted(folder: string, { folders, named }: Trust): boolean {
  const path = realPath(folder);
  return named.includes(path) || folders.some((one) => one.path === path && one.owner === ownerOf(path));
}

/** Adds a folder. Throws TRUST_LIST_FAILED. */
export function trustFolder(folder: string, now: string, env?: Environment, home?: string): TrustedFolder {
  const path = realPath(folder);
  const added = { path, owner: ownerOf(path), since: now };
  change(trustListPath(env, home), (before) => [...before.filter((one) => one.path !== path), added]);
  return added;
}

/** Returns whether the folder was in the list. It need not exist any more. Throws TRUST_LIST_FAILED. */
export function untrustFolder(folder: string, env?: Environment, home?: string): boolean {
  const path = realPath(folder);
  let was = false;
  change(trustListPath(env, home), (before) => {
    was = before.some((one) => one.path === path);
    return was ? before.filter((one) => one.path !== path) : undefined;
  });
  return was;
}

const ownerOf = (path: string): number | null =>
  process.geteuid === undefined ? null : (statSync(path, { throwIfNoEntry: false })?.uid ?? null);

function change(
  file: string,
  changed: (before: readonly TrustedFolder[]) => readonly TrustedFolder[] | undefined,
): void {
  const before = listIn(file);
  if (!("folders" in before)) throw new PlanloomError("TRUST_LIST_FAILED", { file, ...before });
  const after = changed(before.folders);
  if (after === undefined) return;
  try {
    makePrivateFolder(dirname(file));
    replacePrivateFile(file, `${JSON.stringify({ version: 1, folders: after }, null, 2)}\n`);
  } catch (cause) {
    throw new PlanloomError("TRUST_LIST_FAILED", { file, fault: "unwritable", reason: messageOf(cause) }, { cause });
  }
}

/** The entries, or why the file cannot be used. A file that does not exist has none. */
function listIn(file: string): { readonly folders: readonly TrustedFolder[] } | TrustListFault {
  try {
    const found = lookAt(file);
    if (found === undefined) return { folders: [] };
    if (!found.isFile() || found.size > LIMITS.configBytes) return { fault: "no-list" };
    const fault = ownershipFault(file);
    if (fault !== undefined) return { fault };
    const value = JSON.parse(readFileSync(file, "utf8")) as unknown;
    const folders = isObject(value) ? value["folders"] : undefined;
    return Array.isArray(folders) && folders.every(isEntry) ? { folders } : { fault: "no-list" };
  } catch (error) {
    return { fault: "unreadable", reason: messageOf(error) };
  }
}

function isEntry(value: unknown): value is TrustedFolder {
  if (!isObject(value)) return false;
  const { path, owner, since } = value;
  return typeof path === "string" && (owner === null || typeof owner === "number") && typeof since === "string";
}
