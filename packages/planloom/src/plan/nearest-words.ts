// The words of names and sentences, as far as they tell tools apart. In: text. Out: sets of words, and whether two mean the same.
// Separate because the lists of words are language, and everything else in nearest.ts is arithmetic.

/** Words that say nothing about what a tool does. */
const EMPTY = new Set(
  "a an and any are as at be between by can each for from get given in into is it its of on or other that the their then this to tool use used uses using via which will with you your".split(
    " ",
  ),
);

/** Words that planners take for each other; the first of a group stands for all. */
const GROUPS = [
  "audio sound speech spoken voice",
  "calculate calculator compute evaluate math arithmetic",
  "create generate make produce",
  "delete remove erase",
  "download fetch retrieve",
  "email mail e-mail",
  "extract extraction parse",
  "file document",
  "image picture photo",
  "list enumerate",
  "post publish",
  "search find lookup query google",
  "send deliver",
  "sync synchronize",
  "summarize summary condense shorten",
  "transcribe transcription",
  "translate translation",
  "url link address page website",
  "video movie clip",
  "weather forecast",
  "write save store",
].map((group) => group.split(" "));

const FIRST = new Map(GROUPS.flatMap(([first = "", ...others]) => others.map((word) => [word, first] as const)));

/** The words of a name or sentence in small letters; `webSearch`, `web_search` and `Web-Search` have the same. */
export function wordsOf(text: string): ReadonlySet<string> {
  const spaced = text
    .slice(0, 1_000)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase();
  const words = spaced.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "" && !EMPTY.has(word));
  return new Set(words.map((word) => FIRST.get(word) ?? word));
}

/** `synchronizer` and `synchronization`, `image` and `images`: the same for most of their letters. */
export function alike(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length >= 3 && long.length - short.length <= 2 && long.startsWith(short)) return true;
  let same = 0;
  while (same < short.length && short[same] === long[same]) same++;
  return same >= 5 && same >= long.length * 0.6;
}
