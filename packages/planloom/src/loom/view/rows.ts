// The rows of steps in a view, with the items of fan-outs. In: the state and the lanes of a step. Out: plain data in words.
import { executorModel } from "../../run/lookup.js";
import { directTool, isConversation, isSubPlan, toolNames } from "../../plan/step-kind.js";
import type { EffectClass } from "../../plan/tool-spec.js";
import { earlierKey } from "../../run/keys.js";
import type { Lane } from "../../run/view/lane.js";
import { metIn, roundsOf } from "../../run/rounds.js";
import { isReconciling } from "../../run/status.js";
import type { StepLanes } from "../../run/view/timeline.js";
import type { StepState, Work } from "../../run/work.js";
import { failureText } from "../../words/failures.js";
import { rowLine, type RowFacts } from "../../words/row-lines.js";
import { itemLabel, roundLabel } from "../../words/row-titles.js";
import { childDocument } from "../child-document.js";
import { EFFECTS, workedMs, type RowContext } from "./row-context.js";
import type { EffectView, ItemView, RowStatus, RowView } from "./run-view.js";

/** A step with its lanes. `dropped`: the current plan does not have it any more. */
export interface ShownStep {
  readonly state: StepState;
  readonly lanes?: StepLanes;
  readonly dropped?: true;
}

const MOST_ITEMS = 100;

/** Items that a reader looks for first. */
const FIRST: readonly RowStatus[] = ["unknown", "unusable", "waiting", "failed", "retrying", "running"];

export const rowKey = ({ state: { spec, revision }, dropped }: ShownStep): string =>
  dropped === true ? earlierKey(spec.id, revision) : spec.id;

export function stepRow(shown: ShownStep, context: RowContext): RowView {
  const { state, lanes, dropped = false } = shown;
  const { spec, work, fan } = state;
  const key = rowKey(shown);
  const plan = dropped ? context.planOf(state.revision) : context.plan;
  const waves = plan === undefined ? undefined : context.waves(plan);
  const status = context.statuses.step(state, dropped);
  const facts = factsOf(shown, work, status, context);
  const tool = directTool(spec);
  const own = lanes?.own;
  return {
    kind: "step",
    key,
    title: spec.title,
    revision: state.revision,
    does: spec.kind,
    ...(tool === undefined ? {} : { tool }),
    ...effectOf(state, context),
    wave: waves?.wave.get(spec.id) ?? 1,
    needs: waves?.needs.get(spec.id) ?? spec.dependsOn,
    status,
    line: rowLine(facts),
    ...errorOf(work, status),
    ...waitOf(own, status, context),
    ...(facts.queuedBefore === undefined ? {} : { queuedBefore: facts.queuedBefore }),
    bars: own === undefined ? [] : context.bars(own),
    ...(fan === undefined || (fan.rounds !== undefined && fan.items.length === 0)
      ? {}
      : { items: itemsOf(shown, context) }),
    critical: isOnPath(lanes, context),
    ...estimated(key, own, status, context),
    ...(own === undefined ? {} : context.times(own)),
    ...context.spent(work.usage, executorModel(context.run, spec)),
    ...(facts.turns === undefined ? {} : { turns: facts.turns }),
    ...childOf(work),
  };
}

function childOf(work: Work): Pick<RowView, "child"> {
  const child = childDocument(work);
  return child === undefined ? {} : { child };
}

function isOnPath(lanes: StepLanes | undefined, context: RowContext): boolean {
  if (lanes === undefined) return false;
  return context.isCritical(lanes.own) || [...lanes.items.values()].some((lane) => context.isCritical(lane));
}

function estimated(key: string, own: Lane | undefined, status: RowStatus, context: RowContext) {
  const estimateMs = context.beside.estimates?.rows.get(key);
  if (estimateMs === undefined) return {};
  const worked = own === undefined ? 0 : workedMs({ ...context.times(own), bars: context.bars(own) }, context.endMs);
  const late = status !== "skipped" && isLate(worked, estimateMs);
  return { estimateMs: Math.round(estimateMs), ...(late ? { late: true as const } : {}) };
}

export const isLate = (worked: number, estimateMs: number): boolean =>
  worked > 1.5 * estimateMs && worked - estimateMs > 500;

/** When the next attempt starts. */
function waitOf(lane: Lane | undefined, status: RowStatus, context: RowContext): Pick<RowView, "retryAt"> {
  const until = status === "retrying" ? lane?.open?.until : undefined;
  return until === undefined ? {} : { retryAt: context.isoAfter(until) };
}

function errorOf({ error }: Work, status: RowStatus): Pick<RowView, "error"> {
  if (error === undefined || status === "done") return {};
  return { error: { code: error.code, message: failureText(error) } };
}

const GRAVITY: readonly EffectClass[] = ["once", "idempotent", "none"];

/** The gravest of the tools that a step may call. */
function effectOf({ spec, tool, revision }: StepState, context: RowContext): { readonly effect?: EffectView } {
  if (tool !== undefined) return { effect: EFFECTS[tool.effects] };
  if (!isConversation(spec) && !isSubPlan(spec)) return {};
  const tools = context.planOf(revision)?.tools ?? new Map<string, never>();
  const names = toolNames(spec);
  const all = names === "all" ? [...tools.keys()] : names;
  const found = new Set(all.map((name) => tools.get(name)?.effects ?? "once"));
  return { effect: EFFECTS[GRAVITY.find((effects) => found.has(effects)) ?? "none"] };
}

// The line

