// A run for people. In: its events, the time, and what is known beside the log. Out: a view as data with words.
import type { Run } from "../../run/state.js";
import { strategyOf } from "../../run/strategy.js";
import { strategyText } from "../../words/strategies.js";
import type { RunEvent } from "../../run/event.js";
import { currentPlan } from "../../run/lookup.js";
import { endOf, statusOf } from "../../run/status.js";
import { criticalBars } from "../../run/view/critical-path.js";
import { gapsIn } from "../../run/view/idle.js";
import { RunTimeline } from "../../run/view/timeline.js";
import { withinDocument } from "../child-document.js";
import { factsOf } from "./facts.js";
import { answerRow, planRows } from "./phase-rows.js";
import { endMsOf, isoTime, RowContext, type Beside } from "./row-context.js";
import { stepRow, type ShownStep } from "./rows.js";
import type { RowView, RunView } from "./run-view.js";
import { runWaits } from "./waits.js";

/** `log` has at least one event. */
export function timelineOf(log: readonly RunEvent[]): RunTimeline {
  const timeline = new RunTimeline(log[0]?.runId ?? "");
  for (const event of log) timeline.hear(event);
  return timeline;
}

export function viewOf(timeline: RunTimeline, beside: Beside): RunView {
  const { run } = timeline;
  const context = rowContext(timeline, beside);
  const end = endOf(run);
  const steps = shownSteps(timeline);
  const rows = rowsOf(steps, context);
  const within = withinDocument(run);
  return {
    runId: run.id,
    goal: run.request.goal,
    ...(run.request.settings.simulated === true && { simulated: true }),
    ...strategyIn(run),
    status: statusOf(run),
    ...(within === undefined ? {} : { within }),
    seq: run.log.seq,
    startedAt: isoTime(run.log.startedAt),
    finishedAt: end === undefined ? null : isoTime(end.at),
    updatedAt: isoTime(run.log.updatedAt),
    revision: currentPlan(run)?.revision ?? 0,
    revisions: run.planning.plans.map(({ revision }) => revision),
    rows,
    axis: { endMs: context.endMs, gaps: gapsIn(timeline, context.endMs) },
    facts: factsOf(rows, steps, context),
    waits: runWaits(context),
  };
}

function strategyIn(run: Run): Pick<RunView, "strategy"> {
  const { choice } = run.planning;
  const strategy = strategyOf(run);
  return strategy === "plan" && choice === undefined ? {} : { strategy: strategyText(strategy, choice) };
}

/** The timeline is not continued after it. */
export function rowContext(timeline: RunTimeline, beside: Beside): RowContext {
  timeline.settle(endMsOf(timeline, beside.now));
  return new RowContext(timeline, beside, criticalBars(timeline, beside.estimates?.rest));
}

/** Every step that is shown: those of the current plan, and those of earlier plans that have begun. */
export function shownSteps(timeline: RunTimeline): readonly ShownStep[] {
  const earlier = timeline.earlier.map(({ state, lanes }): ShownStep => ({ state, lanes, dropped: true }));
  const current = [...timeline.run.execution.steps.values()].map((state): ShownStep => {
    const lanes = timeline.steps.get(state.spec.id);
    return lanes === undefined ? { state } : { state, lanes };
  });
  return [...earlier, ...current];
}

/** Each plan, then the steps that began under it. */
function rowsOf(steps: readonly ShownStep[], context: RowContext): readonly RowView[] {
  const rows = new Map<number, RowView[]>([...planRows(context)].map(([revision, row]) => [revision, [row]]));
  const revisions = [...rows.keys()];
  const sorted = [...steps].sort((a, b) => a.state.index - b.state.index);
  for (const shown of sorted) {
    // A step that has begun before its plan was complete stands under that plan.
    const revision = shown.state.revision === 0 ? (revisions[0] ?? 1) : shown.state.revision;
    const under = rows.get(revision);
    if (under === undefined) rows.set(revision, [stepRow(shown, context)]);
    else under.push(stepRow(shown, context));
  }
  const answer = answerRow(context);
  const all = [...rows].sort(([a], [b]) => a - b).flatMap(([, under]) => under);
  return answer === undefined ? all : [...all, answer];
}
