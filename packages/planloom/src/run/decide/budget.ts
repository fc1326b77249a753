// Whether one more model call fits into the budget of a run, and whether its time is up. In: a run and a request. Out: facts, or
// none while others may still give something back. What has been used is folded in evolve/budget.ts.
import { fact, type Fact } from "../event.js";
import type { Failure } from "../failure.js";
import { add, costOfCall, NOTHING_SPENT, partFor, spentUntil, type BudgetCall } from "../evolve/budget.js";
import type { Input, Reserve } from "../input.js";
import { stopKey } from "../keys.js";
import type { StopReason } from "../reason.js";
import { type Run, type Spent } from "../state.js";
import { isCancelling, isEnded } from "../status.js";

/**
 * Codes of failures where the server refused the request or never had it: it was sent, but no tokens were used.
 */
const UNPAID: ReadonlySet<string> = new Set([
  "PROVIDER_RATE_LIMITED",
  "PROVIDER_REFUSED",
  "PROVIDER_UNAUTHORIZED",
  "PROVIDER_UNREACHABLE",
]);

/** Written beside a failure in a run with a budget. */
export function unpaidBy(run: Run, { code }: Failure): { readonly unpaid?: true } {
  return run.spending.allowances.size > 0 && UNPAID.has(code) ? { unpaid: true } : {};
}
/**
 * A model call that fits is reserved; one that does not waits while others hold what they may give back, and ends the run otherwise.
 * Who waits holds nothing: those who hold something have a call under way, and end, or ask again, by themselves.
 */
export function reserve(run: Run, input: Input & Reserve): Fact[] {
  const { key, spent, model, inputTokens, outputTokens } = input;
  if (!run.owed.has(key) || run.owed.has(stopKey(key)) || run.spending.exhausted !== undefined) return [];
  const call: BudgetCall = { key, spent, model, inputTokens, outputTokens };
  const { certain, possible } = withCall(run, call);
  if (over(run, possible) === undefined) return [fact("budget.reserved", { ...call, costUsd: costOfCall(run, call) })];
  // A call that was let go ahead counts whatever becomes of it; only its tokens, and what they cost, may turn out to be fewer.
  const limit = over(run, { ...certain, modelCalls: possible.modelCalls });
  if (limit === undefined) return holdsSomething(run, key) ? [fact("budget.awaited", call)] : [];
  const allowed = run.request.settings.budget[limit]!;
  return [fact("budget.exhausted", { limit, allowed, wanted: possible[limit], call })];
}

/** What the run has used with this call: at least, and if the others take all that was reserved for them. */
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

/** Asked before every input is decided. */
export function timeUp(run: Run, at: number): Fact[] {
  const { wallMs } = run.request.settings.budget;
  if (isEnded(run) || run.spending.deadline === undefined || at < run.spending.deadline || wallMs === null) return [];
  if (outOfTime(run) !== undefined || isCancelling(run)) return [];
  const wanted = at - run.spending.deadline + wallMs;
  return [fact("budget.exhausted", { limit: "wallMs", allowed: wallMs, wanted, stops: true })];
}

/** Why what runs is stopped, where the run's time has run out. */
export function outOfTime({
  spending: { exhausted },
}: Run): (StopReason & { readonly code: "OUT_OF_TIME" }) | undefined {
  if (exhausted?.limit !== "wallMs") return undefined;
  return { code: "OUT_OF_TIME", allowed: exhausted.allowed, wanted: exhausted.wanted };
}
