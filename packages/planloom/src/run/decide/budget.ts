// Decides whether one more model call fits into the budget of a run, and whether its time is up. In: a run and a
// request. Out: facts; none while open calls may still release a part of their reservations. evolve/budget.ts folds the
// spending.
import { fact, type Fact } from "../event.js";
import type { Failure } from "../failure.js";
import { add, costOfCall, NOTHING_SPENT, partFor, spentUntil, type BudgetCall } from "../evolve/budget.js";
import type { Input, Reserve } from "../input.js";
import { stopKey } from "../keys.js";
import type { StopReason } from "../reason.js";
import type { Budget } from "../settings.js";
import { type Run } from "../state.js";
import type { Spent } from "../spent.js";
import { compensatingOf, isCancelling, isEnded } from "../status.js";

/** Codes of failures where the server refused or never got the request. No tokens were used. */
const UNPAID: ReadonlySet<string> = new Set([
  "PROVIDER_RATE_LIMITED",
  "PROVIDER_REFUSED",
  "PROVIDER_UNAUTHORIZED",
  "PROVIDER_UNREACHABLE",
]);

/** Recorded beside a failure in a run with a budget. */
export function unpaidBy(run: Run, { code }: Failure): { readonly unpaid?: true } {
  return run.spending.allowances.size > 0 && UNPAID.has(code) ? { unpaid: true } : {};
}
/**
 * Reserves the budget of a model call if it fits. If it does not, it waits while other effects hold reservations;
 * otherwise the run ends. A waiting effect holds no reservation. Effects that hold one have an open call, which ends or
 * asks again by itself, so waiting ends.
 */
export function reserve(run: Run, input: Input & Reserve): Fact[] {
  const { key, spent, model, inputTokens, outputTokens } = input;
  if (!run.owed.has(key) || run.owed.has(stopKey(key)) || run.spending.exhausted !== undefined) return [];
  const call: BudgetCall = { key, spent, model, inputTokens, outputTokens };
  const { certain, possible } = withCall(run, call);
  if (over(run, possible) === undefined) return [fact("budget.reserved", { ...call, costUsd: costOfCall(run, call) })];
  // An allowed call always counts as one call. Only its tokens and their cost may turn out lower.
  const limit = over(run, { ...certain, modelCalls: possible.modelCalls });
  if (limit === undefined) return holdsSomething(run, key) ? [fact("budget.awaited", call)] : [];
  const allowed = run.request.settings.budget[limit]!;
  return [fact("budget.exhausted", { limit, allowed, wanted: possible[limit], call })];
}

/** The spending of the run with this call: at least, and if all other calls use their full reservations. */
function withCall(run: Run, call: BudgetCall): { readonly certain: Spent; readonly possible: Spent } {
  const mine = add(spentUntil(run, call), partFor(run, call));
  let certain = add(run.spending.used, mine);
  let promised = NOTHING_SPENT;
  for (const [key, { spent, reserved }] of run.spending.allowances) {
    if (key === call.key) continue;
    certain = add(certain, spent);
    promised = add(promised, reserved);
  }
  return { certain, possible: add(certain, promised) };
}

/** The first limit of this budget that leaves nothing for another model call. */
export const usedUp = ({ spending: { used } }: Run, budget: Budget): (typeof LIMITED)[number] | undefined =>
  LIMITED.find((limit) => budget[limit] !== null && used[limit] - budget[limit] > -ROUNDING_USD);

const LIMITED = ["modelCalls", "tokens", "costUsd"] as const;

/** Sums of fractions of a cent are not exact. */
const ROUNDING_USD = 1e-9;

function over(
  {
    request: {
      settings: { budget },
    },
  }: Run,
  wanted: Spent,
): (typeof LIMITED)[number] | undefined {
  return LIMITED.find((limit) => budget[limit] !== null && wanted[limit] - budget[limit] > ROUNDING_USD);
}

const holdsSomething = (run: Run, key: string) => (run.spending.allowances.get(key)?.reserved.modelCalls ?? 0) > 0;

// Time

/** Checked before every input is decided. */
export function timeUp(run: Run, at: number): Fact[] {
  const { wallMs } = run.request.settings.budget;
  if (
    isEnded(run) ||
    compensatingOf(run) !== undefined ||
    run.spending.deadline === undefined ||
    at < run.spending.deadline ||
    wallMs === null
  )
    return [];
  if (outOfTime(run) !== undefined || isCancelling(run)) return [];
  const wanted = at - run.spending.deadline + wallMs;
  return [fact("budget.exhausted", { limit: "wallMs", allowed: wallMs, wanted, stops: true })];
}

/** Why running work is stopped, if the run's time is up. */
export function outOfTime({
  spending: { exhausted },
}: Run): (StopReason & { readonly code: "OUT_OF_TIME" }) | undefined {
  if (exhausted?.limit !== "wallMs") return undefined;
  return { code: "OUT_OF_TIME", allowed: exhausted.allowed, wanted: exhausted.wanted };
}
