// Performs the effects of the run as a whole: its plan, the review of the rest, its answer. In: an effect and the run.
// Out: an outcome. Each asks one model and calls no tool.
import type { PlannerRequest } from "../agents/planner/plan-request.js";
import type { AgentContext, DraftedStep } from "../agents/checkpoint.js";
import { messageOf } from "../error.js";
import { askPlanner, type Planner } from "../agents/planner/planner.js";
import { outOfTurns, replanFacts, type LookedCalls } from "../agents/planner/replan-facts.js";
import { lookedIn } from "../engine/journal.js";
import { reviewFacts, reviewPlan } from "../agents/planner/reviewer.js";
import { writeAnswer, type AnswerRequest } from "../agents/synthesizer.js";
import { isError } from "../plan/finding.js";
import type { Step } from "../plan/plan.js";
import { specialistList } from "../plan/specialist.js";
import { narrowedTo, type ToolSpec } from "../plan/tool-spec.js";
import { NO_USAGE } from "../plan/usage.js";
import type { AnswerEffect, PlanEffect, ReviewEffect } from "../run/effect.js";
import type { Json } from "../plan/json.js";
import { answerProblem } from "../run/answer-type.js";
import { failWith, type ReplyProblem } from "../run/failure.js";
import type { CheckedPlan } from "../run/command.js";
import type { Outcome } from "../run/input.js";
import { foreignInputs, hidesKeys } from "../run/followed-plan.js";
import { criticOf } from "../run/judge-role.js";
import { ROLE_SCOPES } from "../run/keys.js";
import type { JudgeRole } from "../run/settings.js";
import type { Scouted } from "../run/event/scouted.js";
import { type Run } from "../run/state.js";
import { failedWith } from "../run/status.js";
import { agentContext, storeErrorsMarked } from "./agent-context.js";
import { answerFacts } from "./answer-facts.js";
import { doneIn } from "./appraisal.js";
import { DraftedSteps } from "./drafted-steps.js";
import { processLacks } from "./lacking.js";
import { noModel, roleErrorOf } from "./outcome.js";
import { precheckIn } from "./precheck.js";
import { scoutFirst, withScouting, type LookedBefore } from "./scouting.js";
import type { Performing, Services } from "./services.js";
import { todayAt } from "./today.js";

const NO_PLANNER = failWith("NO_PLANNER", { for: "plan" });

/** The run has this model, and this process does not: another process asks it. Throws PROCESS_LACKS. */
export function refuseWithout(services: Services, run: Run, role: JudgeRole): void {
  if (services[role] === null && run.request.models[role] !== null) {
    throw processLacks(services, run, { models: [role] });
  }
}

export async function performPlan(
  services: Services,
  effect: PlanEffect,
  run: Run,
  context: Performing,
): Promise<Outcome> {
  const { key } = effect;
  refuseWithout(services, run, "planner");
  const { planner } = services;
  if (planner === null) return { type: "plan-failed", key, error: NO_PLANNER, usage: NO_USAGE };
  let before: LookedBefore = { usage: NO_USAGE };
  try {
    const agent = agentContext(run, context, { stepId: ROLE_SCOPES.plan, item: null });
    await services.inventory.open?.("all", context.signal);
    before = await scoutFirst(services, effect, run, agent);
    if (before.failed !== undefined) throw before.failed.thrown;
    const outcome = await askedPlan(services, planner, { effect, run, scouted: before.scouted }, agent, context);
    return { ...outcome, ...withScouting(before, outcome.usage) };
  } catch (thrown) {
    const { error, usage } = roleErrorOf(thrown);
    // The usage of a scouting that failed is in the failure.
    const known = before.failed === undefined ? before : { ...before, usage: NO_USAGE };
    return { type: "plan-failed", key, error, ...withScouting(known, usage) };
  }
}

interface Planning {
  readonly effect: PlanEffect;
  readonly run: Run;
  readonly scouted: Scouted | undefined;
}

