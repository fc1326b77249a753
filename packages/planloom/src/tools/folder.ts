// The folders that tools may reach. In: roots, and paths as a plan writes them. Out: real paths that lie inside a root,
// or a ToolError. Every tool that uses files gets its paths here.
import { realpathSync, statSync } from "node:fs";
import { lstat, mkdir, realpath } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { PlanloomError } from "../words/planloom-error.js";
import type { FileFailures } from "../words/tools/files.js";
import { builtinError } from "./builtin-error.js";
import { fenceOf, type Fence, type FenceOptions } from "./fence.js";
import { FolderMoved, inFolder } from "./held-folder.js";
import { ToolError } from "./tool.js";

export interface Root {
  /** The prefix of its paths: empty if there is only one root, else the folder's name. */
  readonly name: string;
  /** Its real path. */
  readonly real: string;
  readonly fence: Fence;
}

/** A path inside a root. */
export interface FolderPath {
  readonly root: Root;
  readonly real: string;
  /** The path that results show: relative to the root, with /. Empty for the root itself. */
  readonly shown: string;
}

/**
 * Throws PlanloomError BAD_FOLDER (kind config) if a root is missing, is not a folder, or has the name of another root.
 */
export function openRoots(folders: readonly string[], options: FenceOptions = {}): readonly Root[] {
  const fence = fenceOf(options);
  const reals = [...new Set(folders.map(realFolder))];
  if (reals.length === 0) throw new PlanloomError("BAD_FOLDER", { problem: "none" });
  if (reals.length === 1) return [{ name: "", real: reals[0]!, fence }];
  const roots = reals.map((real) => ({ name: basename(real), real, fence }));
  const names = new Set(roots.map((root) => root.name));
  if (names.size < roots.length || names.has("")) throw new PlanloomError("BAD_FOLDER", { problem: "same-name" });
  return roots;
}

function realFolder(folder: string): string {
  try {
    const real = realpathSync(folder);
    if (statSync(real).isDirectory()) return real;
  } catch (cause) {
    throw new PlanloomError("BAD_FOLDER", { problem: "missing", folder }, { cause });
  }
  throw new PlanloomError("BAD_FOLDER", { problem: "not-a-folder", folder });
}

/**
 * Splits a path, by its text alone, into a root and the names below it. The root is undefined for the level above
 * several roots.
 */
export function namesOf(
  roots: readonly Root[],
  path: string,
): { readonly root: Root | undefined; readonly names: string[] } {
  if (path.includes("\0")) throw outside(path.replaceAll("\0", "\\0"), "nul");
  if (/^([/\\]|[A-Za-z]:)/.test(path)) throw outside(path, "absolute");
  const names = path.split(sep === "\\" ? /[/\\]/ : "/").filter((name) => name !== "" && name !== ".");
  if (names.includes("..")) throw outside(path, "parent");
  if (roots.length === 1) return { root: roots[0], names };
  const [first, ...below] = names;
  if (first === undefined) return { root: undefined, names };
  const root = roots.find(({ name }) => name === first);
  if (root === undefined)
    throw builtinError("FILE_OUTSIDE", { path, why: "folder", folders: roots.map(({ name }) => name) });
  return { root, names: below };
}

/**
 * Resolves a file or folder that exists. Links are followed; their target must be inside a root. Throws ToolError
 * FILE_CLOSED for what the fence closes, by the names of the path or by those of its target.
 */
export async function existing(roots: readonly Root[], path: string): Promise<FolderPath> {
  const { root, names } = rooted(roots, path);
  const named = join(root.real, ...names);
  await checkFence(root, named, path, names);
  const real = await realOf(named, path);
  if (real === undefined) throw notFound(path);
  return open(root, real, path, names);
}

/**
 * Resolves a file to write and creates its folder. Refuses links that lead outside a root or to nothing, and what the
 * fence closes.
 */
export async function creatable(roots: readonly Root[], path: string): Promise<FolderPath> {
  const { root, names } = rooted(roots, path);
  const name = names.at(-1);
  if (name === undefined || path.endsWith("/"))
    throw builtinError("FILE_NOT_A_FILE", { path: path || ".", is: "folder-to-write" });
  await checkFence(root, join(root.real, ...names), path, names);
  let folder = root.real;
  for (const parent of names.slice(0, -1)) folder = await subfolder(root, folder, parent, path);
  const target = join(folder, name);
  const real = (await realOf(target, path)) ?? (await unlinked(target, path));
  return open(root, real, path, names);
}

/**
 * Resolves a file that may be written, without effects: `there` is false if nothing has its name. Throws as `creatable`
 * does, but for folders that cannot be made.
 */
