// The part of a text that shows why it was found. In: a text and the words that were found in it. Out: one line. Pure.

/** Characters of a snippet: three lines in a terminal. */
const LENGTH = 280;
/** Occurrences of one word that are examined: the best part of a long text is nearly always among the first ones. */
const PLACES_MAX = 200;

/** The text around the place with the most different words, or the beginning of the text if no word is found. */
export function snippetOf(text: string, words: readonly string[]): string {
  const occurrences = occurrencesOf(text.toLowerCase(), words);
  const start = bestStart(occurrences);
  const from = start <= 0 ? 0 : afterSpace(text, start);
  const to = from + LENGTH >= text.length ? text.length : beforeSpace(text, from + LENGTH);
  const line = text.slice(from, to).replace(/\s+/g, " ").trim();
  return `${from > 0 ? "… " : ""}${line}${to < text.length ? " …" : ""}`;
}

interface WordAt {
  readonly at: number;
  readonly word: string;
}

function occurrencesOf(text: string, words: readonly string[]): WordAt[] {
  const occurrences: WordAt[] = [];
  for (const word of new Set(words.map((given) => given.toLowerCase()))) {
    let at = word === "" ? -1 : text.indexOf(word);
    for (let n = 0; n < PLACES_MAX && at >= 0; n++) {
      occurrences.push({ at, word });
      at = text.indexOf(word, at + word.length);
    }
  }
  return occurrences.sort((a, b) => a.at - b.at);
}

/** A window slides over the occurrences. The position with the most different words wins; of equal ones, the first. */
function bestStart(occurrences: readonly WordAt[]): number {
  const inside = new Map<string, number>();
  let best = { count: 0, start: 0 };
  let first = 0;
  for (const { at, word } of occurrences) {
    inside.set(word, (inside.get(word) ?? 0) + 1);
    for (; occurrences[first]!.at < at - LENGTH / 2; first++) forget(inside, occurrences[first]!.word);
    if (inside.size > best.count) best = { count: inside.size, start: occurrences[first]!.at - LENGTH / 4 };
  }
  return best.start;
}

function forget(inside: Map<string, number>, word: string): void {
  const left = inside.get(word)! - 1;
  if (left === 0) inside.delete(word);
  else inside.set(word, left);
}

/** Moves a cut to the end of a word if one is near. */
function afterSpace(text: string, at: number): number {
  const near = text.slice(at, at + 30).search(/\s/);
  return near < 0 ? at : at + near + 1;
}

function beforeSpace(text: string, at: number): number {
  const near = text.slice(at - 30, at).search(/\s\S*$/);
  return near < 0 ? at : at - 30 + near;
}
