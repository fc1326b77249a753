// Reads a plan that is written as the nodes and edges of a graph: `Node: 1: … Edge: (START,1) (1,2)`. In: a text. Out:
// its nodes with the nodes that each waits for. START and END are no steps.
import type { ListPart } from "./list-steps.js";
import { listsIn, itemText } from "./list.js";

const NODES = /^[ \t#*]{0,8}nodes?[ *]{0,4}[:：]?[ *]{0,4}$/im;
const EDGE = /\(\s{0,4}(start|\d{1,3})\s{0,4}(?:,|->|→)\s{0,4}(end|\d{1,3})\s{0,4}\)/gi;
/** `Node 1: …`: the node itself is an item. */
const NAMED_NODE = /^(?=[ \t#*-]{0,8}node \d{1,3}\b)/im;
const EDGES = /^[ \t#*]{0,8}edges?[ *]{0,4}[:：]/im;
const ARROW = /(start|\d{1,3})\s{0,4}(?:-->|->|→)\s{0,4}(?:node )?(end|\d{1,3})/gi;
const MOST_EDGES = 4_000;

/** The labels of the nodes before each node, and its text. undefined if the text is no graph. Linear time. */
export function graphIn(text: string): readonly ListPart[] | undefined {
  const nodes = NODES.exec(text) ?? NAMED_NODE.exec(text);
  if (nodes === null) return undefined;
  const edges = edgesIn(text);
  if (edges.length === 0 || edges.length > MOST_EDGES) return undefined;
  const start = nodes.index + nodes[0].length;
  const rest = text.slice(start);
  for (const lists of listsIn(endedAtEdges(rest))) {
    const [list] = lists;
    if (list === undefined || list.items.length < 1) continue;
    return list.items.map(({ label, at, lines }) => {
      const name = String(label.path[0]);
      const after = edges.flatMap(([from, to]) => (to === name && /^\d/.test(from) ? [from] : []));
      return {
        label: name,
        at: start + at,
        text: itemText({ label, at, lines }),
        said: "",
        after: [...new Set(after)],
      };
    });
  }
  return undefined;
}

const endedAtEdges = (text: string): string => {
  const end = text.search(/^[ \t#*]{0,8}(?:graph|edges?)\b|^[^\n]{0,200}[:：][ \t]*\n\s{0,8}\n|\([ ]?start/im);
  return end === -1 ? text : text.slice(0, end);
};

/** Pairs in brackets stand anywhere. Arrows without brackets count only behind the word for edges. */
function edgesIn(text: string): readonly (readonly [string, string])[] {
  const pairs = [...text.matchAll(EDGE)];
  const edges = EDGES.exec(text);
  const found = pairs.length > 0 || edges === null ? pairs : [...text.slice(edges.index).matchAll(ARROW)];
  return found.map(([, from, to]) => [from!.toLowerCase(), to!.toLowerCase()]);
}
