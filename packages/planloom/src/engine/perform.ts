// From an effect to an outcome: the only place that calls agents and tools, shared by all engines. In: an effect and the
// run. Out: an outcome for `decide`. Rejects only when the store failed or the run was lost: then nothing may be decided.
import { callsOfTool } from "../agents/model-call.js";
import { UnknownOutcome, type AgentContext, type CheckpointOptions } from "../agents/checkpoint.js";
import { fillArguments } from "../agents/fill-arguments.js";
import { askPlanner, type Planner, type PlannerRequest } from "../agents/planner.js";
import { replanFacts } from "../agents/replan-facts.js";
import { reviewFacts, reviewPlan } from "../agents/reviewer.js";
import { runAgent } from "../agents/run-agent.js";
import { StepFailure } from "../agents/step-failure.js";
import { writeAnswer } from "../agents/synthesizer.js";
import { messageOf, PlanloomError } from "../error.js";
import { LIMITS } from "../limits.js";
import type { Model } from "../model/port.js";
import { hashOf } from "../plan/hash.js";
import type { Json } from "../plan/json.js";
import type { AgentStep, ToolStep } from "../plan/plan.js";
import { revealed } from "../plan/secret.js";
import { typeOf } from "../plan/type-schema.js";
import { addUsage, NO_USAGE, soundUsage, type Usage } from "../plan/usage.js";
import type { AnswerEffect, CallEffect, Effect, FillEffect, PlanEffect, ReviewEffect } from "../run/effect.js";
import type { Failure } from "../run/event.js";
import type { Ending, Outcome } from "../run/input.js";
import { soundFailure } from "../run/sound-failure.js";
import { currentPlan, workOf, type Run, type StepState, type Work } from "../run/state.js";
import type { EventStore } from "../store/event-store.js";
import type { ToolInventory } from "../tools/inventory.js";
import { ToolError, type Tool, type ToolContext } from "../tools/tool.js";
import { doneIn, type Appraise } from "./appraisal.js";
import type { Clock } from "./clock.js";
import { newDeadline } from "./deadline.js";
import { EffectBudget, type ReservePart } from "./effect-budget.js";
import type { Progress } from "./engine.js";
import { callTool } from "./guard.js";
import { doubtIn, openJournal } from "./journal.js";
import { askTool } from "./reconcile.js";
import { timelyModel, timelyPlanner } from "./role-deadline.js";

/** Everything outside of Planloom that a run may touch. */
export interface World {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly inventory: ToolInventory;
  readonly planner: Planner | null;
  readonly executor: Model | null;
  readonly synthesizer: Model | null;
  /** For steps that name a model of their own. */
  readonly modelNamed: (name: string) => Model;
  readonly instructions: { readonly planner?: string; readonly executor?: string; readonly synthesizer?: string };
  readonly secrets: { readonly [name: string]: string };
  readonly limits: { readonly steps: number; readonly planBytes: number };
  /** What is said of a plan before it is proposed. Default: nothing. */
  readonly appraise?: Appraise;
}

export interface PerformContext {
  readonly signal: AbortSignal;
  /** The writer's, for the journal. */
  readonly epoch: number;
  /** Resolves at once while the run is this process's; to be asked after each durable intent. Rejects with STORE_FENCED. */
  stillOwned(): Promise<void>;
  readonly reserve: ReservePart;
  progress(progress: Progress): void;
}

/** An effect as it is performed: with its use of the budget, where model calls are limited. */
type Performing = PerformContext & { readonly budget?: EffectBudget };

/** undefined for effects that are waited for and not performed. */
export type Perform = (effect: Effect, run: Run, context: PerformContext) => Promise<Outcome | undefined>;

export function performIn(given: World): Perform {
  const world = timely(given);
  return async (effect, run, context) => {
    const { modelCalls, tokens, costUsd } = run.settings.budget;
    const limited = modelCalls !== null || tokens !== null || costUsd !== null;
    const budget = new EffectBudget(run, context.reserve);
    const outcome = await performed(world, effect, run, limited ? { ...context, budget } : context);
    return outcome !== undefined && "error" in outcome
      ? { ...outcome, error: soundFailure(outcome.error, "INTERNAL") }
      : outcome;
  };
}

