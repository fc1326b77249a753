// Styles text for a terminal. In: text, and whether a stream shows colours. Out: text with or without escape sequences.
// Text from outside never keeps escape sequences of its own.
import { isatty } from "node:tty";

export type Paint = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

const CODES: Readonly<Record<Paint, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** Colours only go to a terminal, and never if NO_COLOR is set (no-color.org). */
const COLOURS = isatty(2) && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";

export function paint(how: Paint, text: string): string {
  const [on, off] = CODES[how];
  return COLOURS ? `\u001b[${on}m${text}\u001b[${off}m` : text;
}

/**
 * Text from outside as one line. Characters that could control a terminal, or change the direction of text, become
 * spaces.
 */
export function oneLine(text: string, max = 200): string {
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\s]+/g, " ").trim();
  return plain.length > max ? `${plain.slice(0, max - 1)}…` : plain;
}

/** Text from outside in several lines, without control characters. */
export function manyLines(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}

/** `850 ms`, `4.2 s`, `3 min 5 s`, `2 h 4 min`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1_000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1 step`, `3 steps`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
