// Finds the existing names that a wrong name probably means. In: a name and the existing names. Out: up to three, best
// first. Findings about fields, ids, arguments and tools use it, so that the planner can repair its draft.

import { isObject, type JsonObject } from "./json.js";
import { areOpposite, deedsIn, type Deeds } from "./opposites.js";

/**
 * Names within a few edits, names that contain the name or are contained in it, and names with mostly the same words.
 */
export function nearestNames(name: string, candidates: Iterable<string>, most = 3): string[] {
  const [wanted, plainName] = [[...wordsIn(name)], plain(name)];
  const scored: Scored[] = [];
  for (const candidate of candidates) {
    const score = Math.max(likeness(plainName, plain(candidate)), mostWords(wanted, candidate));
    if (score >= 0.5) scored.push({ candidate, score });
  }
  return best(scored, most);
}

interface Named {
  readonly name: string;
  readonly description: string;
  /** The schema of its arguments. */
  readonly input?: JsonObject;
}

interface Scored {
  readonly candidate: string;
  readonly score: number;
}

/**
 * Tools by the words of their names, descriptions and arguments. A rare word counts more than a common one. `about` is
 * other text about the intended call (title, description, arguments): invented names are plausible, and this text says
 * what the call should do. A tool that does the opposite is no suggestion, nor is one that shares chance words only.
 */
export function nearestTools(name: string, tools: readonly Named[], about = "", most = 3): string[] {
  const weigh = weightsOf(tools);
  const [wanted, context, plainName] = [wordsIn(name), wordsIn(about), plain(name)];
  const things = { name: thingsIn(wanted), about: withoutCommon(context) };
  const meant = meantDeeds(rawWords(name), rawWords(about));
  const scored = tools.flatMap((tool): readonly Scored[] => {
    const { named, all, deeds } = toolWords(tool);
    if (areOpposite(meant, deeds)) return [];
    const alikeness = likeness(plainName, plain(tool.name)) * 0.9;
    const byName = Math.max(shared(wanted, named, weigh), alikeness);
    const score = byName + covered(wanted, all, weigh) + covered(context, all, weigh);
    const fits =
      alikeness >= LEAST_ALIKE ||
      shared(things.name, named, weigh) >= LEAST_BY_NAME ||
      covered(things.name, all, weigh) >= LEAST_FROM_NAME ||
      isAbout(things.about, all, weigh);
    return fits ? [{ candidate: tool.name, score }] : [];
  });
  const top = Math.max(...scored.map(({ score }) => score));
  return best(
    scored.filter(({ score }) => score >= LEAST_SCORE && score >= top * LEAST_OF_TOP),
    most,
  );
}

/** Each alone is enough: the letters are alike, or what the name or the step is about is in the tool's words. */
const LEAST_ALIKE = 0.5;
const LEAST_BY_NAME = 0.3;
const LEAST_FROM_NAME = 0.3;
const LEAST_FROM_ABOUT = 0.25;
const LEAST_SCORE = 0.35;
/** A tool that fits much less than the best one is no alternative. */
const LEAST_OF_TOP = 0.2;

/** The deeds that a call should do: those of its name, and those of its step for pairs that the name leaves open. */
function meantDeeds(name: ReadonlySet<string>, about: ReadonlySet<string>): Deeds {
  const [own, others] = [deedsIn(name), deedsIn(about)];
  return own.map((side, at) => (side === 0 ? (others[at] ?? 0) : side));
}

interface ToolWords {
  readonly named: ReadonlySet<string>;
  /** What its name says that it does. */
  readonly deeds: Deeds;
  readonly all: ReadonlySet<string>;
}

const known = new WeakMap<Named, ToolWords>();

function toolWords(tool: Named): ToolWords {
  let words = known.get(tool);
  if (words === undefined) {
    const named = wordsIn(tool.name);
    const all = new Set([...named, ...wordsIn(tool.description), ...wordsIn(argumentText(tool))]);
    known.set(tool, (words = { named, all, deeds: deedsIn(rawWords(tool.name)) }));
  }
  return words;
}

/** The names of a tool's arguments. */
function argumentText({ input }: Named): string {
  const properties = input?.["properties"];
  if (!isObject(properties)) return "";
  return Object.keys(properties)
    .slice(0, 40)
    .filter((name) => !COMMON_ARGUMENTS.has(name.toLowerCase()))
    .join(" ");
}

type Weigh = (word: string) => number;

const weights = new WeakMap<readonly Named[], Weigh>();

/** The weight of a word: higher if it is rarer among the tools. */
function weightsOf(tools: readonly Named[]): Weigh {
  const before = weights.get(tools);
  if (before !== undefined) return before;
  const counts = new Map<string, number>();
  for (const tool of tools) for (const word of toolWords(tool).all) counts.set(word, (counts.get(word) ?? 0) + 1);
  const weigh: Weigh = (word) => Math.log(1 + tools.length / (1 + (counts.get(word) ?? 0)));
  weights.set(tools, weigh);
  return weigh;
}

/** The weight of the shared words in relation to all words of both sets: 1 for equal sets. */
function shared(a: ReadonlySet<string>, b: ReadonlySet<string>, weigh: Weigh): number {
  const inB = [...a].filter((word) => has(b, word));
  if (inB.length === 0) return 0;
  const inA = [...b].filter((word) => has(a, word));
  const weight = (words: Iterable<string>): number => [...words].reduce((sum, word) => sum + weigh(word) ** 2, 0);
  return (weight(inB) + weight(inA)) / (weight(a) + weight(b));
}

