// Reads an expected result from the command line. In: `--expected FILE`. Out: a JSON value for .json and .yaml, and the
// text of any other file.
import { extname } from "node:path";
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import type { Json } from "../plan/json.js";
import { PlanloomError } from "../words/planloom-error.js";
import { dataOf } from "./inputs.js";
import { fileText } from "./plan-file.js";

/** Nothing without the flag. Throws EXPECTED_INVALID, and the errors of reading a file. */
export async function expectedIn(file: string | undefined): Promise<{ readonly expected?: Json }> {
  if (file === undefined) return {};
  const text = await fileText(file, LIMITS.valueBytes);
  if (Buffer.byteLength(text) > LIMITS.valueBytes)
    throw new PlanloomError("EXPECTED_INVALID", { file, problem: "too-large", mebibytes: LIMITS.valueBytes / 2 ** 20 });
  if (!/^\.(?:json|ya?ml)$/i.test(extname(file))) return { expected: text.trim() };
  try {
    return { expected: await dataOf(text, file) };
  } catch (error) {
    throw new PlanloomError("EXPECTED_INVALID", { file, problem: "unreadable", reason: messageOf(error) });
  }
}
