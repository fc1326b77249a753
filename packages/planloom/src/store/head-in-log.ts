// Computes the head of a run from its log, if the stored head is missing or stale. In: a row of the list and the log.
// Out: the head. Loaded only when needed: it brings in the kernel and the expression parser, which listing does not
// use.
import { foldNext } from "../run/log/chain.js";
import type { RunEvent } from "../run/event.js";
import { emptyRun } from "../run/state.js";
import { headOf, type RunHead } from "../run/view/head.js";
import type { PlanloomError } from "../words/planloom-error.js";
import type { ListedRun } from "./event-store.js";
import { runDamaged, readEvent } from "./store-error.js";

/** Throws EVENT_NEWER, RUN_DAMAGED. */
export function headInLog(
  { runId, lastSeq }: Pick<ListedRun, "runId" | "lastSeq">,
  log: readonly RunEvent[],
): ListedRun {
  const run = emptyRun(runId);
  let last: RunEvent | undefined;
  for (const recorded of log) {
    readEvent(runId, foldNext(run, recorded, last));
    last = recorded;
  }
  // A log that has lost its last events can still be folded.
  if (last === undefined || run.log.seq < lastSeq) {
    throw runDamaged(runId, run.log.seq, { damage: "event-missing", seq: run.log.seq + 1 });
  }
  const head = headOf(run, last);
  if (!isSound(head)) throw oddValues(runId);
  return head;
}

export const oddValues = (runId: string): PlanloomError => runDamaged(runId, 0, { damage: "values-odd" });

/** Fields of a wrong type can be folded too, if nothing computes with them. */
function isSound({ goal, startedAt, updatedAt, lastType, totals }: RunHead): boolean {
  const numbers: readonly unknown[] = [startedAt, updatedAt, ...Object.values<unknown>({ ...totals })];
  const texts: readonly unknown[] = [goal, lastType];
  return texts.every((text) => typeof text === "string") && numbers.every((n) => n === null || Number.isFinite(n));
}
