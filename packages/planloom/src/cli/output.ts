// Writes the output of the command line. In: text. Out: stdout for the answer alone, stderr for everything else, and
// named files. A reader that closes the pipe (`| head`) must not look like a crash.
import { writeFile } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { isatty } from "node:tty";
import { messageOf } from "../error.js";
import { writePrivateFile } from "../files/private.js";
import { secretFilter, type Secrets, type SecretStream } from "../tools/secret-filter.js";
import { PlanloomError } from "../words/planloom-error.js";
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

/** The answer, and nothing else. On a terminal without control characters. */
export function print(text: string): void {
  if (readerGone) return;
  hasPrinted = true;
  const whole = text.endsWith("\n") ? text : `${text}\n`;
  process.stdout.write(isatty(1) ? manyLines(whole) : whole);
}

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

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

/** One or several lines for the person at the terminal. */
export function say(text = ""): void {
  process.stderr.write(`${text}\n`);
}

/** Throws FILE_UNWRITABLE. */
export async function saveText(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((cause: unknown) => {
    throw new PlanloomError("FILE_UNWRITABLE", { file, reason: messageOf(cause) });
  });
}

/** Saves a recording of a run. Only this user may read it. Throws FILE_UNWRITABLE. */
export async function savePrivateText(file: string, text: string, runId: string): Promise<void> {
  await writePrivateFile(file, text).catch((cause: unknown) => {
    throw new PlanloomError("FILE_UNWRITABLE", { file, reason: messageOf(cause), runId });
  });
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
