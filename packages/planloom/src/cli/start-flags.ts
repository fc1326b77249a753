// Flags of `planloom run` that hold data beside the inputs. In: JSON, or the name of a file. Out: options of a start.
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import type { ContextOptions } from "../loom/context-option.js";
import type { Loom, StartOptions } from "../loom/loom.js";
import { isObject, type Json, type JsonObject } from "../plan/json.js";
import { usageError } from "./error-text.js";
import { dataOf } from "./inputs.js";
import { fileText } from "./plan-file.js";

/** The context of `--context`. If the configuration has `resolveContext`, this is its stored part. */
export async function contextIn({ context }: { readonly context?: string }): Promise<JsonObject | undefined> {
  if (context === undefined) return undefined;
  const value = await flagData("--context", context);
  if (isObject(value)) return value;
  throw usageError("--context is not a record.", 'Write a record, such as \'{"userId": "u1"}\', or name a file.');
}

/** The messages of `--messages`, which `start` checks. */
export async function messagesIn({
  messages,
}: {
  readonly messages?: string;
}): Promise<Pick<StartOptions, "messages">> {
  if (messages === undefined) return {};
  const given: unknown = await flagData("--messages", messages);
  return { messages: given as NonNullable<StartOptions["messages"]> };
}

export const contextOptions = (loom: Loom, context: JsonObject | undefined): ContextOptions =>
  context === undefined ? {} : loom.resolvesContext ? { stored: context } : { context };

/** JSON if it begins as a record or a list, else a file with JSON or YAML. */
async function flagData(flag: string, given: string): Promise<Json> {
  const isJson = /^\s*[[{]/.test(given);
  const text = isJson ? given : await fileText(given, LIMITS.valueBytes);
  try {
    if (Buffer.byteLength(text) > LIMITS.valueBytes) throw new Error(`it is larger than ${LIMITS.valueBytes} bytes`);
    return await dataOf(text, isJson ? ".json" : given);
  } catch (error) {
    const from = isJson ? "" : ` (${given})`;
    throw usageError(
      `${flag}${from} cannot be read: ${messageOf(error)}.`,
      "Write JSON, or name a file with JSON or YAML.",
    );
  }
}
