// What model calls cost, as recorded in events. In: usages. Out: their sum. Here because the pure kernel adds them up.
import { isObject } from "./json.js";

/** What calls cost. A number that a provider did not report is null: unknown, never 0. */
export type Usage = {
  readonly calls: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** Of the input tokens, those that providers say they had cached; absent where none says so. */
  readonly cachedInputTokens?: number;
};

export const NO_USAGE: Usage = { calls: 0, inputTokens: 0, outputTokens: 0 };

export function addUsage(a: Usage, b: Usage): Usage {
  const cached = (a.cachedInputTokens ?? 0) + (b.cachedInputTokens ?? 0);
  return {
    calls: a.calls + b.calls,
    inputTokens: sum(a.inputTokens, b.inputTokens),
    outputTokens: sum(a.outputTokens, b.outputTokens),
    ...(cached === 0 ? {} : { cachedInputTokens: cached }),
  };
}

/** What has come to `before`; a number that is unknown in either is unknown. */
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

/** Whatever a model or a tool reports, as it may be recorded: what is no count is unknown, and some call was made. */
export function soundUsage(reported: unknown): Usage {
  const { calls, inputTokens, outputTokens } = isObject(reported) ? reported : {};
  return { calls: countOf(calls) ?? 1, inputTokens: countOf(inputTokens), outputTokens: countOf(outputTokens) };
}

/** Tokens that a text may come to at most, as a rule: one for each 3 bytes. English has 4 characters in one, Chinese hardly 1. */
export const mostTokens = (text: string): number => Math.ceil(new TextEncoder().encode(text).length / 3);

const countOf = (value: unknown): number | null =>
  typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : null;
