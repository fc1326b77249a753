// A unified diff of two texts, for people. In: the text before, if there is one, and the text after. Out: the diff. Its
// work is bounded: where two texts have little in common, the whole part that differs is shown as replaced.
import { beginning } from "../beginning.js";
import { LIMITS } from "../limits.js";
import { NO_NEW_LINE, restOfLine, sameStart } from "../words/previews.js";

/** Lines around a change. */
const CONTEXT = 3;
/** Characters before a difference in a long line. */
const CONTEXT_CHARS = 40;

/** Lines `from` (inclusive) to `to` of each text differ. From 0. */
interface Change {
  readonly before: readonly [from: number, to: number];
  readonly after: readonly [from: number, to: number];
}

/** Empty if the texts are the same. `before` undefined: the file is new. */
export function unifiedDiff(path: string, before: string | undefined, after: string): string {
  const [old, now] = [linesOf(before ?? ""), linesOf(after)];
  const hunks = hunksOf(changesOf(old, now));
  if (hunks.length === 0 && before !== undefined) return "";
  const name = /[\n\r\t"]/u.test(path) ? JSON.stringify(path) : path;
  const head = [`--- ${before === undefined ? "/dev/null" : name}`, `+++ ${name}`];
  return `${[...head, ...hunks.flatMap((hunk) => hunkLines(hunk, old, now))].join("\n")}\n`;
}

/** The lines without their ends. The last one says if it has none. */
function linesOf(text: string): readonly string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  const last = lines.pop()!;
  return last === "" ? lines : [...lines, `${last}\n${NO_NEW_LINE}`];
}

function changesOf(old: readonly string[], now: readonly string[]): readonly Change[] {
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  const most = Math.min(old.length, now.length) - start;
  while (end < most && old[old.length - 1 - end] === now[now.length - 1 - end]) end++;
  const [oldEnd, nowEnd] = [old.length - end, now.length - end];
  if (start === oldEnd && start === nowEnd) return [];
  const whole: Change = { before: [start, oldEnd], after: [start, nowEnd] };
  const common = commonLines(old.slice(start, oldEnd), now.slice(start, nowEnd));
  return common === undefined ? [whole] : between(common, whole);
}

type Pair = readonly [old: number, now: number];

/** What lies between the common lines, which are counted from the beginning of the part. */
function between(common: readonly Pair[], { before, after }: Change): readonly Change[] {
  const changes: Change[] = [];
  let [x, y] = [before[0], after[0]];
  const ends: readonly Pair[] = [...common.map(([a, b]): Pair => [a + before[0], b + after[0]]), [before[1], after[1]]];
  for (const [a, b] of ends) {
    if (a > x || b > y) changes.push({ before: [x, a], after: [y, b] });
    [x, y] = [a + 1, b + 1];
  }
  return changes;
}

/**
 * The pairs of equal lines of a shortest edit, after E. W. Myers, "An O(ND) Difference Algorithm and Its Variations"
 * (1986). undefined if it takes more than LIMITS.diffWork.
 */
function commonLines(old: readonly string[], now: readonly string[]): readonly Pair[] | undefined {
  const trace: Int32Array[] = [];
  let reached = new Int32Array([0, 0, 0]);
  let work = 0;
  for (let d = 0; ; d++) {
    // The furthest x on each diagonal k = x - y, from -d - 1 to d + 1.
    const next = new Int32Array(2 * d + 5);
    trace.push(reached);
    for (let k = -d; k <= d; k += 2) {
      const at = k + d + 1;
      const isDown = k === -d || (k !== d && reached[at - 1]! < reached[at + 1]!);
      let x = d === 0 ? 0 : isDown ? reached[at + 1]! : reached[at - 1]! + 1;
      let y = x - k;
      while (x < old.length && y < now.length && old[x] === now[y]) [x, y, work] = [x + 1, y + 1, work + 1];
      next[at + 1] = x;
      if (x >= old.length && y >= now.length) return pairsOf(trace, d, old.length, now.length);
    }
    work += 2 * d + 5;
    if (work > LIMITS.diffWork) return undefined;
    reached = next;
  }
}

