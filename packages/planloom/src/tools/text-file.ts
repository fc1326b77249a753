// Reads and writes one text file whose path has been checked. In: a path, a text. Out: a text, a size. The file tools
// and the folder search use it.
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, rename, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { textFileOf } from "../files/text-encoding.js";
import { LIMITS } from "../limits.js";
import { builtinError } from "./builtin-error.js";
import { asFileError } from "./folder.js";
import { inFolder, type HeldFolder } from "./held-folder.js";

/**
 * The text of a UTF-8 file of at most LIMITS.fileBytes; throws a ToolError for anything else. `real` is its path,
 * `shown` the name for messages.
 */
export async function readText(real: string, shown: string, signal: AbortSignal): Promise<string> {
  const text = textFileOf(await readBytes(real, shown, signal));
  if (text === undefined) throw builtinError("FILE_BINARY", { path: shown });
  return text;
}

async function readBytes(real: string, shown: string, signal: AbortSignal): Promise<Buffer> {
  try {
    return await inFolder(dirname(real), async (folder) => {
      const path = folder.at(basename(real));
      await checkReadable(path, shown);
      const bytes = await bytesOf(path, shown, signal);
      await folder.confirm();
      return bytes;
    });
  } catch (error) {
    signal.throwIfAborted();
    throw asFileError(error, shown);
  }
}

/** Checked before the file is opened, because opening a pipe would wait for its other end. */
async function checkReadable(path: string, shown: string): Promise<void> {
  const kind = await kindOf(path);
  if (kind.folder) throw builtinError("FILE_NOT_A_FILE", { path: shown, is: "folder" });
  // The path was resolved. A link appeared afterwards.
  if (kind.link) throw builtinError("FILE_OUTSIDE", { path: shown, why: "link-loop" });
  if (!kind.file) throw builtinError("FILE_NOT_A_FILE", { path: shown, is: "special" });
  if (kind.size > LIMITS.fileBytes) throw tooLarge(shown);
}

async function bytesOf(path: string, shown: string, signal: AbortSignal): Promise<Buffer> {
  // A link or a pipe may have replaced the file since the check: links are not followed, and opening a pipe does not
  // wait.
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  const chunks: Buffer[] = [];
  let length = 0;
  // The stream closes the file. It reads one byte past the limit, so that a file that grows is noticed.
  for await (const chunk of file.createReadStream({ end: LIMITS.fileBytes, signal }) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
  }
  if (length > LIMITS.fileBytes) throw tooLarge(shown);
  return Buffer.concat(chunks);
}

/**
 * Writes the whole text or nothing: it writes a new file in the same folder and renames it. Returns the bytes written.
 * The permissions of an existing file are kept.
 */
export async function writeText(real: string, shown: string, text: string): Promise<number> {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length > LIMITS.fileBytes) throw tooLarge(shown);
  try {
    await inFolder(dirname(real), (folder) => replaceIn(folder, basename(real), shown, bytes));
  } catch (error) {
    throw asFileError(error, shown);
  }
  return bytes.length;
}

async function replaceIn(folder: HeldFolder, name: string, shown: string, bytes: Buffer): Promise<void> {
  const before = await kindOf(folder.at(name)).catch(() => undefined);
  if (before !== undefined && !before.file && !before.link)
    throw builtinError("FILE_NOT_A_FILE", { path: shown, is: "folder-or-special" });
  const beside = folder.at(`.${name.slice(0, 100)}.${randomUUID()}.tmp`);
  try {
    await writeBeside(beside, bytes, before?.file === true ? before.mode : undefined);
    await folder.confirm();
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
}

async function kindOf(path: string): Promise<Kind> {
  const found = await lstat(path);
  const [file, folder, link] = [found.isFile(), found.isDirectory(), found.isSymbolicLink()];
  return { file, folder, link, size: found.size, mode: found.mode };
}

function tooLarge(shown: string): Error {
  return builtinError("FILE_TOO_LARGE", { path: shown, limit: LIMITS.fileBytes });
}
