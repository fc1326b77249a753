// Turns an effect into an outcome, for all engines. In: an effect and the run. Out: an outcome for `decide`. It rejects
// only if the store failed or the run was lost: then nothing may be decided. Agents and tools are called in
// role-effects.ts, step-effects.ts and reconcile.ts.
import type { WorkEffect } from "../run/effect.js";
import type { Outcome } from "../run/input.js";
import { soundFailure } from "../run/sound-failure.js";
import type { Run } from "../run/state.js";
import { EffectBudget } from "./effect-budget.js";
import { askTool } from "./reconcile.js";
import { timedPlanner } from "../agents/planner/timed-planner.js";
import { usableModel } from "../model/patience/patient-model.js";
import { boundModel, isContextModel, type ModelFor } from "../model/context-model.js";
import type { Model, Role } from "../model/port.js";
import { performAnswer, performPlan, performReview } from "./role-effects.js";
import { performCall, performFill } from "./step-effects.js";
import type { Perform } from "../engine/perform-port.js";
import type { Performing, Services } from "./services.js";

export function performIn(given: Services): Perform {
  const timedOnce = timed(given);
  return async (effect, run, context) => {
    const { modelCalls, tokens, costUsd } = run.request.settings.budget;
    const limited = modelCalls !== null || tokens !== null || costUsd !== null;
    const budget = new EffectBudget(run, context.reserve);
    const runContext = await given.contexts?.of(run);
    const services = await bound(given, timedOnce, effect, { context: runContext, runId: run.id });
    const performing = { ...context, runContext, ...(limited ? { budget } : {}) };
    const outcome = await performed(services, effect, run, performing);
    return "error" in outcome ? { ...outcome, error: soundFailure(outcome.error, "INTERNAL") } : outcome;
  };
}

/** The same, with models that wait for their endpoints, and with deadlines. */
function timed(services: Services): Services {
  const { planner, executor, synthesizer, clock, limiter } = services;
  const usable = (model: Model): Model => usableModel(model, clock, limiter);
  return {
    ...services,
    planner: planner && timedPlanner(planner, clock, limiter),
    executor: executor && usable(executor),
    synthesizer: synthesizer && usable(synthesizer),
    modelNamed: (name) => usable(services.modelNamed(name)),
  };
}

/** The role that an effect asks. */
const ASKED: { readonly [K in WorkEffect["kind"]]: Role | null } = {
  plan: "planner",
  review: "planner",
  fill: "executor",
  call: "executor",
  reconcile: null,
  answer: "synthesizer",
};

/** The services with the model that a function of the context chooses for this run, if one does. */
async function bound(given: Services, timedOnce: Services, { kind }: WorkEffect, of: ModelFor): Promise<Services> {
  const role = ASKED[kind];
  if (role === null || !isContextModel(given[role])) return timedOnce;
  return timed({ ...given, [role]: await boundModel(given[role], of) });
}

async function performed(services: Services, effect: WorkEffect, run: Run, context: Performing): Promise<Outcome> {
  switch (effect.kind) {
    case "plan":
      return performPlan(services, effect, run, context);
    case "fill":
      return performFill(services, effect, run, context);
    case "call":
      return performCall(services, effect, run, context);
    case "reconcile":
      return askTool(services.inventory.get(effect.tool), effect, context, services);
    case "answer":
      return performAnswer(services, effect, run, context);
    case "review":
      return performReview(services, effect, run, context);
  }
}
