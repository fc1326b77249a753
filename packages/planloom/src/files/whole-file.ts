// Writes a file of a project as a whole. In: a path and a text. Out: the file, with its whole text or not at all. A
// process that is killed leaves a file with another name behind, which nobody reads.
import { randomBytes } from "node:crypto";
import { linkSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Returns false if the file is there already and `replace` is not set. A link is replaced, not followed. */
export function writeWholeFile(file: string, text: string, { replace = false }: { readonly replace?: boolean } = {}) {
  const part = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString("hex")}`);
  try {
    writeFileSync(part, text, { flag: "wx" });
    if (replace) renameSync(part, file);
    else linkSync(part, file);
    return true;
  } catch (error) {
    if (!replace && (error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(part, { force: true });
  }
}
