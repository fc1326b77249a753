// The route lines beside the list. In: the rows of the list. Out: for each row its lane, and the pieces of line that go
// through it. A line is solid where the run has been, dotted where it has not, and heavy on the critical path.
import { grouped } from "../../parts/grouped.js";
import type { RowStatus, RowView } from "../../api/run-view.js";
import { isCurrent, type ListRow } from "./list-rows.js";

/** From light to heavy: the heaviest line is drawn. */
const STYLES = ["ahead", "done", "main"] as const;
export type RailStyle = (typeof STYLES)[number];

export type Lane = 0 | 1;

/** The pieces in one row. `top` and `bottom`: the halves of each lane. `out`: lane 0 to 1, below. `in`: 1 to 0, above. */
export interface Rail {
  /** Absent: no stop is here. */
  readonly lane?: Lane;
  readonly top: readonly [RailStyle | undefined, RailStyle | undefined];
  readonly bottom: readonly [RailStyle | undefined, RailStyle | undefined];
  readonly out?: RailStyle;
  readonly in?: RailStyle;
}

interface Stop {
  readonly at: number;
  readonly lane: Lane;
  readonly row?: RowView;
}

/** Larger lists have one line, because their routes cross too often to be read. */
const MOST_ROUTED = 200;

export function railsOf(rows: readonly ListRow[]): readonly Rail[] {
  const stops = stopsIn(rows);
  const draft = new Draft(rows.length, stops);
  const byKey = new Map<string, Stop>();
  for (const stop of stops) for (const key of keysAt(rows[stop.at])) byKey.set(key, stop);
  if (rows.length > MOST_ROUTED) draft.line(stops);
  else for (const [from, to] of edges(rows, stops, byKey)) draft.edge(from, to);
  return draft.rails();
}

const keysAt = (row: ListRow | undefined): readonly string[] => {
  if (row?.kind === "wave") return row.rows.map(({ key }) => key);
  return row?.kind === "row" ? [row.row.key] : [];
};

function stopsIn(rows: readonly ListRow[]): readonly Stop[] {
  const lanes = rows.length > MOST_ROUTED ? new Map<string, Lane>() : lanesOf(rows);
  return rows.flatMap((row, at): readonly Stop[] => {
    if (row.kind === "wave") return [{ at, lane: 0, ...named(row.rows[0]) }];
    return row.kind === "row" ? [{ at, lane: lanes.get(row.row.key) ?? 0, row: row.row }] : [];
  });
}

const named = (row: RowView | undefined) => (row === undefined ? {} : { row });

/** In each wave one step is on the main lane: the first on the critical path, or else the first. */
function lanesOf(rows: readonly ListRow[]): Map<string, Lane> {
  const steps = rows.flatMap((row) => (row.kind === "row" && row.row.kind === "step" ? [row.row] : []));
  const lanes = new Map<string, Lane>();
  for (const members of grouped(steps, (row) => `${isCurrent(row) ? "" : row.revision}/${row.wave}`).values()) {
    const main = members.find(({ critical }) => critical) ?? members[0];
    for (const member of members) lanes.set(member.key, member === main ? 0 : 1);
  }
  return lanes;
}

/** Needs, and lines from the plan above to steps without needs. The answer comes after all that nothing else needs. */
function edges(rows: readonly ListRow[], stops: readonly Stop[], byKey: ReadonlyMap<string, Stop>) {
  const out: (readonly [Stop, Stop])[] = [];
  const used = new Set<Stop>();
  let plan: Stop | undefined;
  for (const stop of stops) {
    const needs = needsAt(rows[stop.at]).flatMap((key) => byKey.get(key) ?? []);
    const before = needs.filter(({ at }) => at < stop.at);
    const isAnswer = stop.row?.key === "#answer";
    const from = isAnswer ? stops.filter((one) => one.at < stop.at && !used.has(one)) : before;
    for (const one of from.length > 0 || plan === undefined ? from : [plan]) {
      used.add(one);
      out.push([one, stop]);
    }
    if (stop.row?.kind === "phase") plan = stop;
  }
  return out;
}

const needsAt = (row: ListRow | undefined): readonly string[] => {
  if (row?.kind === "wave") return row.rows.flatMap(({ needs }) => needs);
  return row?.kind === "row" ? row.row.needs : [];
};

const LEFT: ReadonlySet<RowStatus> = new Set(["done", "skipped"]);
const UNREACHED: ReadonlySet<RowStatus> = new Set(["planned", "queued", "cancelled"]);

function styleOf(from: Stop, to: Stop): RailStyle {
  const isTravelled =
    from.row !== undefined && LEFT.has(from.row.status) && !UNREACHED.has(to.row?.status ?? "planned");
  if (!isTravelled) return "ahead";
  return from.row?.critical === true && to.row?.critical === true ? "main" : "done";
}

/** Lines as they are laid. Where two meet, the heavier one stays. */
class Draft {
  readonly #top: (RailStyle | undefined)[][];
  readonly #bottom: (RailStyle | undefined)[][];
  readonly #out: (RailStyle | undefined)[];
  readonly #in: (RailStyle | undefined)[];

  constructor(
    private readonly count: number,
    private readonly stops: readonly Stop[],
  ) {
    const empty = () => Array.from({ length: count }, (): (RailStyle | undefined)[] => [undefined, undefined]);
    [this.#top, this.#bottom] = [empty(), empty()];
    [this.#out, this.#in] = [Array<undefined>(count).fill(undefined), Array<undefined>(count).fill(undefined)];
  }

  line(stops: readonly Stop[]): void {
    for (const [at, stop] of stops.entries()) {
      const before = stops[at - 1];
      if (before !== undefined) this.edge(before, stop);
    }
  }

  edge(from: Stop, to: Stop): void {
    const style = styleOf(from, to);
    const lane: Lane = from.lane === 0 && to.lane === 0 ? 0 : 1;
    if (from.lane === 0 && lane === 1) lay(this.#out, from.at, style);
    else lay(this.#bottom[from.at], lane, style);
    for (let at = from.at + 1; at < to.at; at++) {
      lay(this.#top[at], lane, style);
      lay(this.#bottom[at], lane, style);
    }
    if (to.lane === 0 && lane === 1) lay(this.#in, to.at, style);
    else lay(this.#top[to.at], lane, style);
  }

  rails(): readonly Rail[] {
    const lanes = new Map(this.stops.map(({ at, lane }) => [at, lane]));
    return Array.from({ length: this.count }, (_, at): Rail => {
      const [lane, out, into] = [lanes.get(at), this.#out[at], this.#in[at]];
      return {
        ...(lane === undefined ? {} : { lane }),
        top: pair(this.#top[at]),
        bottom: pair(this.#bottom[at]),
        ...(out === undefined ? {} : { out }),
        ...(into === undefined ? {} : { in: into }),
      };
    });
  }
}

const pair = (lanes: readonly (RailStyle | undefined)[] = []) => [lanes[0], lanes[1]] as const;

function lay(lanes: (RailStyle | undefined)[] | undefined, at: number, style: RailStyle): void {
  if (lanes === undefined) return;
  const known = lanes[at];
  if (known === undefined || STYLES.indexOf(style) > STYLES.indexOf(known)) lanes[at] = style;
}
