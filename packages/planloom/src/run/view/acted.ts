// The calls with effects that a run has made. In: a run. Out: how many have finished, those inside agent steps included.
import type { Run } from "../state.js";

/** Counts the steps of the current plan. A call whose outcome is unknown does not count. */
export function actedIn(run: Run): number {
  let acted = 0;
  for (const { tool, work, fan } of run.execution.steps.values()) {
    const acts = tool !== undefined && tool.effects !== "none";
    for (const one of fan?.items ?? [work])
      acted += (acts && one.status === "completed" ? 1 : 0) + (one.calls?.size ?? 0);
  }
  return acted;
}