async function askedPlan(
  services: Services,
  model: Planner,
  { effect, run, scouted }: Planning,
  agent: AgentContext,
  context: Performing,
): Promise<Outcome & { readonly type: "planned" | "plan-invalid" }> {
  // A step that cannot be recorded stops the run by itself.
  const emit = (step: DraftedStep) => void context.emit({ type: "drafted", ...step }).catch(() => undefined);
  const { precheck, misses } = prechecksIn(services, effect, run, context);
  const drafted = new DraftedSteps(emit, misses);
  const planner = { ...agent, drafted: drafted.tell };
  const request = {
    ...planRequestOf(services, effect, run, await lookedCalls(services, run)),
    ...(scouted && { scouted }),
  };
  const reply = await askPlanner(request, model, planner, precheck);
  await drafted.settled();
  const { usage, asking } = reply;
  const told = { key: effect.key, usage, ...(asking === undefined ? {} : { asking }) };
  if (reply.kind === "invalid") return { type: "plan-invalid", draft: reply.draft, findings: reply.findings, ...told };
  const { plan, hash, inputs, tools, findings } = reply;
  const checked = { plan, hash, inputs, tools, findings };
  const { approval } = run.request.settings;
  const of = { approval, done: doneIn(run, checked), context: async () => context.runContext };
  const appraised = await services.appraise?.(checked, of, context.signal);
  return { type: "planned", plan: appraised ?? checked, ...told };
}

/** The prechecks of a whole plan, and those of one step of a plan that is still being written. */
function prechecksIn(services: Services, effect: PlanEffect, run: Run, context: Performing) {
  const ask = precheckIn(services);
  const local = mayHaveReadData(effect, run);
  const options = { context: async () => context.runContext, local, signal: context.signal };
  return {
    precheck: (checked: CheckedPlan) => ask(checked, { ...options, done: doneIn(run, checked) }),
    misses: async (steps: readonly Step[], tools: readonly ToolSpec[], only: string) =>
      (await ask({ plan: { steps }, tools }, { ...options, only })).some(isError),
  };
}

/** What a planner writes then may hold data of others, which an address could carry away. */
const mayHaveReadData = ({ replan }: PlanEffect, { request }: Run): boolean =>
  replan !== undefined ||
  request.settings.scout !== undefined ||
  request.messages.length > 0 ||
  Object.keys(request.inputs).length > 0;

/** What steps that ran out of turns have looked at, from their journals. */
export async function lookedCalls({ store }: Pick<Services, "store">, run: Run): Promise<LookedCalls> {
  const read = async (step: string) => [step, await storeErrorsMarked(() => lookedIn(store, run, step))] as const;
  return Object.fromEntries(await Promise.all(outOfTurns(run).map(read)));
}

/** The request of a planning, as the run stands. `looked`: see lookedCalls. */
export function planRequestOf(services: Services, effect: PlanEffect, run: Run, looked: LookedCalls): PlannerRequest {
  const replan = replanFacts(run, effect.replan, looked);
  const { scouted } = run.planning;
  const request = plannerRequest(services, {
    goal: run.request.goal,
    inputs: run.request.inputs,
    ...(run.request.tools === undefined ? {} : { only: run.request.tools }),
    ...(run.request.messages.length === 0 ? {} : { messages: run.request.messages }),
    ...(hidesKeys(run) ? { foreignInputs: foreignInputs(run) } : {}),
    ...todayAt(run.log.updatedAt),
    executorModel: run.request.models.executor,
    judge: run.request.settings.judge,
    ...(run.request.answerSchema === undefined ? {} : { answer: run.request.answerSchema }),
    granularity: run.request.settings.granularity,
    critique: run.request.settings.critique,
    eager: run.request.settings.eager && replan === undefined && effect.rejected.length === 0,
    rejected: effect.rejected,
    ...(effect.invalid === undefined ? {} : { invalid: effect.invalid }),
    ...(scouted === undefined || replan !== undefined ? {} : { scouted }),
    ...(replan === undefined ? {} : { replan }),
    ...(run.request.within === undefined ? {} : { within: run.request.within }),
    budget: run.request.settings.budget,
  });
  const { executors: _present, ...tools } = request.inventory;
  const { executors } = run.request.settings;
  // Those that the run has recorded, which may have other descriptions than those of this process.
  return { ...request, inventory: { ...tools, ...(executors && { executors: specialistList(executors) }) } };
}

