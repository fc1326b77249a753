// Tells whether a planner looks things up before it plans, and the label of what it has read. In: a run. Out: these. The
// rules on text of others (followed-plan.ts, decide/revision.ts) follow from the label.
import { FOREIGN, label, OWN, type Label } from "../plan/label.js";
import type { Scouted } from "./event/scouted.js";
import type { Run } from "./state.js";

export const labelOfScouted = (scouted: Scouted | undefined): Label =>
  scouted === undefined ? OWN : label({ untrusted: scouted.untrusted === true, private: scouted.private === true });

/** Whether the planner scouts before it answers this request: only for the first plan, and only once. */
export const scoutsNow = ({ request, planning }: Run, replans: boolean): boolean =>
  request.settings.scout !== undefined && planning.scouted === undefined && planning.plans.length === 0 && !replans;

/** The label of what the planner has read while it writes its first plan. Its scouting is recorded with the plan. */
export const readWhileWriting = (run: Run): Label =>
  scoutsNow(run, false) ? FOREIGN : labelOfScouted(run.planning.scouted);
