// A file that a command was told to write. In: its name and its text. Out: the file. Separate because plans and recordings are
// written in the same way, and fail in the same words.
import { writeFile } from "node:fs/promises";
import { messageOf } from "../error.js";
import { PlanloomError } from "../words/planloom-error.js";

/** `runId`: the run that is recorded in the file. Throws FILE_UNWRITABLE. */
export async function saveText(file: string, text: string, runId?: string): Promise<void> {
  await writeFile(file, text).catch((cause: unknown) => {
    const recorded = runId === undefined ? {} : { runId };
    throw new PlanloomError("FILE_UNWRITABLE", { file, reason: messageOf(cause), ...recorded });
  });
}
