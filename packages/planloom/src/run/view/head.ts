// The head of a run: the few facts that a list of runs shows. In: a run's state after its last event. Out: codes and
// data, no prose. A store keeps it beside the log, so that a list reads no events.
import { addUsage, type Usage } from "../../plan/usage.js";
import type { RunEvent } from "../event.js";
import type { Within } from "../event/child.js";
import { currentPlan } from "../lookup.js";
import { type Run } from "../state.js";
import {
  asksAboutUndoing,
  compensatingOf,
  doubtsOf,
  failedWith,
  isEnded,
  type RunStatus,
  statusOf,
} from "../status.js";
import { costOf } from "./cost.js";

/**
 * Raise it when `headOf` gives more than before, when a log becomes readable that was not, or when the parameters of an
 * error of an unreadable run change. Stored heads of an earlier version are then computed again.
 */
export const HEAD_VERSION = 3;

export interface RunHead {
  readonly runId: string;
  readonly goal: string;
  readonly status: RunStatus;
  /** Absent if the run waits for nobody. */
  readonly waiting?: HeadWaiting;
  /** Revision of the current plan; 0 before the first plan. */
  readonly revision: number;
  readonly totals: HeadTotals;
  /** The run that it was forked from: its id, the last event taken from it, and the step that ran first. */
  readonly parent?: { readonly runId: string; readonly seq: number; readonly at: string };
  /** Set for a child run: the step that it is, the run of that step, the topmost run, and how deep it lies. */
  readonly within?: HeadWithin;
  readonly tags: readonly string[];
  /** The name of the playbook that it was started from. */
  readonly playbook?: string;
  /** ms since 1970, of the first and the last event. */
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly lastSeq: number;
  readonly lastType: RunEvent["type"];
  readonly unreadable?: undefined;
}

export type HeadWithin = Pick<Within, "runId" | "step" | "item" | "root" | "depth">;

/** What a run needs from a person. */
export interface HeadWaiting {
  readonly approvals: number;
  readonly questions: number;
  /** Calls whose outcome is unknown and whose tool is not being asked. */
  readonly doubts: number;
  /** Calls that acted with an unusable output; absent: none. */
  readonly unusable?: number;
  /** A call that could not be undone; absent: there is none. */
  readonly undoing?: 1;
  /** Child runs that wait for a person; absent: none. Their own heads say for what. */
  readonly below?: number;
  /**
   * The first of them: the approval of a plan or of a call, else a question, else a doubt, else an unusable output, else a
   * child run.
   */
  readonly first: "plan" | "call" | "question" | "doubt" | "unusable" | "undoing" | "below";
}

export interface HeadTotals {
  readonly steps: number;
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly replans: number;
  readonly modelCalls: number;
  /** null if a provider did not report them. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** US dollars at the prices in the log; null if a price is missing, or tokens are unknown. */
  readonly costUsd: number | null;
}

/** `last` is the run's last event. */
export function headOf(run: Run, last: Pick<RunEvent, "type">): RunHead {
  const waiting = waitingOf(run);
  const { runId, seq, at } = run.request.parent ?? {};
  return {
    runId: run.id,
    goal: run.request.goal,
    status: statusOf(run),
    ...(waiting === undefined ? {} : { waiting }),
    revision: currentPlan(run)?.revision ?? 0,
    totals: totalsOf(run),
    ...(runId === undefined || seq === undefined || at === undefined ? {} : { parent: { runId, seq, at } }),
    ...(run.request.within === undefined ? {} : { within: placeOf(run.request.within) }),
    tags: run.request.tags,
    ...(run.request.playbook === undefined ? {} : { playbook: run.request.playbook.name }),
    startedAt: run.log.startedAt,
    updatedAt: run.log.updatedAt,
    lastSeq: run.log.seq,
    lastType: last.type,
  };
}

const placeOf = ({ runId, step, item, root, depth }: Within): HeadWithin => ({
  runId,
  step,
  ...(item === undefined ? {} : { item }),
  root,
  depth,
});

function waitingOf(run: Run): HeadWaiting | undefined {
  if (isEnded(run) || failedWith(run) !== undefined) return undefined;
  const [approval] = run.approvals.pending.values();
  if (compensatingOf(run) !== undefined) return waitingUndoing(run);
  const { questions, unusable } = run.execution;
  const [approvals, doubts] = [run.approvals.pending.size, doubtsOf(run)];
  const below = run.execution.childWaits;
  if (approvals + questions + doubts + unusable + below === 0) return undefined;
  const asks = questions > 0 ? "question" : doubts > 0 ? "doubt" : unusable > 0 ? "unusable" : "below";
  const first = approval === undefined ? asks : approval.subject === "plan" ? "plan" : "call";
  const more = { ...(unusable === 0 ? {} : { unusable }), ...(below === 0 ? {} : { below }) };
  return { approvals, questions, doubts, ...more, first };
}

/** While calls are undone, only this waits. */
function waitingUndoing(run: Run): HeadWaiting | undefined {
  const approvals = run.approvals.pending.size;
  const none = { approvals, questions: 0, doubts: 0 };
  if (asksAboutUndoing(run)) return { ...none, undoing: 1, first: "undoing" };
  return approvals === 0 ? undefined : { ...none, first: "call" };
}

function totalsOf(run: Run): HeadTotals {
  const { calls, inputTokens, outputTokens } = usageOf(run);
  return {
    steps: run.execution.steps.size,
    completed: run.execution.counts.completed,
    failed: run.execution.counts.failed,
    skipped: run.execution.counts.skipped,
    replans: run.planning.replans,
    modelCalls: calls,
    inputTokens,
    outputTokens,
    costUsd: costOf(run, (model) => run.request.settings.prices[model]).costUsd,
  };
}

function usageOf({ usage: { planner, executor, synthesizer } }: Run): Usage {
  return addUsage(addUsage(planner, executor), synthesizer);
}
