// A file that a command was told to write. In: its name and its text. Out: the file. Separate because plans and recordings are
// written in the same way, and fail in the same words.
import { writeFile } from "node:fs/promises";
import { messageOf, PlanloomError } from "../error.js";

/** Throws FILE_UNWRITABLE. */
export async function saveText(
  file: string,
  text: string,
  next = "Name a file in a folder that is there and can be written.",
): Promise<void> {
  await writeFile(file, text).catch((cause: unknown) => {
    throw new PlanloomError("FILE_UNWRITABLE", `${file} cannot be written: ${messageOf(cause)}.`, {
      kind: "usage",
      next,
    });
  });
}
