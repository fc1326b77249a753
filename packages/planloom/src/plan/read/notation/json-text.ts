// Reads strings inside JSON as models write it: other quotes, line breaks, unknown escapes. In: a text and the place of
// a quote. Out: the string and the repairs, or why its meaning is not certain. All rules about quotes are here.
import type { SyntaxProblem } from "../../finding-params.js";
import type { RepairCode } from "../note-params.js";

/** Receives each repair, with its place and length. */
export type Mend = (code: RepairCode, at: number, length: number, after: string) => void;

export type StringScan =
  | { readonly kind: "string"; readonly value: string; readonly end: number }
  /** The text ends inside the string. */
  | { readonly kind: "open" }
  | { readonly kind: "bad"; readonly at: number; readonly problem: SyntaxProblem };

const QUOTES: { readonly [open: string]: string } = { '"': '"', "'": "'", "“": "”", "‘": "’" };
const SIMPLE: { readonly [char: string]: string } = {
  ...{ '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" },
};
/**
 * A backslash before one of these is Markdown's escape of the character. Before a letter, a digit or a bracket the
 * backslash may be meant (a path, a regular expression), so no reading is certain.
 */
const PLAIN = "_#&~`'<>!%@:;,=*-$";

export const atQuote = (text: string, at: number): boolean => Object.hasOwn(QUOTES, text[at] ?? "");

/** The string whose opening quote is at `start`. Linear time. */
export function scanString(text: string, start: number, mend: Mend): StringScan {
  const open = text[start]!;
  const triple = (open === '"' || open === "'") && text.startsWith(open.repeat(3), start);
  const close = triple ? open.repeat(3) : QUOTES[open]!;
  if (triple) mend("TRIPLE_QUOTES", start, 3, '"');
  else if (open !== '"') mend(open === "'" ? "SINGLE_QUOTES" : "CURLY_QUOTES", start, 1, '"');
  let value = "";
  let from = start + close.length;
  for (let at = from; at < text.length;) {
    const char = text[at]!;
    if (char === close[0] && (close.length === 1 || text.startsWith(close, at)))
      return { kind: "string", value: value + text.slice(from, at), end: at + close.length };
    if (char === "\\") {
      const escape = escapeAt(text, at, open);
      if (escape === undefined) return { kind: "open" };
      if ("problem" in escape) return { kind: "bad", at, problem: escape.problem };
      if (escape.dropped) mend("ESCAPE_DROPPED", at, 2, escape.value);
      value += text.slice(from, at) + escape.value;
      at += escape.length;
      from = at;
      continue;
    }
    if (char < " " && !triple) mend("LINE_BREAK_IN_TEXT", at, 1, escaped(char));
    at++;
  }
  return { kind: "open" };
}

const escaped = (char: string): string => JSON.stringify(char).slice(1, -1);

type Escape =
  { readonly value: string; readonly length: number; readonly dropped: boolean } | { readonly problem: SyntaxProblem };

/** The value of an escape; undefined if the text ends in it. */
function escapeAt(text: string, at: number, quote: string): Escape | undefined {
  const char = text[at + 1];
  if (char === undefined) return undefined;
  const simple = Object.hasOwn(SIMPLE, char) ? SIMPLE[char] : undefined;
  if (simple !== undefined) return { value: simple, length: 2, dropped: false };
  if (char === "u") return codeUnit(text, at, 4);
  // Python prints such escapes, and only in a text of its own. Elsewhere it may be a path that begins the same way.
  if (char === "x" && quote === "'") return codeUnit(text, at, 2);
  if (PLAIN.includes(char)) return { value: char, length: 2, dropped: char !== quote };
  return { problem: { kind: "bad-escape", escape: char } };
}

function codeUnit(text: string, at: number, digits: number): Escape | undefined {
  const hex = text.slice(at + 2, at + 2 + digits);
  if (/^[0-9A-Fa-f]+$/.test(hex) && hex.length === digits)
    return { value: String.fromCharCode(parseInt(hex, 16)), length: 2 + digits, dropped: false };
  if (at + 2 + digits > text.length) return undefined;
  return { problem: { kind: "bad-code-unit", escape: text.slice(at, at + 2), digits } };
}