/** The world with its models and its planner under deadlines. */
function timely(world: World): World {
  const { planner, executor, synthesizer, clock } = world;
  return {
    ...world,
    planner: planner && timelyPlanner(planner, clock),
    executor: executor && timelyModel(executor, clock),
    synthesizer: synthesizer && timelyModel(synthesizer, clock),
    modelNamed: (name) => timelyModel(world.modelNamed(name), clock),
  };
}

async function performed(world: World, effect: Effect, run: Run, context: Performing): Promise<Outcome | undefined> {
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
    case "wait":
    case "person":
    case "stop":
      return undefined;
  }
}

const NO_PLANNER: Failure = {
  code: "NO_PLANNER",
  message: "there is no planner model",
  retryable: false,
  next: "Set PLANLOOM_PLANNER_MODEL (and PLANLOOM_PLANNER_BASE_URL) or pass --model to `planloom retry RUN`, or give it a plan with --plan.",
};

async function performPlan(world: World, effect: PlanEffect, run: Run, context: Performing): Promise<Outcome> {
  const { key } = effect;
  if (world.planner === null) return { type: "plan-failed", key, error: NO_PLANNER, usage: NO_USAGE };
  try {
    const place = await agentContext(world, run, context, { stepId: "#planner", item: null, attempt: numberIn(key) });
    const replan = replanFacts(run, effect.replan);
    const request = plannerRequest(world, {
      goal: run.goal,
      inputs: run.inputs,
      executorModel: run.models.executor,
      rejected: effect.rejected,
      ...(effect.invalid === undefined ? {} : { invalid: effect.invalid }),
      ...(replan === undefined ? {} : { replan }),
    });
    const reply = await askPlanner(request, world.planner, place);
    if (reply.kind === "invalid")
      return { type: "plan-invalid", key, draft: reply.draft, findings: reply.findings, usage: reply.usage };
    const { plan, hash, inputs, tools, findings, usage } = reply;
    const checked = { plan, hash, inputs, tools, findings };
    const { approval } = run.settings;
    const appraised = await world.appraise?.(checked, { approval, done: doneIn(run, checked) }, context.signal);
    return { type: "planned", key, plan: appraised ?? checked, usage };
  } catch (thrown) {
    return { type: "plan-failed", key, ...roleFailure(thrown) };
  }
}

/** What the planner is asked, in a run or outside of one. */
export function plannerRequest(world: World, asked: Omit<PlannerRequest, "inventory" | "limits" | "instructions">) {
  const { planner: instructions } = world.instructions;
  const { inventory } = world.inventory;
  return { ...asked, inventory, limits: world.limits, ...(instructions === undefined ? {} : { instructions }) };
}

/** The number in an effect's key: it tells the requests of a run apart in its journal. */
const numberIn = (key: string) => Number(key.slice(key.lastIndexOf("/") + 1));

async function performReview(world: World, effect: ReviewEffect, run: Run, context: Performing): Promise<Outcome> {
  const { key } = effect;
  const { planner } = world;
  if (planner === null || typeof planner === "function")
    return { type: "review-failed", key, error: NO_REVIEWER, usage: NO_USAGE };
  try {
    const place = await agentContext(world, run, context, { stepId: "#review", item: null, attempt: numberIn(key) });
    return { type: "reviewed", key, ...(await reviewPlan(reviewFacts(run), planner, place)) };
  } catch (thrown) {
    return { type: "review-failed", key, ...roleFailure(thrown) };
  }
}

const NO_REVIEWER: Failure = {
  code: "NO_PLANNER",
  message: "there is no planner model that could review the plan",
  retryable: false,
  next: "Give the planner a model, or set `replan` to on-failure in the configuration.",
};

