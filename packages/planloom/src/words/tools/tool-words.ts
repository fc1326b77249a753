// The type of an entry in the catalogue of the built-in tools.
import type { Sentence } from "../action.js";

/** The words of one code. Pure. */
export interface ToolWords<Params> {
  /** Whether the same call may succeed later. Default: false. */
  readonly retryable?: true;
  /** What happened, to what, and what to write instead: whole sentences. A model corrects its call from them. */
  readonly message: (params: Params) => string;
  /** What else a person can do. */
  readonly next?: (params: Params) => Sentence;
}

/** A part of the catalogue. `Parameters` maps each code to its parameters. */
export type ToolTable<Parameters> = { readonly [Code in keyof Parameters]: ToolWords<Parameters[Code]> };
