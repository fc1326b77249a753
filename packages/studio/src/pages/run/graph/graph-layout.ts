// Places steps and lines like a route map. In: steps with their wave and what each needs. Out: a point for each step, a
// path for each need, and the size. Waves are columns. Lines turn only in the gutter before a column. dagre decides the
// order in each column, and keeps room for lines that pass one.
import { Graph, layout } from "@dagrejs/dagre";

export interface GraphNode {
  readonly key: string;
  /** From 1. */
  readonly wave: number;
  readonly needs: readonly string[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface GraphLine {
  readonly from: string;
  readonly to: string;
  /** For the attribute `d` of a path. */
  readonly path: string;
}

export interface GraphLayout {
  /** The centre of the mark of each step. */
  readonly stops: ReadonlyMap<string, Point>;
  readonly lines: readonly GraphLine[];
  /** The left edge of each column, with its wave. */
  readonly columns: readonly { readonly wave: number; readonly x: number }[];
  readonly width: number;
  readonly height: number;
}

/** px. A stop has its mark on the line and its text below. */
export const STOP = { width: 104, height: 96, pitch: 124, left: 24, top: 28 } as const;

/** px. No line is nearer to the upper edge. */
const LINE_TOP = 10;

export function graphLayout(nodes: readonly GraphNode[]): GraphLayout {
  const waves = [...new Set(nodes.map(({ wave }) => wave))].sort((a, b) => a - b);
  const column = new Map(waves.map((wave, index) => [wave, index]));
  const known = new Map(nodes.map((node) => [node.key, node]));
  const columnOf = (key: string): number => column.get(known.get(key)!.wave)!;
  const placed = placedBy(nodes, known, columnOf);
  const centre = (key: string): Point => placed.node(key) as Point;
  const x = (index: number): number => STOP.left + index * STOP.pitch;
  const columnX = waves.map((wave) => centre(nodes.find((node) => node.wave === wave)!.key).x);
  const edges = placed.edges().map(({ v, w }) => {
    const { points } = placed.edge(v, w) as { readonly points: readonly Point[] };
    const passes = between(columnOf(v), columnOf(w)).map((index) => ({ index, y: heightAt(points, columnX[index]!) }));
    return { v, w, passes };
  });
  const highest = Math.min(
    ...nodes.map(({ key }) => centre(key).y),
    ...edges.flatMap(({ passes }) => passes.map(({ y }) => y + STOP.top - LINE_TOP)),
  );
  const top = highest - STOP.height / 2;
  // The mark stands at the top of its box; a line that passes a column keeps the height that it got.
  const drawnY = (y: number): number => y - top - STOP.height / 2 + STOP.top;
  const stops = new Map(nodes.map(({ key }) => [key, { x: x(columnOf(key)), y: drawnY(centre(key).y) }]));
  const lines = edges.map(({ v, w, passes }): GraphLine => {
    const passed = passes.map(({ index, y }): Point => ({ x: x(index), y: drawnY(y) }));
    return { from: v, to: w, path: pathOf([stops.get(v)!, ...passed, stops.get(w)!]) };
  });
  const lowest = Math.max(0, ...[...stops.values()].map(({ y }) => y), ...lines.map(({ path }) => lowestIn(path)));
  return {
    stops,
    lines,
    columns: waves.map((wave, index) => ({ wave, x: x(index) - 7 })),
    width: x(waves.length - 1) + STOP.width,
    height: lowest + STOP.height,
  };
}

function placedBy(
  nodes: readonly GraphNode[],
  known: ReadonlyMap<string, GraphNode>,
  columnOf: (key: string) => number,
) {
  const graph = new Graph();
  graph.setGraph({ rankdir: "LR", ranksep: 80, nodesep: 12, edgesep: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { key } of nodes) graph.setNode(key, { width: 10, height: STOP.height });
  for (const { key, needs } of nodes)
    for (const need of needs) {
      if (!known.has(need)) continue;
      const minlen = columnOf(key) - columnOf(need);
      if (minlen > 0) graph.setEdge(need, key, { minlen });
    }
  layout(graph);
  return graph;
}

const between = (from: number, to: number): readonly number[] =>
  Array.from({ length: Math.max(0, to - from - 1) }, (_, index) => from + 1 + index);

/** The height of a line where it passes this x. */
function heightAt(points: readonly Point[], x: number): number {
  let nearest = points[0]!;
  for (const point of points) if (Math.abs(point.x - x) < Math.abs(nearest.x - x)) nearest = point;
  return nearest.y;
}

const TURN = 8;
/** px before the centre of a mark, where lines turn. */
const GUTTER = 24;

function pathOf([first, ...rest]: readonly Point[]): string {
  let at = first!;
  let path = `M${at.x} ${round(at.y)}`;
  for (const to of rest) {
    const by = Math.min(TURN, Math.abs(to.y - at.y) / 2);
    const sign = Math.sign(to.y - at.y);
    const gutter = to.x - GUTTER;
    if (by >= 0.5)
      path +=
        `H${gutter - by}q${by} 0 ${by} ${round(sign * by)}` +
        `V${round(to.y - sign * by)}q0 ${round(sign * by)} ${by} ${round(sign * by)}`;
    path += `H${to.x}`;
    at = to;
  }
  return path;
}

const round = (value: number): number => Math.round(value * 10) / 10;

const lowestIn = (path: string): number =>
  Math.max(...[...path.matchAll(/V(-?[\d.]+)|^M-?[\d.]+ (-?[\d.]+)/gu)].map(([, v, m]) => Number(v ?? m)));
