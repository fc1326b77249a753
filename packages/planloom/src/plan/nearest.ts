// The names that a misspelt or invented name probably means. In: a name and what exists. Out: up to three, best first.
// Separate because fields, ids, arguments and tools all ask, and a planner mends its draft by the answer.

/** Names within a few edits, or that contain the name or are contained in it. */
export function nearestNames(name: string, candidates: Iterable<string>, most = 3): string[] {
  const scored: { readonly candidate: string; readonly score: number }[] = [];
  for (const candidate of candidates) {
    const score = likeness(name, candidate);
    if (score >= 0.5) scored.push({ candidate, score });
  }
  return best(scored, most);
}

/** Tools by the words of their names, then of their descriptions: `Text-to-Speech` finds `Text-to-Audio`. */
export function nearestTools(
  name: string,
  tools: readonly { readonly name: string; readonly description: string }[],
  most = 3,
): string[] {
  const wanted = wordsOf(name);
  const scored = tools.map((tool) => ({ candidate: tool.name, score: toolScore(name, wanted, tool) }));
  return best(
    scored.filter(({ score }) => score >= 0.35),
    most,
  );
}

function toolScore(
  name: string,
  wanted: ReadonlySet<string>,
  tool: { readonly name: string; readonly description: string },
): number {
  const named = shared(wanted, wordsOf(tool.name));
  const described = wanted.size === 0 ? 0 : covered(wanted, wordsOf(tool.description));
  return Math.max(named, likeness(name, tool.name) * 0.9) + described * 0.5;
}

function best(scored: readonly { readonly candidate: string; readonly score: number }[], most: number): string[] {
  return [...scored]
    .sort((a, b) => b.score - a.score || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** The words of a name or sentence in small letters; `webSearch`, `web_search` and `Web-Search` have the same. */
function wordsOf(text: string): ReadonlySet<string> {
  const spaced = text
    .slice(0, 1_000)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return new Set(spaced.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ""));
}

/** Shared words against all words: 1 for the same set. */
function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((word) => b.has(word)).length;
  return common === 0 ? 0 : (2 * common) / (a.size + b.size);
}

/** The part of the longer words of `wanted` that `words` has. */
function covered(wanted: ReadonlySet<string>, words: ReadonlySet<string>): number {
  const telling = [...wanted].filter((word) => word.length > 2);
  return telling.length === 0 ? 0 : telling.filter((word) => words.has(word)).length / telling.length;
}

/** 1 for the same letters, 0 for nothing alike; case and separators do not count. */
function likeness(a: string, b: string): number {
  const [left, right] = [plain(a), plain(b)];
  if (left === right) return 1;
  const [short, long] = left.length < right.length ? [left, right] : [right, left];
  if (short.length >= 3 && long.includes(short)) return 0.5 + (0.5 * short.length) / long.length;
  if (long.length === 0 || long.length - short.length > long.length / 2) return 0;
  return 1 - editDistance(left, right) / long.length;
}

const plain = (text: string): string =>
  text
    .slice(0, 64)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
