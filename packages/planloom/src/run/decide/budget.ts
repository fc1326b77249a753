// What a run may use up: what it has used, what is reserved, and whether one more model call fits. In: a run and a request, or
// an event. Out: facts, or none while others may still give something back. Separate because budgets are optional and touch every role.
import { costUsd as costOf, type Price } from "../../plan/estimate/price.js";
import { NO_USAGE, usageSince, type Usage } from "../../plan/usage.js";
import { fact, type EventData, type EventType, type Fact, type Failure, type RunEvent } from "../event.js";
import { answerKey, callKey, fillKey, stopKey } from "../keys.js";
import type { Budget } from "../settings.js";
import type { Input, Reserve } from "../input.js";
import { reviewOf, workOf, type Allowance, type Run, type Spent, type Work } from "../state.js";

const NOTHING: Spent = { modelCalls: 0, tokens: 0, costUsd: 0 };

function add(a: Spent, b: Spent): Spent {
  return { modelCalls: a.modelCalls + b.modelCalls, tokens: a.tokens + b.tokens, costUsd: a.costUsd + b.costUsd };
}

// What has been used

/**
 * What an effect has used, by its later report. A call of which it tells nothing (it failed, or a crash cut it off), and one whose
 * provider does not count tokens, has used what was reserved for it. What was used without a reservation, a price or a count is 0.
 */
function spentBy({ told, spent, reserved }: Allowance, usage: Usage, price: Price | undefined): Spent {
  const more = usageSince(told, usage);
  if (more.calls === 0) return add(spent, reserved);
  const { calls: modelCalls, inputTokens, outputTokens } = more;
  if (inputTokens === null || outputTokens === null) return add(spent, { ...reserved, modelCalls });
  return add(spent, { modelCalls, tokens: inputTokens + outputTokens, costUsd: costOf(more, price) ?? 0 });
}

/** Whoever reports usage in an event. */
interface Reporter {
  readonly key: string;
  readonly model: string | null;
  /** Events have told so much of it before: an attempt that goes on tells it all again. */
  readonly told?: Usage;
}

/** Books what an event tells of usage; to be called before it is applied. */
export function book(run: Run, event: RunEvent): void {
  const { type, data } = event;
  // Most steps call no model, and most runs have no budget: nothing is to be booked then.
  if (!("usage" in data) || (data.usage.calls === 0 && run.allowances.size === 0)) return;
  const { key, model, told = NO_USAGE } = reporterOf(run, type, data);
  const allowance = run.allowances.get(key) ?? { told, spent: NOTHING, reserved: NOTHING };
  run.allowances.delete(key);
  const unpaid = "error" in data && UNPAID.has(data.error.code);
  const { reserved } = allowance;
  const held = unpaid ? { ...allowance, reserved: { ...NOTHING, modelCalls: reserved.modelCalls } } : allowance;
  run.used = add(run.used, spentBy(held, data.usage, priceOf(run, model)));
}

/** The server refused the request, or never had it: it was sent, but no tokens were used. */
const UNPAID: ReadonlySet<string> = new Set([
  "PROVIDER_RATE_LIMITED",
  "PROVIDER_REFUSED",
  "PROVIDER_UNAUTHORIZED",
  "PROVIDER_UNREACHABLE",
]);

type Telling = Extract<EventData[EventType], { readonly usage: Usage }>;

function reporterOf(run: Run, type: EventType, data: Telling): Reporter {
  const { planner, synthesizer } = run.models;
  if ("step" in data) {
    const work = workOf(run, data);
    return work === undefined ? { key: "", model: null } : stepReporter(run, work);
  }
  if (type.startsWith("answer.")) return { key: answerKey(run.answers), model: synthesizer };
  if (type === "plan.reviewed" || type === "review.failed") return { key: reviewOf(run) ?? "", model: planner };
  for (const { kind, key } of run.owed.values()) if (kind === "plan") return { key, model: planner };
  return { key: "", model: planner };
}

function stepReporter(run: Run, work: Work): Reporter {
  const { step, told } = work;
  const fill = fillKey(work);
  const key = run.owed.has(fill) ? fill : callKey(work);
  return { key, model: step.spec.model ?? run.models.executor, ...(told === undefined ? {} : { told }) };
}

/** Effects that are gone without a word have used what they told, and what was reserved. To be called after an event was applied. */
export function forgetGone(run: Run): void {
  for (const [key, { spent, reserved }] of run.allowances) {
    if (run.owed.has(key)) continue;
    run.allowances.delete(key);
    run.used = add(run.used, add(spent, reserved));
  }
}

/** As the run was started or reopened with; undefined = not known. */
export function priceOf(run: Run, model: string | null): Price | undefined {
  return model !== null && Object.hasOwn(run.settings.prices, model) ? run.settings.prices[model] : undefined;
}

// What is asked for

/** A model call of an effect, with what that has used until now. */
type Call = Omit<Reserve, "type">;

/**
 * A model call that fits is reserved; one that does not waits while others hold what they may give back, and ends the run otherwise.
 * Who waits holds nothing: those who hold something have a call under way, and end, or ask again, by themselves.
 */
