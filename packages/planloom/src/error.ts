// The one class of operating errors: what went wrong at the edge (a file, a provider, a store, a command).
// In: a code from the table below. Out: a message that says what happened, to what, and what to do next.
// Expected outcomes inside a run are data (events), never this.
import { LIMITS } from "./limits.js";

/** Which exit code of the command line a code leads to; `docs/errors.md` lists every code with its remedy. */
export type ErrorKind =
  "usage" | "plan" | "provider" | "config" | "store" | "run" | "refused" | "limit" | "interrupted";

export interface PlanloomErrorOptions {
  readonly kind?: ErrorKind;
  /** What the reader can do next, one sentence. */
  readonly next?: string;
  readonly cause?: unknown;
  /** Whether trying the same again may succeed. */
  readonly retryable?: boolean;
  /** A server asked to wait so long, in ms. */
  readonly retryAfterMs?: number;
}

/**
 * An operating error. `message` says what happened and to what; `next` says what to do about it.
 */
export class PlanloomError extends Error {
  override readonly name = "PlanloomError";
  readonly kind: ErrorKind;
  readonly next: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: string,
    message: string,
    options: PlanloomErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = options.kind ?? "run";
    this.next = options.next;
    this.retryable = options.retryable ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Ends a `switch` over a union: reaching it is a programmer's error. */
export function assertNever(value: never): never {
  throw new Error(`unreachable case: ${JSON.stringify(value)}`);
}

/** The message of anything that was thrown, at most LIMITS.messageChars of it; never throws, whatever that is. */
export function messageOf(thrown: unknown): string {
  try {
    const message: unknown = thrown instanceof Error ? thrown.message : thrown;
    return String(message).slice(0, LIMITS.messageChars);
  } catch {
    return "something was thrown that cannot be shown";
  }
}
