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
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { lookAt } from "./ownership.js";

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
    makePrivateFile(part);
    writeFileSync(part, text);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/**
 * Writes text to a place that a person named. A regular file becomes private, and a link to one is refused (ELOOP).
 * Devices and pipes, such as /dev/stdout, are written as they are.
 */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const target = statSync(file, { throwIfNoEntry: false });
  const isStream = target !== undefined && !target.isFile();
  // Windows has no such flag.
  const noLink = isStream ? 0 : ((constants.O_NOFOLLOW as number | undefined) ?? 0);
  const opened = await open(file, constants.O_WRONLY | constants.O_CREAT | noLink, FILE_MODE);
  try {
    const found = await opened.stat();
    if (found.isFile() && found.uid === process.geteuid?.()) await opened.chmod(FILE_MODE);
    if (found.isFile()) await opened.truncate(0);
    await opened.writeFile(text);
  } finally {
    await opened.close();
  }
}
