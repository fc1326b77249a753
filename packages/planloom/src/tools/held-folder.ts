// A folder that is held open while files in it are opened, written or listed. In: the real path of a checked folder.
// Out: paths of its entries. On Linux they lead to this very folder, even if somebody has since put a link in its
// place.
import { constants } from "node:fs";
import { open, readlink, realpath } from "node:fs/promises";
import { join } from "node:path";

/** A link is in the place of a folder, or of a folder above it. */
export class FolderMoved extends Error {}

export interface HeldFolder {
  /** The path of an entry, or of the folder itself. */
  at(name?: string): string;
  /** Rejects with FolderMoved if the path leads to another folder by now. Call it before a result counts. */
  confirm(): Promise<void>;
  close(): Promise<void>;
}

/** Holds the folder during the work. Rejects as holdFolder and the work do. */
export async function inFolder<T>(real: string, work: (folder: HeldFolder) => Promise<T>): Promise<T> {
  const folder = await holdFolder(real);
  try {
    return await work(folder);
  } finally {
    await folder.close();
  }
}

/** Rejects with FolderMoved, or with the error of the system. */
export async function holdFolder(real: string): Promise<HeldFolder> {
  // Windows opens no folders.
  if (process.platform === "win32") return { ...byPath(real), close: async () => {} };
  const handle = await open(real, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW).catch(noFolder);
  const close = (): Promise<void> => handle.close();
  try {
    const here = `/proc/self/fd/${handle.fd}`;
    const target = process.platform === "linux" ? await readlink(here).catch(() => undefined) : undefined;
    if (target === undefined) return { ...(await confirmed(byPath(real))), close };
    if (target !== real) throw new FolderMoved();
    return { at: (name) => (name === undefined ? here : `${here}/${name}`), confirm: async () => {}, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Reached = Pick<HeldFolder, "at" | "confirm">;

/** Where a folder cannot be reached by its handle, its path is compared again. */
const byPath = (real: string): Reached => ({
  at: (name) => (name === undefined ? real : join(real, name)),
  async confirm() {
    if ((await realpath(real)) !== real) throw new FolderMoved();
  },
});

async function confirmed(folder: Reached): Promise<Reached> {
  await folder.confirm();
  return folder;
}

/** Linux says of a link that it is no folder. */
function noFolder(error: unknown): never {
  throw (error as { readonly code?: unknown }).code === "ENOTDIR" ? new FolderMoved() : error;
}