async function performAnswer(world: World, effect: AnswerEffect, run: Run, context: Performing): Promise<Outcome> {
  const { key } = effect;
  const { answer } = currentPlan(run)!.plan;
  if (world.synthesizer === null || answer.kind !== "from") {
    return {
      type: "answer-failed",
      key,
      error: { ...NO_MODEL, message: "there is no synthesizer model" },
      usage: NO_USAGE,
    };
  }
  try {
    const place = await agentContext(world, run, context, { stepId: "#answer", item: null, attempt: numberIn(key) });
    const outputs = answer.from.map((id) => {
      const state = run.steps.get(id)!;
      return { id, title: state.spec.title, output: state.work.output ?? null };
    });
    const { synthesizer: instructions } = world.instructions;
    const request = {
      goal: run.goal,
      outputs,
      ...(answer.instructions === undefined ? {} : { form: answer.instructions }),
      ...(instructions === undefined ? {} : { instructions }),
    };
    const written = await writeAnswer(request, world.synthesizer, place, (delta) =>
      context.progress({ type: "answer", delta }),
    );
    return { type: "answered", key, ...written };
  } catch (thrown) {
    return { type: "answer-failed", key, ...roleFailure(thrown) };
  }
}

const NO_MODEL: Failure = {
  code: "NO_MODEL",
  message: "there is no executor model",
  retryable: false,
  next: "Set PLANLOOM_EXECUTOR_MODEL (and PLANLOOM_EXECUTOR_BASE_URL), or pass --model.",
};

function executorOf(world: World, name: string | undefined): Model | null {
  return name === undefined ? world.executor : world.modelNamed(name);
}

async function performFill(world: World, effect: FillEffect, run: Run, context: Performing): Promise<Outcome> {
  const { key } = effect;
  const state = run.steps.get(effect.step)!;
  const step = state.spec as ToolStep;
  try {
    const model = executorOf(world, step.model);
    if (model === null || state.tool === undefined) return ended(key, "tool-error", NO_MODEL);
    const place = await agentContext(world, run, context, {
      stepId: step.id,
      item: effect.item,
      attempt: effect.attempt,
    });
    const { executor: instructions } = world.instructions;
    const facts = { goal: run.goal, step, args: effect.given, outputs: contextOf(run, state) };
    const request = { ...facts, spec: state.tool, ...(instructions === undefined ? {} : { instructions }) };
    const { args, usage } = await fillArguments(request, model, place);
    return { type: "filled", key, args, usage };
  } catch (thrown) {
    return endedBy(key, thrown, context.signal.aborted ? "abort" : "tool-error");
  }
}

async function performCall(world: World, effect: CallEffect, run: Run, context: Performing): Promise<Outcome> {
  const state = run.steps.get(effect.step)!;
  if (state.spec.kind === "tool") return callDirectly(world, effect, state, state.spec, run, context);
  return runAgentStep(world, effect, state, state.spec as AgentStep, run, context);
}

async function callDirectly(
  world: World,
  effect: CallEffect,
  state: StepState,
  step: ToolStep,
  run: Run,
  context: Performing,
): Promise<Outcome> {
  const tool = world.inventory.get(step.tool);
  if (tool === undefined) return ended(effect.key, "tool-error", toolGone(step.tool));
  const secret = missingSecret(effect.args, world.secrets);
  if (secret !== undefined) return ended(effect.key, "tool-error", secretUnknown(secret));
  const args = revealed(effect.args, (name) => world.secrets[name]!) as CallEffect["args"];
  const timeoutMs = step.timeoutMs ?? tool.spec.timeoutMs ?? LIMITS.toolTimeoutMs;
  let usage = NO_USAGE;
  const count = (more: Usage): void => void (usage = addUsage(usage, more));
  const spend = (more: Usage): void => {
    count(soundUsage(more));
    context.budget?.spend(soundUsage(more));
  };
  const modelCall = callsOfTool(context.budget, context.signal, count);
  const toolContext = { ...toolContextOf(run, context, effect), spend, modelCall };
  const end = await callTool(tool, args, toolContext, timeoutMs, world.clock);
  if (!end.ok) return ended(effect.key, end.ending, end.error, usage);
  const summary = summaryOf(tool, end.output);
  return { type: "returned", key: effect.key, output: end.output, tools: [step.tool], usage, ...summary };
}

