// What changed between two revisions of a plan. In: the log of a run, and two revisions. Out: the difference as data. The
// command line, the library and the HTTP API give the same.
import { diffPlans, type PlanDiff } from "../plan/revise/diff.js";
import type { EventData, EventOf, RunEvent, StepRef } from "../run/event.js";
import { PlanloomError } from "../words/planloom-error.js";
import { reasonText } from "../words/reasons.js";

/** Steps are matched by their id. Fields hold what a person would write, without defaults. */
export interface RevisionDiff extends PlanDiff {
  readonly runId: string;
  readonly from: { readonly revision: number; readonly hash: string };
  readonly to: {
    readonly revision: number;
    readonly hash: string;
    readonly cause: EventData["plan.proposed"]["cause"];
  };
  /** Why there is another plan; null if the log has no reason. */
  readonly reason: string | null;
  /** Steps and items that went on under the plan `to`. */
  readonly kept: readonly StepRef[];
}

type Proposed = EventOf<"plan.proposed">;

/** Two plans of a run, as they were proposed. */
export interface Revisions {
  readonly from: Proposed;
  readonly to: Proposed;
}

/** Without `from` and `to`: the last plan against the one before. Throws NO_REVISION, also if there is only one plan. */
export function revisionsIn(
  log: readonly RunEvent[],
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
): Revisions {
  const runId = log[0]?.runId ?? "";
  const plans = log.filter((event): event is Proposed => event.type === "plan.proposed");
  const revisions = plans.map(({ data }) => data.revision);
  const [before, last] = plans.slice(-2);
  if (before === undefined || last === undefined) throw new PlanloomError("NO_REVISION", { runId, revisions });
  const named = (revision: string): Proposed => {
    const found = plans.find(({ data }) => String(data.revision) === revision);
    if (found !== undefined) return found;
    throw new PlanloomError("NO_REVISION", { runId, revision, revisions });
  };
  return { from: from === undefined ? before : named(from), to: to === undefined ? last : named(to) };
}

export function revisionDiff({ from, to }: Revisions): RevisionDiff {
  const { revision, hash, cause, reason, kept = [] }: EventData["plan.proposed"] = to.data;
  return {
    runId: to.runId,
    from: { revision: from.data.revision, hash: from.data.hash },
    to: { revision, hash, cause },
    reason: reason === undefined ? null : reasonText(reason),
    kept,
    ...diffPlans(from.data.plan, to.data.plan),
  };
}
