// Tells the state of a run in short. In: a run. Out: its status, its end, and what stops it from continuing.
import type { Effect } from "./effect.js";
import type { ChildWait } from "./event/child.js";
import type { Change, EventData, Failing } from "./event.js";
import { isFailure, type Failure } from "./failure.js";
import { DEADLINE_KEY, reconcileKey, undoingKey } from "./keys.js";
import { findWork, reviewOf } from "./lookup.js";
import type { RefusalParams } from "./refusal.js";
import type { Compensating, Run, RunEnd } from "./state.js";
import type { Work } from "./work.js";

export type RunStatus =
  | "completed"
  | "failed"
  | "cancelled"
  | "paused"
  | "needs-attention"
  | "awaiting-approval"
  | "planning"
  | "running"
  | "compensating"
  | "answering";

export const ENDED_STATUSES = ["completed", "failed", "cancelled"] as const satisfies readonly RunStatus[];

export type EndedStatus = (typeof ENDED_STATUSES)[number];

/** Whether it is the status of a run that has ended. */
export const isEndedStatus = (status: string): status is EndedStatus =>
  (ENDED_STATUSES as readonly string[]).includes(status);

export const isEnded = ({ mode }: Run): boolean => mode.phase === "ended";

/** How the run ended; undefined before its end. */
export const endOf = ({ mode }: Run): RunEnd | undefined => (mode.phase === "ended" ? mode : undefined);

/** Why the run failed; undefined if it has not failed. */
export function errorOf(run: Run): Failure | undefined {
  const end = endOf(run);
  return end?.how === "failed" ? end.error : undefined;
}

/** How a run ended, for a command that comes too late. */
export function endedAs(end: RunEnd): RefusalParams["RUN_ENDED"] {
  const expired = end.how === "failed" && isFailure(end.error, "APPROVAL_EXPIRED");
  return { ended: end.how, ...(expired && { expired }) };
}

/** Why a run has failed that still gives a partial answer. */
export const failedWith = ({ mode }: Run): Failing | undefined =>
  mode.phase === "answering" ? mode.failed : undefined;

/** The undoing of the run's calls, while it goes on. */
export const compensatingOf = ({ mode }: Run): Compensating | undefined =>
  mode.phase === "compensating" ? mode : undefined;

/** Whether a person is asked about a call that could not be undone. */
export function asksAboutUndoing(run: Run): boolean {
  const key = compensatingOf(run)?.queue[run.compensation.turn];
  return key !== undefined && run.owed.has(undoingKey(key));
}

export const isCancelling = ({ halt }: Run): boolean => halt?.why === "cancel";

export const isFailing = ({ halt }: Run): boolean => halt?.why === "failure";

/** The reason and scope of the next plan; undefined if none is wanted. */
export const changeOf = ({ halt }: Run): Change | undefined => (halt?.why === "change" ? halt.change : undefined);

/** The replan that the plan being written must answer. */
export const replanOf = ({ mode }: Run): EventData["replan.requested"] | undefined =>
  mode.phase === "planning" ? mode.replan : undefined;

/** The request whose plan is still being written and has started steps. */
export const draftingOf = ({ mode }: Run): string | undefined =>
  mode.phase === "planning" ? mode.drafting : undefined;

/** Whether steps completed while a review was open. Then another review follows. */
export const isReviewedAgain = ({ mode }: Run): boolean => mode.phase === "executing" && mode.reviewAgain;

/** The status that is shown, by precedence. Work that waits for an answer of a person shows as needs-attention. */
export function statusOf(run: Run): RunStatus {
  const { mode, execution } = run;
  if (mode.phase === "ended") return mode.how;
  if (run.paused) return "paused";
  if (failedWith(run) !== undefined) return "answering";
  if (mode.phase === "compensating") {
    if (asksAboutUndoing(run)) return "needs-attention";
    return run.approvals.pending.size > 0 ? "awaiting-approval" : "compensating";
  }
  if (execution.questions > 0 || execution.unusable > 0 || doubtsOf(run) > 0) return "needs-attention";
  if (run.approvals.pending.size > 0) return "awaiting-approval";
  const below = waitBelow(run);
  if (below !== undefined) return below === "paused" ? "needs-attention" : below;
  if (mode.phase === "answering") return "answering";
  return mode.phase === "planning" ? "planning" : "running";
}

/** The child run of this effect, if it is a sub-plan and its child run waits for a person. */
export function childWaiting(run: Run, effect: Effect): string | undefined {
  const child = effect.kind === "call" ? findWork(run, effect)?.child : undefined;
  return child?.waits === undefined ? undefined : child.run;
}

const waitsBelow = (run: Run, effect: Effect): boolean => childWaiting(run, effect) !== undefined;

/** The works of sub-plans whose child run waits for a person. */
export function waitingChildren(run: Run): readonly Work[] {
  if (run.execution.childWaits === 0) return [];
  return [...run.owed.values()].flatMap((effect) =>
    effect.kind === "call" && waitsBelow(run, effect) ? (findWork(run, effect) ?? []) : [],
  );
}

/** What the child runs wait for; undefined if none does. An approval comes first. */
function waitBelow(run: Run): ChildWait | undefined {
  const waits = waitingChildren(run).flatMap(({ child }) => child?.waits ?? []);
  return waits.find((wait) => wait === "awaiting-approval") ?? waits[0];
}

/** Whether the run cannot continue without a person. */
export function isWaiting(run: Run, putDown: ReadonlySet<string> = new Set()): boolean {
  if (isEnded(run)) return false;
  const waits = run.paused ? WAITS_PAUSED : WAITS;
  const isDown = (key: string): boolean => key === DEADLINE_KEY || (run.paused && putDown.has(key));
  for (const effect of run.owed.values())
    if (!waits.has(effect.kind) && !isDown(effect.key) && !waitsBelow(run, effect)) return false;
  return true;
}

/** Whether a plan with started steps is still being written. */
export function isDrafting(run: Run): boolean {
  const key = draftingOf(run);
  return key !== undefined && run.owed.has(key);
}

/** Whether nothing may start for now, not even the call of a step whose arguments were just filled in. */
export function isHeld(run: Run): boolean {
  return run.paused || changeOf(run) !== undefined || reviewOf(run) !== undefined;
}

/** Whether the tool of a call in doubt is still being asked about it. */
export const isReconciling = (run: Run, work: Work): boolean => run.owed.has(reconcileKey(work));

/** Whether a person must settle the doubt of this work. While its tool is being asked, nobody has to. */
export const isOpenDoubt = (run: Run, work: Work): boolean => work.status === "unknown" && !isReconciling(run, work);

/** Number of open doubts. It looks at no work: it is asked for after each event. */
export function doubtsOf(run: Run): number {
  if (run.execution.unknown === 0) return 0;
  let doubts = run.execution.unknown;
  for (const effect of run.owed.values()) if (effect.kind === "reconcile") doubts--;
  return Math.max(0, doubts);
}

const WAITS: ReadonlySet<Effect["kind"]> = new Set(["person"]);
/** Kinds of effects that a paused run does not start. */
export const HELD: ReadonlySet<Effect["kind"]> = new Set(["plan", "choose", "review", "judge", "answer", "critique"]);
const WAITS_PAUSED: ReadonlySet<Effect["kind"]> = new Set([...WAITS, ...HELD, "wait"]);
