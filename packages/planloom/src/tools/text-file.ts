// Reads and writes one file whose path has been checked. In: a path, a text. Out: bytes, a text, a size. The file tools
// and the folder search use it.
import { randomUUID } from "node:crypto";
import { constants, type BigIntStats } from "node:fs";
import { lstat, open, rename, rm, type FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { textFileOf } from "../files/text-encoding.js";
import { LIMITS } from "../limits.js";
import { builtinError } from "./builtin-error.js";
import { asFileError } from "./folder.js";
import { inFolder, type HeldFolder } from "./held-folder.js";

/** Tells one content of a file from another: inode, size and time of the last change. */
export type FileState = string;

/**
 * The text of a UTF-8 file of at most LIMITS.fileBytes; throws a ToolError for anything else. `real` is its path,
 * `shown` the name for messages.
 */
export async function readText(real: string, shown: string, signal: AbortSignal): Promise<string> {
  return utf8Text((await readBytes(real, shown, signal)).bytes, shown);
}

/** The text in these bytes. Throws a ToolError for bytes that are no text. */
export function utf8Text(bytes: Uint8Array, shown: string): string {
  const text = textFileOf(bytes);
  if (text === undefined) throw builtinError("FILE_BINARY", { path: shown });
  return text;
}

export interface ReadFile {
  readonly bytes: Buffer;
  readonly state: FileState;
}

/** All bytes of a file of at most `limit`. `parts`: a larger file can be read in parts, and the error says so. */
export function readBytes(
  real: string,
  shown: string,
  signal: AbortSignal,
  { limit = LIMITS.fileBytes, parts }: { readonly limit?: number; readonly parts?: true } = {},
): Promise<ReadFile> {
  const large = () => builtinError("FILE_TOO_LARGE", { path: shown, limit, ...(parts && { parts }) });
  return withFile(real, shown, signal, async (file, { size, state }) => {
    if (size > limit) throw large();
    // It reads one byte past the limit, so that a file that grows is noticed.
    const bytes = await bytesOf(file, limit + 1, signal);
    if (bytes.length > limit) throw large();
    return { bytes, state };
  });
}

async function bytesOf(file: FileHandle, most: number, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of chunksOf(file, most, signal)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The first bytes of an open file, at most `most`. It closes the file. */
export const chunksOf = (file: FileHandle, most: number, signal: AbortSignal): AsyncIterable<Buffer> =>
  file.createReadStream({ end: most - 1, signal }) as AsyncIterable<Buffer>;

/** Opens an ordinary file for reading during the work. Errors of the system become ToolErrors. */
export async function withFile<T>(
  real: string,
  shown: string,
  signal: AbortSignal,
  work: (file: FileHandle, kind: Kind) => Promise<T>,
): Promise<T> {
  try {
    return await inFolder(dirname(real), async (folder) => {
      const path = folder.at(basename(real));
      const kind = await checkReadable(path, shown);
      // A link or a pipe may have replaced the file since the check: links are not followed, and opening a pipe does
      // not wait.
      const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
      try {
        const result = await work(file, kind);
        await folder.confirm();
        return result;
      } finally {
        // A stream may have closed it.
        await file.close().catch(() => undefined);
      }
    });
  } catch (error) {
    signal.throwIfAborted();
    throw asFileError(error, shown);
  }
}

/** Checked before the file is opened, because opening a pipe would wait for its other end. */
async function checkReadable(path: string, shown: string): Promise<Kind> {
  const kind = await kindOf(path);
  if (kind.folder) throw builtinError("FILE_NOT_A_FILE", { path: shown, is: "folder" });
  // The path was resolved. A link appeared afterwards.
  if (kind.link) throw builtinError("FILE_OUTSIDE", { path: shown, why: "link-loop" });
  if (!kind.file) throw builtinError("FILE_NOT_A_FILE", { path: shown, is: "special" });
  return kind;
}

/**
 * Writes the whole text or nothing: it writes a new file in the same folder and renames it. Returns the bytes written.
 * The permissions of an existing file are kept. `known`: the state of the file that the text was made from. If it has
 * another one by now, nothing is written: FILE_CHANGED.
 */
export async function writeText(real: string, shown: string, text: string, known?: FileState): Promise<number> {
  // Another character would be written than a person has approved.
  if (/\p{Surrogate}/u.test(text)) throw builtinError("FILE_HALF", { path: shown });
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length > LIMITS.fileBytes) throw builtinError("FILE_TOO_LARGE", { path: shown, limit: LIMITS.fileBytes });
  try {
    await inFolder(dirname(real), (folder) => replaceIn(folder, basename(real), shown, { bytes, known }));
  } catch (error) {
    throw asFileError(error, shown);
  }
  return bytes.length;
}

interface NewContent {
  readonly bytes: Buffer;
  readonly known: FileState | undefined;
}

async function replaceIn(folder: HeldFolder, name: string, shown: string, { bytes, known }: NewContent): Promise<void> {
  const before = await kindOf(folder.at(name)).catch(() => undefined);
  if (before !== undefined && !before.file && !before.link)
    throw builtinError("FILE_NOT_A_FILE", { path: shown, is: "folder-or-special" });
  // Its name is short, so that each name that a file may have can be written.
  const beside = folder.at(`.${randomUUID()}.tmp`);
  try {
    await writeBeside(beside, bytes, before?.file === true ? before.mode : undefined);
    await folder.confirm();
    if (known !== undefined && (await kindOf(folder.at(name)).catch(() => undefined))?.state !== known)
      throw builtinError("FILE_CHANGED", { path: shown });
    await rename(beside, folder.at(name));
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

async function writeBeside(path: string, bytes: Buffer, mode: number | undefined): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(bytes);
    if (mode !== undefined) await file.chmod(mode & 0o777);
    await file.sync();
  } finally {
    await file.close();
  }
}

interface Kind {
  readonly file: boolean;
  readonly folder: boolean;
  readonly link: boolean;
  readonly size: number;
  readonly mode: number;
  readonly state: FileState;
}

async function kindOf(path: string): Promise<Kind> {
  const found = await lstat(path, { bigint: true });
  const [file, folder, link] = [found.isFile(), found.isDirectory(), found.isSymbolicLink()];
  return { file, folder, link, size: Number(found.size), mode: Number(found.mode), state: stateOf(found) };
}

const stateOf = ({ ino, size, mtimeNs }: BigIntStats): FileState => `${ino}/${size}/${mtimeNs}`;
