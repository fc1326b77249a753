// Finds names in text and looks them up in other texts. In: texts. Out: capitalised phrases and identifiers, and whether
// the sources hold them.

/** Compared without case, accents of width, and signs. One space at each end. */
export const normalised = (text: string): string =>
  ` ${text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/['’]s\b/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()} `;

const WORD = /[\p{L}\p{N}][\p{L}\p{N}'’&-]*/gu;

/** Capitalised words that are no names by themselves. */
const COMMON = new Set(
  (
    "i the a an in on at for from and but or so this that these those it its they we you he she all each both every some no " +
    "not as by with of to if when while after before then there here our your their his her my is are was were has have had " +
    "do does did only just even still now can will would should may more most total together however therefore overall also yes note summary please " +
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september " +
    "october november december jan feb mar apr jun jul aug sep sept oct nov dec english mr mrs ms dr"
  ).split(" "),
);

interface Reading {
  /** Whether capitalised words count as names. */
  readonly capitals: boolean;
  /** The text is a field of a record. A short one is a name as a whole. */
  readonly isField: boolean;
}

/** `initial`: it begins a sentence, so its first word may be an ordinary one. */
export interface Name {
  readonly text: string;
  readonly initial: boolean;
}

/** Capitalised phrases, and words with letters and digits such as `INV-2931`. */
export function namesIn(text: string, { capitals, isField }: Reading): readonly Name[] {
  const words = text.trim().split(/\s+/);
  if (isField && capitals && words.length <= 5 && /^\p{Lu}/u.test(text) && !/[.:;!?]/.test(text))
    return [{ text: text.trim(), initial: false }];
  return text.split("\n").flatMap((line) => namesOfLine(line, capitals));
}

interface Token {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

function namesOfLine(line: string, capitals: boolean): readonly Name[] {
  const found = [...line.matchAll(WORD)].map((match): Token => {
    const word = match[0].replace(/[-'’&]+$/u, "");
    return { word, start: match.index, end: match.index + word.length };
  });
  const identifiers = found
    .filter(({ word }) => isIdentifier(word))
    .map(({ word }) => ({ text: word, initial: false }));
  return capitals ? [...identifiers, ...phrasesOf(line, found)] : identifiers;
}

/** Letters and at least two digits. Shorter ones, such as Q3 or 10x, are ordinary words. */
const isIdentifier = (word: string): boolean =>
  word.length >= 4 &&
  /\p{L}/u.test(word) &&
  (word.match(/\d/g)?.length ?? 0) >= 2 &&
  !/^\d+(?:st|nd|rd|th|s)$/u.test(word);

function phrasesOf(line: string, tokens: readonly Token[]): readonly Name[] {
  const phrases: Name[] = [];
  let phrase: Token[] = [];
  const close = (): void => {
    const name = nameOf(line, phrase);
    if (name !== undefined) phrases.push(name);
    phrase = [];
  };
  for (const token of tokens) {
    const last = phrase.at(-1);
    if (last !== undefined && line.slice(last.end, token.start) !== " ") close();
    if (isCapitalised(token.word)) phrase.push(token);
    else close();
  }
  close();
  return phrases;
}

const isCapitalised = (word: string): boolean => /^\p{Lu}/u.test(word) && !isIdentifier(word);

function nameOf(line: string, phrase: readonly Token[]): Name | undefined {
  const starts = phrase[0] !== undefined && startsSentence(line, phrase[0].start);
  let words = phrase.map(({ word }) => word.replace(/['’]s$/u, ""));
  while (words[0] !== undefined && COMMON.has(words[0].toLowerCase())) words = words.slice(1);
  while (words.length > 0 && COMMON.has(words.at(-1)!.toLowerCase())) words = words.slice(0, -1);
  if (words.length === 0) return undefined;
  const end = phrase.at(-1)!.end;
  // A label such as `Next Steps:` at the beginning of a line.
  if (starts && line.slice(0, phrase[0]!.start).trim() === "" && /^\s*:/.test(line.slice(end))) return undefined;
  const [only = ""] = words;
  const isFirst = starts && words.length === phrase.length;
  if (words.length > 1) return { text: words.join(" "), initial: isFirst };
  const isShort = only.length < 3 || (only.length <= 4 && only === only.toUpperCase());
  return isFirst || isShort ? undefined : { text: only, initial: false };
}

const startsSentence = (line: string, at: number): boolean =>
  /(?:^|[.!?:;|(–—•>]\s*|[.!?]["”’)]\s*|["“„«(]|\s[-/]\s)$/u.test(line.slice(0, at));

const ENGLISH = /\b(?:the|of|and|is|to|in|for|with|that|are)\b/giu;
const GERMAN = /\b(?:der|die|das|und|ist|mit|ein|eine|nicht|für|von|den|dem|auf)\b/giu;

/** False for a language that writes every noun with a capital. */
export const capitalsAreNames = (text: string): boolean =>
  (text.match(GERMAN)?.length ?? 0) <= (text.match(ENGLISH)?.length ?? 0);

/** Texts in which names are looked up. */
export class NameSources {
  readonly #text: string;
  readonly #raw: string;
  /** Words that stand somewhere without a capital. */
  readonly #ordinary = new Set<string>();
  readonly #words: ReadonlySet<string>;

  constructor(texts: readonly string[]) {
    this.#raw = texts.join("\n").toLowerCase();
    this.#text = texts.map(normalised).join("|");
    this.#words = new Set(this.#text.split(/[ |]+/));
    for (const text of texts)
      for (const [word] of text.matchAll(WORD)) if (/^\p{Ll}/u.test(word)) this.#ordinary.add(normalised(word).trim());
  }

  /** The words of the text stand together somewhere. */
  holds(text: string): boolean {
    return this.#text.includes(normalised(text));
  }

  hasAddress(address: string): boolean {
    return this.#raw.includes(address.toLowerCase().replace(/\/+$/, ""));
  }

  /** A quotation, word for word; or words that all stand somewhere in the sources. */
  hasQuote(text: string): boolean {
    return (
      this.holds(text) ||
      normalised(text)
        .trim()
        .split(" ")
        .every((word) => this.#words.has(word))
    );
  }

  /** The name as a whole, without ordinary words at its ends. */
  hasName({ text, initial }: Name): boolean {
    return this.#hasPhrase(text) || (initial && this.#hasPhrase(text.slice(text.indexOf(" ") + 1)));
  }

  #hasPhrase(text: string): boolean {
    if (this.holds(text)) return true;
    let words = normalised(text).trim().split(" ");
    while (words[0] !== undefined && this.#isOrdinary(words[0])) words = words.slice(1);
    while (words.length > 0 && this.#isOrdinary(words.at(-1)!)) words = words.slice(0, -1);
    return words.length === 0 || this.#text.includes(` ${words.join(" ")} `);
  }

  #isOrdinary(word: string): boolean {
    const forms = [word, `${word}s`, word.replace(/s$/, ""), word.replace(/ies$/, "y"), word.replace(/es$/, "")];
    return COMMON.has(word) || forms.some((form) => this.#ordinary.has(form));
  }
}
