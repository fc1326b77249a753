// The body of a reply as text and as JSON. In: a response. Out: its text, within a limit and in its character set, and
// the JSON that it holds.
import { LIMITS } from "../../limits.js";
import { exactJsonIn } from "../../plan/exact-integer.js";
import type { Json } from "../../plan/json.js";

/** Characters of a body, or of one event. Within JSON, a character may take six. */
export const MOST_CHARS = 8 * LIMITS.replyChars;

/** Throws if the body is too long: a server may send one without an end. */
export async function bodyText({ body, headers }: Response): Promise<string> {
  const decoder = decoderOf(headers.get("content-type") ?? "");
  let text = "";
  for await (const bytes of (body ?? []) as AsyncIterable<Uint8Array>) {
    text += decoder.decode(bytes, { stream: true });
    // Leaving the loop ends the connection.
    if (text.length > MOST_CHARS) throw new Error("the reply is too long");
  }
  return text + decoder.decode();
}

function decoderOf(type: string): InstanceType<typeof TextDecoder> {
  const [, name = "utf-8"] = /charset="?([\w-]+)/i.exec(type) ?? [];
  try {
    return new TextDecoder(name);
  } catch {
    return new TextDecoder();
  }
}

/**
 * JSON with all digits of its integers, also with NaN and Infinity, which some languages write for numbers. Those become
 * null.
 */
export function lenientJson(text: string): Json | undefined {
  const strict = exactJsonIn(text);
  if (strict !== undefined || !/NaN|Infinity/.test(text)) return strict;
  return exactJsonIn(text.replace(STRING_OR_NUMBER, (part) => (part.startsWith('"') ? part : "null")));
}

const STRING_OR_NUMBER = /"(?:[^"\\]|\\[^])*"|-?\b(?:NaN|Infinity)\b/g;
