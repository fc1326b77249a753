// Reads and writes one text file whose path has been checked. In: a path, a text. Out: a text, a size. The file tools
// and the folder search use it.
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LIMITS } from "../limits.js";
import { builtinError } from "./builtin-error.js";
import { asFileError } from "./folder.js";

/**
 * The text of a UTF-8 file of at most LIMITS.fileBytes; throws a ToolError for anything else. `real` is its path,
 * `shown` the name for messages.
 */
export async function readText(real: string, shown: string, signal: AbortSignal): Promise<string> {
  const text = decoded(await readBytes(real, shown, signal));
  if (text === undefined || text.includes("\0")) throw builtinError("FILE_BINARY", { path: shown });
  return text;
}

function decoded(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

async function readBytes(real: string, shown: string, signal: AbortSignal): Promise<Buffer> {
  try {
    await checkReadable(real, shown);
    return await bytesOf(real, shown, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw asFileError(error, shown);
  }
}

/** Checked before the file is opened, because opening a pipe would wait for its other end. */
async function checkReadable(real: string, shown: string): Promise<void> {
  const kind = await kindOf(real);
  if (kind.folder) throw builtinError("FILE_NOT_A_FILE", { path: shown, is: "folder" });
  if (!kind.file) throw builtinError("FILE_NOT_A_FILE", { path: shown, is: "special" });
  if (kind.size > LIMITS.fileBytes) throw tooLarge(shown);
}

async function bytesOf(real: string, shown: string, signal: AbortSignal): Promise<Buffer> {
  // A link or a pipe may have replaced the file since the check: links are not followed, and opening a pipe does not
  // wait.
  const file = await open(real, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
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
  const before = await kindOf(real).catch(() => undefined);
  if (before !== undefined && !before.file)
    throw builtinError("FILE_NOT_A_FILE", { path: shown, is: "folder-or-special" });
  const beside = join(dirname(real), `.${basename(real).slice(0, 100)}.${randomUUID()}.tmp`);
  try {
    await writeBeside(beside, bytes, before?.mode);
    await rename(beside, real);
  } catch (error) {
    await rm(beside, { force: true });
    throw asFileError(error, shown);
  }
  return bytes.length;
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

async function kindOf(real: string): Promise<{ file: boolean; folder: boolean; size: number; mode: number }> {
  const found = await stat(real);
  return { file: found.isFile(), folder: found.isDirectory(), size: found.size, mode: found.mode };
}

function tooLarge(shown: string): Error {
  return builtinError("FILE_TOO_LARGE", { path: shown, limit: LIMITS.fileBytes });
}
