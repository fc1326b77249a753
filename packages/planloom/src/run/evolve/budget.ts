// Folds the budget: the run's spending, and the reservations of open calls. In: a run and an event. Out: the same run,
// changed in place. decide/budget.ts uses these sums to decide whether one more call fits.
import { costByModel, costUsd as costOf, type Price } from "../../plan/estimate/price.js";
import { NO_USAGE, usageSince, type Usage } from "../../plan/usage.js";
import type { EventData, EventType, RunEvent } from "../event.js";
import { failWith, type Failure } from "../failure.js";
import type { Reserve } from "../input.js";
import type { ChildShare } from "../event/child.js";
import { answerKey, callKey, critiqueKey, fillKey } from "../keys.js";
import { isSubPlanCall } from "../child-use.js";
import { chooseOf, executorModel, findWork, reviewOf, workOf } from "../lookup.js";
import { type Allowance, type Run } from "../state.js";
import type { Spent } from "../spent.js";
import type { Work } from "../work.js";

export const NOTHING_SPENT: Spent = { modelCalls: 0, tokens: 0, costUsd: 0 };

export function add(a: Spent, b: Spent): Spent {
  return { modelCalls: a.modelCalls + b.modelCalls, tokens: a.tokens + b.tokens, costUsd: a.costUsd + b.costUsd };
}

// What has been used

/**
 * The spending of an effect after its latest report of usage. A call without a report (it failed, or a crash
 * interrupted it), or without token counts, counts with its reservation. Without a reservation, price or count it is 0.
 */
function spentBy(run: Run, { told, spent, reserved }: Allowance, usage: Usage, model: string | null): Spent {
  const more = usageSince(told, usage);
  if (more.calls === 0) return add(spent, reserved);
  const { calls: modelCalls, inputTokens, outputTokens } = more;
  if (inputTokens === null || outputTokens === null) return add(spent, { ...reserved, modelCalls });
  const costUsd = costByModel(more, model, (name) => priceOf(run, name)) ?? 0;
  return add(spent, { modelCalls, tokens: inputTokens + outputTokens, costUsd });
}

/** The effect that reports usage in an event. */
interface Reporter {
  readonly key: string;
  readonly model: string | null;
  /** Usage that earlier events have reported. An attempt that continues reports it again. */
  readonly told?: Usage;
}

/** Adds the usage in an event to the spending. Must be called before the event is applied. */
export function book(run: Run, event: RunEvent): void {
  const { type, data } = event;
  // Most steps call no model, and most runs have no budget. Then there is nothing to add.
  if (!("usage" in data) || data.usage === undefined || (data.usage.calls === 0 && run.spending.allowances.size === 0))
    return;
  const { key, model, told = NO_USAGE } = reporterOf(run, type, data);
  const allowance = run.spending.allowances.get(key) ?? { told, spent: NOTHING_SPENT, reserved: NOTHING_SPENT };
  run.spending.allowances.delete(key);
  const unpaid = "unpaid" in data && data.unpaid === true;
  const { reserved } = allowance;
  // A child run has told what it used. The rest of its part is free again.
  if (isSubPlanCall(run, run.owed.get(key))) return void (run.spending.used = add(run.spending.used, allowance.spent));
  const held = unpaid ? { ...allowance, reserved: { ...NOTHING_SPENT, modelCalls: reserved.modelCalls } } : allowance;
  run.spending.used = add(run.spending.used, spentBy(run, held, data.usage, model));
}

type Telling = Extract<EventData[EventType], { readonly usage?: Usage }>;

function reporterOf(run: Run, type: EventType, data: Telling): Reporter {
  const { planner, synthesizer } = run.request.models;
  if (type === "step.judged" || type === "judge.failed" || type === "answer.reviewed" || type === "critique.failed")
    return judgeReporter(run, data);
  const place = "subject" in data ? data.subject : data;
  if (typeof place === "object" && "step" in place) {
    const work = findWork(run, place);
    return work === undefined ? { key: "", model: null } : stepReporter(run, work);
  }
  if (type.startsWith("answer.")) return { key: answerKey(run.answering.requests), model: synthesizer };
  if (type === "plan.reviewed" || type === "review.failed") return { key: reviewOf(run) ?? "", model: planner };
  if (type.startsWith("strategy.")) return { key: chooseOf(run)?.key ?? "", model: run.request.models.executor };
  for (const { kind, key } of run.owed.values()) if (kind === "plan") return { key, model: planner };
  return { key: "", model: planner };
}