function missingSecret(args: Json, secrets: World["secrets"]): string | undefined {
  let missing: string | undefined;
  revealed(args, (name) => {
    if (!Object.hasOwn(secrets, name)) missing ??= name;
    return null;
  });
  return missing;
}

function secretUnknown(name: string): Failure {
  const message = `there is no secret ${name}`;
  return { code: "SECRET_UNKNOWN", message, retryable: false, next: "Add it under `secrets` in the configuration." };
}

function toolGone(name: string): Failure {
  return {
    code: "TOOL_GONE",
    message: `the tool ${name}, which the plan was checked against, is not there any more`,
    retryable: false,
    next: "Add the tool to the configuration; then `planloom retry RUN` goes on.",
  };
}

/** A tool's own line about its output; a summary that throws is left out, for it must not fail a call that worked. */
function summaryOf(tool: Tool, output: Json): { readonly summary?: string } {
  try {
    const summary: unknown = tool.summary?.(output);
    return typeof summary === "string" ? { summary: summary.slice(0, LIMITS.previewChars) } : {};
  } catch {
    return {};
  }
}

async function runAgentStep(
  world: World,
  effect: CallEffect,
  state: StepState,
  step: AgentStep,
  run: Run,
  context: Performing,
): Promise<Outcome> {
  const { key } = effect;
  const deadline = newDeadline(context.signal, step.timeoutMs ?? LIMITS.agentTimeoutMs, world.clock);
  try {
    const model = executorOf(world, step.model);
    if (model === null) return ended(key, "tool-error", NO_MODEL);
    const inner = { ...context, signal: deadline.signal };
    const place = await agentContext(world, run, inner, {
      stepId: step.id,
      item: effect.item,
      attempt: effect.attempt,
      settled: workOf(run, effect)?.settled,
    });
    // One that was stopped before it began here: all that is left of it is what its journal holds.
    deadline.signal.throwIfAborted();
    const { executor: instructions } = world.instructions;
    const declared = step.output === undefined ? undefined : typeOf(step.output);
    const result = await runAgent(
      {
        goal: run.goal,
        step,
        args: effect.args,
        outputs: contextOf(run, state),
        tools: toolsOf(world, step).map((tool) => guarded(world, tool)),
        turns: run.settings.turns,
        keyOf: (tool, args, occurrence) => hashOf([run.id, step.id, effect.item, tool, args, occurrence]),
        type: declared?.ok === true ? declared.type : undefined,
        ...(instructions === undefined ? {} : { instructions }),
      },
      model,
      place,
    );
    return { type: "returned", key, ...result };
  } catch (thrown) {
    const outcome = endedBy(key, thrown, deadline.why() ?? "tool-error");
    if (outcome.ending !== "abort" || run.cancelling === undefined) return outcome;
    // Nothing will perform it again, so that a call of its that may have acted would be forgotten.
    const doubt = await doubtIn(world.store, run, effect);
    return doubt === undefined ? outcome : inDoubt(key, doubt, outcome.usage);
  } finally {
    deadline.cancel();
  }
}

/** The tools that an agent step may use; `all` leaves out those that wait for a person. */
function toolsOf(world: World, step: AgentStep): readonly Tool[] {
  const names =
    step.tools === "all"
      ? world.inventory.specs.filter((spec) => spec.approval === undefined).map((spec) => spec.name)
      : step.tools;
  return names.flatMap((name) => world.inventory.get(name) ?? []);
}

/** The tool with its calls under a deadline: a known failure is thrown as a ToolError, any other ending as an Error. */
function guarded(world: World, tool: Tool): Tool {
  return {
    ...tool,
    call: async (args, context) => {
      const end = await callTool(tool, args, context, tool.spec.timeoutMs ?? LIMITS.toolTimeoutMs, world.clock);
      if (end.ok) return end.output;
      if (end.ending === "tool-error") throw new ToolError(end.error.message, end.error);
      throw new Error(end.error.message);
    },
  };
}

/** Whole outputs of the steps in `dependsOn`: plans that carry data only that way work as they were meant. */
function contextOf(run: Run, state: StepState): { readonly [step: string]: Json } {
  return Object.fromEntries(state.spec.dependsOn.map((id) => [id, run.steps.get(id)?.work.output ?? null]));
}

