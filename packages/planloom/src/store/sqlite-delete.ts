// Deletes the rows of a run, and large values that only it holds. In: the statements of the store, within a
// transaction. Out: nothing.
import { hashesIn } from "./blob.js";
import type { SqlStatement } from "./sqlite-driver.js";
import type { SQL } from "./sqlite-sql.js";

type Statements = Record<keyof typeof SQL, SqlStatement>;

export function deleteRows(sql: Statements, runId: string, keepValues: boolean): void {
  const held = keepValues ? NONE : hashesOf(sql.placesOf.all(runId, runId, runId));
  const { deleteRun, deleteGoal, deleteEvents, deleteJournal, deleteInbox } = sql;
  for (const statement of [deleteRun, deleteGoal, deleteEvents, deleteJournal, deleteInbox]) statement.run(runId);
  if (held.size === 0) return;
  // Forks and other runs may hold the same values.
  const used = hashesOf(sql.placesOfAll.all());
  for (const hash of held) if (!used.has(hash)) sql.deleteBlob.run(hash);
}

const NONE: ReadonlySet<string> = new Set();

function hashesOf(rows: readonly unknown[]): ReadonlySet<string> {
  return new Set(rows.flatMap((row) => hashesIn((row as { readonly places: string }).places)));
}
