// Performs the effects of steps: filling arguments, calling a tool, running an agent step. In: an effect and the run.
// Out: an outcome. Each tool call gets its deadline, its key, its secrets and its part of the budget here.
import { beginning } from "../beginning.js";
import { fillArguments, type FillRequest } from "../agents/executor/fill-arguments.js";
import { callsOfTool } from "../agents/model-call.js";
import type { CallGuard } from "../agents/checkpoint.js";
import type { AgentBreak, AgentRequest } from "../agents/executor/agent-request.js";
import { runAgent } from "../agents/executor/run-agent.js";
import { LIMITS } from "../limits.js";
import type { Model } from "../model/port.js";
import { hashOf } from "../plan/hash.js";
import type { Json } from "../plan/json.js";
import type { AgentStep, Step, ToolStep } from "../plan/plan.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import { usesTool, type StepKind } from "../plan/step-kind.js";
import { revealed, secretsIn } from "../plan/secret.js";
import { typeOf } from "../plan/type/schema.js";
import { soundUsage } from "../plan/sound-usage.js";
import { addUsage, NO_USAGE, type Usage } from "../plan/usage.js";
import type { CallEffect, FillEffect } from "../run/effect.js";
import { freshKey } from "../run/acted-calls.js";
import { isHeldGranted, whyCallWaits } from "../run/guard.js";
import { callText } from "../run/keys.js";
import { contextOf, currentPlan, findWork, toolIn } from "../run/lookup.js";
import { failWith, isFailure } from "../run/failure.js";
import { toolsOfStep, unknownChanges } from "../run/changed-tools.js";
import { isCancelling } from "../run/status.js";
import { wholeRunBy } from "../run/strategy.js";
import { handsOver } from "../run/decide/policy.js";
import type { Conversation, StepState } from "../run/work.js";
import { failureText } from "../words/failures.js";
import type { Outcome } from "../run/input.js";
import { type Run } from "../run/state.js";
import { secretFilter, type SecretFilter } from "../tools/secret-filter.js";
import { NOT_ASKING, type AskingOf } from "../tools/call-questions.js";
import type { Tool, ToolContext } from "../tools/tool.js";
import { doubtIn, progressIn } from "../engine/journal.js";
import { progressOf } from "../run/progress.js";
import { agentContext, storeErrorsMarked, waitsOf } from "./agent-context.js";
import { newDeadline } from "../deadline.js";
import { callTool } from "./call-tool.js";
import { guardedTool } from "./guarded-tool.js";
import { evidenceOf } from "./evidence.js";
import { outputRefusal } from "./refused-output.js";
import { endedOutcome, endedBy, inDoubt, noModel } from "./outcome.js";
import type { Performing, Services } from "./services.js";
import { todayAt } from "./today.js";
import { runSubPlan } from "./sub-run.js";
import { shownReport } from "./tool-progress.js";

/** The model of a step: its own, its specialist's, or the executor's. */
function executorOf(services: Services, { model, executor }: Step): Model | null {
  if (model !== undefined) return services.modelNamed(model);
  return executor === undefined ? services.executor : (services.specialists?.get(executor)?.model ?? null);
}

function instructionsOf({ specialists, instructions }: Services, { executor }: Step): string | undefined {
  return executor === undefined ? instructions.executor : specialists?.get(executor)?.settings.instructions;
}

export async function performFill(
  services: Services,
  effect: FillEffect,
  state: StepState,
  run: Run,
  context: Performing,
): Promise<Outcome> {
  const { key } = effect;
  const step = state.spec as ToolStep;
  const { tool } = state;
  try {
    const model = executorOf(services, step);
    if (model === null || tool === undefined) return endedOutcome(key, "tool-error", noModel("executor"));
    const agent = agentContext(run, context, { stepId: step.id, item: effect.item });
    const request = fillRequestOf(services, effect, step, tool, run);
    const { args, usage } = await fillArguments(request, model, agent);
    return { type: "filled", key, args, usage };
  } catch (thrown) {
    return endedBy(key, thrown, context.signal.aborted ? "abort" : "tool-error");
  }
}

