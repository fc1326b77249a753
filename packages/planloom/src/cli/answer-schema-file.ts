// Reads the schema of an answer from the command line. In: `--answer-schema FILE`. Out: a JSON Schema that can be
// checked.
import { LIMITS } from "../limits.js";
import { soundAnswer } from "../loom/answer-schema.js";
import { isObject, jsonIn, type JsonObject } from "../plan/json.js";
import { PlanloomError } from "../words/planloom-error.js";
import { fileText } from "./plan-file.js";

/** Nothing without the flag. Throws ANSWER_SCHEMA_INVALID and the errors of reading a file. */
export async function answerSchemaIn({
  answerSchema: file,
}: {
  readonly answerSchema?: string;
}): Promise<{ readonly answer?: JsonObject }> {
  if (file === undefined) return {};
  const schema = jsonIn(await fileText(file, LIMITS.configBytes));
  if (!isObject(schema)) throw new PlanloomError("ANSWER_SCHEMA_INVALID", { file });
  return { answer: soundAnswer(schema).json };
}
