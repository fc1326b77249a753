// What a run waits for: people first, then times. In: the course of a run. Out: plain data in words.
import type { Lane } from "../../run/view/lane.js";
import { phaseKey } from "../../run/keys.js";
import type { PendingApproval } from "../../run/state.js";
import { failedWith, isEnded, isOpenDoubt, waitingChildren } from "../../run/status.js";
import { worksOf } from "../../run/steps.js";
import type { Work } from "../../run/work.js";
import { ANSWER_TITLE, itemLabel, planTitle, REVIEW_TITLE } from "../../words/row-titles.js";
import { WAIT_TITLES } from "../../words/wait-titles.js";
import { directTool } from "../../plan/step-kind.js";
import { isoTime, type RowContext } from "./row-context.js";
import type { WaitView } from "./run-view.js";

/** Retries and other times. Those that end first are shown. */
const MOST_TIMES = 100;

export function runWaits(context: RowContext): readonly WaitView[] {
  const { run } = context;
  if (isEnded(run)) return [];
  const times = [...phaseTimes(context), ...workTimes(context)].sort((a, b) => (a.until < b.until ? -1 : 1));
  // Nobody is asked any more in a run that has failed and still answers.
  const people =
    failedWith(run) === undefined ? [...approvals(context), ...questions(context), ...children(context)] : [];
  return [...people, ...times.slice(0, MOST_TIMES)];
}

const approvals = (context: RowContext): readonly WaitView[] =>
  [...context.run.approvals.pending.values()].map((pending) => approval(pending, context));

function approval(pending: PendingApproval, { run, plan }: RowContext): WaitView {
  const { subject, hash, call, items } = pending;
  const until = isoTime(pending.expiresAt);
  if (subject === "plan") {
    const revision = plan?.revision ?? 1;
    return { kind: "plan", key: phaseKey.plan(revision), hash, title: WAIT_TITLES.plan(revision), until };
  }
  const state = run.execution.steps.get(subject.step);
  const tool = call?.tool ?? (state && directTool(state.spec));
  const work =
    state && subject.item !== undefined && items === undefined ? state.fan?.items[subject.item] : state?.work;
  return { kind: "call", ...refOf(work, subject.step), hash, title: WAIT_TITLES.call(named(work), tool), until };
}

/** Questions of `ask` steps, doubts and unusable outputs. */
function questions(context: RowContext): readonly WaitView[] {
  const { steps } = context.run.execution;
  return [...steps.values()].flatMap(worksOf).flatMap((work): readonly WaitView[] => {
    const of = refOf(work, work.step.spec.id);
    if (work.status === "suspended" && work.question !== undefined)
      return [{ kind: "question", ...of, title: WAIT_TITLES.question(work.question), ...untilAsked(work) }];
    if (isOpenDoubt(context.run, work))
      return [{ kind: "doubt", ...of, title: WAIT_TITLES.doubt(named(work), work.doubt?.tool ?? "") }];
    if (work.status === "unusable")
      return [{ kind: "unusable", ...of, title: WAIT_TITLES.unusable(named(work), work.unusable?.tool ?? "") }];
    return [];
  });
}

/** What waits below: each entry names the child run that takes the answer. */
const children = ({ run }: RowContext): readonly WaitView[] =>
  waitingChildren(run).map((work) => ({
    kind: "child",
    ...refOf(work, work.step.spec.id),
    runId: work.child?.run ?? "",
    title: WAIT_TITLES.child(named(work), work.child?.waits),
  }));

/** A question of a tool expires. */
const untilAsked = ({ asking }: Work) => (asking === undefined ? {} : { until: isoTime(asking.expiresAt) });

type TimedWait = WaitView & { readonly until: string };

function workTimes(context: RowContext): readonly TimedWait[] {
  const { run, timeline } = context;
  return [...timeline.steps].flatMap(([id, { own, items }]) => {
    const state = run.execution.steps.get(id);
    const lanes = [[null, own] as const, ...[...items].map(([index, lane]) => [index, lane] as const)];
    return lanes.flatMap(([item, lane]): readonly TimedWait[] => {
      const until = untilOf(lane);
      const work = item === null ? state?.work : state?.fan?.items[item];
      if (until === undefined || work === undefined) return [];
      const of = { ...refOf(work, id), until: context.isoAfter(until) };
      if (work.status !== "unknown")
        return [{ kind: "retry", ...of, title: WAIT_TITLES.retry(named(work), work.attempt) }];
      return [{ kind: "timer", ...of, title: WAIT_TITLES.reconcile(named(work), work.doubt?.tool ?? "") }];
    });
  });
}

/** Requests to a planner or a synthesizer that are made again. */
function phaseTimes(context: RowContext): readonly TimedWait[] {
  const { timeline, run } = context;
  const plans = [...timeline.phases.plans].map(([revision, lane]) => {
    const { cause } = run.planning.plans.find((plan) => plan.revision === revision) ?? {};
    return { key: phaseKey.plan(revision), lane, title: planTitle(cause, revision) };
  });
  const others = [
    { lane: timeline.phases.review, title: REVIEW_TITLE },
    { key: phaseKey.answer, lane: timeline.phases.answer, title: ANSWER_TITLE },
  ];
  return [...plans, ...others].flatMap(({ lane, title, ...of }) => {
    const until = untilOf(lane);
    const attempt = lane.open?.attempt ?? 1;
    return until === undefined
      ? []
      : [
          {
            kind: "retry" as const,
            ...of,
            title: WAIT_TITLES.retry({ title }, attempt),
            until: context.isoAfter(until),
          },
        ];
  });
}

const untilOf = ({ open }: Lane): number | undefined => (open?.kind === "retry-wait" ? open.until : undefined);

function refOf(work: Work | undefined, key: string): Pick<WaitView, "key" | "item"> {
  return work === undefined || work.item === null ? { key } : { key, item: work.item };
}

function named(work: Work | undefined): { readonly title: string; readonly item?: string } {
  if (work === undefined) return { title: "" };
  const { spec, fan } = work.step;
  if (work.item === null) return { title: spec.title };
  return { title: spec.title, item: itemLabel(fan?.list[work.item] ?? null, work.item) };
}
