// A file as an input of a run. In: a path or bytes. Out: JSON data: its name, its media type, and its text, or its bytes
// in base64 if it is no text.
import { open } from "node:fs/promises";
import { basename, extname } from "node:path";
import { messageOf } from "../error.js";
import { textFileOf } from "../files/text-encoding.js";
import { LIMITS } from "../limits.js";
import { PlanloomError } from "../words/planloom-error.js";

/** A file as data. Plans refer to its fields: `${{ inputs.report.text }}`. */
export type FileInput = {
  readonly name: string;
  readonly mediaType: string;
} & ({ readonly text: string } | { readonly base64: string });

/** The media types of usual files, by the end of their names. */
const MEDIA_TYPES: { readonly [ending: string]: string } = {
  ...{ ".txt": "text/plain", ".md": "text/markdown", ".csv": "text/csv", ".html": "text/html", ".xml": "text/xml" },
  ...{ ".json": "application/json", ".yaml": "application/yaml", ".yml": "application/yaml" },
  ...{ ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp" },
  ...{ ".svg": "image/svg+xml", ".pdf": "application/pdf", ".zip": "application/zip" },
  ...{ ".mp3": "audio/mpeg", ".wav": "audio/wav", ".mp4": "video/mp4" },
  ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

const CHUNK = 64 * 1024;

/** In any case of letters, also with parameters such as `charset`. */
const isTextType = (mediaType: string): boolean => TEXT.test(mediaType.split(";")[0]!.trim().toLowerCase());

const TEXT = /^text\/|^application\/(?:json|yaml|xml|javascript)$|\+(?:json|xml|yaml)$/;

/** The media type of a file that holds no text, by the end of its name. undefined for all others. */
export function binaryTypeOf(path: string): string | undefined {
  const type = MEDIA_TYPES[extname(path).toLowerCase()];
  return type === undefined || isTextType(type) ? undefined : type;
}

/**
 * A file for `inputs`. Its media type is the one that is given, or that of the end of its name. A text must be UTF-8.
 * Without a known type, a file in UTF-8 is text/plain, and any other is application/octet-stream. As any record, it
 * counts as untrusted and private, unless `trust` of `start` says otherwise. Rejects with FILE_NOT_FOUND,
 * FILE_UNREADABLE, FILE_INPUT_INVALID.
 */
export async function fileInput(
  file: string | Uint8Array,
  {
    name = typeof file === "string" ? basename(file) : "file",
    mediaType,
  }: {
    readonly name?: string;
    readonly mediaType?: string;
  } = {},
): Promise<FileInput> {
  const bytes = typeof file === "string" ? await bytesOf(file) : file;
  // Base64 is a third longer.
  const most = Math.floor((LIMITS.valueBytes * 3) / 4) - 1_000;
  if (bytes.length > most) throw new PlanloomError("FILE_INPUT_INVALID", { file: name, problem: "too-large", most });
  const known = mediaType ?? MEDIA_TYPES[extname(name).toLowerCase()];
  const text = known === undefined || isTextType(known) ? textFileOf(bytes) : undefined;
  if (text !== undefined) return { name, mediaType: known ?? "text/plain", text };
  if (known !== undefined && isTextType(known)) {
    throw new PlanloomError("FILE_INPUT_INVALID", { file: name, problem: "not-utf8", mediaType: known });
  }
  return { name, mediaType: known ?? "application/octet-stream", base64: Buffer.from(bytes).toString("base64") };
}

/**
 * All bytes, but at most a little more than an input may have. A pipe, a device or a file of the system tells no size,
 * so it is read to its end.
 */
async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path, "r");
    try {
      const chunks: Buffer[] = [];
      for (let left = LIMITS.valueBytes; left > 0;) {
        const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(Math.min(left, CHUNK)), position: null });
        if (bytesRead === 0) break;
        left -= bytesRead;
        chunks.push(buffer.subarray(0, bytesRead));
      }
      return Buffer.concat(chunks);
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw new PlanloomError("FILE_NOT_FOUND", { file: path });
    throw new PlanloomError("FILE_UNREADABLE", { file: path, reason: messageOf(error) }, { cause: error });
  }
}
