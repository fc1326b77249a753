// The rows of the list, from a view. In: a view, the filter, the chosen step and what is open. Out: rows in order, each
// one of four kinds. No row moves while a run goes on: rows are only added, or filled in.
import { grouped } from "../../parts/grouped.js";
import type { ItemView, RowStatus, RowView, RunView } from "../../api/run-view.js";
import type { Chosen, Filter } from "./run-place.js";

export type ListRow =
  | { readonly kind: "row"; readonly row: RowView; readonly number?: number }
  | { readonly kind: "item"; readonly row: RowView; readonly item: ItemView; readonly last: boolean }
  /** Items that the view does not hold. */
  | { readonly kind: "more"; readonly row: RowView; readonly count: number }
  /** A wave whose steps are all done, as one row. */
  | { readonly kind: "wave"; readonly wave: number; readonly rows: readonly RowView[] };

export interface ListChoice {
  readonly filter: Filter;
  readonly chosen?: Chosen | undefined;
  /** Waves that a person has opened. */
  readonly open: Pick<ReadonlySet<number>, "has">;
}

/** Runs with more steps than this have finished waves as one row each. */
const LARGEST_UNFOLDED = 24;

const FAILED: ReadonlySet<RowStatus> = new Set(["failed", "unknown", "unusable", "retrying"]);
const WAITING: ReadonlySet<RowStatus> = new Set(["waiting", "unknown", "unusable"]);
const SETTLED: ReadonlySet<RowStatus> = new Set(["done", "skipped"]);

/** Failed now, or failed once and still at work. */
const hasFailed = ({ status, bars }: Pick<RowView, "status" | "bars">): boolean =>
  FAILED.has(status) || bars.some((bar) => bar.status === "failed");

const isWaiting = ({ status }: Pick<RowView, "status">): boolean => WAITING.has(status);

const itemsIn = ({ items }: RowView): readonly ItemView[] => items?.shown ?? [];

function passes(row: RowView, filter: Filter): boolean {
  if (filter === "all") return true;
  const fits = filter === "failed" ? hasFailed : isWaiting;
  return fits(row) || itemsIn(row).some(fits);
}

export function countsOf({ rows }: RunView): { readonly [filter in Filter]: number } {
  const steps = rows.filter(({ kind }) => kind === "step");
  const count = (filter: Filter) => rows.filter((row) => passes(row, filter)).length;
  return { all: steps.length, failed: count("failed"), waiting: count("waiting") };
}

export function listRows(view: RunView, choice: ListChoice): readonly ListRow[] {
  const { filter } = choice;
  const numbers = stepNumbers(view);
  const shown = view.rows.filter((row) => passes(row, filter));
  const folded = filter === "all" ? foldedWaves(view, choice) : new Map<number, readonly RowView[]>();
  const out: ListRow[] = [];
  const told = new Set<number>();
  for (const row of shown) {
    const wave = isCurrent(row) ? folded.get(row.wave) : undefined;
    if (wave === undefined) out.push(...rowWithItems(row, numbers.get(row.key), choice));
    else if (!told.has(row.wave)) {
      told.add(row.wave);
      out.push({ kind: "wave", wave: row.wave, rows: wave });
    }
  }
  return out;
}

/** A step of the current plan. One that began under an earlier plan and was kept is one, too; others have a `/` in the key. */
export const isCurrent = ({ kind, key }: RowView): boolean => kind === "step" && !key.includes("/");

/** 1-based numbers of the steps of the current plan, by key. */
export function stepNumbers({ rows }: RunView): ReadonlyMap<string, number> {
  return new Map(rows.filter(isCurrent).map(({ key }, index) => [key, index + 1]));
}

/** The steps of each wave that is one row: all done, not opened, and without the chosen step. */
function foldedWaves({ rows }: RunView, { open, chosen }: ListChoice): Map<number, readonly RowView[]> {
  const steps = rows.filter(isCurrent);
  if (steps.length <= LARGEST_UNFOLDED) return new Map();
  const waves = grouped(steps, ({ wave }) => wave);
  for (const [wave, members] of waves) {
    const stays = open.has(wave) || members.length < 2;
    if (stays || members.some(({ key, status }) => key === chosen?.key || !SETTLED.has(status))) waves.delete(wave);
  }
  return waves;
}

function rowWithItems(row: RowView, number: number | undefined, { filter, chosen }: ListChoice): readonly ListRow[] {
  const head: ListRow = { kind: "row", row, ...(number === undefined ? {} : { number }) };
  const items = itemsIn(row).filter((item) => filter === "all" || passesItem(item, filter));
  const isOpen = row.items !== undefined && (chosen?.key === row.key || filter !== "all" || isShort(row));
  if (!isOpen) return [head];
  const ordered = items.toSorted((a, b) => a.index - b.index);
  const missing = filter === "all" ? (row.items?.total ?? 0) - items.length : 0;
  const shown = ordered.map((item, at): ListRow => {
    return { kind: "item", row, item, last: missing === 0 && at === ordered.length - 1 };
  });
  return [head, ...shown, ...(missing > 0 ? [{ kind: "more" as const, row, count: missing }] : [])];
}

const passesItem = (item: ItemView, filter: Filter): boolean =>
  filter === "failed" ? hasFailed(item) : isWaiting(item);

/** A short list of items is always open, so nothing opens while somebody reads. */
const isShort = ({ items }: RowView): boolean => items !== undefined && items.total <= 4;

/** What a row is, for choosing it. A folded wave is chosen by opening it. */
export function chosenOf(row: ListRow): Chosen | undefined {
  if (row.kind === "row" || row.kind === "more") return { key: row.row.key };
  return row.kind === "item" ? { key: row.row.key, item: row.item.index } : undefined;
}

/** Stable over updates. */
export function listKey(row: ListRow): string {
  if (row.kind === "wave") return `~wave/${row.wave}`;
  return row.kind === "item"
    ? `${row.row.key}[${row.item.index}]`
    : row.kind === "more"
      ? `${row.row.key}~`
      : row.row.key;
}

export const indexOfChosen = (rows: readonly ListRow[], chosen: Chosen | undefined): number => {
  if (chosen === undefined) return -1;
  const exact = rows.findIndex((row) => row.kind !== "more" && isSame(chosenOf(row), chosen));
  return exact >= 0 ? exact : rows.findIndex((row) => row.kind === "row" && row.row.key === chosen.key);
};

export const isSame = (one: Chosen | undefined, other: Chosen | undefined): boolean =>
  one?.key === other?.key && one?.item === other?.item;

const OPEN: ReadonlySet<RowStatus> = new Set(["failed", "unknown", "unusable", "waiting", "retrying", "running"]);

/** The next row after `from`, round the end, that is open or failed (`waiting`: that waits for a person). */
export function nextOpen(rows: readonly ListRow[], from: number, only: "open" | "waiting"): number {
  const wanted = only === "open" ? OPEN : WAITING;
  for (let step = 1; step <= rows.length; step++) {
    const at = (from + step) % rows.length;
    const row = rows[at];
    const status = row?.kind === "row" ? row.row.status : row?.kind === "item" ? row.item.status : undefined;
    if (status !== undefined && wanted.has(status)) return at;
  }
  return -1;
}
