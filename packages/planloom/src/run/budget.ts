// What a run may use up: what it has used, what is reserved, and whether one more model call fits. In: a run and a request. Out:
// facts, or none while others may still give something back. Separate because budgets are optional and touch every role.
import { costUsd as costOf } from "../plan/price.js";
import type { Usage } from "../plan/usage.js";
import { fact, type Budget, type EventData, type Fact, type Failure } from "./event.js";
import type { Input, Reserve } from "./input.js";
import { failingOf, type Run, type Spent } from "./state.js";

export const NOTHING_SPENT: Spent = { modelCalls: 0, tokens: 0, costUsd: 0 };

export function addSpent(a: Spent, b: Spent): Spent {
  return { modelCalls: a.modelCalls + b.modelCalls, tokens: a.tokens + b.tokens, costUsd: a.costUsd + b.costUsd };
}

/** What a usage comes to, by the price of the model that `key` calls; unknown counts are 0 here and kept in Run.lost. */
export function spentOf(run: Run, key: string, usage: Usage): Spent {
  const { calls, inputTokens, outputTokens } = usage;
  return {
    modelCalls: calls,
    tokens: (inputTokens ?? 0) + (outputTokens ?? 0),
    costUsd: costOf(usage, priceFor(run, key)) ?? 0,
  };
}

function priceFor(run: Run, key: string) {
  const name = modelOf(run, key);
  return name !== null && Object.hasOwn(run.settings.prices, name) ? run.settings.prices[name] : undefined;
}

function modelOf(run: Run, key: string): string | null {
  const effect = run.owed.get(key);
  switch (effect?.kind) {
    case "plan":
    case "review":
      return run.models.planner;
    case "answer":
      return run.models.synthesizer;
    case "call":
    case "fill":
      return run.steps.get(effect.step)?.spec.model ?? run.models.executor;
    default:
      return null;
  }
}

/** All that was used and is promised. */
function usedUp(run: Run): Spent {
  let sum = run.lost;
  const roles = [
    [run.usage.planner, run.models.planner],
    [run.usage.executor, run.models.executor],
    [run.usage.synthesizer, run.models.synthesizer],
  ] as const;
  for (const [usage, model] of roles) {
    const price = model !== null && Object.hasOwn(run.settings.prices, model) ? run.settings.prices[model] : undefined;
    const { calls, inputTokens, outputTokens } = usage;
    const tokens = (inputTokens ?? 0) + (outputTokens ?? 0);
    sum = addSpent(sum, { modelCalls: calls, tokens, costUsd: costOf(usage, price) ?? 0 });
  }
  for (const { spent, reserved } of run.allowances.values()) sum = addSpent(addSpent(sum, spent), reserved);
  return sum;
}

/**
 * A model call that fits is reserved; one that does not waits (no facts) while others hold what they may give back, and ends
 * the run otherwise.
 */
export function reserve(run: Run, input: Input & Reserve): Fact[] {
  if (!run.owed.has(input.key) || failingOf(run) !== undefined) return [];
  const { key, spent, model, inputTokens, outputTokens } = input;
  const price = Object.hasOwn(run.settings.prices, model) ? run.settings.prices[model] : undefined;
  const cost = costOf({ calls: 1, inputTokens, outputTokens }, price) ?? null;
  const mine = run.allowances.get(key);
  const others = withoutMine(usedUp(run), mine?.spent, mine?.reserved);
  const wanted = addSpent(addSpent(others, spentOf(run, key, spent)), {
    modelCalls: 1,
    tokens: inputTokens + outputTokens,
    costUsd: cost ?? 0,
  });
  const { budget } = run.settings;
  const over = LIMITED.find((limit) => budget[limit] !== null && wanted[limit] > budget[limit]);
  if (over === undefined)
    return [fact("budget.reserved", { key, spent, model, inputTokens, outputTokens, costUsd: cost })];
  const mayGiveBack = [...run.allowances].some(([other, { reserved }]) => other !== key && reserved.modelCalls > 0);
  if (mayGiveBack && over !== "modelCalls") return [];
  return [
    fact("budget.exhausted", {
      limit: over,
      allowed: budget[over]!,
      wanted: wanted[over],
      call: { key, spent, model, inputTokens, outputTokens },
    }),
  ];
}

const LIMITED = ["modelCalls", "tokens", "costUsd"] as const;

function withoutMine(sum: Spent, ...mine: readonly (Spent | undefined)[]): Spent {
  return mine.reduce<Spent>(
    (rest, part = NOTHING_SPENT) => ({
      modelCalls: rest.modelCalls - part.modelCalls,
      tokens: rest.tokens - part.tokens,
      costUsd: rest.costUsd - part.costUsd,
    }),
    sum,
  );
}

/** Asked before every input is decided. */
export function timeUp(run: Run, at: number): Fact[] {
  const { wallMs } = run.settings.budget;
  if (run.ended !== undefined || run.deadline === undefined || at < run.deadline || wallMs === null) return [];
  if (failingOf(run) !== undefined || run.cancelling !== undefined) return [];
  return [fact("budget.exhausted", { limit: "wallMs", allowed: wallMs, wanted: at - run.deadline + wallMs })];
}

const WORDS: { readonly [limit in keyof Budget]: string } = {
  modelCalls: "model calls",
  tokens: "tokens",
  costUsd: "US dollars",
  wallMs: "ms",
};

export function exhausted({ limit, allowed }: EventData["budget.exhausted"]): Failure {
  return {
    code: "BUDGET_EXHAUSTED",
    message: `the run may use ${allowed} ${WORDS[limit]}, and they are used up`,
    retryable: false,
    next: `Raise budget.${limit} in the configuration and retry the run: what it has finished is kept.`,
  };
}
