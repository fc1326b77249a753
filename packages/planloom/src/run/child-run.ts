// What a run knows of its child runs: the ids, whether one waits for a person, and what it has used. In: a run and a step.
// Out: facts about the child. perform/sub-run.ts starts them.
import { LIMITS } from "../limits.js";
import { sha256 } from "../sha256.js";
import type { ChildUse, ChildWait } from "./event/child.js";
import type { Run } from "./state.js";
import { isEnded, statusOf } from "./status.js";
import type { Work } from "./work.js";

/**
 * The id of the child run of a sub-plan. All attempts of the step have the same child, which goes on. A restarted step
 * has another one.
 */
export function childId(run: Run, { step, item }: Work): string {
  const { spec, firstAttempt } = step;
  const again = firstAttempt === 1 ? "" : `.r${firstAttempt}`;
  const id = `${run.id}.${spec.id}${item === null ? "" : `.${item}`}${again}`;
  return id.length <= LIMITS.nameChars ? id : `${run.id.slice(0, 40)}.${sha256(id).slice(0, 24)}`;
}

/** Why a run does not go on by itself, for the run above it. undefined: it goes on, or it has ended. */
export function childWaitOf(run: Run): ChildWait | undefined {
  if (isEnded(run)) return undefined;
  const status = statusOf(run);
  return status === "awaiting-approval" || status === "paused" ? status : "needs-attention";
}

/** What a run has used so far. */
export function useOf({ usage: { planner, executor, synthesizer }, spending }: Run): ChildUse {
  let { modelCalls, tokens, costUsd } = spending.used;
  for (const { spent } of spending.allowances.values()) {
    modelCalls += spent.modelCalls;
    tokens += spent.tokens;
    costUsd += spent.costUsd;
  }
  return { planner, executor, synthesizer, spent: { modelCalls, tokens, costUsd } };
}
