// Decides what follows from a round of a step with `repeat`: another round, or the end of the step. In: the step and its
// last round. Out: facts. failure.ts decides what follows from a failure.
import { resolveValue } from "../../plan/expression/reference.js";
import { kindOf, type Json } from "../../plan/json.js";
import { mergeOrigins, type Origin } from "../../plan/origin.js";
import type { Repeat } from "../../plan/plan.js";
import { NO_USAGE } from "../../plan/usage.js";
import { fact, type EventData, type Fact } from "../event.js";
import { failWith, type Failure } from "../failure.js";
import type { Run } from "../state.js";
import { scopeOf } from "../step-scope.js";
import type { StepState, Work } from "../work.js";
import { reviewAfter } from "./policy.js";

/** The output of a round, and where its arguments and its output come from. */
export interface RoundOutput {
  readonly output: Json;
  readonly from: Origin;
}

/** The facts of a step that fails for good, or of a draft's step that starts once more. */
type Fail = (error: Failure) => Fact[];

/**
 * Facts of the turn of a step with `repeat`: its first round, or, after the end of the step, the rounds after those that
 * it has. The last of these is judged again, because what `until` reads may have changed.
 */
export function beginRounds(run: Run, { step }: Work, repeat: Repeat, fail: Fail): Fact[] {
  const last = step.fan?.items.at(-1);
  if (step.fan === undefined || last === undefined) return [repeated(step, { round: 0, met: false, again: true })];
  const { output = null, from, origin } = last;
  const given = { output, from: { steps: from.steps, tools: origin.tools } };
  return roundEnded(run, last, repeat, given, fail, step.fan.items.length);
}

/** Facts after this round completed. `since`: rounds that do not count for `most`. */
export function roundEnded(
  run: Run,
  work: Work,
  repeat: Repeat,
  given: RoundOutput,
  fail: Fail,
  since: number | undefined = undefined,
): Fact[] {
  const { step, item } = work;
  const round = (item ?? 0) + 1;
  const verdict = judged(run, work, repeat.until, given);
  if (typeof verdict !== "boolean") return fail(verdict);
  if (verdict) return [repeated(step, { round, met: true }), stepCompleted(run, step, given)];
  const after = since === undefined ? {} : { since };
  if (round - (since ?? step.fan?.rounds?.since ?? 0) < repeat.most)
    return [repeated(step, { round, met: false, again: true, ...after })];
  const ended = repeated(step, { round, met: false });
  if (repeat.otherwise === "last") return [ended, stepCompleted(run, step, given)];
  return [ended, ...fail(failWith("REPEAT_NOT_MET", { rounds: round, until: repeat.until }))];
}

const repeated = (step: StepState, said: Omit<EventData["step.repeated"], "step">): Fact =>
  fact("step.repeated", { step: step.spec.id, ...said });

/** Whether `until` is true of the output of the round; the failure if it says neither. */
function judged(run: Run, work: Work, until: string, { output, from }: RoundOutput): boolean | Failure {
  const { id } = work.step.spec;
  const resolved = resolveValue(until, scopeOf(run, work, { value: output, from: { steps: [id], tools: from.tools } }));
  if (resolved.ok && typeof resolved.value === "boolean") return resolved.value;
  const found = resolved.ok ? { got: kindOf(resolved.value) } : { problem: resolved.problem };
  return failWith("UNTIL_NOT_BOOLEAN", { until, ...found });
}

/** The output of the step is that of its last round. */
function stepCompleted(run: Run, step: StepState, { output, from: last }: RoundOutput): Fact {
  const from = originOfRounds(step, last);
  return fact("step.completed", {
    step: step.spec.id,
    output,
    from,
    usage: NO_USAGE,
    ...reviewAfter(run, step.work),
  });
}

/** All that the rounds read. What a round reads of the round before is no source of its own. */
function originOfRounds({ spec, fan }: StepState, last: Origin): Origin {
  const rounds = fan?.items.map(({ from, origin }) => ({ steps: from.steps, tools: origin.tools })) ?? [];
  const { steps, tools } = mergeOrigins([...rounds, last]);
  return { steps: steps.filter((id) => id !== spec.id), tools };
}
