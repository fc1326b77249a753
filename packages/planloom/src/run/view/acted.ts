// The calls with effects that a run has made. In: a run. Out: how many have finished, those inside agent steps included.
import { isUndone } from "../acted-calls.js";
import type { Run } from "../state.js";
import type { Work } from "../work.js";

/** Counts the steps of the current plan. A call whose outcome is unknown does not count, nor one that was undone. */
export function actedIn(run: Run): number {
  let acted = 0;
  for (const { tool, work, fan } of run.execution.steps.values()) {
    const acts = tool !== undefined && tool.effects !== "none";
    for (const one of fan?.items ?? [work])
      acted += (acts && one.status === "completed" ? 1 : 0) + innerCalls(run, one);
  }
  return acted;
}

const innerCalls = (run: Run, { calls }: Work): number =>
  calls === undefined ? 0 : [...calls.keys()].filter((key) => !isUndone(run, key)).length;
