// Files that only this user may read: stores, recordings, notes on models, edited plans, the list of trusted folders.
// Modes do not depend on the umask. On Windows modes have no effect: files are as private as their folder.
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { isOwn, lookAt } from "./ownership.js";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const OTHERS = 0o077;

/** Makes a folder and every missing folder above it. Existing folders keep their modes. */
export function makePrivateFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false }) !== undefined) return;
  if (dirname(folder) !== folder) makePrivateFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: FOLDER_MODE });
  } catch (error) {
    // Another process was faster. Everything else shows when the folder is used.
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
    throw error;
  }
  chmodSync(folder, FOLDER_MODE);
}

/** Makes an empty file. An existing file stays as it is. */
export function makePrivateFile(file: string): void {
  try {
    const made = openSync(file, "wx", FILE_MODE);
    fchmodSync(made, FILE_MODE);
    closeSync(made);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/**
 * Takes the rights of group and others from a file or folder of this user. Returns whether there were any. A link, a
 * missing path and a path of another user stay as they are.
 */
export function makePrivate(path: string): boolean {
  const found = lookAt(path);
  if (found === undefined || found.isSymbolicLink() || process.geteuid?.() !== found.uid) return false;
  if ((found.mode & OTHERS) === 0) return false;
  chmodSync(path, found.mode & 0o700);
  return true;
}

/** Replaces a file as a whole: a reader sees the old text or the new one. A link is replaced, not followed. */
export function replacePrivateFile(file: string, text: string): void {
  const part = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    const made = openSync(part, "wx", FILE_MODE);
    try {
      fchmodSync(made, FILE_MODE);
      writeFileSync(made, text);
    } finally {
      closeSync(made);
    }
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/**
 * Writes text to a place that a person named. A link is refused (link), and so is a file of another user (owner). A
 * regular file becomes private. Devices and pipes are written as they are, and so are /dev/stdout, /dev/stderr and
 * /dev/fd/N.
 */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const opened = await openNamed(file, FILE_MODE);
  try {
    const found = await opened.stat();
    if (found.isFile() && !isSystems(file)) {
      if (!isOwn(found.uid)) throw new PlaceRefused("owner", file);
      if (found.uid === process.geteuid?.()) await opened.chmod(FILE_MODE);
    }
    await replaceText(opened, text);
  } finally {
    await opened.close();
  }
}

/** The same for a file that others may read. It has the usual mode of new files, or the mode and owner that it had. */
export async function writeNamedFile(file: string, text: string): Promise<void> {
  const opened = await openNamed(file, 0o666);
  try {
    await replaceText(opened, text);
  } finally {
    await opened.close();
  }
}

async function replaceText(opened: FileHandle, text: string): Promise<void> {
  if ((await opened.stat()).isFile()) await opened.truncate(0);
  await opened.writeFile(text);
}

/** link: it is a link. owner: it belongs to another user. */
export class PlaceRefused extends Error {
  constructor(
    readonly because: "link" | "owner",
    file: string,
  ) {
    super(`${file}: ${because}`);
  }
}

/**
 * Links of the system to files that this process has open. Other links in /dev may be anybody's: /dev/shm is a folder.
 */
const isSystems = (file: string): boolean =>
  process.platform !== "win32" && /^\/(?:dev\/(?:stdout|stderr|fd\/\d+)|proc\/self\/fd\/\d+)$/.test(resolve(file));

async function openNamed(file: string, mode: number): Promise<FileHandle> {
  const followed = isSystems(file);
  const noLink = followed ? 0 : ((constants.O_NOFOLLOW as number | undefined) ?? 0);
  // Windows has no such flag.
  if (!followed && noLink === 0 && lookAt(file)?.isSymbolicLink() === true) throw new PlaceRefused("link", file);
  try {
    return await open(file, constants.O_WRONLY | constants.O_CREAT | noLink, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOOP") throw error;
    throw new PlaceRefused("link", file);
  }
}
