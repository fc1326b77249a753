// The evidence that a step's output has to carry. In: what the plan wants, and the output. Out: for each wish, whether
// the output names a source, a number or a file. Whether a file exists is not known here: perform/evidence.ts says it.
import { LIMITS } from "../limits.js";
import type { Json } from "./json.js";

export interface EvidenceFound {
  /** As the plan says it. */
  readonly wanted: string;
  /** unchecked: no rule fits the words, or it is not known which files exist. */
  readonly found: "yes" | "no" | "unchecked";
  /** The sources or files that were found, at most LIMITS.evidenceNames. */
  readonly named?: readonly string[];
}

/** The kind of evidence that some words ask for. The first that fits counts: a source may be an address or a file. */
const KINDS = [
  ["source", /\b(?:sources?|urls?|links?|pages?|citations?|references?|address(?:es)?|quot\w+)\b/iu],
  ["file", /\bfiles?(?:names?)?\b|\bpaths?\b|\bdocuments?\b/iu],
  [
    "number",
    /\b(?:numbers?|figures?|amounts?|counts?|prices?|percent\w*|totals?|sums?|rates?|scores?|dates?|years?|values?|costs?)\b|\p{N}/iu,
  ],
] as const;

export type EvidenceKind = (typeof KINDS)[number][0];

const evidenceKind = (wanted: string): EvidenceKind | undefined => KINDS.find(([, words]) => words.test(wanted))?.[0];

const ADDRESS = /^https?:\/\/[^/]/iu;
/** A name with an ending, also below folders. It has one line. */
const FILE = /^(?:\.{0,2}\/)?[^:\\\p{Cc}]+\.[a-z][a-z0-9]{0,5}$/iu;

/**
 * One result for each wish, in their order. `exists` says whether a file of that name exists; null if that is not known.
 * Only the first LIMITS.evidenceChars characters of the output are searched.
 */
export function evidenceIn(
  wanted: readonly string[],
  output: Json,
  exists: (name: string) => boolean | null,
): readonly EvidenceFound[] {
  const parts = partsOf(output);
  return wanted.map((words): EvidenceFound => {
    const kind = evidenceKind(words);
    return { wanted: words, ...(kind === undefined ? { found: "unchecked" } : FINDERS[kind](parts, exists)) };
  });
}

type Find = (parts: readonly string[], exists: (name: string) => boolean | null) => Omit<EvidenceFound, "wanted">;

const FINDERS: Readonly<Record<EvidenceKind, Find>> = {
  number: (parts) => ({ found: parts.some((part) => /\p{N}/u.test(part)) ? "yes" : "no" }),
  file: (parts, exists) => {
    // Words of prose such as "e.g." have the form of a name. They must not hide a file, so the cut comes after.
    const asked = namesIn(parts, FILE, LIMITS.evidenceLookUps).map((name) => [name, exists(name)] as const);
    const there = asked.flatMap(([name, is]) => (is === true ? [name] : []));
    if (there.length > 0) return { found: "yes", named: there.slice(0, LIMITS.evidenceNames) };
    // A text with spaces is the name of a file only if there is such a file.
    const unknown = asked.flatMap(([name, is]) => (is === null && !/\s/u.test(name) ? [name] : []));
    return unknown.length > 0 ? { found: "unchecked", named: unknown.slice(0, LIMITS.evidenceNames) } : { found: "no" };
  },
  source: (parts, exists) => {
    const addresses = namesIn(parts, ADDRESS, LIMITS.evidenceNames);
    return addresses.length > 0 ? { found: "yes", named: addresses } : FINDERS.file(parts, exists);
  },
};

/** The first names of a form, each once. */
const namesIn = (parts: readonly string[], form: RegExp, most: number): readonly string[] =>
  [...new Set(parts.filter((part) => part.length <= LIMITS.evidenceNameChars && form.test(part)))].slice(0, most);

/** The texts of a value, whole and word by word. A name may have spaces, and may stand in a sentence. */
function partsOf(output: Json): readonly string[] {
  const parts: string[] = [];
  let left: number = LIMITS.evidenceChars;
  for (const text of textsOf(output)) {
    if (left <= 0) break;
    const beginning = text.slice(0, left);
    left -= beginning.length;
    parts.push(beginning, ...beginning.split(/[\s"'`<>()[\]{},;|*]+/u).map((word) => withoutEnd(word)));
  }
  return parts;
}

/** A word without the marks after it. Linear time, which an expression that begins with these marks does not have. */
function withoutEnd(word: string): string {
  let end = word.length;
  while (end > 0 && ".:!?".includes(word[end - 1]!)) end--;
  return word.slice(0, end);
}

/** All texts and numbers of a value, without the names of its fields. */
function textsOf(value: Json): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null) return [];
  return (Array.isArray(value) ? (value as readonly Json[]) : Object.values(value)).flatMap(textsOf);
}
