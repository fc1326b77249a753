// The context of a step when it began. In: the log of a run, and a step or item. Out: the data that it could see, from
// the run rebuilt up to the event before. The trace shows its results.
import { dataNeedsOf, expressionsOf } from "../plan/graph.js";
import type { Json } from "../plan/json.js";
import type { Step } from "../plan/plan.js";
import { referencedNames } from "../plan/expression/reference.js";
import type { RunEvent, StepRef } from "../run/event.js";
import { evolve } from "../run/evolve/evolve.js";
import { contextOf, currentPlan } from "../run/lookup.js";
import { emptyRun, type Run } from "../run/state.js";
import type { FanOut, StepState } from "../run/work.js";

export interface ContextThen extends StepRef {
  readonly title: string;
  /** The seq of the event with which it began. The context is the state before that event. */
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
  readonly attempt: number;
  readonly revision: number;
  readonly goal: string;
  /** By name: the outputs and inputs that its references read. For an item, also the item and its index. */
  readonly references: { readonly [name: string]: Json };
  /** Whole outputs that its model got: those of the steps that it depends on. */
  readonly context: { readonly [step: string]: Json };
  /** Resolved. */
  readonly arguments: Json;
}

/** The context of the last start. undefined if the step has not started. */
export function contextAt(log: readonly RunEvent[], ref: StepRef): ContextThen | undefined {
  const last = log.findLast((event) => begins(event, ref));
  if (last === undefined) return undefined;
  const run = emptyRun(last.runId);
  for (const event of log) if (event.seq < last.seq) evolve(run, event);
  const state = run.execution.steps.get(ref.step)!;
  return {
    ...ref,
    title: state.spec.title,
    seq: last.seq,
    at: new Date(last.at).toISOString(),
    attempt: last.type === "step.started" ? last.data.attempt : state.work.attempt,
    revision: currentPlan(run)?.revision ?? state.revision,
    goal: run.request.goal,
    references: referencesOf(run, state, ref.item),
    context: contextOf(run, state.spec),
    arguments: argumentsIn(last),
  };
}

/** A step begins with its call, its filling, its question, its request for approval, or (for a fan-out) its list. */
function begins({ type, data }: RunEvent, { step, item }: StepRef): boolean {
  if (type === "step.expanded") return data.step === step && item === undefined;
  if (type === "approval.requested") {
    const { subject, call } = data;
    // A call inside an agent step comes after the step has begun.
    return subject !== "plan" && subject.step === step && subject.item === item && call === undefined;
  }
  if (type !== "step.started" && type !== "step.suspended" && type !== "step.filling") return false;
  return data.step === step && data.item === item;
}

function argumentsIn({ type, data }: RunEvent): Json {
  if (type === "step.started" || type === "step.filling") return data.args;
  if (type === "step.suspended") return data.data;
  if (type === "approval.requested") return data.args ?? data.items?.map(({ args }) => args) ?? null;
  return type === "step.expanded" ? data.list : null;
}

function referencesOf(run: Run, { spec, fan }: StepState, item: number | undefined): ContextThen["references"] {
  const names = referencedNames(expressionsOf(spec));
  const own = item === undefined || fan === undefined ? {} : ownNames(spec, fan, item);
  const inputs = names.includes("inputs") ? { inputs: run.request.inputs } : {};
  return { ...inputs, ...outputs(run, dataNeedsOf(spec)), ...own };
}

/** What only an item, or a round, can refer to. */
const ownNames = (spec: Step, { list, items, rounds }: FanOut, item: number): { readonly [name: string]: Json } =>
  rounds === undefined
    ? { [spec.as ?? "item"]: list[item] ?? null, index: item }
    : { previous: items[item - 1]?.output ?? null, round: item + 1 };

function outputs(run: Run, ids: readonly string[]): { readonly [step: string]: Json } {
  return Object.fromEntries(ids.map((id) => [id, run.execution.steps.get(id)?.work.output ?? null]));
}
