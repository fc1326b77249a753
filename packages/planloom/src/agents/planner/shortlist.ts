// Selects the tools of a large inventory that a planner sees. In: the tools, the request, the number that may be sent.
// Out: some of them, in their own order. Pure: the same request always selects the same tools.
import { LIMITS } from "../../limits.js";
import type { ToolSpec } from "../../plan/tool-spec.js";

export interface Wanted {
  /** The goal. Its words select the tools. */
  readonly goal: string;
  /** Drafts, findings and earlier plans. Tools that are named in any of them are always selected. */
  readonly texts?: readonly string[];
  /** Search words of the planner, one text for each time it asked for further tools. */
  readonly words?: readonly (readonly string[])[];
}

/** All tools if there are at most `most`. Else at most that many, plus the tools that are named or were asked for. */
export function shortlist(tools: readonly ToolSpec[], wanted: Wanted, most: number): readonly ToolSpec[] {
  if (tools.length <= most) return tools;
  const { goal, texts = [], words = [] } = wanted;
  const scores = scorer(tools);
  const chosen = named(tools, [goal, ...texts]);
  for (const tool of ranked(tools, scores, goal)) if (chosen.size < most) chosen.add(tool);
  for (const asked of words) {
    const further = fitting(tools, scores, asked).filter((tool) => !chosen.has(tool));
    for (const tool of further.slice(0, LIMITS.furtherTools)) chosen.add(tool);
  }
  return tools.filter((tool) => chosen.has(tool));
}

/** The named tools, then those that match the other words. */
function fitting(tools: readonly ToolSpec[], scores: Scorer, asked: readonly string[]): readonly ToolSpec[] {
  const byName = named(tools, asked);
  const others = asked.filter((text) => named(tools, [text]).size === 0).join(" ");
  return [...byName, ...ranked(tools, scores, others).filter((tool) => scores(tool, others) > 0)];
}

/** Tools whose names stand in one of the texts as a whole word. */
function named(tools: readonly ToolSpec[], texts: readonly string[]): Set<ToolSpec> {
  const wholes = texts.map((text) => text.toLowerCase());
  return new Set(tools.filter(({ name }) => wholes.some((text) => holds(text, name.toLowerCase()))));
}

function holds(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const around = `${text[at - 1] ?? " "}${text[at + name.length] ?? " "}`;
    if (!/[\p{L}\p{N}_]/u.test(around)) return true;
  }
  return false;
}

/** The best first. Equal ones keep their own order. */
function ranked(tools: readonly ToolSpec[], scores: Scorer, text: string): readonly ToolSpec[] {
  return tools
    .map((tool, index) => ({ tool, index, score: scores(tool, text) }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ tool }) => tool);
}

type Scorer = (tool: ToolSpec, text: string) => number;

/** Scores shared words, each by how few tools have it. A word in the name counts twice. */
function scorer(tools: readonly ToolSpec[]): Scorer {
  const words = new Map(tools.map((tool) => [tool, { name: stems(tool.name), all: stems(textOf(tool)) }] as const));
  const having = new Map<string, number>();
  for (const { all } of words.values()) for (const word of all) having.set(word, (having.get(word) ?? 0) + 1);
  const weight = (word: string) => Math.log(1 + tools.length / (having.get(word) ?? 1));
  const texts = new Map<string, ReadonlySet<string>>();
  return (tool, text) => {
    const wanted = texts.get(text) ?? stems(text);
    texts.set(text, wanted);
    const { name, all } = words.get(tool)!;
    return [...all].reduce((sum, word) => (wanted.has(word) ? sum + weight(word) * (name.has(word) ? 2 : 1) : sum), 0);
  };
}

const textOf = ({ name, description }: ToolSpec): string => `${name} ${description}`;

/** Beginnings of words in lower case: `calculates` and `calculator` are alike. Stop words are left out. */
function stems(text: string): ReadonlySet<string> {
  const spaced = text.replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2").toLowerCase();
  const words = spaced.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "" && !EMPTY.has(word));
  return new Set(words.map((word) => (word.length > STEM ? word.slice(0, STEM) : word.replace(/(?<=..)s$/, ""))));
}

const STEM = 6;
const EMPTY: ReadonlySet<string> = new Set(
  "a an and are as at be by does for from get has if in into is it its of on or our out that the their this to use with your".split(
    " ",
  ),
);