function factsOf(shown: ShownStep, work: Work, status: RowStatus, context: RowContext): RowFacts {
  const { spec, fan } = work.step;
  const { lanes } = shown;
  const lane = work.item === null ? lanes?.own : lanes?.items.get(work.item);
  const tool = directTool(spec);
  const whole = work.item === null ? fan : undefined;
  const turns = turnsOf(work, status, context);
  const before = status === "queued" ? context.queue.get(work) : undefined;
  const reason = work.skipped ?? work.reason;
  return {
    status,
    ...(lane === undefined ? { unbegun: true } : {}),
    needs: status === "planned" || status === "cancelled" ? openNeeds(shown, context) : [],
    ...attemptIn(work, lane, status),
    attempts: spec.retry.attempts,
    ...(tool === undefined || work.item !== null ? {} : { tool }),
    ...(isConversation(spec) ? { agent: true } : {}),
    ...(isSubPlan(spec) ? { subPlan: true } : {}),
    ...(work.child?.waits === undefined ? {} : { below: work.child.waits }),
    ...(turns === undefined ? {} : { turns }),
    ...partsIn(work.step, work.item),
    ...(before === undefined ? {} : { queuedBefore: before }),
    ...(work.summary === undefined ? {} : { summary: work.summary }),
    ...(work.output === undefined || (whole !== undefined && whole.rounds === undefined)
      ? {}
      : { output: work.output }),
    ...(work.error === undefined ? {} : { error: work.error }),
    ...(reason === undefined ? {} : { reason }),
    ...askedOf(work, context),
    ...(work.carried === undefined ? {} : { reused: work.carried === context.run.id ? true : work.carried }),
  };
}

/** The items or rounds of a step as a whole, or what `until` says of one round. */
function partsIn(state: StepState, item: number | null): Pick<RowFacts, "items" | "rounds" | "met"> {
  const { fan } = state;
  const rounds = roundsOf(state);
  if (fan === undefined) return {};
  if (item === null)
    return rounds === undefined
      ? { items: { total: fan.items.length, done: fan.items.filter(isDone).length } }
      : { rounds };
  const met = metIn(fan, item);
  return met === undefined ? {} : { met };
}

const isDone = ({ status }: Work): boolean => status === "completed" || status === "skipped";

/** The number of the attempt that is shown: the running or the next one, or the last one. */
function attemptIn(work: Work, lane: Lane | undefined, status: RowStatus): Pick<RowFacts, "attempt"> {
  if (status === "running" || status === "retrying") return { attempt: work.attempt };
  const last = lane?.bars.findLast(({ kind, whole }) => kind === "attempt" && whole !== true);
  return last === undefined ? {} : { attempt: last.attempt };
}

/** Model turns. The one that is running is not counted in the log yet. */
function turnsOf(work: Work, status: RowStatus, { beside }: RowContext): number | undefined {
  if (!isConversation(work.step.spec)) return undefined;
  const open = status === "running" ? beside.turns?.get(work) : undefined;
  const { calls } = work.usage;
  return open ?? (calls === 0 ? undefined : calls);
}

/** The steps that it still waits for. */
function openNeeds({ state }: ShownStep, context: RowContext): readonly string[] {
  const { plan } = context;
  const needs = (plan && context.waves(plan).needs.get(state.spec.id)) ?? state.spec.dependsOn;
  return needs.filter((id) => {
    const needed = context.run.execution.steps.get(id);
    return needed === undefined || !isDone(needed.work);
  });
}

function askedOf(work: Work, context: RowContext): Pick<RowFacts, "asks" | "reconciles"> {
  const { question, status, step } = work;
  if (status === "unknown") return isReconciling(context.run, work) ? { reconciles: true } : {};
  if (question !== undefined) return { asks: { question } };
  if (status !== "suspended") return {};
  const call = context.callWaiting(work) ?? directTool(step.spec) ?? step.spec.kind;
  return { asks: { call } };
}

// Items

function itemsOf(shown: ShownStep, context: RowContext): NonNullable<RowView["items"]> {
  const { fan } = shown.state;
  const items = fan?.items ?? [];
  const counts: { [status in RowStatus]?: number } = {};
  const ranked = items.map((work, index) => {
    const status = context.statuses.work(work, shown.dropped);
    counts[status] = (counts[status] ?? 0) + 1;
    const rank = FIRST.indexOf(status);
    return { work, index, status, rank: rank === -1 ? FIRST.length : rank };
  });
  const shownFirst = ranked.sort((a, b) => a.rank - b.rank || a.index - b.index).slice(0, MOST_ITEMS);
  const rounds = roundsOf(shown.state);
  return {
    total: items.length,
    counts,
    shown: shownFirst.map(({ work }) => itemView(shown, work, context)),
    ...(rounds === undefined ? {} : { rounds: { most: rounds.of, met: rounds.met } }),
  };
}

export function itemView(shown: ShownStep, work: Work, context: RowContext): ItemView {
  const index = work.item ?? 0;
  const lane = shown.lanes?.items.get(index);
  const status = context.statuses.work(work, shown.dropped);
  return {
    index,
    label:
      shown.state.fan?.rounds === undefined
        ? itemLabel(shown.state.fan?.list[index] ?? null, index)
        : roundLabel(index),
    status,
    line: rowLine(factsOf(shown, work, status, context)),
    bars: lane === undefined ? [] : context.bars(lane),
    critical: lane !== undefined && context.isCritical(lane),
    ...childOf(work),
  };
}
