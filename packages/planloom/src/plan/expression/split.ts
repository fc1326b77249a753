// Splits texts into literal parts and the sources of their expressions. In: a text, or a value with texts. Out: parts.
// It reads no expression and no limit, so that the reader of old logs can use it.
import { isObject, pointerTo, type Json } from "../json.js";
import type { ExpressionProblem } from "./problem.js";
import { closingOf } from "./template-end.js";

export const OPEN = "${{";

export type SplitPart =
  | { readonly text: string }
  /** `start` and `end`: from the first character of `${{` to after the last one of `}}`. */
  | { readonly source: string; readonly start: number; readonly end: number };

export interface Split {
  readonly parts: readonly SplitPart[];
  /** Set if an expression has no end. `parts` are those before it. `at` is an offset into the text, from 0. */
  readonly broken?: { readonly problem: ExpressionProblem; readonly at: number };
}

/** Splits a text; `$${{` stands for a literal `${{`. Never throws. */
export function splitTemplate(text: string): Split {
  const parts: SplitPart[] = [];
  let literal = "";
  let at = 0;
  for (;;) {
    const start = text.indexOf(OPEN, at);
    if (start === -1) break;
    const escaped = start > at && text[start - 1] === "$";
    literal += text.slice(at, escaped ? start - 1 : start);
    at = start + OPEN.length;
    if (escaped) {
      literal += OPEN;
      continue;
    }
    const closing = closingOf(text, at);
    if (typeof closing !== "number") return { parts, broken: { problem: closing.problem, at: closing.at ?? start } };
    if (literal !== "") parts.push({ text: literal });
    literal = "";
    const source = text.slice(at, closing);
    at = closing + 2;
    parts.push({ source, start, end: at });
  }
  literal += text.slice(at);
  if (literal !== "") parts.push({ text: literal });
  return { parts };
}

/** Visits every string of a value, with its JSON pointer. Names of fields are not visited. */
export function eachTemplate(value: Json, visit: (pointer: string, text: string) => void): void {
  walk(value, "", visit);
}

function walk(value: Json, pointer: string, visit: (pointer: string, text: string) => void): void {
  if (typeof value === "string") return visit(pointer, value);
  if (Array.isArray(value)) (value as readonly Json[]).forEach((item, i) => walk(item, `${pointer}/${i}`, visit));
  else if (isObject(value)) {
    for (const [name, field] of Object.entries(value)) walk(field, pointerTo(pointer, name), visit);
  }
}
