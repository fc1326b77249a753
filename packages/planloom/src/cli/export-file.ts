// An exported run in a file that a person names. In: its path. Out: the document, whose form is not checked.
import { LIMITS } from "../limits.js";
import { exportDocument } from "../store/open-export.js";
import { PlanloomError } from "../words/planloom-error.js";
import { fileBytes } from "./plan-file.js";

/** Throws FILE_NOT_FOUND, FILE_UNREADABLE, FILE_NOT_UTF8, EXPORT_INVALID. */
export async function exportFile(file: string): Promise<unknown> {
  const most = LIMITS.openedBytes;
  const bytes = await fileBytes(file, most);
  if (bytes.length <= most) return exportDocument(bytes, file);
  throw new PlanloomError("EXPORT_INVALID", { file, problem: "too-large", mebibytes: most / 2 ** 20 });
}