interface Place {
  readonly stepId: string;
  readonly item: number | null;
  readonly attempt: number;
  readonly settled?: Work["settled"] | undefined;
}

async function agentContext(world: World, run: Run, context: Performing, place: Place): Promise<AgentContext> {
  const journal = await storeErrorsMarked(() =>
    openJournal(
      world.store,
      { runId: run.id, epoch: context.epoch, stillOwned: () => context.stillOwned(), ...place },
      () => world.clock.now(),
    ),
  );
  const { stepId, item, attempt } = place;
  return {
    signal: context.signal,
    runId: run.id,
    stepId,
    item,
    attempt,
    checkpoint: (name, options, work) =>
      storeErrorsMarked(() => journal(name, options, allowed(work, options, context.budget))),
    ...(context.budget === undefined ? {} : { budget: context.budget }),
    progress: (value) => context.progress({ type: "step", step: stepId, item, value: shown(value) }),
  };
}

/** What came of a tool without effects that was not allowed to ask its model is no outcome: it is called again when it may. */
function allowed<T extends Json>(
  work: (again?: boolean) => Promise<T>,
  { effects }: CheckpointOptions,
  budget: EffectBudget | undefined,
) {
  return async (again?: boolean): Promise<T> => {
    const outcome = await work(again);
    if (effects === "none") budget?.throwIfRefused();
    return outcome;
  };
}

/** A journal that could not be read or written: the run is lost or the disk full, which is no failure of the step. */
class JournalLost extends Error {}

async function storeErrorsMarked<T>(use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (thrown) {
    if (thrown instanceof PlanloomError && thrown.kind === "store")
      throw new JournalLost(thrown.message, { cause: thrown });
    throw thrown;
  }
}

/** It comes from tools, and is shown while they work. */
function shown(value: number | string): number | string {
  return typeof value === "number" ? value : messageOf(value).slice(0, LIMITS.progressChars);
}

function toolContextOf(run: Run, context: Performing, effect: CallEffect): Omit<ToolContext, "spend" | "modelCall"> {
  const { step, item, attempt, effectKey: key } = effect;
  const progress = (value: number | string) => context.progress({ type: "step", step, item, value: shown(value) });
  return { signal: context.signal, key, runId: run.id, stepId: step, attempt, progress };
}

type Ended = Outcome & { readonly type: "ended" };

function ended(key: string, ending: Ending, error: Failure, usage: Usage = NO_USAGE): Ended {
  return { type: "ended", key, ending, error, usage };
}

/** A call inside an agent step ended so that nobody knows whether it acted. */
function inDoubt(key: string, doubt: UnknownOutcome, usage = doubt.usage): Ended {
  const error: Failure = { code: "OUTCOME_UNKNOWN", message: doubt.message, retryable: false };
  return { type: "ended", key, ending: "in-doubt", error, usage, call: { key: doubt.key, tool: doubt.tool } };
}

function endedBy(key: string, thrown: unknown, ending: "tool-error" | "timeout" | "abort"): Ended {
  if (thrown instanceof JournalLost) throw thrown.cause;
  if (thrown instanceof UnknownOutcome) return inDoubt(key, thrown);
  const { error, usage } = roleFailure(thrown);
  if (ending !== "timeout") return ended(key, ending, error, usage);
  return ended(
    key,
    "timeout",
    {
      code: "TIMEOUT",
      message: "the agent step did not end in time",
      retryable: true,
      next: "Give the step a longer `timeout`, or make it smaller.",
    },
    usage,
  );
}

function roleFailure(thrown: unknown): { readonly error: Failure; readonly usage: Usage } {
  if (thrown instanceof JournalLost) throw thrown.cause;
  if (thrown instanceof StepFailure) return { error: thrown.failure, usage: thrown.usage };
  if (thrown instanceof PlanloomError) {
    const { code, message, retryable, next } = thrown;
    return { error: { code, message, retryable, ...(next === undefined ? {} : { next }) }, usage: NO_USAGE };
  }
  return { error: { code: "INTERNAL", message: messageOf(thrown), retryable: false }, usage: NO_USAGE };
}
