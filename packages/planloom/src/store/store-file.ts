// The files of a store: the database, and its write-ahead log and index beside it. In: the database's path. Out: files
// that only this user may read, or an error. No link is followed at the end of a path.
import { realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import { makePrivate, makePrivateFile, makePrivateFolder } from "../files/private.js";
import { isOwn, lookAt } from "../files/ownership.js";
import { isInside } from "../files/project.js";
import { PlanloomError } from "../words/planloom-error.js";

/** The folder that belongs to Planloom alone. Other folders keep their modes: they hold files of others. */
export const STORE_FOLDER = ".planloom";

/** Why a store that was found is not opened. `of` is the folder or file at fault. */
export interface StoreFileFault {
  readonly problem: "link" | "owner";
  readonly of: string;
}

const filesOf = (path: string): readonly string[] => [path, `${path}-wal`, `${path}-shm`];

/** Creates the folder and the file if they are missing. Throws as `checkStoreFile`, and the system's errors. */
export function prepareStoreFile(path: string): void {
  makePrivateFolder(dirname(path));
  checkStoreFile(path);
  makePrivateFile(path);
  tightenStore(path);
}

/**
 * Throws STORE_FAILED for a link, for what is not a file, and for a file of another user, which only root may open.
 * Changes nothing.
 */
export function checkStoreFile(path: string): void {
  const files = filesOf(path);
  const faults = [
    { problem: "link", of: files.find(isLink) },
    { problem: "no-file", of: files.find(isOther) },
    { problem: "owner", of: process.geteuid?.() === 0 ? undefined : files.find(isForeign) },
  ] as const;
  for (const { problem, of } of faults)
    if (of !== undefined) throw new PlanloomError("STORE_FAILED", { problem, path, of });
}

/**
 * Takes the rights of other users from the store's files, and from the folder `.planloom`. Returns whether there were
 * any.
 */
export function tightenStore(path: string): boolean {
  const folder = dirname(path);
  const places = [...(basename(folder) === STORE_FOLDER ? [folder] : []), ...filesOf(path)];
  return places.map(makePrivate).includes(true);
}

/**
 * The fault of a store that nobody named: its folder or file belongs to another user, or is a link. A link of the
 * folder may lead to a place inside of `within`.
 */
export function storeFileFault(path: string, within: string): StoreFileFault | undefined {
  const folder = dirname(path);
  if (isLink(folder) && !leadsInto(folder, within)) return { problem: "link", of: folder };
  if (!isInside(folder, within)) return { problem: "link", of: folder };
  const link = filesOf(path).find(isLink);
  if (link !== undefined) return { problem: "link", of: link };
  const foreign = [folder, ...filesOf(path)].find(isForeign);
  return foreign === undefined ? undefined : { problem: "owner", of: foreign };
}

const isLink = (path: string): boolean => lookAt(path)?.isSymbolicLink() === true;

/** A pipe, for example: opening it would wait for ever. */
const isOther = (path: string): boolean => lookAt(path)?.isFile() === false;

/** A link that leads nowhere leads into nothing. */
function leadsInto(link: string, folder: string): boolean {
  try {
    return isInside(realpathSync(link), folder);
  } catch {
    return false;
  }
}

function isForeign(path: string): boolean {
  const found = lookAt(path);
  return found !== undefined && !isOwn(found.uid);
}