export async function writable(
  roots: readonly Root[],
  path: string,
): Promise<{ readonly there: boolean; readonly file: FolderPath }> {
  const { root, names } = rooted(roots, path);
  if (names.length === 0 || path.endsWith("/"))
    throw builtinError("FILE_NOT_A_FILE", { path: path || ".", is: "folder-to-write" });
  await checkFence(root, join(root.real, ...names), path, names);
  let folder = root.real;
  for (const [at, name] of names.entries()) {
    const real = await realOf(join(folder, name), path);
    if (real === undefined) {
      await unlinked(join(folder, name), path);
      return { there: false, file: await open(root, join(folder, ...names.slice(at)), path, names) };
    }
    checkInside(root, real, path);
    folder = real;
  }
  return { there: true, file: await open(root, folder, path, names) };
}

/** Creates the folder if it is missing. Returns its real path. `parent` is a real path inside the root. */
async function subfolder(root: Root, parent: string, name: string, path: string): Promise<string> {
  const folder = join(parent, name);
  const real = (await realOf(folder, path)) ?? (await createdFolder(parent, name, path));
  checkInside(root, real, path);
  // An open file may lie below a closed folder. The file itself is checked later.
  if (await root.fence.hides(belowOf(root, real), real)) throw builtinError("FILE_CLOSED", { path });
  return real;
}

async function createdFolder(parent: string, name: string, path: string): Promise<string> {
  const folder = await unlinked(join(parent, name), path);
  try {
    await inFolder(parent, (held) => mkdir(held.at(name)));
  } catch (error) {
    // Another step may have created the same folder at this moment.
    if (codeOf(error) !== "EEXIST") throw asFileError(error, path);
  }
  return folder;
}

function rooted(roots: readonly Root[], path: string): { readonly root: Root; readonly names: string[] } {
  const { root, names } = namesOf(roots, path);
  if (root !== undefined) return { root, names };
  const folders = roots.map(({ name }) => name);
  throw builtinError("FILE_NOT_A_FILE", { path: path || ".", is: "top", folders });
}

async function open(root: Root, real: string, path: string, names: readonly string[]): Promise<FolderPath> {
  checkInside(root, real, path);
  await checkFence(root, real, path, names);
  return { root, real, shown: shownPath(root, names) };
}

function checkInside(root: Root, real: string, path: string): void {
  const prefix = root.real.endsWith(sep) ? root.real : root.real + sep;
  if (real !== root.real && !real.startsWith(prefix)) throw outside(path, "link");
}

/** `names`: those of the path as it is written. A link may have other names than its target. */
async function checkFence(root: Root, real: string, path: string, names: readonly string[]): Promise<void> {
  const { fence } = root;
  if (!(await fence.closes(names, real)) && !(await fence.closes(belowOf(root, real), real))) return;
  throw builtinError("FILE_CLOSED", { path });
}

/** The names of a real path below its root. */
const belowOf = (root: Root, real: string): string[] =>
  relative(root.real, real)
    .split(sep)
    .filter((name) => name !== "");

export function shownPath(root: Root, names: readonly string[]): string {
  return (root.name === "" ? names : [root.name, ...names]).join("/");
}

async function realOf(path: string, shown: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw asFileError(error, shown);
  }
}

/**
 * The path itself if nothing exists there, or if it was just created. A link to nothing is refused, because a write
 * would follow it.
 */
async function unlinked(path: string, shown: string): Promise<string> {
  const there = await lstat(path).catch(() => undefined);
  if (there?.isSymbolicLink() === true) throw outside(shown, "broken-link");
  return path;
}

/** Replaces the system's error text, which names paths of this machine that the model need not know. */
export function asFileError(error: unknown, path: string): ToolError {
  if (error instanceof ToolError) return error;
  if (error instanceof FolderMoved) return outside(path, "link-loop");
  const code = codeOf(error);
  switch (code) {
    case "ENOENT":
      return notFound(path);
    case "EISDIR":
    case "ENOTDIR":
      return builtinError("FILE_NOT_A_FILE", { path, is: "folder-or-below-a-file" });
    case "ELOOP":
      return outside(path, "link-loop");
    case "ENAMETOOLONG":
      return builtinError("FILE_NAME", {});
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return builtinError("FILE_DENIED", { path }, { cause: error });
    default:
      return builtinError("FILE_FAILED", { path, reason: code }, { cause: error });
  }
}

type Outside = Exclude<FileFailures["FILE_OUTSIDE"]["why"], "folder">;

const outside = (path: string, why: Outside): ToolError => builtinError("FILE_OUTSIDE", { path, why });

const notFound = (path: string): ToolError => builtinError("FILE_NOT_FOUND", { path: path || "." });

function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : "unknown";
}
