// The files of an evaluation. In: paths. Out: the text of a dataset, or a written report.
// Throws an EvalError that names the file.
import { readFile, stat, writeFile } from "node:fs/promises";
import { EvalError, messageOf } from "./error.js";

/** A dataset is read as a whole. The largest datasets in use have a third of this size. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Throws FILE_NOT_FOUND, FILE_UNREADABLE, DATASET_TOO_LARGE. */
export async function datasetText(path: string): Promise<string> {
  const { size } = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (size > MOST_BYTES) {
    const message = `${path} is larger than ${MOST_BYTES / 1024 / 1024} MiB.`;
    throw new EvalError("DATASET_TOO_LARGE", message, "Split it; each part is scored by itself.");
  }
  return readFile(path, "utf8").catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
}

/** Throws FILE_UNWRITABLE. */
export async function saveReport(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((cause: unknown) => {
    const message = `${path} cannot be written: ${messageOf(cause)}.`;
    throw new EvalError("FILE_UNWRITABLE", message, "Name a file in a folder that exists and can be written.");
  });
}

function unreadable(path: string, cause: unknown): EvalError {
  return (cause as NodeJS.ErrnoException).code === "ENOENT"
    ? new EvalError("FILE_NOT_FOUND", `There is no file ${path}.`, "Check the path of the dataset.")
    : new EvalError("FILE_UNREADABLE", `${path} cannot be read: ${messageOf(cause)}.`, "Name a file that can be read.");
}
