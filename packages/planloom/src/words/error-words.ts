// The type of an entry in the catalogue of errors.
import type { Sentence } from "./action.js";

/** The kind of an error decides the exit code of the command line. */
export type ErrorKind = "usage" | "plan" | "provider" | "config" | "store" | "run" | "refused" | "interrupted";

/** The words of one error. Both functions are pure. */
export interface ErrorWords<Params> {
  readonly kind: ErrorKind;
  /** Whether the same call may succeed later. Default: false. */
  readonly retryable?: true;
  /** What happened, and to what: whole sentences. */
  readonly message: (params: Params) => string;
  /** What to do next: whole sentences. */
  readonly next: (params: Params) => Sentence;
}

/** A part of the catalogue. `Parameters` maps each code to its parameters. */
export type ErrorTable<Parameters> = { readonly [Code in keyof Parameters]: ErrorWords<Parameters[Code]> };

/** `one error`, `3 errors`. */
export const countOf = (count: number, noun: string): string => (count === 1 ? `one ${noun}` : `${count} ${noun}s`);

/** A text that may be long, cut to the length of a line. */
export const cut = (text: string, chars: number): string => (text.length > chars ? `${text.slice(0, chars)}…` : text);