/** The request to the planner, in a run or outside of one. `only`: the names of the tools that the plan may use. */
export function plannerRequest(
  services: Services,
  {
    only,
    ...request
  }: Omit<PlannerRequest, "inventory" | "limits" | "instructions" | "synthesizer" | "judge"> & {
    readonly judge: JudgeRole;
    readonly only?: readonly string[];
  },
) {
  const { planner: instructions } = services.instructions;
  const inventory = narrowedTo(services.inventory.inventory, only);
  const synthesizer = services.synthesizer !== null;
  const judge = canJudge(services, request.judge);
  const given = { inventory, limits: services.limits, synthesizer, judge };
  return { ...request, ...given, ...(instructions === undefined ? {} : { instructions }) };
}

/** Whether the model of this role can judge. A planner that is a function cannot. */
export const canJudge = (services: Pick<Services, JudgeRole>, role: JudgeRole): boolean =>
  services[role] !== null && typeof services[role] !== "function";

export async function performReview(
  services: Services,
  effect: ReviewEffect,
  run: Run,
  context: Performing,
): Promise<Outcome> {
  const { key } = effect;
  const { planner } = services;
  refuseWithout(services, run, "planner");
  if (planner === null || typeof planner === "function")
    return { type: "review-failed", key, error: NO_REVIEWER, usage: NO_USAGE };
  try {
    const agent = agentContext(run, context, { stepId: ROLE_SCOPES.review, item: null });
    return { type: "reviewed", key, ...(await reviewPlan(reviewFacts(run), planner, agent)) };
  } catch (thrown) {
    return { type: "review-failed", key, ...roleErrorOf(thrown) };
  }
}

const NO_REVIEWER = failWith("NO_PLANNER", { for: "review" });

/** The kernel's check; then that of the program's own schema, if this process has it. */
function answerCheck({ answerChecks }: Services, run: Run): (value: Json) => Promise<ReplyProblem | undefined> {
  const own = answerChecks?.get(run.id);
  return async (value) => {
    const misfit = answerProblem(run, value);
    if (misfit !== undefined || own === undefined) return misfit;
    try {
      const checked = await own.check(value);
      return checked.ok ? undefined : checked.problem;
    } catch (thrown) {
      return { code: "SCHEMA_REFUSES", text: messageOf(thrown) };
    }
  };
}

export async function performAnswer(
  services: Services,
  effect: AnswerEffect,
  run: Run,
  context: Performing,
): Promise<Outcome> {
  const { key } = effect;
  refuseWithout(services, run, "synthesizer");
  if (services.synthesizer === null)
    return { type: "answer-failed", key, error: noModel("synthesizer"), usage: NO_USAGE };
  try {
    const agent = agentContext(run, context, { stepId: ROLE_SCOPES.answer, item: null });
    const request = answerRequestOf(services, run);
    // A draft that its critic may refuse must not be read as the answer.
    const told = isDraft(run) ? undefined : (delta: string) => context.progress({ type: "answer", delta });
    const written = await writeAnswer(request, services.synthesizer, agent, told);
    return { type: "answered", key, ...written };
  } catch (thrown) {
    return { type: "answer-failed", key, ...roleErrorOf(thrown) };
  }
}

const isDraft = (run: Run): boolean => failedWith(run) === undefined && criticOf(run) !== undefined;

/** The request of the answer, as the run stands. */
export function answerRequestOf(services: Services, run: Run): AnswerRequest {
  const { synthesizer: instructions } = services.instructions;
  const facts = answerFacts(run);
  return {
    ...facts,
    ...(facts.wanted === undefined ? {} : { check: answerCheck(services, run) }),
    ...todayAt(run.log.updatedAt),
    ...(instructions === undefined ? {} : { instructions }),
  };
}
