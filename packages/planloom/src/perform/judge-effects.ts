// Performs the judgements of a run: of an output by an `expect` in prose, and of an answer by its critic. In: an effect
// and the run. Out: an outcome. Each asks the model of one role.
import { critiqueAnswer, type CritiqueFacts } from "../agents/answer-critic.js";
import { judgeOutput, type OutputFacts } from "../agents/output-judge.js";
import type { Model } from "../model/port.js";
import { NO_USAGE } from "../plan/usage.js";
import type { CritiqueEffect, JudgeEffect } from "../run/effect.js";
import type { Outcome } from "../run/input.js";
import { judgeScope, ROLE_SCOPES } from "../run/keys.js";
import { workOf } from "../run/lookup.js";
import type { JudgeRole } from "../run/settings.js";
import type { Run } from "../run/state.js";
import { agentContext } from "./agent-context.js";
import { answerFacts } from "./answer-facts.js";
import { noModel, roleErrorOf } from "./outcome.js";
import { refuseWithout } from "./role-effects.js";
import type { Performing, Services } from "./services.js";
import { todayAt } from "./today.js";

function modelOf(services: Services, run: Run, role: JudgeRole): Model | null {
  refuseWithout(services, run, role);
  const model = services[role];
  return typeof model === "function" ? null : model;
}

export async function performJudge(
  services: Services,
  effect: JudgeEffect,
  run: Run,
  context: Performing,
): Promise<Outcome> {
  const { key, role } = effect;
  const model = modelOf(services, run, role);
  if (model === null) return { type: "judge-failed", key, error: noModel(role), usage: NO_USAGE };
  try {
    const agent = agentContext(run, context, { stepId: judgeScope(key), item: null });
    return { type: "judged", key, ...(await judgeOutput(outputFactsOf(effect, run), model, agent)) };
  } catch (thrown) {
    return { type: "judge-failed", key, ...roleErrorOf(thrown) };
  }
}

/** What the judge of an output reads, as the run stands. */
export function outputFactsOf(effect: JudgeEffect, run: Run): OutputFacts {
  const work = workOf(run, effect);
  const { spec: step } = work.step;
  return {
    goal: run.request.goal,
    ...todayAt(run.log.updatedAt),
    step,
    expect: step.expect ?? "",
    args: work.args ?? {},
    output: work.judging?.output ?? null,
  };
}

export async function performCritique(
  services: Services,
  effect: CritiqueEffect,
  run: Run,
  context: Performing,
): Promise<Outcome> {
  const { key, role } = effect;
  const model = modelOf(services, run, role);
  if (model === null) return { type: "critique-failed", key, error: noModel(role), usage: NO_USAGE };
  try {
    const agent = agentContext(run, context, { stepId: ROLE_SCOPES.critique, item: null });
    return { type: "critiqued", key, ...(await critiqueAnswer(critiqueFactsOf(run), model, agent)) };
  } catch (thrown) {
    return { type: "critique-failed", key, ...roleErrorOf(thrown) };
  }
}

/** What the critic reads, as the run stands. */
export function critiqueFactsOf(run: Run): CritiqueFacts {
  const { goal, outputs, form } = answerFacts(run);
  const answer = run.answering.draft?.answer ?? null;
  return { goal, outputs, ...(form === undefined ? {} : { form }), ...todayAt(run.log.updatedAt), answer };
}
