// The tokens of an arithmetic expression. In: text. Out: its tokens with their positions; the last one is `end`. Most
// mistakes of models (150,000, 30 $, ×, **) are found here, and the error says what to write instead.
import { wrong } from "./arithmetic-error.js";

export type Token =
  | { readonly kind: "number"; readonly at: number; readonly text: string; readonly value: number }
  | { readonly kind: "name" | "sign" | "end"; readonly at: number; readonly text: string };

const SPACE = /\s+/y;
const NUMBER = /(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SIGN = /[-+*/%^(),]/y;

export function arithmeticTokens(expression: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = match(SPACE, expression, 0)?.length ?? 0;
  while (at < expression.length) {
    const token = tokenAt(expression, at, tokens.at(-1));
    tokens.push(token);
    at += token.text.length;
    at += match(SPACE, expression, at)?.length ?? 0;
  }
  return [...tokens, { kind: "end", at: expression.length, text: "" }];
}

function tokenAt(expression: string, at: number, before: Token | undefined): Token {
  const digits = match(NUMBER, expression, at);
  if (digits !== undefined) return numberAt(digits, expression, at);
  const name = match(NAME, expression, at);
  if (name !== undefined) return { kind: "name", at, text: name };
  const sign = match(SIGN, expression, at);
  if (sign === "*" && before?.text === "*" && before.at === at - 1)
    wrong("CALC_SYNTAX", at, { problem: "double-star" });
  if (sign !== undefined) return { kind: "sign", at, text: sign };
  const character = String.fromCodePoint(expression.codePointAt(at)!);
  return wrong("CALC_SYNTAX", at, { problem: "character", text: character });
}

function numberAt(text: string, expression: string, at: number): Token {
  const next = expression[at + text.length] ?? "";
  // Without this check, the second half of 150,000 inside max(...) would count as an argument.
  if (/^0\d/.test(text)) wrong("CALC_NUMBER", at, { problem: "leading-zero", text });
  if (next === "." || next === "_") wrong("CALC_NUMBER", at, { problem: "point", text, next });
  if (/^[A-Za-z]/.test(next)) wrong("CALC_NUMBER", at + text.length, { problem: "unit", text, next });
  const value = Number(text.replaceAll("_", ""));
  if (!Number.isFinite(value)) wrong("CALC_OVERFLOW", at, { of: "literal", text });
  return { kind: "number", at, text, value };
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