/** The part of the weight of `wanted` that `words` contains. */
function covered(wanted: ReadonlySet<string>, words: ReadonlySet<string>, weigh: Weigh): number {
  let [found, all] = [0, 0];
  for (const word of wanted) {
    all += weigh(word);
    if (has(words, word)) found += weigh(word);
  }
  return all === 0 ? 0 : found / all;
}

/** Above one half if most words are shared. One half is often chance, as in product_id and product_condition. */
function mostWords(wanted: readonly string[], candidate: string): number {
  const lower = candidate.toLowerCase();
  // Most candidates share no word. This test finds that quickly.
  if (!wanted.some((word) => lower.includes(word.slice(0, 4)))) return 0;
  const score = shared(new Set(wanted), wordsIn(candidate), () => 1);
  return score > 0.5 ? score * 0.9 : 0;
}

function has(words: ReadonlySet<string>, word: string): boolean {
  if (words.has(word)) return true;
  for (const other of words) if (alike(word, other)) return true;
  return false;
}

function best(scored: readonly Scored[], most: number): string[] {
  return [...scored]
    .sort((a, b) => b.score - a.score || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** The similarity of two names in plain form: 1 for equal letters, 0 for none in common. */
function likeness(left: string, right: string): number {
  if (left === right) return 1;
  const short = left.length < right.length ? left : right;
  const long = short === left ? right : left;
  if (short.length >= 3 && long.includes(short)) return 0.5 + (0.5 * short.length) / long.length;
  if (long.length === 0 || long.length - short.length > long.length / 2) return 0;
  return 1 - editDistance(left, right) / long.length;
}

/** Case and separators are ignored. */
function plain(text: string): string {
  const short = text.slice(0, 64);
  return /^[a-z0-9]*$/.test(short) ? short : short.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}

/** One row of the table is enough: `left` is the old value to the left, `diagonal` the old value above that. */
function editDistance(a: string, b: string): number {
  const row = Array.from({ length: b.length }, (_, j) => j + 1);
  for (let i = 0; i < a.length; i++) {
    let diagonal = i;
    let left = i + 1;
    for (let j = 0; j < row.length; j++) {
      const replaced = diagonal + (a[i] === b[j] ? 0 : 1);
      diagonal = row[j]!;
      left = Math.min(replaced, diagonal + 1, left + 1);
      row[j] = left;
    }
  }
  return row.at(-1) ?? a.length;
}

// Words

/** Words that say nothing about the purpose of a tool. */
const EMPTY = new Set(
  "a an and any are as at be between by can each for from get given in into is it its of on or other that the their then this to tool use used uses using via which will with you your".split(
    " ",
  ),
);

/** One shared word among several is often chance. */
function isAbout(things: ReadonlySet<string>, words: ReadonlySet<string>, weigh: Weigh): boolean {
  const part = covered(things, words, weigh);
  return part >= 0.5 || (part >= LEAST_FROM_ABOUT && [...things].filter((word) => has(words, word)).length > 1);
}

/** Names of arguments that tools of every kind have. */
const COMMON_ARGUMENTS = new Set(
  "text body content data value input query q path url name id key limit count type format".split(" "),
);

/** Deeds and places that tools of every kind share. Alone, they are chance. */
const COMMON = new Set(
  "create delete list get search find send write read post update set add make give take show open do web internet online new all".split(
    " ",
  ),
);

/** What the words are about. Where they are all common, they count. */
function thingsIn(words: ReadonlySet<string>): ReadonlySet<string> {
  const things = withoutCommon(words);
  return things.size === 0 ? words : things;
}

const withoutCommon = (words: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...words].filter((word) => !COMMON.has(word)));

/** Words that planners exchange for each other. The first of a group stands for all. */
const GROUPS = [
  "audio sound speech spoken voice",
  "book booking reserve reservation",
  "buy purchase",
  "cancel cancellation",
  "calculate calculator compute evaluate math arithmetic",
  "create generate make produce",
  "delete remove erase",
  "download fetch retrieve",
  "email mail e-mail",
  "extract extraction parse",
  "file document",
  "image picture photo",
  "list enumerate",
  "meeting appointment event",
  "pay payment",
  "post publish",
  "price cost fee",
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

/** The words of a name or sentence in lower case. `webSearch`, `web_search` and `Web-Search` give the same. */
function wordsIn(text: string): ReadonlySet<string> {
  return new Set([...rawWords(text)].map((word) => FIRST.get(word) ?? word));
}

/** The same as they are written, before words that planners exchange are made one. */
function rawWords(text: string): ReadonlySet<string> {
  const spaced = text
    .slice(0, 1_000)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return new Set(spaced.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "" && !EMPTY.has(word)));
}

/** Whether two words share most of their letters: `synchronizer` and `synchronization`, `image` and `images`. */
function alike(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length >= 3 && long.length - short.length <= 2 && long.startsWith(short)) return true;
  let same = 0;
  while (same < short.length && short[same] === long[same]) same++;
  return same >= 5 && same >= long.length * 0.6;
}
