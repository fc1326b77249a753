// Integers that a number cannot hold: 2^53 and beyond, where digits would be rounded. In: a text. Out: its JSON with
// such integers as texts of their digits, or the digits of a rounded number.
import type { Json } from "./json.js";

const LONG = /\d{16}/;
/** Texts, then numbers. A text without an end goes to the end. */
const TOKEN = /"(?:\\.|[^"\\])*"?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/** Whether a number would not have these digits any more. */
export function losesDigits(digits: string): boolean {
  if (!/^-?\d{16,}$/.test(digits)) return false;
  const number = Number(digits);
  return !Number.isFinite(number) || (String(number) !== digits && BigInt(number) !== BigInt(digits));
}

/** Parses JSON. An integer that a number cannot hold becomes a text of its digits. Throws as JSON.parse does. */
export function parseExactly(text: string): Json {
  if (!LONG.test(text)) return JSON.parse(text) as Json;
  const exact = text.replace(TOKEN, (token) => (losesDigits(token) ? `"${token}"` : token));
  return JSON.parse(exact) as Json;
}

/** The same; undefined for a text that is not JSON. */
export function exactJsonIn(text: string): Json | undefined {
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}

/** Digits per integer that is kept. Longer ones lose all digits anyway. */
const MOST_DIGITS = 400;

/** The integers of a text that lose digits as numbers: the digits as written, by the number that each becomes. */
export function longIntegersIn(text: string): ReadonlyMap<number, ReadonlySet<string>> {
  const found = new Map<number, Set<string>>();
  if (!LONG.test(text)) return found;
  for (const [digits] of text.matchAll(/(?<![\w.])-?\d{16,}(?![\w]|\.\d)/g)) {
    if (digits.length > MOST_DIGITS || !losesDigits(digits)) continue;
    const number = Number(digits);
    found.set(number, (found.get(number) ?? new Set()).add(digits));
  }
  return found;
}
