// Cuts text without halving a character. In: a text and a place. Out: its beginning, or the nearest place between two
// characters. Everything that cuts text of others uses this: half a character is no text.

/** The text, or its beginning of at most `most` UTF-16 units. */
export const beginning = (text: string, most: number): string =>
  text.length <= most ? text : text.slice(0, wholeIndex(text, most));

/** The place itself, or the one before if it is inside a character. */
export function wholeIndex(text: string, at: number): number {
  const index = Math.floor(at);
  const isInside = /[\udc00-\udfff]/.test(text.charAt(index)) && /[\ud800-\udbff]/.test(text.charAt(index - 1));
  return isInside ? index - 1 : index;
}
