// Finds the end of an expression inside `${{ … }}`. In: a text and the start of the expression. Out: the place of its
// `}}`. This needs a scanner that knows CEL's strings and braces: `${{ {"a": "}}"}.a }}`.
import type { ExpressionProblem } from "./problem.js";

/** The offset of the closing `}}`, or why there is none (`at` is absent if the text just ends). Linear time. */
export function closingOf(
  text: string,
  start: number,
): number | { readonly problem: ExpressionProblem; readonly at?: number } {
  let braces = 0;
  let at = start;
  while (at < text.length) {
    const char = text[at];
    if (char === '"' || char === "'") {
      const after = afterString(text, at, char);
      if (after === undefined) return { problem: { kind: "open-string" }, at };
      at = after;
      continue;
    }
    if (char === "/" && text[at + 1] === "/") {
      at = afterComment(text, at);
      continue;
    }
    if (char === "{") braces++;
    if (char === "}") {
      if (braces === 0) return text[at + 1] === "}" ? at : { problem: { kind: "single-brace" }, at };
      braces--;
    }
    at++;
  }
  return { problem: { kind: "open-reference" } };
}

/**
 * The offset after the string that opens at `at`; undefined if it does not end. A backslash escapes the next character,
 * also in raw strings, as in cel-js.
 */
function afterString(text: string, at: number, quote: string): number | undefined {
  const triple = text.startsWith(quote.repeat(3), at);
  const close = triple ? quote.repeat(3) : quote;
  for (let i = at + close.length; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text.startsWith(close, i)) return i + close.length;
    else if (!triple && (text[i] === "\n" || text[i] === "\r")) return undefined;
  }
  return undefined;
}

/** A comment ends with its line, or before the `}}` of its expression. */
function afterComment(text: string, at: number): number {
  for (let i = at; i < text.length; i++) if (text[i] === "\n" || text.startsWith("}}", i)) return i;
  return text.length;
}
