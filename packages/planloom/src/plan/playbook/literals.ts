// Finds the literals of a plan that may be its data: in the arguments of its steps and in its answer. In: the document
// of a plan. Out: each scalar with its place, and where a text stands. References and secrets are not among them.
import { isObject, pointerTo, type Json, type JsonObject } from "../json.js";
import { splitTemplate } from "../expression/split.js";

export type Scalar = string | number;

/** A whole value, or (`parts`) the literal parts of a text with references. */
export interface Leaf {
  /** A JSON pointer into the document. */
  readonly pointer: string;
  readonly value: Scalar;
  readonly parts: readonly LiteralPart[];
}

export interface LiteralPart {
  readonly start: number;
  readonly text: string;
}

/** Texts for models and people, where a reference may not stand. */
export interface PlainText {
  readonly pointer: string;
  readonly text: string;
}

/** The fields of a step that hold words. `data`: the step gets data beside them. */
const WORDS = ["agent", "ask", "title", "description"] as const;

/** The numbers and texts in `with` of each step and in the value of the answer. */
export function leavesOf(document: JsonObject): readonly Leaf[] {
  const found: Leaf[] = [];
  stepsOf(document).forEach((step, at) => walk(step["with"] ?? {}, `/steps/${at}/with`, found));
  const { answer } = document;
  if (isObject(answer) && answer["value"] !== undefined) walk(answer["value"], "/answer/value", found);
  return found;
}

export const stepsOf = (document: JsonObject): readonly JsonObject[] =>
  Array.isArray(document["steps"]) ? (document["steps"] as readonly Json[]).filter(isObject) : [];

function walk(value: Json, pointer: string, found: Leaf[]): void {
  if (typeof value === "number") found.push({ pointer, value, parts: [] });
  else if (typeof value === "string") found.push({ pointer, value, parts: literalParts(value) });
  else if (Array.isArray(value)) (value as readonly Json[]).forEach((item, i) => walk(item, `${pointer}/${i}`, found));
  else if (isObject(value) && !isHandle(value))
    for (const [name, field] of Object.entries(value)) walk(field, pointerTo(pointer, name), found);
}

/** A handle of a secret. Its name is no data. */
const isHandle = (value: JsonObject): boolean => Object.keys(value).length === 1 && typeof value["secret"] === "string";

/** What of a text stands outside of its references, as written. */
export function literalParts(text: string): readonly LiteralPart[] {
  const { parts, broken } = splitTemplate(text);
  if (broken !== undefined) return [];
  const found: LiteralPart[] = [];
  let at = 0;
  for (const part of parts) {
    if (!("source" in part)) continue;
    found.push({ start: at, text: text.slice(at, part.start) });
    at = part.end;
  }
  found.push({ start: at, text: text.slice(at) });
  return found.filter((part) => part.text !== "");
}

/** The texts of the steps and the instructions of the answer. */
export function wordsOfDocument(document: JsonObject): readonly PlainText[] {
  const steps = stepsOf(document).flatMap((step, at) =>
    WORDS.flatMap((field) => {
      const text = step[field];
      return typeof text === "string" ? [{ pointer: `/steps/${at}/${field}`, text }] : [];
    }),
  );
  const { answer } = document;
  const form = isObject(answer) ? answer["instructions"] : undefined;
  return typeof form === "string" ? [...steps, { pointer: "/answer/instructions", text: form }] : steps;
}

/** Expressions and instructions that a rule does not rewrite: a literal in them stays as it is. */
export function fixedTexts(document: JsonObject): readonly PlainText[] {
  return stepsOf(document).flatMap((step, at) =>
    ["when", "forEach", "expect", "fill"].flatMap((field) => {
      const text = step[field];
      return typeof text === "string" ? [{ pointer: `/steps/${at}/${field}`, text }] : [];
    }),
  );
}

/** A text as a whole word: no letter and no digit touches it. */
export function wordPattern(text: string): RegExp {
  const escaped = text.replaceAll(/[\\^$.*+?()[\]{}|/-]/gu, "\\$&");
  const isNumber = /^-?\d/.test(text);
  const before = isNumber ? "(?<![\\p{L}\\p{N}_]|\\d[.-])" : "(?<![\\p{L}\\p{N}_])";
  const after = isNumber ? "(?![\\p{L}\\p{N}_]|[.-]\\d)" : "(?![\\p{L}\\p{N}_])";
  return new RegExp(`${before}${escaped}${after}`, "gu");
}

export const holdsWord = (text: string, word: string): boolean => wordPattern(word).test(text);
