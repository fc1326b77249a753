// Whether a text says what to do. In: the text of a step. Out: true if it consists of words that fit any step, such as
// "handle data" or "do stuff". A text in another language is taken as clear.

const SAYS_NOTHING = /^[^\p{L}\p{N}]*(?:(?:step|task|phase)\s*\d*|todo|tbd|n\/?a|none|x+)[^\p{L}\p{N}]*$/iu;

const VERBS =
  "carry complete continue deal do execute finish get go handle make manage perform proceed process run start use work";
const THINGS =
  "anything data everything info information it job necessary needed required rest something stuff task tasks that them " +
  "these thing things this";
const FILLERS =
  "a actually again all also an and any as be by etc for in is more next now of on or other out please some so the then to " +
  "up what with";
const EMPTY: ReadonlySet<string> = new Set([VERBS, THINGS, FILLERS].join(" ").split(" "));

/** Longer texts are never judged. */
const MOST_WORDS = 8;

/** Whether a text of at most eight words says nothing: all its words fit any step, or it has no letter. */
export function isUnclear(text: string): boolean {
  const trimmed = text.trim();
  if (SAYS_NOTHING.test(trimmed) || !/\p{L}/u.test(trimmed)) return true;
  const words = trimmed.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length <= MOST_WORDS && words.every((word) => EMPTY.has(word));
}
