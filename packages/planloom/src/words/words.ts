// The words of a code, for people. In: a code's parameters. Out: what happened, to what, and what to do next. Kernel,
// engine, store and agents only give a code and parameters.
import type { Action, Sentence } from "./action.js";

/** The words of one code. Both functions are pure. They may throw: parameters of an old log may be anything. */
export interface Words<Params> {
  /** What happened, and to what. No capital and no full stop: a surface places it. */
  readonly message: (params: Params) => string;
  /** What to do next, one sentence. */
  readonly next?: (params: Params) => Sentence;
}

/** A table of codes. `Parameters` maps each code to its parameters. */
export type Table<Parameters> = { readonly [Code in keyof Parameters]: Words<Parameters[Code]> };

/** The words; or the code and the data, if the words do not fit the data. Never throws. */
export function textOr({ code, ...data }: { readonly code: string }, words: () => unknown): string {
  const shown = Object.keys(data).length === 0 ? "" : ` ${jsonText(data).slice(0, 2_000)}`;
  return fittingText(data, words) ?? `${code || "(no code)"}${shown}`;
}

/**
 * The words for this data. undefined if they throw, or show a value that is missing or of another kind. Parameters of
 * another version, or of an edited log, may be anything.
 */
export function fittingText(data: unknown, words: () => unknown): string | undefined {
  try {
    const text = words();
    return isText(text) && !showsHole(text, data) ? withoutEmptyEnd(withSingleStops(text)) : undefined;
  } catch {
    return undefined;
  }
}

/** The next step for this data. undefined if there is none, or if it does not fit the data. Never throws. */
export function fittingNext(data: unknown, words: () => Sentence | undefined): Sentence | undefined {
  try {
    const next = words();
    const fits = next?.every((part) => (typeof part === "string" ? isText(part) : isWhole(part))) === true;
    if (!fits || showsHole(jsonText(next), data)) return undefined;
    return next.map((part) => (typeof part === "string" ? withSingleStops(part) : part));
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** Values that JavaScript writes into a text in the place of a missing one. */
const HOLES = /\bundefined\b|\bNaN\b|\[object \w+\]/g;

/** Whether the text has more of these than the data, which may quote an error of a program. */
function showsHole(text: string, data: unknown): boolean {
  const found = text.match(HOLES);
  return found !== null && found.length > (jsonText(data).match(HOLES)?.length ?? 0);
}

function jsonText(data: unknown): string {
  try {
    return JSON.stringify(data) ?? "";
  } catch {
    return "";
  }
}

/** A text of a system may end in its own full stop. */
const withSingleStops = (text: string): string => text.replace(/(?<=[\p{L}\p{N})"'`\]])([.?!…])\.(?=\s|$)/gu, "$1");

/** A reason may be empty. */
const withoutEmptyEnd = (text: string): string => text.replace(/: *(?=\.?$)/, "");

/** Whether the action names all that a surface shows. */
function isWhole(action: Action): boolean {
  if (!isText(action.action)) return false;
  return Object.entries(action).every(([field, value]: readonly [string, unknown]) => {
    if (value === undefined) return field !== "setting" && field !== "package";
    return value === true || Number.isInteger(value) || isText(value);
  });
}