/** Goes back from the end along the furthest points. */
function pairsOf(trace: readonly Int32Array[], last: number, oldEnd: number, nowEnd: number): readonly Pair[] {
  const pairs: Pair[] = [];
  let [x, y] = [oldEnd, nowEnd];
  for (let d = last; d >= 0; d--) {
    const reached = trace[d]!;
    const at = x - y + d + 1;
    const isDown = x - y === -d || (x - y !== d && reached[at - 1]! < reached[at + 1]!);
    const [fromX, fromY] =
      d === 0
        ? [0, 0]
        : isDown
          ? [reached[at + 1]!, reached[at + 1]! - (x - y + 1)]
          : [reached[at - 1]!, reached[at - 1]! - (x - y - 1)];
    const [startX, startY] = d === 0 ? [0, 0] : isDown ? [fromX, fromY + 1] : [fromX + 1, fromY];
    while (x > startX && y > startY) pairs.push([--x, --y]);
    [x, y] = [fromX, fromY];
  }
  return pairs.reverse();
}

/** Changes that share their context are one hunk. */
function hunksOf(changes: readonly Change[]): readonly (readonly Change[])[] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const last = hunks.at(-1)?.at(-1);
    if (last !== undefined && change.before[0] - last.before[1] <= 2 * CONTEXT) hunks.at(-1)!.push(change);
    else hunks.push([change]);
  }
  return hunks;
}

function hunkLines(hunk: readonly Change[], old: readonly string[], now: readonly string[]): readonly string[] {
  const [first, last] = [hunk[0]!, hunk.at(-1)!];
  const lead = Math.min(CONTEXT, first.before[0]);
  const trail = Math.min(CONTEXT, old.length - last.before[1]);
  const before = [first.before[0] - lead, last.before[1] + trail] as const;
  const after = [first.after[0] - lead, last.after[1] + trail] as const;
  const lines = [`@@ -${placeOf(before)} +${placeOf(after)} @@`];
  let at = before[0];
  const same = (to: number): void => void old.slice(at, to).forEach((line) => lines.push(shown(" ", line)));
  for (const change of hunk) {
    same(change.before[0]);
    const [removed, added] = [old.slice(...change.before), now.slice(...change.after)];
    removed.forEach((line, i) => lines.push(shown("-", line, added[i])));
    added.forEach((line, i) => lines.push(shown("+", line, removed[i])));
    at = change.before[1];
  }
  same(before[1]);
  return lines;
}

/** First line from 1, and the number of lines, as `diff -u` writes them. */
function placeOf([from, to]: readonly [number, number]): string {
  const lines = to - from;
  if (lines === 1) return String(from + 1);
  return `${lines === 0 ? from : from + 1},${lines}`;
}

/** `other`: the line in whose place it stands. Of a long line the part is shown from where they differ. */
function shown(sign: string, line: string, other?: string): string {
  const [text = "", ...end] = line.split("\n");
  const from = text.length <= LIMITS.diffLineChars || other === undefined ? 0 : partFrom(text, other.split("\n")[0]!);
  const kept = beginning(text.slice(from), LIMITS.diffLineChars);
  const left = text.length - from - kept.length;
  const start = from > 0 ? sameStart(from) : "";
  return [`${sign}${start}${kept}${left > 0 ? restOfLine(left) : ""}`, ...end].join("\n");
}

/** Where the shown part of a long line begins: some characters before the first difference, if that lies far behind. */
function partFrom(text: string, other: string): number {
  let same = 0;
  while (same < text.length && text[same] === other[same]) same++;
  const from = same - CONTEXT_CHARS;
  if (same < LIMITS.diffLineChars - CONTEXT_CHARS) return 0;
  // No character of two parts is cut.
  return /[\uDC00-\uDFFF]/.test(text.charAt(from)) ? from - 1 : from;
}