/** The judge of an output, or the critic of the answer. */
function judgeReporter(run: Run, data: Telling): Reporter {
  const key = "step" in data ? findWork(run, data)?.judging?.request : critiqueKey(run.answering.critiques);
  const effect = run.owed.get(key ?? "");
  const role = effect?.kind === "judge" || effect?.kind === "critique" ? effect.role : undefined;
  return { key: key ?? "", model: role === undefined ? null : run.request.models[role] };
}

function stepReporter(run: Run, work: Work): Reporter {
  const { step, told } = work;
  const fill = fillKey(work);
  const key = run.owed.has(fill) ? fill : callKey(work);
  return { key, model: executorModel(run, step.spec), ...(told === undefined ? {} : { told }) };
}

/**
 * An effect that disappeared without a report counts with its spending and its reservation. Must be called after an
 * event was applied.
 */
export function forgetGone(run: Run): void {
  for (const [key, { spent, reserved }] of run.spending.allowances) {
    if (run.owed.has(key)) continue;
    run.spending.allowances.delete(key);
    run.spending.used = add(run.spending.used, add(spent, reserved));
  }
}

/** The price in the settings of the run; undefined if it is not known. */
export function priceOf(run: Run, model: string | null): Price | undefined {
  return model !== null && Object.hasOwn(run.request.settings.prices, model)
    ? run.request.settings.prices[model]
    : undefined;
}

// Requests for a reservation

/** A model call of an effect, with the effect's usage so far. */
export type BudgetCall = Omit<Reserve, "type">;

export function costOfCall(run: Run, { model, inputTokens, outputTokens }: BudgetCall): number | null {
  return costOf({ calls: 1, inputTokens, outputTokens }, priceOf(run, model)) ?? null;
}

export function partFor(run: Run, call: BudgetCall): Spent {
  return { modelCalls: 1, tokens: call.inputTokens + call.outputTokens, costUsd: costOfCall(run, call) ?? 0 };
}

export function spentUntil(run: Run, { key, spent }: BudgetCall): Spent {
  const { model, told = NO_USAGE } = askerOf(run, key);
  const allowance = run.spending.allowances.get(key) ?? { told, spent: NOTHING_SPENT, reserved: NOTHING_SPENT };
  return spentBy(run, allowance, spent, model);
}

function askerOf(run: Run, key: string): Omit<Reporter, "key"> {
  const effect = run.owed.get(key);
  switch (effect?.kind) {
    case "plan":
    case "review":
      return { model: run.request.models.planner };
    case "answer":
      return { model: run.request.models.synthesizer };
    case "judge":
    case "critique":
      return { model: run.request.models[effect.role] };
    case "choose":
      return { model: run.request.models.executor };
    case "call":
    case "fill":
      return stepReporter(run, workOf(run, effect));
    default:
      return { model: null };
  }
}

/** Records a request for a reservation. `allowed`: its call may be sent. */
export function ask(run: Run, call: BudgetCall, allowed: boolean): void {
  const spent = spentUntil(run, call);
  run.spending.allowances.set(call.key, {
    told: call.spent,
    spent,
    reserved: allowed ? partFor(run, call) : NOTHING_SPENT,
  });
}

/** Reserves the part of a child run. */
export function reserveShare(run: Run, key: string, { modelCalls, tokens, costUsd }: ChildShare): void {
  const reserved = { modelCalls: modelCalls ?? 0, tokens: tokens ?? 0, costUsd: costUsd ?? 0 };
  run.spending.allowances.set(key, { told: NO_USAGE, spent: NOTHING_SPENT, reserved });
}

/** The failure of a run that reached a limit of its budget. */
export function exhaustedFailure({ limit, allowed, wanted }: EventData["budget.exhausted"]): Failure {
  return failWith("BUDGET_EXHAUSTED", { limit, allowed, wanted });
}
