// Recognizes a reply that only says which tool the model will call. Small models write one in place of the call. In:
// the text, and the names of the tools. Out: whether it is one. English only: in other languages the text is a result.
import { LIMITS } from "../limits.js";

/** An intention of the speaker at the beginning of a sentence. */
const INTENTION =
  /(?:^|[.!?:]\s+|\n)\s*(?:okay,? |ok,? |sure[,!.]? |first,? |now,? )*(?:i'll|i will|i am going to|i'm going to|i need to|i should|let me|let's|let us)\s+(?:first |now |start by |begin by |go ahead and )*(\w+)/gi;
const ACTIONS: ReadonlySet<string> = new Set(
  "use call using calling search look find fetch query check get run retrieve read invoke do start begin".split(" "),
);

export function announcesCall(text: string, tools: readonly string[]): boolean {
  const whole = text.trim();
  if (whole.length > LIMITS.announcementChars || /^[[{]/.test(whole)) return false;
  const intentions = [...whole.matchAll(INTENTION)].filter((match) => ACTIONS.has(match[1]!.toLowerCase()));
  if (intentions.length === 0) return false;
  // A sentence without an intention gives something.
  const sentences = whole.split(/(?<=[.!?])\s+|\n+/).filter((one) => one.trim() !== "");
  const namesTool = tools.some((tool) => whole.includes(tool));
  return namesTool ? sentences.length <= 4 : sentences.length <= intentions.length;
}
