// The class of operating errors: a failure of a file, a provider, a store or a command. In: a code of the catalogue and
// its parameters. Out: an error with the library's words. A failure inside a run is data (events) and never this error.
import { firstAction, sentenceText, type Action } from "./action.js";
import { errorNext, errorText, errorWords, type ErrorCode, type ErrorParams, type ErrorSubject } from "./errors.js";
import type { ErrorKind, ErrorWords } from "./error-words.js";
import { librarySurface } from "./surface-library.js";

export interface ErrorOptions {
  readonly cause?: unknown;
  /** Whether the same call may succeed later. Default: what the catalogue says. */
  readonly retryable?: boolean;
  /** How long a server asked to wait, in ms. */
  readonly retryAfterMs?: number | undefined;
}

/** An operating error. `message` says what happened and to what; `next` says what to do about it. */
export class PlanloomError extends Error {
  override readonly name = "PlanloomError";
  readonly code: ErrorCode;
  /** The parameters of the words, as data. */
  readonly params: ErrorParams[ErrorCode];
  /** Decides the exit code of the command line. */
  readonly kind: ErrorKind;
  /** What the reader can do next, in the library's words. */
  readonly next: string;
  /** The first action of `next`, as data. */
  readonly action: Action | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(...[code, params, options = {}]: readonly [...subject: ErrorSubject, options?: ErrorOptions]) {
    const words = errorWords(code) as ErrorWords<unknown>;
    super(errorText(code, params), options.cause === undefined ? undefined : { cause: options.cause });
    const next = errorNext(code, params);
    this.code = code;
    this.params = params;
    this.kind = words.kind;
    this.next = sentenceText(next, librarySurface);
    this.action = firstAction(next);
    this.retryable = options.retryable ?? words.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Whether an error is the operating error of this code. Then the type of its parameters is known. */
export function hasCode<Code extends ErrorCode>(
  thrown: unknown,
  code: Code,
): thrown is PlanloomError & { readonly code: Code; readonly params: ErrorParams[Code] } {
  return thrown instanceof PlanloomError && thrown.code === code;
}