/** The request for the arguments that a step leaves out. `spec`: its tool. */
export function fillRequestOf(
  services: Services,
  effect: FillEffect,
  step: ToolStep,
  spec: ToolSpec,
  run: Run,
): FillRequest {
  const instructions = instructionsOf(services, step);
  return {
    goal: run.request.goal,
    ...todayAt(run.log.updatedAt),
    step,
    args: effect.given,
    outputs: contextOf(run, step),
    spec,
    ...(instructions === undefined ? {} : { instructions }),
  };
}

export async function performCall(
  services: Services,
  effect: CallEffect,
  state: StepState,
  run: Run,
  context: Performing,
): Promise<Outcome> {
  const call = CALLS[state.spec.kind] as Call<Step> | null;
  if (call === null) throw new Error(`step ${state.spec.id} has no call`);
  return withoutSecrets(await call(services, effect, state, state.spec, run, context), secretFilter(services.secrets));
}

/** A model may have written the value of a secret into the arguments of a call inside an agent step. */
function withoutSecrets(outcome: Outcome, filter: SecretFilter): Outcome {
  const cleaned = <T>(value: T): T => filter.value(value as Json) as T;
  if (outcome.type !== "returned" && outcome.type !== "ended" && outcome.type !== "held" && outcome.type !== "asked")
    return outcome;
  const { calls } = outcome;
  const clean = calls === undefined ? outcome : { ...outcome, calls: cleaned(calls) };
  if (clean.type === "asked")
    return clean.call.args === undefined
      ? clean
      : { ...clean, call: { ...clean.call, args: cleaned(clean.call.args) } };
  if (clean.type === "held") return { ...clean, args: cleaned(clean.args) };
  if (clean.type === "returned" || clean.call?.args === undefined) return clean;
  return { ...clean, call: { ...clean.call, args: cleaned(clean.call.args) } };
}

/**
 * The outcome if the step's tools are not the ones that the run knows: no call is made. A step that was stopped before
 * it began here calls nothing, so its tools do not matter.
 */
export function changeMet(
  { inventory }: Services,
  effect: CallEffect | FillEffect,
  state: StepState,
  run: Run,
  signal: AbortSignal,
): Outcome | undefined {
  if (signal.aborted) return undefined;
  const { key } = effect;
  const startedSeq = effect.kind === "call" ? findWork(run, effect)?.startedSeq : undefined;
  const tools = unknownChanges(run, state, (name) => inventory.get(name)?.spec, startedSeq);
  return tools.length === 0 ? undefined : { type: "tool-changed", key, tools };
}

type Call<S extends Step> = (
  services: Services,
  effect: CallEffect,
  state: StepState,
  step: S,
  run: Run,
  context: Performing,
) => Promise<Outcome>;

/** How each kind of step is performed. null: a person does it. */
const CALLS: { readonly [K in StepKind]: Call<Extract<Step, { readonly kind: K }>> | null } = {
  tool: callDirectly,
  agent: runAgentStep,
  ask: null,
  plan: runSubPlan,
};

