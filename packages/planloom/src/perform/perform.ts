// Turns an effect into an outcome, for all engines. In: an effect and the run. Out: an outcome for `decide`. It rejects
// only if the store failed or the run was lost: then nothing may be decided. Agents and tools are called in
// role-effects.ts, step-effects.ts and reconcile.ts.
import type { CallEffect, FillEffect, WorkEffect } from "../run/effect.js";
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
import { changeMet, performCall, performFill } from "./step-effects.js";
import type { Perform, PerformContext } from "../engine/perform-port.js";
import type { Performing, Services } from "./services.js";

export function performIn(given: Services): Perform {
  const timedOnce = timed(given);
  return async (effect, run, context) => {
    const { modelCalls, tokens, costUsd } = run.request.settings.budget;
    const limited = modelCalls !== null || tokens !== null || costUsd !== null;
    const budget = new EffectBudget(run, context.reserve);
    const begun = begin(given, effect, run, context);
    const runContext = run.request.context === undefined ? undefined : await given.contexts?.of(run);
    const services = choosesModel(given, effect)
      ? await bound(given, effect, { context: runContext, runId: run.id })
      : timedOnce;
    const outcome = await begun(services, { ...context, runContext, ...(limited ? { budget } : {}) });
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

/** Whether a function of the context chooses the model that this effect asks. */
function choosesModel(given: Services, { kind }: WorkEffect): boolean {
  const role = ASKED[kind];
  return role !== null && isContextModel(given[role]);
}

/** The services with the model that the function chooses for this run. */
async function bound(given: Services, { kind }: WorkEffect, of: ModelFor): Promise<Services> {
  const role = ASKED[kind];
  if (role === null) return timed(given);
  return timed({ ...given, [role]: await boundModel(given[role], of) });
}

type Begun = (services: Services, context: Performing) => Promise<Outcome>;

/**
 * Begins an effect, without waiting: all that the run knows now is durable. After a wait, the live state may hold
 * events that are not. A call that relied on them, for example on a change of its tool, could act before they are in
 * the log.
 */
function begin(given: Services, effect: WorkEffect, run: Run, { signal }: PerformContext): Begun {
  if (effect.kind !== "call" && effect.kind !== "fill")
    return (services, context) => performed(services, effect, run, context);
  const state = run.execution.steps.get(effect.step)!;
  const changed = changeMet(given, effect, state, run, signal);
  if (changed !== undefined) return async () => changed;
  return effect.kind === "fill"
    ? (services, context) => performFill(services, effect, state, run, context)
    : (services, context) => performCall(services, effect, state, run, context);
}

async function performed(
  services: Services,
  effect: Exclude<WorkEffect, CallEffect | FillEffect>,
  run: Run,
  context: Performing,
): Promise<Outcome> {
  switch (effect.kind) {
    case "plan":
      return performPlan(services, effect, run, context);
    case "reconcile":
      return askTool(services.inventory.get(effect.tool), effect, context, services);
    case "answer":
      return performAnswer(services, effect, run, context);
    case "review":
      return performReview(services, effect, run, context);
  }
}
