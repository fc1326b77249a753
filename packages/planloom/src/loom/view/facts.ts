// The facts at the head of a view: what failed first, what was slowest, what cost most, and why there was another plan.
// In: rows, and the course of a run. Out: plain data in words.
import { addUsage } from "../../plan/usage.js";
import { actedIn } from "../../run/view/acted.js";
import { reasonText } from "../../words/reasons.js";
import { cutLine } from "../../words/row-lines.js";
import { firstFailureText } from "../../words/run-facts.js";
import { costDocument } from "../cost-document.js";
import { executorDocuments } from "../executor-documents.js";
import { workedMs, type RowContext } from "./row-context.js";
import { rowKey, type ShownStep } from "./rows.js";
import type { FactsView, RowView } from "./run-view.js";

export function factsOf(rows: readonly RowView[], steps: readonly ShownStep[], context: RowContext): FactsView {
  const { run, timeline, beside } = context;
  const { planner, executor, synthesizer } = run.usage;
  const { inputTokens, outputTokens, calls } = addUsage(addUsage(planner, executor), synthesizer);
  const total = beside.estimates?.total;
  const executors = executorDocuments(run);
  return {
    ...failedFirst(steps, context),
    ...mostOf(rows, context.endMs),
    replans: {
      count: timeline.replans.length,
      allowed: run.request.settings.replan === "never" ? 0 : run.request.settings.replans,
      reasons: timeline.replans.map(({ revision, reason }) => ({ revision, text: cutLine(reasonText(reason), 300) })),
    },
    cost: costDocument(run),
    ...(executors === undefined ? {} : { executors }),
    tokens: { input: inputTokens, output: outputTokens, calls },
    attempts: attemptsIn(context),
    acted: actedIn(run),
    stepsTotal: run.execution.steps.size,
    stepsDone: run.execution.counts.completed,
    stepsSkipped: run.execution.counts.skipped,
    ...(total === undefined ? {} : { estimateMs: Math.round(total) }),
  };
}

/** The rows with the most time, tokens and money. The time that a person took is not that of a row. */
function mostOf(rows: readonly RowView[], endMs: number): Pick<FactsView, "slowest" | "mostTokens" | "mostCost"> {
  const most = (figure: (row: RowView) => number | null | undefined): RowView | undefined => {
    const known = rows.filter((row) => (figure(row) ?? 0) > 0);
    return known.length === 0
      ? undefined
      : known.reduce((best, row) => ((figure(row) ?? 0) > (figure(best) ?? 0) ? row : best));
  };
  const [slow, talks, costs] = [
    most((row) => workedMs(row, endMs)),
    most((row) => row.tokens),
    most((row) => row.costUsd),
  ];
  return {
    ...(slow === undefined ? {} : { slowest: { ...named(slow), ms: workedMs(slow, endMs) } }),
    ...(talks === undefined ? {} : { mostTokens: { ...named(talks), tokens: talks.tokens ?? 0 } }),
    ...(costs === undefined ? {} : { mostCost: { ...named(costs), costUsd: costs.costUsd ?? 0 } }),
  };
}

const named = ({ key, title }: RowView) => ({ key, title });

/** Only of steps and items. The rows of a plan and of the answer tell their own failures. */
function failedFirst(steps: readonly ShownStep[], context: RowContext): Pick<FactsView, "failedFirst"> {
  const [first] = context.timeline.failures;
  const shown = first && steps.find(({ lanes }) => lanes === first.lanes);
  if (first === undefined || shown === undefined) return {};
  const { ref, bar, lanes } = first;
  const { state } = shown;
  const lane = ref.item === undefined ? lanes.own : lanes.items.get(ref.item);
  const work = ref.item === undefined ? state.work : (state.fan?.items[ref.item] ?? state.work);
  const status = context.statuses.work(work, shown.dropped);
  const last = lane?.bars.findLast(({ kind }) => kind !== "person-wait");
  const told = { attempt: bar.attempt, code: bar.error?.code ?? "", status, reached: last?.attempt ?? bar.attempt };
  const item = ref.item === undefined ? {} : { item: ref.item };
  return {
    failedFirst: { key: rowKey(shown), ...item, title: state.spec.title, line: firstFailureText(told) },
  };
}

/** Attempts of steps and items. One that a wait interrupted counts once. */
function attemptsIn({ timeline }: RowContext): number {
  let attempts = 0;
  for (const lane of timeline.stepLanes())
    attempts += new Set(
      lane.bars.flatMap(({ kind, attempt, whole }) => (kind === "attempt" && !whole ? [attempt] : [])),
    ).size;
  return attempts;
}
