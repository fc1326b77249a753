// Small phrases that many sentences share. In: names and values as data. Out: text. Pure.
import type { JsonKind } from "../plan/json.js";
import type { Gist } from "../plan/type/type.js";

/** A text in quotes, cut where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length <= 80 ? text : `${text.slice(0, 77)}...`);
}

/** `a`, `a or b`, `a, b or c`. */
export const orList = (names: readonly string[]): string => joined(names, "or");

/** `a`, `a and b`, `a, b and c`. */
export const andList = (names: readonly string[]): string => joined(names, "and");

function joined(names: readonly string[], word: string): string {
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`;
}

/** `a, b and 3 more`. */
export const withMore = (names: readonly string[], more: number): string =>
  more > 0 ? `${names.join(", ")} and ${more} more` : names.join(", ");

/** `1 step`, `3 steps`. */
export const counted = (count: number, noun: string): string => `${count} ${count === 1 ? noun : `${noun}s`}`;

/** A kind of value with its article: `a list`, `null`. */
export const kindText = (kind: JsonKind): string => (kind === "null" ? kind : `a ${kind}`);

/** A value in a few words: `the string "x"`, `a list of 3`, `null`. */
export function gistText(gist: Gist): string {
  if ("length" in gist) return `a list of ${gist.length}`;
  if ("value" in gist) return `the ${gist.kind} ${JSON.stringify(gist.value)}`;
  return gist.kind === "record" ? "a record" : gist.kind;
}
