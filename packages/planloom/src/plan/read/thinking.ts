// The tags in which models write their thoughts. In: a text. Out: where the thoughts before a document end. The readers
// of plans, of plans that are still being written, and of replies share the names of the tags.

/** A tag may have the prefix of its vendor: <seed:think>. */
export const THINKING_NAME = "(?:[a-z]{1,12}:)?(?:think|thinking|thought|thoughts|reasoning|scratchpad)";
/** The longest tag. */
export const THINKING_TAG_CHARS = "</scratchpad>".length + "abcdefghijkl:".length;

const OPENING = new RegExp(`^<(${THINKING_NAME})>`, "i");
const CLOSING = new RegExp(`</(${THINKING_NAME})>`, "gi");

/** The end of the thinking before a document; "open" if it never ends; undefined if there is none. */
export function thinkingEnd(text: string): number | "open" | undefined {
  const open = OPENING.exec(text);
  if (open === null && /^[{["]/.test(text)) return undefined;
  const name = open?.[1]?.toLowerCase();
  CLOSING.lastIndex = 0;
  for (let match = CLOSING.exec(text); match !== null; match = CLOSING.exec(text)) {
    if (name === undefined || match[1]!.toLowerCase() === name) return CLOSING.lastIndex;
  }
  return name === undefined ? undefined : "open";
}
