// Turns an effect into an outcome, for all engines. In: an effect and the run. Out: an outcome for `decide`. It rejects
// only if the store failed or the run was lost: then nothing may be decided. Agents and tools are called in
// role-effects.ts, step-effects.ts, reconcile.ts and compensate.ts.
import { inTime } from "../deadline.js";
import { LIMITS } from "../limits.js";
import type { CallEffect, FillEffect, WorkEffect } from "../run/effect.js";
import { directTool } from "../plan/step-kind.js";
import { outOfTime } from "../run/decide/budget.js";
import { failWith } from "../run/failure.js";
import type { Outcome } from "../run/input.js";
import { soundFailure } from "../run/sound-failure.js";
import type { Run } from "../run/state.js";
import { EffectBudget } from "./effect-budget.js";
import { performChoose } from "./choose.js";
import { performCompensate } from "./compensate.js";
import { askTool } from "./reconcile.js";
import type { Planner } from "../agents/planner/planner.js";
import { timedPlanner } from "../agents/planner/timed-planner.js";
import { usableModel } from "../model/patience/patient-model.js";
import { boundModel, isContextModel } from "../model/context-model.js";
import type { Model, Role } from "../model/port.js";
import { performCritique, performJudge } from "./judge-effects.js";
import { performAnswer, performPlan, performReview } from "./role-effects.js";
import { changeMet, performCall, performFill } from "./step-effects.js";
import type { Perform, PerformContext } from "../engine/perform-port.js";
import { endedOutcome } from "./outcome.js";
import { simulatedServices } from "./simulation.js";
import type { Performing, Services, SpecialistService } from "./services.js";
import { PlanloomError } from "../words/planloom-error.js";

export function performIn(given: Services): Perform {
  const [real, simulated] = [performWith(given), performWith(simulatedServices(given))];
  return (effect, run, context) => (run.request.settings.simulated === true ? simulated : real)(effect, run, context);
}

function performWith(given: Services): Perform {
  const timedOnce = timed(given);
  return async (effect, run, context) => {
    const { modelCalls, tokens, costUsd } = run.request.settings.budget;
    const limited = modelCalls !== null || tokens !== null || costUsd !== null;
    const budget = new EffectBudget(run, context.reserve);
    const begun = begin(given, effect, run, context);
    const found = await lookedUp(given, effect, run, context.signal);
    if (found !== undefined) await context.stillOwned?.();
    if (context.signal.aborted && isToolCall(effect, run)) return notCalled(effect, run);
    const { services = timedOnce, runContext } = found ?? {};
    const outcome = await begun(services, { ...context, runContext, ...(limited ? { budget } : {}) });
    return "error" in outcome ? { ...outcome, error: soundFailure(outcome.error, "INTERNAL") } : outcome;
  };
}

/** The same, with models that wait for their endpoints, and with deadlines. */
function timed(services: Services): Services {
  const { planner, executor, synthesizer, specialists, clock, limiter } = services;
  const watched = (model: Model): Model => services.watch?.model(model) ?? model;
  const usable = (model: Model): Model => usableModel(watched(model), clock, limiter);
  const usableIn = (one: SpecialistService): SpecialistService => ({ ...one, model: one.model && usable(one.model) });
  return {
    ...services,
    planner: planner && timedPlanner(typeof planner === "function" ? planner : watched(planner), clock, limiter),
    executor: executor && usable(executor),
    synthesizer: synthesizer && usable(synthesizer),
    ...(specialists && { specialists: new Map([...specialists].map(([name, one]) => [name, usableIn(one)])) }),
    modelNamed: (name) => usable(services.modelNamed(name)),
  };
}

const isToolCall = (effect: WorkEffect, run: Run): effect is CallEffect =>
  effect.kind === "call" && directTool(run.execution.steps.get(effect.step)!.spec) !== undefined;

/** A call that was stopped while its context was looked up. A former owner may have made an idempotent one. */
function notCalled({ key, effects }: CallEffect, run: Run): Outcome {
  const why = outOfTime(run) === undefined ? "cancelled" : "out-of-time";
  const ending = effects === "idempotent" ? "abort" : "tool-error";
  return endedOutcome(key, ending, failWith("ABORTED", { how: "not-called", why }));
}

/** The context of the run; and the services, if a function of the context chooses the model. */
interface Found {
  readonly runContext: unknown;
  readonly services?: Services;
}

/**
 * What functions of the program give for this effect. undefined if nothing is to be looked up, or if the effect was
 * stopped: then it calls nothing. Rejects with CONTEXT_NEEDED, CONTEXT_FAILED, MODEL_FUNCTION_FAILED.
 */
async function lookedUp(
  given: Services,
  effect: WorkEffect,
  run: Run,
  signal: AbortSignal,
): Promise<Found | undefined> {
  const chooses = isContextModel(askedModel(given, effect, run));
  if (signal.aborted || (run.request.context === undefined && !chooses)) return undefined;
  const look = async (): Promise<Found> => {
    const runContext = await given.contexts?.of(run);
    return chooses ? { runContext, services: await bound(given, effect, run, runContext) } : { runContext };
  };
  const { end, why } = await inTime(look, signal, LIMITS.contextMs, given.clock);
  if (why === "abort") return undefined;
  if (end !== undefined && "value" in end) return end.value;
  if (end !== undefined) throw end.thrown;
  throw new PlanloomError("CONTEXT_FAILED", { runId: run.id, ms: LIMITS.contextMs });
}

/** The role that an effect asks. */
const ASKED: { readonly [K in Exclude<WorkEffect["kind"], "judge" | "critique">]: Role | null } = {
  plan: "planner",
  choose: "executor",
  review: "planner",
  fill: "executor",
  call: "executor",
  reconcile: null,
  compensate: null,
  answer: "synthesizer",
};

const roleAsked = (effect: WorkEffect): Role | null =>
  effect.kind === "judge" || effect.kind === "critique" ? effect.role : ASKED[effect.kind];

/** The name of the specialist that performs the step of an effect. */
function specialistFor(effect: WorkEffect, run: Run): string | undefined {
  return effect.kind === "fill" || effect.kind === "call"
    ? run.execution.steps.get(effect.step)?.spec.executor
    : undefined;
}

/** The model that this effect asks. */
function askedModel(given: Services, effect: WorkEffect, run: Run): Planner | null | undefined {
  const specialist = specialistFor(effect, run);
  if (specialist !== undefined) return given.specialists?.get(specialist)?.model;
  const role = roleAsked(effect);
  return role === null ? null : given[role];
}

/** The services with the model that the function chooses for this run. */
async function bound(given: Services, effect: WorkEffect, run: Run, context: unknown): Promise<Services> {
  const of = { context, runId: run.id };
  const name = specialistFor(effect, run);
  const specialist = name === undefined ? undefined : given.specialists?.get(name);
  if (name !== undefined && specialist !== undefined) {
    const model = await boundModel(specialist.model, of);
    return timed({ ...given, specialists: new Map(given.specialists).set(name, { ...specialist, model }) });
  }
  const role = roleAsked(effect);
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
    case "choose":
      return performChoose(services, effect, run, context);
    case "reconcile":
      return askTool(services.inventory.get(effect.tool), effect, context, services);
    case "compensate":
      return performCompensate(services, effect, run, context);
    case "answer":
      return performAnswer(services, effect, run, context);
    case "review":
      return performReview(services, effect, run, context);
    case "judge":
      return performJudge(services, effect, run, context);
    case "critique":
      return performCritique(services, effect, run, context);
  }
}