export function reserve(run: Run, input: Input & Reserve): Fact[] {
  const { key, spent, model, inputTokens, outputTokens } = input;
  if (!run.owed.has(key) || run.owed.has(stopKey(key)) || run.exhausted !== undefined) return [];
  const call: Call = { key, spent, model, inputTokens, outputTokens };
  const { certain, possible } = withCall(run, call);
  if (over(run, possible) === undefined) return [fact("budget.reserved", { ...call, costUsd: costOfCall(run, call) })];
  // A call that was let go ahead counts whatever becomes of it; only its tokens, and what they cost, may turn out to be fewer.
  const limit = over(run, { ...certain, modelCalls: possible.modelCalls });
  if (limit === undefined) return holdsSomething(run, key) ? [fact("budget.awaited", call)] : [];
  const allowed = run.settings.budget[limit]!;
  return [fact("budget.exhausted", { limit, allowed, wanted: possible[limit], call })];
}

/** What the run has used with this call: at least, and if the others take all that was reserved for them. */
function withCall(run: Run, call: Call): { readonly certain: Spent; readonly possible: Spent } {
  const mine = add(spentUntil(run, call), partFor(run, call));
  let certain = add(run.used, mine);
  let promised = NOTHING;
  for (const [key, { spent, reserved }] of run.allowances) {
    if (key === call.key) continue;
    certain = add(certain, spent);
    promised = add(promised, reserved);
  }
  return { certain, possible: add(certain, promised) };
}

const LIMITED = ["modelCalls", "tokens", "costUsd"] as const;

/** Sums of fractions of a cent are not exact. */
const ROUNDING_USD = 1e-9;

function over({ settings: { budget } }: Run, wanted: Spent): (typeof LIMITED)[number] | undefined {
  return LIMITED.find((limit) => budget[limit] !== null && wanted[limit] - budget[limit] > ROUNDING_USD);
}

const holdsSomething = (run: Run, key: string) => (run.allowances.get(key)?.reserved.modelCalls ?? 0) > 0;

function costOfCall(run: Run, { model, inputTokens, outputTokens }: Call): number | null {
  return costOf({ calls: 1, inputTokens, outputTokens }, priceOf(run, model)) ?? null;
}

function partFor(run: Run, call: Call): Spent {
  return { modelCalls: 1, tokens: call.inputTokens + call.outputTokens, costUsd: costOfCall(run, call) ?? 0 };
}

function spentUntil(run: Run, { key, spent }: Call): Spent {
  const { model, told = NO_USAGE } = askerOf(run, key);
  const allowance = run.allowances.get(key) ?? { told, spent: NOTHING, reserved: NOTHING };
  return spentBy(allowance, spent, priceOf(run, model));
}

function askerOf(run: Run, key: string): Omit<Reporter, "key"> {
  const effect = run.owed.get(key);
  switch (effect?.kind) {
    case "plan":
    case "review":
      return { model: run.models.planner };
    case "answer":
      return { model: run.models.synthesizer };
    case "call":
    case "fill":
      return stepReporter(run, workOf(run, effect)!);
    default:
      return { model: null };
  }
}

/** An effect has asked; with `allowed`, its call goes ahead. */
export function ask(run: Run, call: Call, allowed: boolean): void {
  const spent = spentUntil(run, call);
  run.allowances.set(call.key, { told: call.spent, spent, reserved: allowed ? partFor(run, call) : NOTHING });
}

// Time

/** Asked before every input is decided. */
export function timeUp(run: Run, at: number): Fact[] {
  const { wallMs } = run.settings.budget;
  if (run.ended !== undefined || run.deadline === undefined || at < run.deadline || wallMs === null) return [];
  if (outOfTime(run) !== undefined || run.cancelling !== undefined) return [];
  return [fact("budget.exhausted", { limit: "wallMs", allowed: wallMs, wanted: at - run.deadline + wallMs })];
}

/** Why what runs is stopped, where the run's time has run out. */
export function outOfTime({ exhausted }: Run): string | undefined {
  return exhausted?.limit === "wallMs" ? exhaustedFailure(exhausted).message : undefined;
}

const WORDS: { readonly [limit in keyof Budget]: string } = {
  modelCalls: "model calls",
  tokens: "tokens",
  costUsd: "US dollars",
  wallMs: "ms",
};

export function exhaustedFailure({ limit, allowed, wanted }: EventData["budget.exhausted"]): Failure {
  const unit = WORDS[limit];
  const why = limit === "wallMs" ? "they are over" : `with one more model call it could be ${shown(wanted)}`;
  return {
    code: "BUDGET_EXHAUSTED",
    message: `the run may use ${shown(allowed)} ${unit}, and ${why}`,
    retryable: false,
    next: `Raise budget.${limit} in the configuration and retry the run: what it has finished is kept.`,
  };
}

/** Up to a millionth of a dollar. */
const shown = (amount: number): string => String(Math.round(amount * 1e6) / 1e6);
