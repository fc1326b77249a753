// The attempts of a step, item or phase for people. In: its lane. Out: each attempt with its error and what followed.
import { addUsage, NO_USAGE, type Usage } from "../../plan/usage.js";
import type { Failure } from "../../run/failure.js";
import type { Bar, Lane } from "../../run/view/lane.js";
import { decisionText } from "../../words/decisions.js";
import { causeText, failureText } from "../../words/failures.js";
import { barStatus } from "./row-context.js";
import type { AttemptView } from "./run-view.js";

/** An attempt that a wait interrupted, or the stop of its process, is one. `endMs`: the time of the view. */
export function attemptsOf({ bars }: Lane, endMs: number): readonly AttemptView[] {
  const attempts: Bar[][] = [];
  for (const bar of bars.filter(({ kind, whole }) => kind === "attempt" && whole !== true)) {
    const last = attempts.at(-1)?.at(-1);
    if (last?.end === "paused" && last.attempt === bar.attempt) attempts.at(-1)?.push(bar);
    else attempts.push([bar]);
  }
  return attempts.map((parts) => attemptView(parts, endMs));
}

function attemptView(parts: readonly Bar[], endMs: number): AttemptView {
  const [first, last] = [parts[0] as Bar, parts.at(-1) as Bar];
  const { error, decided, end } = last;
  // It waits to continue.
  const waits = end === "paused";
  return {
    attempt: first.attempt,
    status: waits ? "paused" : barStatus(last),
    startedAfterMs: first.from.ms,
    ...(waits ? {} : { tookMs: Math.max(0, (last.to?.ms ?? endMs) - first.from.ms) }),
    ...(error === undefined ? {} : { error: errorView(error) }),
    ...(decided === undefined ? {} : { decision: decisionText(decided) }),
    tokens: tokensIn(parts.reduce<Usage>((sum, { usage = NO_USAGE }) => addUsage(sum, usage), NO_USAGE)),
  };
}

function errorView(failure: Failure): NonNullable<AttemptView["error"]> {
  const { stack, causes = [] } = failure.thrown ?? {};
  return {
    code: failure.code,
    message: failureText(failure),
    ...(stack === undefined ? {} : { stack }),
    ...(causes.length === 0 ? {} : { causes: causes.map(causeText) }),
  };
}

const tokensIn = ({ inputTokens, outputTokens }: Usage): number | null =>
  inputTokens === null || outputTokens === null ? null : inputTokens + outputTokens;
