// Which step is shown before a person has chosen one. In: a view. Out: the step that asks to be looked at first.
import type { RowStatus, RowView, RunView } from "../../api/run-view.js";
import type { Chosen } from "./run-place.js";

const FIRST: readonly RowStatus[] = ["unknown", "unusable", "waiting", "failed", "retrying", "running"];

export function firstChosen({ rows, facts }: RunView): Chosen | undefined {
  for (const status of FIRST) {
    const row = rows.find((one) => one.status === status);
    if (row !== undefined) return chosenWith(row, status);
  }
  const failed = facts.failedFirst;
  if (failed !== undefined && rows.some(({ key }) => key === failed.key)) return { key: failed.key };
  const row = rows.find(({ kind }) => kind === "step") ?? rows[0];
  return row && { key: row.key };
}

/** The first item in that state, if it is one that a person must look at. */
function chosenWith({ key, items }: RowView, status: RowStatus): Chosen {
  const item = status === "running" ? undefined : items?.shown.find((one) => one.status === status);
  return item === undefined ? { key } : { key, item: item.index };
}

export function isThere({ rows }: RunView, { key, item }: Chosen): boolean {
  const row = rows.find((one) => one.key === key);
  return row !== undefined && (item === undefined || item < (row.items?.total ?? 0));
}
