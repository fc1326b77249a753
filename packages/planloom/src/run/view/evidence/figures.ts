// Reads figures from text and compares them by value. In: a text. Out: the figures in it, each with the values that it
// can mean: `4,200`, `4.2k`, `4.2 thousand` and `42 %` are numbers, however they are written.

/** One value that a figure can mean. A source within `tolerance` of it says the same. */
export interface Meaning {
  readonly value: number;
  readonly tolerance: number;
}

export interface Figure {
  /** As it is written. */
  readonly text: string;
  readonly index: number;
  readonly meanings: readonly Meaning[];
}

const GROUPED = "\\d{1,3}(?:[,.'’\\u00a0\\u202f\\u2009]\\d{3})+(?:[.,]\\d+)?";
const SCALE = "thousand|million|billion|trillion|mn|mio|bn|tn|[kKmMbBtT]";
const FIGURE = new RegExp(
  `(?<![\\p{L}\\p{N}_]|\\d[.,])(${GROUPED}(?![\\d])|\\d+(?:[.,]\\d+)?)(?:[eE]([+-]?\\d{1,3}))?(?:([\\s-]?)(${SCALE})(?![\\p{L}\\p{N}]))?(\\s?(?:%|percent\\b|per cent\\b))?`,
  "gu",
);

const SCALES: { readonly [word: string]: number } = {
  k: 1e3,
  thousand: 1e3,
  m: 1e6,
  mn: 1e6,
  mio: 1e6,
  million: 1e6,
  b: 1e9,
  bn: 1e9,
  billion: 1e9,
  t: 1e12,
  tn: 1e12,
  trillion: 1e12,
};

/** Words before a figure that say that it is not exact. */
const ABOUT =
  /(?:~|≈|\b(?:about|around|roughly|approximately|approx\.?|nearly|almost|over|under|more than|less than|up to|at least|at most|some))\s*[\p{Sc}]?\s*$/iu;

/** The figures of a text. A number that is glued to letters, such as `Q3` or `1st`, is none. */
export function figuresIn(text: string): readonly Figure[] {
  return [...text.matchAll(FIGURE)].flatMap((match): Figure[] => {
    const [whole, digits = "", exponent, gap = "", word, percent] = match;
    const end = match.index + whole.length;
    if (/^[\p{L}_]/u.test(text.slice(end, end + 1))) return [];
    const about = ABOUT.test(text.slice(Math.max(0, match.index - 24), match.index));
    const scale = word === undefined || (gap === " " && word.length === 1) ? 1 : (SCALES[word.toLowerCase()] ?? 1);
    const numbers = numbersOf(digits).map((one) => raised(one, exponent === undefined ? 1 : 10 ** Number(exponent)));
    const meanings = numbers.flatMap((one) => meaningsOf(one, { scale, percent: percent !== undefined, about }));
    return [{ text: whole.trim(), index: match.index, meanings }];
  });
}

interface Read {
  readonly value: number;
  /** Value of one unit in the last place that is written. */
  readonly unit: number;
}

const raised = ({ value, unit }: Read, by: number): Read => ({ value: value * by, unit: unit * by });

/** `1.234` and `4,2` are read in both ways: as a group of thousands, and as a decimal. */
function numbersOf(digits: string): readonly Read[] {
  const marks: readonly string[] = digits.match(/[.,'’\u00a0\u202f\u2009]/g) ?? [];
  if (marks.length === 0) return [readAs(digits, undefined)];
  const last = marks.at(-1)!;
  const isDecimal = /[.,]/.test(last) && marks.indexOf(last) === marks.length - 1;
  const isGrouped = new RegExp(`^${GROUPED.replace("(?:[.,]\\d+)?", "")}$`).test(digits);
  return [...(isDecimal ? [readAs(digits, last)] : []), ...(isGrouped ? [readAs(digits, undefined)] : [])];
}

function readAs(digits: string, decimal: string | undefined): Read {
  const at = decimal === undefined ? digits.length : digits.lastIndexOf(decimal);
  const [whole, fraction] = [digits.slice(0, at).replace(/\D/g, ""), digits.slice(at + 1)];
  return { value: Number(`${whole}${fraction === "" ? "" : `.${fraction}`}`), unit: 10 ** -fraction.length };
}

interface Written {
  readonly scale: number;
  readonly percent: boolean;
  readonly about: boolean;
}

/** A scaled figure may come from a source that counts in thousands or millions. */
function meaningsOf({ value, unit }: Read, { scale, percent, about }: Written): readonly Meaning[] {
  const tolerance = about ? Math.max(unit, trailing(value)) : unit / 2;
  const plain = { value, tolerance };
  if (percent) return [plain, times(plain, 0.01)];
  if (scale === 1) return [plain];
  return [scale, 1, 1e3, 1e6, 1e9].filter((by) => by <= scale).map((by) => times(plain, by));
}

const times = ({ value, tolerance }: Meaning, by: number): Meaning => ({
  value: value * by,
  tolerance: tolerance * by,
});

/** The place of the last digit that is not 0: 100 for 4,200. */
function trailing(value: number): number {
  if (!Number.isInteger(value) || value === 0) return 0;
  let place = 1;
  while (value % (place * 10) === 0) place *= 10;
  return place;
}

/** Numbers in order, for the question whether one of them is near a value. */
export class Numbers {
  readonly #sorted: readonly number[];

  constructor(numbers: Iterable<number>) {
    this.#sorted = Float64Array.from([...numbers].map(Math.abs)).sort() as unknown as readonly number[];
  }

  /** Signs are not compared: "fell by 12" says the same as -12. */
  has({ value, tolerance }: Meaning): boolean {
    const [wanted, slack] = [Math.abs(value), tolerance + Math.abs(value) * 1e-9];
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sorted[middle]! < wanted - slack) low = middle + 1;
      else high = middle;
    }
    const nearest = this.#sorted[low];
    return nearest !== undefined && nearest <= wanted + slack;
  }
}

const NUMBER_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split(" ");

/** The values that numbers written as words stand for, such as three. */
export const numberWordsIn = (text: string): readonly number[] =>
  [...text.toLowerCase().matchAll(/\b[a-z]+\b/g)].flatMap(([word]) => {
    const value = NUMBER_WORDS.indexOf(word);
    return value < 0 ? [] : [value];
  });
