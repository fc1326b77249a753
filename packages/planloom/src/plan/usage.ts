// The usage of model calls, as recorded in events. In: usages. Out: their sum.
import { isObject, type JsonObject } from "./json.js";

/** Usage of model calls. A number that the provider did not report is null: unknown, never 0. */
export type Usage = {
  readonly calls: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** The cached part of the input tokens, as reported. Absent if no provider reports it. */
  readonly cachedInputTokens?: number;
  /** How long these calls waited for their endpoints, in ms by reason. Absent: not at all. */
  readonly waited?: Waited;
};

export type Waited = { readonly [why: string]: number };

export const NO_USAGE: Usage = { calls: 0, inputTokens: 0, outputTokens: 0 };

export function addUsage(a: Usage, b: Usage): Usage {
  const cached = (a.cachedInputTokens ?? 0) + (b.cachedInputTokens ?? 0);
  return {
    calls: a.calls + b.calls,
    inputTokens: sum(a.inputTokens, b.inputTokens),
    outputTokens: sum(a.outputTokens, b.outputTokens),
    ...(cached === 0 ? {} : { cachedInputTokens: cached }),
    ...waitedIn(addWaited(a.waited, b.waited)),
  };
}

export function addWaited(a: Waited = {}, b: Waited = {}): Waited {
  const added = Object.entries(b).map(([why, ms]) => [why, (a[why] ?? 0) + ms]);
  return { ...a, ...(Object.fromEntries(added) as Waited) };
}

const waitedIn = (waited: Waited): Pick<Usage, "waited"> => (Object.keys(waited).length === 0 ? {} : { waited });

/** The usage since `before`. A number that is unknown in either is unknown. */
export function usageSince(before: Usage, all: Usage): Usage {
  if (all.calls <= before.calls) return NO_USAGE;
  const cached = (all.cachedInputTokens ?? 0) - (before.cachedInputTokens ?? 0);
  return {
    calls: all.calls - before.calls,
    inputTokens: difference(all.inputTokens, before.inputTokens),
    outputTokens: difference(all.outputTokens, before.outputTokens),
    ...(cached <= 0 ? {} : { cachedInputTokens: cached }),
  };
}

function difference(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b;
}

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

/**
 * Makes a report of a model or a tool safe to record. A value that is not a count is unknown. At least one call was
 * made.
 */
export function soundUsage(reported: unknown): Usage {
  const { calls, inputTokens, outputTokens, cachedInputTokens, waited } = isObject(reported) ? reported : {};
  const cached = countOf(cachedInputTokens) ?? 0;
  return {
    calls: countOf(calls) ?? 1,
    inputTokens: countOf(inputTokens),
    outputTokens: countOf(outputTokens),
    ...(cached === 0 ? {} : { cachedInputTokens: cached }),
    ...waitedIn(isObject(waited) ? soundWaited(waited) : {}),
  };
}

/**
 * Upper estimate of the tokens of a text: one for each 3 bytes. English has about 4 characters per token, Chinese about
 * 1.
 */
export const mostTokens = (text: string): number => Math.ceil(new TextEncoder().encode(text).length / 3);

/** A few reasons exist. A model of the port may report anything. */
function soundWaited(waited: JsonObject): Waited {
  const known = Object.entries(waited).filter(([why, ms]) => why.length <= 40 && countOf(ms) !== null);
  return Object.fromEntries(known.slice(0, 10)) as Waited;
}

const countOf = (value: unknown): number | null =>
  typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : null;
