// Compares two graphs of steps, apart from the names and the order of their steps. In: two graphs. Out: yes, no, or
// undecided. It searches, with limits: plans are small, but the text of a model may be large.
import type { StepGraph } from "./step-graph.js";

/** Maximum number of tries for one pair of graphs. Many equal steps without distinguishing edges need many. */
const MOST_TRIES = 100_000;
/** Steps of a graph that is searched. No sound plan has more. */
const MOST_STEPS = 500;

/**
 * Labelled-graph isomorphism: a one-to-one mapping of the steps that keeps labels and edges. Arguments are ignored.
 * Steps with the same label are distinguished by their neighbours. If several mappings fit, one is enough. Undecided if
 * the search reaches its limits.
 */
export function sameGraph(a: StepGraph, b: StepGraph): "yes" | "no" | "undecided" {
  if (a.labels.length !== b.labels.length || a.edges.length !== b.edges.length) return "no";
  const [left, right] = [linked(a), linked(b)];
  if (left === undefined || right === undefined) return "no";
  const [mine, theirs] = [coloured(left), coloured(right)];
  if (sortedText(mine) !== sortedText(theirs)) return "no";
  return mine.length > MOST_STEPS ? "undecided" : matched(left, mine, right, theirs);
}

interface Linked {
  readonly labels: readonly string[];
  /** For each step, the steps that it waits for. */
  readonly before: readonly ReadonlySet<number>[];
  readonly after: readonly ReadonlySet<number>[];
}

/** undefined if an edge comes from a missing step. Such a graph equals no other one. */
function linked({ labels, edges }: StepGraph): Linked | undefined {
  const before = labels.map(() => new Set<number>());
  const after = labels.map(() => new Set<number>());
  for (const { from, to } of edges) {
    if (typeof from === "string") return undefined;
    before[to]!.add(from);
    after[from]!.add(to);
  }
  return { labels, before, after };
}

/**
 * The colour of a step describes its label and, with each round, more of its neighbourhood. Equal graphs have equal
 * colours.
 */
function coloured({ labels, before, after }: Linked): readonly string[] {
  let colours: readonly string[] = labels;
  for (let round = 0; round < Math.min(labels.length, MOST_ROUNDS); round++) {
    const around = (places: ReadonlySet<number>): string => sortedText([...places].map((at) => colours[at]!));
    const next = labels.map((_, at) => JSON.stringify([colours[at], around(before[at]!), around(after[at]!)]));
    colours = next.map(shortened);
  }
  return colours;
}

/** Enough rounds to cover a chain of so many steps from both ends. The search decides the rest. */
const MOST_ROUNDS = 8;

const sortedText = (texts: readonly string[]): string => JSON.stringify([...texts].sort());

/** FNV-1a in 32 bits, twice. Collisions are harmless, because the search checks every edge. */
function shortened(text: string): string {
  let [low, high] = [0x811c9dc5, 0x01000193];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
  }
  return `${(low >>> 0).toString(36)}.${(high >>> 0).toString(36)}`;
}

function matched(a: Linked, mine: readonly string[], b: Linked, theirs: readonly string[]): "yes" | "no" | "undecided" {
  const partner: number[] = [];
  const taken = new Set<number>();
  let tries = 0;
  const fits = (at: number, to: number): boolean =>
    mine[at] === theirs[to] &&
    a.before[at]!.has(at) === b.before[to]!.has(to) &&
    partner.every(
      (other, earlier) =>
        a.before[at]!.has(earlier) === b.before[to]!.has(other) &&
        a.after[at]!.has(earlier) === b.after[to]!.has(other),
    );
  const place = (at: number): boolean => {
    if (at === mine.length) return true;
    for (let to = 0; to < theirs.length; to++) {
      if (taken.has(to) || ++tries > MOST_TRIES || !fits(at, to)) continue;
      partner.push(to);
      taken.add(to);
      if (place(at + 1)) return true;
      partner.pop();
      taken.delete(to);
    }
    return false;
  };
  if (place(0)) return "yes";
  return tries > MOST_TRIES ? "undecided" : "no";
}
