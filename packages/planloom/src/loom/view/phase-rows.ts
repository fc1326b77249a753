// The rows of phases in a view: plans and the answer. In: the lanes of a run. Out: plain data in words.
import { answerNeedsOf } from "../../plan/graph.js";
import { NO_USAGE, type Usage } from "../../plan/usage.js";
import { phaseKey } from "../../run/keys.js";
import type { Lane } from "../../run/view/lane.js";
import { isEnded } from "../../run/status.js";
import type { ProposedPlan } from "../../run/state.js";
import { failureText } from "../../words/failures.js";
import { answerLine, planLine } from "../../words/phase-lines.js";
import { ANSWER_TITLE, planTitle } from "../../words/row-titles.js";
import { barStatus, workedMs, type RowContext } from "./row-context.js";
import type { RowStatus, RowView } from "./run-view.js";
import { isLate } from "./rows.js";

const empty = { kind: "phase", needs: [] } as const;

/** The plans of a run, with the one that is being written. By revision. */
export function planRows(context: RowContext): ReadonlyMap<number, RowView> {
  const { run, timeline } = context;
  const proposed = new Map(run.planning.plans.map((plan) => [plan.revision, plan]));
  const revisions = new Set([...proposed.keys(), ...timeline.phases.plans.keys()]);
  const begun = [...revisions].filter((revision) =>
    isBegun(timeline.phases.plans.get(revision), proposed.get(revision)),
  );
  return new Map(begun.sort((a, b) => a - b).map((revision) => [revision, planRow(revision, proposed, context)]));
}

const isBegun = (lane: Lane | undefined, plan: ProposedPlan | undefined): boolean =>
  plan !== undefined || (lane !== undefined && lane.bars.length > 0);

function planRow(revision: number, proposed: ReadonlyMap<number, ProposedPlan>, context: RowContext): RowView {
  const lane = context.timeline.phases.plans.get(revision);
  const plan = proposed.get(revision);
  const usage = lane === undefined ? NO_USAGE : context.timeline.spentIn(lane);
  const status = planStatus(lane, plan, context);
  return {
    ...empty,
    key: phaseKey.plan(revision),
    title: planTitle(plan?.replan?.reason.code === "QUESTIONS_ANSWERED" ? "answers" : plan?.cause, revision),
    revision,
    wave: 0,
    status,
    line: planLine({
      status,
      revision,
      calls: usage.calls,
      ...(revision === 1 && { scouted: context.run.planning.scouted?.calls.length ?? 0 }),
      ...(plan === undefined ? {} : { cause: plan.cause }),
      ...(plan?.denied === undefined ? {} : { denied: plan.denied }),
      ...attemptIn(lane),
      ...failureIn(lane),
    }),
    ...shared(lane, usage, context.run.request.models.planner, phaseKey.plan(revision), status, context),
  };
}

function planStatus(lane: Lane | undefined, plan: ProposedPlan | undefined, { run }: RowContext): RowStatus {
  const { open } = lane ?? {};
  if (open !== undefined) return run.paused && open.kind === "attempt" ? "paused" : barStatus(open);
  if (plan?.denied !== undefined) return "cancelled";
  if (plan !== undefined) return "done";
  return lane?.bars.at(-1)?.end === "failed" ? "failed" : "cancelled";
}

/** Absent before a plan: nothing tells yet whether there will be an answer. */
export function answerRow(context: RowContext): RowView | undefined {
  const { plan, timeline, run } = context;
  if (plan === undefined) return undefined;
  const lane = timeline.phases.answer;
  const usage = timeline.spentIn(lane);
  const status = answerStatus(lane, context);
  const needs = answerNeedsOf(plan.plan);
  const partial = run.answering.partial === true ? { partial: true as const } : {};
  return {
    ...empty,
    key: phaseKey.answer,
    title: ANSWER_TITLE,
    revision: plan.revision,
    wave: context.waves(plan).last + 1,
    needs,
    status,
    line: answerLine({ status, calls: usage.calls, needs, ...partial, ...attemptIn(lane), ...failureIn(lane) }),
    ...shared(lane, usage, run.request.models.synthesizer, phaseKey.answer, status, context),
  };
}

function answerStatus({ open, bars }: Lane, { run }: RowContext): RowStatus {
  if (open !== undefined) return run.paused ? "paused" : barStatus(open);
  if (run.answering.answer !== undefined) return "done";
  if (!isEnded(run)) return "planned";
  return bars.at(-1)?.end === "failed" ? "failed" : "cancelled";
}

const attemptIn = (lane: Lane | undefined): { readonly attempt?: number } => {
  const last = lane?.bars.findLast(({ kind }) => kind !== "person-wait");
  return last === undefined ? {} : { attempt: last.attempt };
};

function failureIn(lane: Lane | undefined) {
  const failed = lane?.bars.findLast(({ error }) => error !== undefined)?.error;
  return failed === undefined ? {} : { error: failed };
}

function shared(
  lane: Lane | undefined,
  usage: Usage,
  model: string | null,
  key: string,
  status: RowStatus,
  context: RowContext,
) {
  const { error } = failureIn(lane);
  const times = lane === undefined ? {} : context.times(lane);
  const estimateMs = context.beside.estimates?.rows.get(key);
  const until = status === "retrying" ? lane?.open?.until : undefined;
  const bars = lane === undefined ? [] : context.bars(lane);
  const late = estimateMs !== undefined && isLate(workedMs({ ...times, bars }, context.endMs), estimateMs);
  return {
    ...(error === undefined || status === "done" ? {} : { error: { code: error.code, message: failureText(error) } }),
    ...(until === undefined ? {} : { retryAt: context.isoAfter(until) }),
    bars,
    critical: lane !== undefined && context.isCritical(lane),
    ...(estimateMs === undefined ? {} : { estimateMs: Math.round(estimateMs) }),
    ...(late ? { late: true as const } : {}),
    ...times,
    ...context.spent(usage, model),
  };
}
