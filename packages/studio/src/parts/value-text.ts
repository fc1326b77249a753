// Sizes and shapes of values. In: JSON or text. Out: lines, cut where a page would grow too long, and the full size.
import type { Json } from "planloom";

/** Longer texts are cut, and their full size is named. */
export const MOST_LINES = 40;
const MOST_CHARS = 6_000;

export interface CutText {
  readonly text: string;
  /** Absent: nothing is cut. `412 bytes, 60 lines`. */
  readonly full?: string;
}

export function cutText(text: string): CutText {
  const end = endOfLines(text, MOST_LINES);
  const kept = Math.min(end, MOST_CHARS);
  if (kept >= text.length) return { text };
  return { text: text.slice(0, isInsidePair(text, kept) ? kept - 1 : kept), full: sizeText(text) };
}

/** Where the text ends after so many lines. */
function endOfLines(text: string, lines: number): number {
  let at = -1;
  for (let line = 0; line < lines; line++) {
    at = text.indexOf("\n", at + 1);
    if (at < 0) return text.length;
  }
  return at;
}

const isInsidePair = (text: string, at: number): boolean => /[\uD800-\uDBFF]/u.test(text[at - 1] ?? "");

export function sizeText(text: string): string {
  const bytes = new TextEncoder().encode(text).length;
  const lines = text.split("\n").length;
  return `${bytesText(bytes)}${lines > 1 ? `, ${lines.toLocaleString("en-US")} lines` : ""}`;
}

function bytesText(bytes: number): string {
  if (bytes < 10_000) return `${bytes.toLocaleString("en-US")} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A value as text: strings as they are, others as JSON. */
export const textOf = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

export const jsonText = (value: Json): string => JSON.stringify(value, null, 2);

export const isRecord = (value: Json | undefined): value is { readonly [name: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value on one line, for places with room for one. */
export function shortValue(value: Json, most = 80): string {
  const line = textOf(value).replace(/\s+/gu, " ").trim();
  return line.length <= most ? line : `${line.slice(0, most - 1).trimEnd()}…`;
}

/** What a closed branch of a tree holds. */
export function branchText(value: Json): string {
  if (Array.isArray(value)) return count(value.length, "value");
  return isRecord(value) ? count(Object.keys(value).length, "field") : "";
}

const count = (many: number, word: string): string => `${many.toLocaleString("en-US")} ${word}${many === 1 ? "" : "s"}`;

/** A call as one line: `search(query: "…", limit: 3)`. */
export function callText(name: string, args: Json): string {
  if (!isRecord(args)) return `${name}(${shortValue(args)})`;
  const told = Object.entries(args).map(([key, value]) => `${key}: ${shortJson(value)}`);
  return `${name}(${told.join(", ")})`;
}

function shortJson(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}
