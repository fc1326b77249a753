// The words of the facts at the head of a run: its first failure and its cost. In: data. Out: a clause.
import type { RowStatus } from "../run/view/row-status.js";
import { andList, dollarsText, withMore } from "./phrases.js";

interface FirstFailure {
  /** The attempt that failed, and its code. */
  readonly attempt: number;
  readonly code: string;
  /** What the step or item is now, and the attempt that it has come to. */
  readonly status: RowStatus;
  readonly reached: number;
}

/** `attempt 1: BUSY, done at attempt 2`. */
export function firstFailureText({ attempt, code, status, reached }: FirstFailure): string {
  return `attempt ${attempt}: ${code}, ${OUTCOMES[status](attempt, reached)}`;
}

const OUTCOMES: { readonly [status in RowStatus]: (attempt: number, reached: number) => string } = {
  planned: () => "it starts again later",
  queued: () => "it starts again",
  running: (_, reached) => `attempt ${reached} is running`,
  waiting: () => "it waits for a person",
  retrying: (_, reached) => `attempt ${reached} follows`,
  done: (attempt, reached) => (attempt === reached ? "then done" : `done at attempt ${reached}`),
  failed: (attempt, reached) => (attempt === reached ? "not tried again" : `failed at attempt ${reached}`),
  skipped: () => "skipped",
  unknown: () => "its outcome is unknown",
  unusable: () => "its output cannot be used",
  undone: () => "undone",
  cancelled: () => "cancelled",
  paused: () => "paused",
};

interface KnownCost {
  /** null if it is not known; `unpriced` then names the models. */
  readonly costUsd: number | null;
  readonly unpriced: readonly string[];
  /** Models with a price. */
  readonly priced: readonly string[];
  readonly calls: number;
  /** The limit of the run; null if it has none. */
  readonly allowed: number | null;
}

const MOST_MODELS = 3;

/** `0.0042 USD of 2 USD allowed`, `not known: no price is set for gpt-x`. A cost that is not known is never 0. */
export function costWords({ costUsd, unpriced, priced, calls, allowed }: KnownCost): string {
  if (costUsd === null) return `not known: ${unknownText(unpriced, new Set(priced))}`;
  if (calls === 0) return "nothing: no model was called";
  const spent = dollarsText(costUsd);
  return allowed === null ? spent : `${spent} of ${dollarsText(allowed)} allowed`;
}

function unknownText(models: readonly string[], priced: ReadonlySet<string>): string {
  const unset = models.filter((model) => !priced.has(model));
  const silent = models.filter((model) => priced.has(model));
  const parts = [
    ...(unset.length === 0 ? [] : [`no price is set for ${some(unset)}`]),
    ...(silent.length === 0 ? [] : [`the server of ${some(silent)} did not report the tokens`]),
  ];
  return parts.join(", and ");
}

const some = (names: readonly string[]): string =>
  names.length <= MOST_MODELS ? andList(names) : withMore(names.slice(0, MOST_MODELS), names.length - MOST_MODELS);