async function callDirectly(
  services: Services,
  effect: CallEffect,
  state: StepState,
  step: ToolStep,
  run: Run,
  context: Performing,
): Promise<Outcome> {
  const tool = services.inventory.get(step.tool);
  if (tool === undefined) return endedOutcome(effect.key, "tool-error", failWith("TOOL_GONE", { tool: step.tool }));
  const secret = missingSecret(step.with, services.secrets);
  if (secret !== undefined) return endedOutcome(effect.key, "tool-error", failWith("SECRET_UNKNOWN", { secret }));
  const args = revealed(effect.args, step.with, (name) => services.secrets[name]!) as CallEffect["args"];
  const timeoutMs = step.timeoutMs ?? tool.spec.timeoutMs ?? LIMITS.toolTimeoutMs;
  let usage = NO_USAGE;
  const count = (more: Usage): void => void (usage = addUsage(usage, more));
  const spend = (more: Usage): void => {
    count(soundUsage(more));
    context.budget?.spend(soundUsage(more));
  };
  const { waits, toolWaits } = waitsOf(context, { stepId: step.id, item: effect.item });
  const told = tool.spec.effects === "none" ? waits : toolWaits;
  const modelCall = callsOfTool(context.budget, context.signal, count, told);
  const toolContext = { ...toolContextOf(run, context, effect), spend, modelCall };
  const end = await callTool(
    tool,
    args,
    { ...toolContext, ...askingOf(run, effect, effect.effectKey) },
    timeoutMs,
    services,
  );
  if (!end.ok && end.ending === "asked") {
    const call = { key: effect.effectKey, tool: step.tool };
    return { type: "asked", key: effect.key, ask: end.question, call, usage };
  }
  if (!end.ok) {
    const raw = end.ending === "unusable" ? end.raw : {};
    return { ...endedOutcome(effect.key, end.ending, end.error, usage), ...raw };
  }
  const summary = summaryOf(tool, end.output, secretFilter(services.secrets));
  const noted = { ...summary, ...(await evidenceOf(services, step, end.output)) };
  return { type: "returned", key: effect.key, output: end.output, tools: [step.tool], usage, ...noted };
}

/** The first secret of a plan's arguments that the configuration does not have. */
export const missingSecret = (args: Json, secrets: Services["secrets"]): string | undefined =>
  secretsIn(args).find((name) => !Object.hasOwn(secrets, name) || secrets[name] === undefined);

/**
 * A tool's own line about its output. A summary that throws is left out, because it must not fail a call that worked.
 */
function summaryOf(tool: Tool, output: Json, filter: SecretFilter): { readonly summary?: string } {
  try {
    const summary: unknown = tool.summary?.(output);
    return typeof summary === "string" ? { summary: beginning(filter.text(summary), LIMITS.previewChars) } : {};
  } catch {
    return {};
  }
}

async function runAgentStep(
  services: Services,
  effect: CallEffect,
  state: StepState,
  step: AgentStep,
  run: Run,
  context: Performing,
): Promise<Outcome> {
  const { key } = effect;
  const timeoutMs = step.timeoutMs ?? LIMITS.agentTimeoutMs;
  const deadline = newDeadline(context.signal, timeoutMs, services.clock);
  try {
    const model = executorOf(services, step);
    if (model === null) return endedOutcome(key, "tool-error", noModel("executor"));
    const inner = { ...context, signal: deadline.signal, hold: deadline.hold };
    const agent = agentContext(run, inner, { stepId: step.id, item: effect.item });
    // The step was stopped before it began here: only its journal remains.
    deadline.signal.throwIfAborted();
    const result = await runAgent(agentRequestOf(services, effect, state, step, run), model, agent);
    const { turns, calls } = await storeErrorsMarked(() => progressIn(services.store, run, effect));
    // Only a refused output needs the turns: its conversation goes on.
    return {
      type: "returned",
      key,
      ...result,
      ...(await evidenceOf(services, step, result.output)),
      ...progressOf(step.expect === undefined ? { calls } : { turns, calls }),
    };
  } catch (thrown) {
    const outcome = endedBy(key, thrown, deadline.why() ?? "tool-error", timeoutMs);
    const progress = progressOf(await progressIn(services.store, run, effect));
    if (outcome.type !== "ended" || outcome.ending !== "abort" || !isCancelling(run))
      return { ...outcome, ...progress };
    // It will not be performed again, so a call of it that may have acted would be forgotten.
    const doubt = await doubtIn(services.store, run, effect);
    return { ...(doubt === undefined ? outcome : inDoubt(key, doubt, outcome.usage)), ...progress };
  } finally {
    deadline.cancel();
  }
}

