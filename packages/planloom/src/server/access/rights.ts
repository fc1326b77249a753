// What a right allows. In: who sends a request, and the right that it needs. Out: nothing, or the refusal. Each route says
// which right it needs.
import type { Caller, TokenRight } from "../../loom/handler-options.js";
import { PlanloomError } from "../../words/planloom-error.js";

const ORDER: readonly TokenRight[] = ["read", "approve", "all"];

/** Throws RIGHT_NEEDED. */
export function assertRight({ name, right }: Caller, needed: TokenRight): void {
  if (ORDER.indexOf(needed) > ORDER.indexOf(right)) throw new PlanloomError("RIGHT_NEEDED", { name, right, needed });
}
