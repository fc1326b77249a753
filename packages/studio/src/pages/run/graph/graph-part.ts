// What a graph draws of a run. In: a view and the chosen step. Out: all steps of the current plan and the answer; of a
// large run, the chosen step with its neighbours, and the waves with their counts.
import { isCurrent } from "../list-rows.js";
import { grouped } from "../../../parts/grouped.js";
import type { RowStatus, RowView, RunView } from "../../../api/run-view.js";
import type { GraphNode } from "./graph-layout.js";

/** Steps that are drawn at once. A larger graph shows no more than lines. */
export const MOST_DRAWN = 120;

export interface GraphPart {
  readonly nodes: readonly (GraphNode & { readonly row: RowView })[];
  /** Only of a large run: its waves. */
  readonly waves: readonly WaveCount[];
  /** Only of a large run: how many steps are not drawn. */
  readonly hidden: number;
}

export interface WaveCount {
  readonly wave: number;
  readonly total: number;
  readonly counts: readonly (readonly [status: RowStatus, count: number])[];
  /** The step that a person would look at first. */
  readonly first: string;
}

export function graphPart(view: RunView, chosen: string | undefined): GraphPart {
  const steps = view.rows.filter(isCurrent);
  const all = [...steps.map(nodeOf), ...answerNode(view, steps)];
  if (all.length <= MOST_DRAWN) return { nodes: all, waves: [], hidden: 0 };
  const near = neighboursOf(all, chosen ?? gravest(steps).key);
  return { nodes: near, waves: wavesOf(steps), hidden: all.length - near.length };
}

const nodeOf = (row: RowView) => ({ key: row.key, wave: row.wave, needs: row.needs, row });

/** The answer comes after the steps that no other step needs. */
function answerNode({ rows }: RunView, steps: readonly RowView[]) {
  const row = rows.find(({ key }) => key === "#answer");
  if (row === undefined || steps.length === 0) return [];
  const needed = new Set(steps.flatMap(({ needs }) => needs));
  const last = steps.filter(({ key }) => !needed.has(key)).map(({ key }) => key);
  const wave = Math.max(...steps.map((step) => step.wave)) + 1;
  return [{ key: row.key, wave, needs: row.needs.length > 0 ? row.needs : last, row }];
}

/** The step with all that is at most two lines away. The nearest come first, as many as can be drawn. */
function neighboursOf(nodes: GraphPart["nodes"], centre: string): GraphPart["nodes"] {
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const readers = grouped(
    nodes.flatMap(({ key, needs }) => needs.map((need) => ({ key, need }))),
    ({ need }) => need,
  );
  const found = new Set([byKey.has(centre) ? centre : nodes[0]!.key]);
  for (let hop = 0; hop < 2; hop++)
    for (const key of [...found]) {
      const beside = [...(byKey.get(key)?.needs ?? []), ...(readers.get(key) ?? []).map((one) => one.key)];
      for (const one of beside) if (byKey.has(one) && found.size < MOST_DRAWN) found.add(one);
    }
  return nodes.filter(({ key }) => found.has(key));
}

const GRAVITY: readonly RowStatus[] = ["unknown", "unusable", "waiting", "failed", "retrying", "running", "queued"];

function gravest(rows: readonly RowView[]): RowView {
  const rank = ({ status }: RowView): number => (GRAVITY.indexOf(status) + GRAVITY.length + 1) % (GRAVITY.length + 1);
  return rows.reduce((first, row) => (rank(row) < rank(first) ? row : first));
}

const wavesOf = (steps: readonly RowView[]): readonly WaveCount[] =>
  [...grouped(steps, ({ wave }) => wave)]
    .sort(([a], [b]) => a - b)
    .map(([wave, rows]) => ({
      wave,
      total: rows.length,
      counts: [...grouped(rows, ({ status }) => status)].map(([status, of]) => [status, of.length] as const),
      first: gravest(rows).key,
    }));

const ARROWS: ReadonlySet<string> = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);

/** Where an arrow key leads. undefined: nowhere, as every other key. */
export function nextStop(nodes: GraphPart["nodes"], from: string, arrow: string): string | undefined {
  if (!ARROWS.has(arrow)) return undefined;
  const here = nodes.find(({ key }) => key === from);
  if (here === undefined) return nodes[0]?.key;
  if (arrow === "ArrowLeft") return here.needs.find((need) => nodes.some(({ key }) => key === need));
  if (arrow === "ArrowRight") return nodes.find(({ needs }) => needs.includes(from))?.key;
  const column = nodes.filter(({ wave }) => wave === here.wave);
  const by = arrow === "ArrowDown" ? 1 : -1;
  return column[column.indexOf(here) + by]?.key;
}