/** The step with its data, its tools with their deadlines and guard, and what earlier attempts have done. */
export function agentRequestOf(
  services: Services,
  effect: CallEffect,
  state: StepState,
  step: AgentStep,
  run: Run,
): AgentRequest {
  const instructions = instructionsOf(services, step);
  const declared = step.output === undefined ? undefined : typeOf(step.output);
  const strategy = wholeRunBy(run, step);
  return {
    goal: run.request.goal,
    ...todayAt(findWork(run, effect)?.startedAt ?? run.log.updatedAt),
    step,
    args: effect.args,
    outputs: contextOf(run, state.spec),
    tools: toolsOf(services, state, run).map((tool) =>
      guardedTool(services, tool, (key) => askingOf(run, effect, key)),
    ),
    turns: Math.min(step.turns ?? Infinity, run.request.settings.turns),
    keyOf: (tool, args, occurrence) =>
      freshKey(run, occurrence, (at) => hashOf([run.id, step.id, effect.item, tool, args, at])),
    guard: guardOf(run, state, effect.item),
    edits: (call) => findWork(run, effect)?.edits?.get(call)?.args,
    made: effect.made ?? [],
    breaks: (effect.conversation?.breaks ?? []).map(breakOf),
    type: declared?.ok === true ? declared.type : undefined,
    ...(instructions === undefined ? {} : { instructions }),
    ...(strategy && { strategy, handsOver: handsOver(run, state) }),
  };
}

function breakOf({ turns, error }: Conversation["breaks"][number]): AgentBreak {
  const { why, ...said } = outputRefusal(error);
  return { turns, why: failureText(why), ...said, atLimit: isFailure(error, "TURN_LIMIT") };
}

/** The guard over the calls of an agent step: see run/guard.ts. */
function guardOf(run: Run, state: StepState, item: number | null): CallGuard {
  return (present, { args, ...call }, called) => {
    const spec = toolIn(run, present.name) ?? present;
    const reason = whyCallWaits(run, state.spec, spec, args, called);
    const work = findWork(run, { step: state.spec.id, item });
    if (reason === undefined || isHeldGranted(run, work, { ...call, tool: spec.name }, args)) return "call";
    const comment = work?.refused?.get(callText(spec.name, args));
    if (comment !== undefined) return { refused: failWith("CALL_REJECTED", { comment }) };
    if (run.request.settings.attended) return "wait";
    return { refused: failWith("NEEDS_PERSON", { what: "call", reason }) };
  };
}

/** The tools that an agent step may use: none that its plan does not have. The stricter definition applies. */
function toolsOf({ inventory }: Services, state: StepState, run: Run): readonly Tool[] {
  const names =
    currentPlan(run) === undefined ? (run.request.tools ?? inventory.tools.keys()) : toolsOfStep(run, state);
  return [...names].flatMap((name) => {
    const tool = inventory.get(name);
    const changed = run.execution.changedTools.get(name);
    if (tool === undefined || !usesTool(state.spec, name)) return [];
    return changed === undefined ? [tool] : [{ ...tool, spec: changed.applies }];
  });
}

/** The answers of persons to the questions of the call with this key. */
function askingOf(run: Run, effect: CallEffect, key: string): Pick<AskingOf, "attended" | "answers"> {
  const answers = findWork(run, effect)?.answers?.get(key) ?? [];
  return { attended: run.request.settings.attended, answers };
}

function toolContextOf(run: Run, context: Performing, effect: CallEffect): Omit<ToolContext, "spend" | "modelCall"> {
  const { step, item, attempt, effectKey: key } = effect;
  const progress: ToolContext["progress"] = (value, text) =>
    context.progress({ type: "step", step, item, ...shownReport(value, text) });
  const { signal, runContext } = context;
  return { signal, context: runContext, key, runId: run.id, stepId: step, attempt, progress, ...NOT_ASKING };
}
