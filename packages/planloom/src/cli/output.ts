// Writes the output of the command line. In: text and values. Out: stdout for the answer alone, stderr for everything
// else, and named files.
import { setImmediate as immediate, setTimeout as delay } from "node:timers/promises";
import { isatty } from "node:tty";
import { messageOf } from "../error.js";
import { PlaceRefused, writeNamedFile, writePrivateFile } from "../files/private.js";
import { visible } from "../plan/visible.js";
import { PlanloomError } from "../words/planloom-error.js";
import { rowsOf } from "./rows.js";
import { faultOf, writeLines } from "./streams.js";
import { manyLines } from "./style.js";

let hasPrinted = false;

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
  hasPrinted = true;
  writeLines("stdout", text.endsWith("\n") ? text : `${text}\n`);
}

/** undefined where nothing wraps. */
function columnsAt(descriptor: 1 | 2): number | undefined {
  if (!isatty(descriptor)) return undefined;
  return (descriptor === 1 ? process.stdout : process.stderr).columns || USUAL_COLUMNS;
}

/** Some terminals do not report their size. */
export const USUAL_COLUMNS = 80;

/** One line for the person at the terminal, laid out like that of `print`. */
export const say = (line = ""): void => sayLines([line]);

/** Several such lines at once: a table below them is redrawn once. */
export function sayLines(lines: readonly string[]): void {
  const rows = lines.flatMap((line) => rowsOf(line, columnsAt(2)));
  if (rows.length > 0) writeLines("stderr", `${rows.join("\n")}\n`);
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

/** Resolves when stdout has written everything, or cannot. */
export async function flushed(): Promise<void> {
  // A stream tells its fault after the current code.
  await immediate();
  while (faultOf("stdout") === undefined && process.stdout.writableLength > 0) await delay(5);
}

/** Whether a person can be asked: input and output are terminals. */
export const atTerminal = (): boolean => isatty(0) && isatty(2);

/** The name under which this program was called, for commands in its output. */
export const PROGRAM = process.env["npm_command"] === undefined ? "planloom" : "npx planloom";
