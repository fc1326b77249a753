// The end of a union, and the message of anything thrown. Separate from words/planloom-error.ts, the errors that we throw, because
// plans and the kernel need these two alone.
import { LIMITS } from "./limits.js";

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
