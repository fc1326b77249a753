// Reads the value that a model wrote as text. In: the text, and the expected type. Out: the value, or the problem.
// Models wrap JSON in fences and sentences. Agent steps and argument filling use it.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import { parseExactly } from "../../plan/exact-integer.js";
import { depthOf, type Json } from "../../plan/json.js";
import { mismatch, typeText, type Type } from "../../plan/type/type.js";
import type { ReplyProblem } from "../../run/failure.js";
import { withoutTextValues } from "./text-values.js";

export type ReadReply =
  { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: ReplyProblem };

/**
 * The first reading of `text` that matches the type: the whole as JSON, a fenced block, the outermost object or list,
 * the plain text. Without a type, or for a string, the text itself (trimmed) is the value. An empty text never is.
 * `readings`: the values that one value may stand for, if it was asked for under a schema.
 */
export function readReply(
  text: string,
  type: Type | undefined,
  readings: (value: Json) => readonly Json[] = (value) => [value],
): ReadReply {
  const plain = text.trim();
  if (plain === "") return { ok: false, problem: { code: "EMPTY" } };
  if (type === undefined || type.kind === "string") return { ok: true, value: plain };
  const values = jsonReadings(plain).flatMap(readings);
  const all = [...values, plain].flatMap((value) => [value, withoutTextValues(value, type)]);
  const fitting = all.find((value) => misfitOf(value, type) === undefined);
  if (fitting !== undefined) return { ok: true, value: fitting };
  const closest = values[0];
  if (closest === undefined) return { ok: false, problem: { code: "NOT_JSON", type: typeText(type) } };
  return { ok: false, problem: misfitOf(closest, type) ?? { code: "EMPTY" } };
}

/** The list or record that a whole text is, also in a fence; else the text. */
export function listOrRecord(text: string): Json {
  const whole = /^```[a-z]*\n([^]*)\n```$/u.exec(text)?.[1] ?? text;
  try {
    const value = parseExactly(whole);
    return typeof value === "object" && value !== null ? value : text;
  } catch {
    return text;
  }
}

/**
 * Every value that can be read as JSON from a text, the most literal reading first. An integer that a number cannot hold
 * is a text of its digits.
 */
export function jsonReadings(text: string): Json[] {
  const values: Json[] = [];
  for (const part of [text, fenced(text), outermost(text), ...balancedParts(text).parts]) {
    if (part === undefined) continue;
    try {
      values.push(parseExactly(part));
    } catch {
      // the next reading
    }
  }
  return values;
}

/** Why a value does not have this type. undefined if it does. */
export function misfitOf(value: Json, type: Type): ReplyProblem | undefined {
  const limit = LIMITS.jsonDepth;
  if (depthOf(value, limit) > limit) return { code: "TOO_DEEP", limit };
  const found = mismatch(value, type);
  return found && { code: "MISFIT", ...found };
}

function fenced(text: string): string | undefined {
  const open = text.indexOf("```");
  const start = text.indexOf("\n", open);
  const end = text.lastIndexOf("```");
  return open >= 0 && start >= 0 && end > start ? text.slice(start + 1, end) : undefined;
}

function outermost(text: string): string | undefined {
  const start = text.search(/[[{]/);
  const end = Math.max(text.lastIndexOf("]"), text.lastIndexOf("}"));
  return start >= 0 && end > start ? text.slice(start, end + 1) : undefined;
}

/** Places where a part with balanced brackets is looked for: each is read to the end of the text at most once. */
const TRIES = 5;

/** Whether a text breaks off inside of JSON. Its finished parts are no value of their own. */
export const isCutJson = (text: string): boolean => jsonReadings(text).length === 0 && balancedParts(text).isCut;

/** The beginning of a record with a field, or of a list with a value: no prose. */
const JSON_BEGINS = /^(?:\{\s*"|\[\s*[[{"])/;

/**
 * The parts of a text from an opening bracket to the one that closes it, in order. Braces may also stand in prose. JSON
 * that never ends was cut: what stands inside of it is no part.
 */
function balancedParts(text: string): { readonly parts: readonly string[]; readonly isCut: boolean } {
  const parts: string[] = [];
  const opening = /[[{]/g;
  for (let tries = 0; tries < TRIES; tries++) {
    const start = opening.exec(text)?.index;
    if (start === undefined) break;
    const end = closingOf(text, start);
    if (end === undefined) {
      if (JSON_BEGINS.test(text.slice(start, start + 200))) return { parts, isCut: true };
      continue;
    }
    parts.push(text.slice(start, end));
    opening.lastIndex = end;
  }
  return { parts, isCut: false };
}

/** The place behind the bracket that closes the one at `start`. Brackets inside of texts do not count. */
function closingOf(text: string, start: number): number | undefined {
  const token = /"(?:[^"\\]|\\[^])*"|[[\]{}]/g;
  token.lastIndex = start;
  let depth = 0;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    if ("[{".includes(found[0])) depth++;
    else if ("]}".includes(found[0]) && --depth === 0) return token.lastIndex;
  }
  return undefined;
}

/** A model's reason for its verdict; "" if it gives none. */
export const reasonIn = (reason: Json | undefined): string =>
  typeof reason === "string" ? beginning(reason.trim(), LIMITS.errorExcerptChars) : "";
