// Writes the output of the command line. In: text. Out: stdout for the answer alone, stderr for everything else, and
// named files. A reader that closes the pipe (`| head`) must not look like a crash.
import { StringDecoder } from "node:string_decoder";
import { isatty } from "node:tty";
import { messageOf } from "../error.js";
import { PlaceRefused, writeNamedFile, writePrivateFile } from "../files/private.js";
import { visible } from "../plan/visible.js";
import { secretFilter, type Secrets, type SecretStream } from "../tools/secret-filter.js";
import { PlanloomError } from "../words/planloom-error.js";
import { rowsOf } from "./rows.js";
import { manyLines } from "./style.js";

let readerGone = false;
let hasPrinted = false;

/** Ends writing quietly if the reader has closed the pipe. Any other error of a stream stays an error. */
export function watchStreams(): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.listenerCount("error") > 0) continue;
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      if (stream === process.stdout) readerGone = true;
    });
  }
}

/** Whether nobody reads stdout any more. */
export const stdoutGone = (): boolean => readerGone;

/** Whether stdout holds something already. */
export const stdoutUsed = (): boolean => hasPrinted;

/** A document of several lines, such as the answer, as it is but for characters that nobody can see. */
export function printText(text: string, { raw }: RawFlags = {}): void {
  write(raw === true ? text : manyLines(text));
}

/** `raw`: the bytes as they came, from whomever. */
export interface RawFlags {
  readonly raw?: boolean;
}

/** One line of the program. New lines in it, and the rows of a terminal after its first, begin with the gutter. */
export const print = (line: string): void => write(rowsOf(line, columnsAt(1)).join("\n"));

export const printLines = (lines: readonly string[]): void => lines.forEach((line) => print(line));

export const printJson = (value: unknown): void => write(safeJson(value, 2));

/** One JSON value in one line. */
export const printJsonLine = (value: unknown): void => write(safeJson(value));

/** JSON with the escapes of JSON for characters that nobody can see: it has the same value. */
export const safeJson = (value: unknown, indent?: number): string => visible(JSON.stringify(value, null, indent));

function write(text: string): void {
  if (readerGone) return;
  hasPrinted = true;
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** undefined where nothing wraps. */
function columnsAt(descriptor: 1 | 2): number | undefined {
  if (!isatty(descriptor)) return undefined;
  return (descriptor === 1 ? process.stdout : process.stderr).columns || USUAL_COLUMNS;
}

const USUAL_COLUMNS = 80;

/**
 * From now on, the secrets are taken out of all that this process writes: also of what a tool prints by itself, in
 * however many parts.
 */
export function hideSecrets(secrets: Secrets): void {
  // A command may load the configuration more than once.
  if (hiding) return;
  hiding = true;
  for (const stream of [process.stdout, process.stderr]) hideIn(stream, secretFilter(secrets).stream());
}

let hiding = false;

function hideIn(stream: NodeJS.WriteStream, hidden: SecretStream): void {
  const write = stream.write.bind(stream) as (chunk: string, done?: Done) => boolean;
  const decoder = new StringDecoder();
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    const rest = hidden.flush();
    if (rest !== "") write(rest);
  };
  stream.write = (chunk: string | Uint8Array, encoding?: BufferEncoding | Done, done?: Done): boolean => {
    const clean = hidden.write(typeof chunk === "string" ? chunk : decoder.write(Buffer.from(chunk)));
    clearTimeout(timer);
    timer = setTimeout(flush, HELD_MS).unref();
    return write(clean, typeof encoding === "function" ? encoding : done);
  };
  process.on("exit", flush);
}

type Done = (error?: Error | null) => void;

/** How long the beginning of a secret waits for its end. */
const HELD_MS = 1_000;

/** One line for the person at the terminal, laid out like that of `print`. */
export function say(line = ""): void {
  process.stderr.write(`${rowsOf(line, columnsAt(2)).join("\n")}\n`);
}

/** Throws FILE_UNWRITABLE. */
export async function saveText(file: string, text: string): Promise<void> {
  await writeNamedFile(file, text).catch((cause: unknown) => {
    throw new PlanloomError("FILE_UNWRITABLE", { file, reason: reasonOf(cause) });
  });
}

/** Saves a recording of a run. Only this user may read it. Throws FILE_UNWRITABLE. */
export async function savePrivateText(file: string, text: string, runId: string): Promise<void> {
  await writePrivateFile(file, text).catch((cause: unknown) => {
    throw new PlanloomError("FILE_UNWRITABLE", { file, reason: reasonOf(cause), runId });
  });
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof PlaceRefused)) return messageOf(cause);
  return cause.because === "link" ? "it is a link, and links are not followed" : "it belongs to another user";
}

/** Resolves when stdout has written everything. */
export async function flushed(): Promise<void> {
  while (!readerGone && process.stdout.writableLength > 0) {
    await new Promise<void>((resolve) => setTimeout(resolve, 5));
  }
}

/** Whether a person can be asked: input and output are terminals. */
export const atTerminal = (): boolean => isatty(0) && isatty(2);

/** The name under which this program was called, for commands in its output. */
export const PROGRAM = process.env["npm_command"] === undefined ? "planloom" : "npx planloom";
