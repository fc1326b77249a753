// One phase for people: a plan, or the answer. In: the log of a run, the journal of the role, and the key of the phase.
// Out: a view as data with words, in the form of a step's view.
import { answerNeedsOf } from "../../plan/graph.js";
import type { Json } from "../../plan/json.js";
import { writePlan } from "../../plan/write.js";
import type { RunEvent } from "../../run/event.js";
import { phaseKey, revisionOfKey, ROLE_SCOPES } from "../../run/keys.js";
import type { Lane } from "../../run/view/lane.js";
import { originOfAnswer, originOfPlan, type ValueOrigin } from "../../run/view/origins.js";
import type { JournalRow } from "../../store/event-store.js";
import { attemptsOf } from "./attempts.js";
import { originView } from "./arguments.js";
import { answerRow, planRows } from "./phase-rows.js";
import type { RowContext } from "./row-context.js";
import type { RowView, StepView } from "./run-view.js";
import { eventsWhere } from "./step-events.js";
import { turnsOf } from "./turns.js";

export interface FoundPhase {
  readonly row: RowView;
  readonly lane: Lane | undefined;
  /** The step of its rows in the journal. */
  readonly scope: string;
  readonly output?: Json;
  readonly origin: ValueOrigin;
  readonly isAbout: (event: RunEvent, revision: number) => boolean;
}

/** undefined if the run has no such phase. */
export function findPhase(key: string, context: RowContext): FoundPhase | undefined {
  const revision = revisionOfKey(key);
  if (revision !== undefined) return planPhase(revision, context);
  return key === phaseKey.answer ? answerPhase(context) : undefined;
}

function planPhase(revision: number, context: RowContext): FoundPhase | undefined {
  const row = planRows(context).get(revision);
  if (row === undefined) return undefined;
  const plan = context.run.planning.plans.find((one) => one.revision === revision);
  return {
    row,
    lane: context.timeline.phases.plans.get(revision),
    scope: ROLE_SCOPES.plan,
    ...(plan === undefined ? {} : { output: writePlan(plan.plan) }),
    origin: originOfPlan(plan ?? {}),
    isAbout: (event, current) => revisionOf(event, current) === revision,
  };
}

/** The revision of the plan that an event is about. `current`: that of the last plan before it. */
function revisionOf({ type, data }: RunEvent, current: number): number | undefined {
  switch (type) {
    case "plan.proposed":
      return data.revision;
    case "approval.requested":
    case "approval.granted":
    case "approval.denied":
      return data.subject === "plan" ? current : undefined;
    case "plan.invalid":
    case "plan.failed":
    case "plan.stepDrafted":
    case "replan.requested":
      return current + 1;
    default:
      return undefined;
  }
}

function answerPhase(context: RowContext): FoundPhase | undefined {
  const row = answerRow(context);
  const { run, plan, timeline } = context;
  if (row === undefined || plan === undefined) return undefined;
  const { answer } = run.answering;
  return {
    row,
    lane: timeline.phases.answer,
    scope: ROLE_SCOPES.answer,
    ...(answer === undefined ? {} : { output: answer }),
    origin: originOfAnswer(run, answerNeedsOf(plan.plan)),
    isAbout: ({ type }) => type === "execution.completed" || type.startsWith("answer."),
  };
}

/** `rows`: the journal of its role, over all phases. */
export function phaseView(
  phase: FoundPhase,
  log: readonly RunEvent[],
  rows: readonly JournalRow[],
  { endMs, run }: RowContext,
): StepView {
  const { row, lane, output, origin, isAbout } = phase;
  const numbered = rows.flatMap((one) => {
    const attempt = attemptOf(phase, one.attempt);
    return attempt === undefined ? [] : [{ ...one, attempt }];
  });
  const startOf = (attempt: number): number | undefined => {
    const bar = lane?.bars.find((one) => one.kind === "attempt" && one.attempt === attempt);
    return bar && run.log.startedAt + bar.from.ms;
  };
  return {
    row,
    may: [],
    ...(output === undefined ? {} : { output }),
    args: [],
    labels: originView(origin),
    attempts: lane === undefined ? [] : attemptsOf(lane, endMs),
    turns: turnsOf(numbered, startOf),
    calls: [],
    readBy: [],
    events: eventsWhere(log, isAbout),
  };
}

/**
 * The attempt of the view in which a request was made. The journal numbers requests for a plan by the event that caused
 * them, those for an answer from 1.
 */
export function attemptOf({ scope, lane }: Pick<FoundPhase, "scope" | "lane">, number: number): number | undefined {
  const attempts = lane?.bars.filter(({ kind }) => kind === "attempt") ?? [];
  if (scope !== ROLE_SCOPES.plan) return attempts.find(({ attempt }) => attempt === number)?.attempt;
  // An attempt after a wait begins between two events.
  return attempts.find(({ from, to }) => Math.floor(from.seq) <= number && number < (to?.seq ?? Infinity))?.attempt;
}
