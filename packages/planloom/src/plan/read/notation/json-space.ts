// Skips the text between JSON values: white space, comments, escapes of brackets. In: a text and a place. Out: the
// place after it, and the parts that JSON does not allow.
import type { Mend } from "./json-text.js";
import type { RepairCode } from "../note-params.js";

/** The place after white space and comments. An open comment goes to the end of the text. Linear time. */
export function afterSpace(text: string, from: number, mend: Mend = () => undefined): number {
  for (let at = from; ;) {
    const char = text[at];
    if (char === " " || char === "\n" || char === "\r" || char === "\t") at++;
    else {
      const odd = oddAt(text, at, char);
      if (odd === undefined) return at;
      mend(odd.code, at, Math.min(odd.end - at, 60), odd.code === "ODD_SPACE" ? " " : "");
      at = odd.end;
    }
  }
}

function oddAt(text: string, at: number, char: string | undefined): { code: RepairCode; end: number } | undefined {
  if (char === undefined) return undefined;
  if (char === "#" || (char === "/" && text[at + 1] === "/")) return { code: "COMMENT", end: lineEnd(text, at) };
  if (char === "/" && text[at + 1] === "*") return { code: "COMMENT", end: after(text, "*/", at + 2) };
  if (char === "\\" && "[]{}".includes(text[at + 1] ?? " ")) return { code: "ESCAPE_DROPPED", end: at + 1 };
  if (char > "~" && /[\s\u200B\u2060]/.test(char)) return { code: "ODD_SPACE", end: at + 1 };
  return undefined;
}

function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at === -1 ? text.length : at + mark.length;
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf("\n", from);
  return at === -1 ? text.length : at;
}

const WORD = /[A-Za-z_$][\w$]*/y;

/** The word at a place, or an empty text. */
export function atWord(text: string, at: number): string {
  WORD.lastIndex = at;
  return WORD.exec(text)?.[0] ?? "";
}
