// Checks the state of a run between two inputs: its counters and queues say what its steps say. In: a run. Out: an
// error where they do not. Separate because these rules know every corner of the state, and nothing of how it came
// about.
import { workOf } from "../../src/run/lookup.js";
import { type Run } from "../../src/run/state.js";
import { mayRetry, retryPreview } from "../../src/run/decide/retry.js";
import { endOf, isEnded } from "../../src/run/status.js";
import type { Work } from "../../src/run/work.js";

export const ENDED: readonly Work["status"][] = ["completed", "failed", "skipped"];

/** Plain, because it is asked a million times. */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`this should hold, and does not: ${what}`);
}

export function checkState(run: Run): void {
  if (isEnded(run)) {
    must(run.owed.size === 0, "nothing is owed after the end");
    const preview = retryPreview(run, {});
    const done = !preview.ok && preview.code === "NOTHING_TO_RETRY" && endOf(run)?.how === "completed";
    return must(done || mayRetry(run) === preview.ok, "what the end says of a retry is what a retry does");
  }
  must(run.owed.size > 0 || run.paused, "something is owed, or a person is waited for");
  const calls = [...run.owed.values()].flatMap((one) =>
    one.kind === "call" || one.kind === "fill" || one.kind === "judge" ? [one] : [],
  );
  must(calls.length === run.execution.running, "what runs is owed");
  // An output that a person or a tool gives, to settle a doubt, is judged at once. No call starts for it.
  const started = calls.filter(({ kind }) => kind !== "judge");
  must(started.length <= run.request.settings.concurrency, "no more calls run than may");
  for (const one of calls) must(workOf(run, one).status === "running", `${one.key} is running`);
  for (const one of run.owed.values())
    must(one.kind !== "reconcile" || workOf(run, one).status === "unknown", `${one.key} is about a doubt`);
  const steps = [...run.execution.steps.values()];
  const works = steps.flatMap((step): Work[] => [step.work, ...(step.fan?.items ?? [])]);
  const counted = (status: Work["status"], number: number) =>
    must(works.filter((work) => work.status === status).length === number, `${number} are ${status}`);
  counted("running", run.execution.running);
  counted("unknown", run.execution.unknown);
  counted("unusable", run.execution.unusable);
  // What another run has done may stand in line still, and is passed over.
  if (run.request.parent === undefined) counted("ready", run.execution.ready.size);
  counted("retrying", run.execution.retries.size);
  must(
    run.execution.open === steps.filter(({ work }) => !ENDED.includes(work.status)).length,
    `${run.execution.open} steps are open`,
  );
  for (const { work, fan } of steps) {
    if (fan === undefined || work.status !== "pending") continue;
    const { items, open: itemsOpen, failed: itemsFailed } = fan;
    must(itemsOpen === items.filter(({ status }) => !ENDED.includes(status)).length, `${itemsOpen} items are open`);
    must(itemsFailed === items.filter(({ status }) => status === "failed").length, `${itemsFailed} items failed`);
  }
}
