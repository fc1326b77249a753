// From an effect to an outcome, shared by all engines. In: an effect and the run. Out: an outcome for `decide`. Rejects only when the
// store failed or the run was lost: then nothing may be decided. What asks models for the run as a whole is in role-effects.ts,
// what steps do in step-effects.ts: nothing else calls agents and tools.
import type { WorkEffect } from "../run/effect.js";
import type { Outcome } from "../run/input.js";
import { soundFailure } from "../run/sound-failure.js";
import type { Run } from "../run/state.js";
import { EffectBudget } from "./effect-budget.js";
import { askTool } from "./reconcile.js";
import { timedPlanner } from "../agents/timed-planner.js";
import { timedModel } from "../model/timed-model.js";
import { performAnswer, performPlan, performReview } from "./role-effects.js";
import { performCall, performFill } from "./step-effects.js";
import type { Perform } from "../engine/perform-port.js";
import type { Performing, Services } from "./services.js";

export function performIn(given: Services): Perform {
  const world = timed(given);
  return async (effect, run, context) => {
    const { modelCalls, tokens, costUsd } = run.request.settings.budget;
    const limited = modelCalls !== null || tokens !== null || costUsd !== null;
    const budget = new EffectBudget(run, context.reserve);
    const outcome = await performed(world, effect, run, limited ? { ...context, budget } : context);
    return "error" in outcome ? { ...outcome, error: soundFailure(outcome.error, "INTERNAL") } : outcome;
  };
}

/** The world with its models and its planner under deadlines. */
function timed(world: Services): Services {
  const { planner, executor, synthesizer, clock } = world;
  return {
    ...world,
    planner: planner && timedPlanner(planner, clock),
    executor: executor && timedModel(executor, clock),
    synthesizer: synthesizer && timedModel(synthesizer, clock),
    modelNamed: (name) => timedModel(world.modelNamed(name), clock),
  };
}

async function performed(world: Services, effect: WorkEffect, run: Run, context: Performing): Promise<Outcome> {
  switch (effect.kind) {
    case "plan":
      return performPlan(world, effect, run, context);
    case "fill":
      return performFill(world, effect, run, context);
    case "call":
      return performCall(world, effect, run, context);
    case "reconcile":
      return askTool(world.inventory.get(effect.tool), effect, context.signal, world.clock);
    case "answer":
      return performAnswer(world, effect, run, context);
    case "review":
      return performReview(world, effect, run, context);
  }
}
