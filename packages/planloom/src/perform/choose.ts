// Performs the choice of a strategy: by rule, else by the executor's model, else the planner plans. In: the effect and
// the run. Out: the choice with its features, and the plan of a strategy that needs no planner.
import { chooseByModel, type ChooseRequest } from "../agents/strategy-chooser.js";
import { check } from "../plan/check/check.js";
import { choiceFeatures, type ChoiceFeatures, type ChosenStrategy } from "../plan/choice-features.js";
import { chooseByRule } from "../plan/choice-rules.js";
import { STRATEGIES, isOneStep, type OneStepStrategy } from "../plan/strategy.js";
import type { JsonObject } from "../plan/json.js";
import { writePlan } from "../plan/write.js";
import { fixedSteps, followedPlan } from "../run/followed-plan.js";
import { NO_USAGE, type Usage } from "../plan/usage.js";
import type { CheckedPlan } from "../run/command.js";
import type { ChooseEffect } from "../run/effect.js";
import { failWith } from "../run/failure.js";
import type { Outcome } from "../run/input.js";
import { ROLE_SCOPES } from "../run/keys.js";
import type { ChoiceReason } from "../run/choice-reason.js";
import type { Run } from "../run/state.js";
import { wantedStrategy } from "../run/strategy.js";
import { agentContext } from "./agent-context.js";
import { oneStepPlan } from "./one-step-plan.js";
import { roleErrorOf } from "./outcome.js";
import type { Performing, Services } from "./services.js";

interface Picked {
  readonly strategy: ChosenStrategy;
  readonly rule: string;
  readonly reason: ChoiceReason;
  readonly usage: Usage;
}

export async function performChoose(
  services: Services,
  effect: ChooseEffect,
  run: Run,
  context: Performing,
): Promise<Outcome> {
  const { key } = effect;
  try {
    await services.inventory.open?.("all", context.signal);
    const fits = services.fittingPlaybook?.(run.request.goal);
    const features = { ...featuresOf(services, run), ...(fits !== undefined && { playbook: fits }) };
    const picked = await pick(services, run, features, context);
    const wanted = wantedStrategy(run);
    const outcome = ({ usage, ...choice }: Picked, plan?: CheckedPlan): Outcome => ({
      ...{ type: "chosen", key, choice: { ...choice, wanted, features }, usage },
      ...(plan && { plan }),
    });
    if (!isOneStep(picked.strategy)) return outcome(picked);
    const checked = checkedPlan(services, run, picked.strategy);
    if (checked.ok) return outcome(picked, await appraised(services, run, checked, context));
    const finding = checked.findings[0]?.code ?? "";
    const reason: ChoiceReason = { code: "STEP_UNSOUND", strategy: picked.strategy, finding };
    if (features.possible.includes("plan")) return outcome({ ...picked, strategy: "plan", reason });
    const about = { rounds: 1, why: "asks", finding: checked.findings[0] ?? null, failed: [] } as const;
    return { type: "choose-failed", key, error: failWith("PLAN_INVALID", about), usage: picked.usage };
  } catch (thrown) {
    return { type: "choose-failed", key, ...roleErrorOf(thrown) };
  }
}

function featuresOf({ inventory, strategies = STRATEGIES }: Services, { request }: Run): ChoiceFeatures {
  const { settings, models } = request;
  const { modelCalls, tokens, costUsd } = settings.budget;
  return choiceFeatures({
    goal: request.goal,
    tools: inventory.inventory.tools,
    approval: settings.approval,
    budget: modelCalls !== null || tokens !== null || costUsd !== null,
    planner: models.planner !== null,
    executor: models.executor !== null,
    allowed: strategies,
  });
}

/** A named strategy is followed again; `auto` asks the rules, then the model. */
async function pick(services: Services, run: Run, features: ChoiceFeatures, context: Performing): Promise<Picked> {
  const wanted = wantedStrategy(run);
  if (wanted !== "auto")
    return { strategy: wanted, rule: "given", reason: { code: "STRATEGY_GIVEN" }, usage: NO_USAGE };
  const ruled = chooseByRule(features);
  if (ruled !== undefined) return { ...ruled, reason: { code: "RULE", rule: ruled.rule }, usage: NO_USAGE };
  return pickByModel(services, run, features, context);
}

/** The planner plans if the model gives no answer: a plan suits every goal, and costs one call more. */
async function pickByModel(
  services: Services,
  run: Run,
  features: ChoiceFeatures,
  context: Performing,
): Promise<Picked> {
  const agent = agentContext(run, context, { stepId: ROLE_SCOPES.choose, item: null });
  const fallback = features.possible.includes("plan") ? "plan" : features.possible[0]!;
  if (services.executor === null) throw new Error("a strategy is chosen by a model that is not there");
  try {
    const request = chooseRequestOf(services, run, features);
    const { text, ...chosen } = await chooseByModel(request, services.executor, agent);
    return { ...chosen, rule: "model", reason: { code: "MODEL_CHOSE", text } };
  } catch (thrown) {
    context.signal.throwIfAborted();
    const { error, usage } = roleErrorOf(thrown);
    return { strategy: fallback, rule: "model", reason: { code: "MODEL_SILENT", error }, usage };
  }
}

export function chooseRequestOf(
  services: Services,
  { request }: Run,
  { possible }: Pick<ChoiceFeatures, "possible">,
): ChooseRequest {
  const tools = services.inventory.inventory.tools.map(({ name }) => name);
  return { goal: request.goal, inputs: Object.keys(request.inputs), tools, possible };
}

/** The conversation is an input already if the run has had a plan. */
function checkedPlan(services: Services, run: Run, strategy: OneStepStrategy) {
  const { goal, inputs, answerSchema, settings, models, messages } = run.request;
  const { inventory } = services.inventory;
  const { draft } = oneStepPlan(strategy, {
    ...{ goal, inputs, tools: inventory.tools, answer: answerSchema, turns: settings.turns },
    messages: run.planning.plans.length === 0 ? messages : [],
    offeredTools: services.limits.offeredTools,
    planner: models.planner !== null,
    allowed: services.strategies ?? STRATEGIES,
    isChosen: true,
    finished: finishedSteps(run),
  });
  return check(draft, inventory, {
    ...{ inputs, goal, limits: services.limits, granularity: settings.granularity },
    ...(answerSchema && { answer: answerSchema }),
    synthesizer: services.synthesizer !== null,
  });
}

/** A new plan keeps what was done. */
function finishedSteps(run: Run) {
  const followed = followedPlan(run);
  const fixed = fixedSteps(run);
  const { steps = [] } = followed === undefined ? {} : writePlan(followed.plan);
  return (steps as readonly (JsonObject & { readonly id: string })[]).filter(({ id }) => fixed.has(id));
}

async function appraised(
  services: Services,
  run: Run,
  { plan, hash, inputs, tools, findings }: CheckedPlan,
  { signal, runContext }: Performing,
): Promise<CheckedPlan> {
  const checked = { plan, hash, inputs, tools, findings };
  const of = { approval: run.request.settings.approval, context: async () => runContext };
  return (await services.appraise?.(checked, of, signal)) ?? checked;
}
