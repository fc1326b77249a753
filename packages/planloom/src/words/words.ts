// The words of a code, for people. In: a code's parameters. Out: what happened, to what, and what to do next. Kernel,
// engine, store and agents only give a code and parameters.
import type { Sentence } from "./action.js";

/**
 * The words of one code. Both functions are pure. Parameters may come from an old log, so a missing one must not throw.
 */
export interface Words<Params> {
  /** What happened, and to what. No capital and no full stop: a surface places it. */
  readonly message: (params: Params) => string;
  /** What to do next, one sentence. */
  readonly next?: (params: Params) => Sentence;
}

/** A table of codes. `Parameters` maps each code to its parameters. */
export type Table<Parameters> = { readonly [Code in keyof Parameters]: Words<Parameters[Code]> };

/**
 * The words; or the code and the data, if the words fail. Parameters of another version, or of an edited log, may be
 * anything.
 */
export function textOr({ code, ...data }: { readonly code: string }, words: () => unknown): string {
  try {
    const text = words();
    if (typeof text === "string") return text;
  } catch {
    // Shows the code and the data.
  }
  return Object.keys(data).length === 0 ? code : `${code} ${JSON.stringify(data)}`;
}
