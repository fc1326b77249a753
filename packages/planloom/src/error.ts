// The message of anything thrown. Plans and the kernel need it, too. The errors that Planloom throws are in
// words/planloom-error.ts.
import { beginning } from "./beginning.js";
import { LIMITS } from "./limits.js";

/**
 * The message of anything thrown, at most LIMITS.messageChars long: the name of an error without a message, JSON of any
 * other value. `clean` gets the message before it is cut. Never throws.
 */
export function messageOf(thrown: unknown, clean: (message: string) => string = (message) => message): string {
  try {
    const message: unknown = thrown instanceof Error ? thrown.message || thrown.name : thrown;
    const text = typeof message === "object" && message !== null ? JSON.stringify(message) : String(message);
    return beginning(clean(beginning(text, LIMITS.valueBytes)), LIMITS.messageChars);
  } catch {
    return "something was thrown that cannot be shown";
  }
}
