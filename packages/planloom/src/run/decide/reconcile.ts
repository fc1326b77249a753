// Decides after a tool was asked about its call in doubt. In: its answer, or none. Out: facts, as after a person's
// answer. It is separate from command.ts because no sender can be told of a refusal here.
import type { Json } from "../../plan/json.js";
import { NO_USAGE } from "../../plan/usage.js";
import { fact, type Fact } from "../event.js";
import type { Failure } from "../failure.js";
import { owedAs, toolIn, workOf } from "../lookup.js";
import { refOf, roleFailure } from "./failure.js";
import { completed, toolProblem, typeProblem } from "./gate.js";
import type { Outcome } from "../input.js";
import { type Run } from "../state.js";
import { isConversation } from "../../plan/step-kind.js";

/** Facts after the tool answered. An output of a wrong type settles nothing. */
export function reconciled(run: Run, answer: Outcome & { type: "reconciled" }, at: number): Fact[] {
  const effect = owedAs(run, answer.key, "reconcile");
  const work = workOf(run, effect);
  const verdict = answer.happened ? "happened" : "not-happened";
  const said = answer.happened ? { output: answer.output } : {};
  const resolved = fact("step.resolved", { ...refOf(work), key: effect.callKey, verdict, ...said });
  if (!answer.happened) return [resolved];
  const { output } = answer;
  const promised = toolProblem(toolIn(run, effect.tool), output);
  // Inside an agent step the output is that of one call. The step continues with it.
  const inside = isConversation(work.step.spec);
  const problem = promised ?? (inside ? undefined : typeProblem(work, output));
  if (problem !== undefined) return notReconciled(run, answer.key, problem, at, said);
  return inside
    ? [resolved]
    : [resolved, ...completed(run, work, { output, tools: [effect.tool], usage: NO_USAGE }, at)];
}

/**
 * Facts after the tool gave no answer. It is asked again while that may help; then only a person can settle the doubt.
 */
export function notReconciled(
  run: Run,
  key: string,
  error: Failure,
  at: number,
  refused: { readonly output?: Json } = {},
): Fact[] {
  const effect = owedAs(run, key, "reconcile");
  const {
    usage: _usage,
    unpaid: _unpaid,
    ...failed
  } = roleFailure(run, effect.attempt, { error, usage: NO_USAGE }, at);
  return [fact("reconcile.failed", { ...refOf(workOf(run, effect)), ...failed, ...refused })];
}
