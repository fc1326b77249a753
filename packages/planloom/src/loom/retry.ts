// Retry and fork of an ended run. In: a run, and a person's options. Out: the command or the start for the engine, or a
// preview of it. Plans are checked here.
import { strategyOf } from "../run/strategy.js";
import { recordedStrategy } from "./strategy-start.js";
import { currentPlan } from "../run/lookup.js";
import { isEnded } from "../run/status.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { Json } from "../plan/json.js";
import type { History } from "../plan/estimate/history.js";
import type { InputTrust } from "../plan/label.js";
import type { Plan } from "../plan/plan.js";
import { carriedFacts } from "../run/decide/fork.js";
import type { EventData } from "../run/event.js";
import { requirementsOfFork, type Requirements } from "../run/decide/requirements.js";
import type { OwnSettings } from "../run/own-settings.js";
import type { RoleNames, Settings } from "../run/settings.js";
import type { CheckedPlan, Command } from "../run/command.js";
import {
  NOT_ENDED,
  partsOf,
  retryPreview,
  marksKept,
  type NoRetry,
  type RetryPreview,
  type RetryRequest,
} from "../run/decide/retry.js";
import { refusal } from "../run/refusal.js";
import { wordedRefusal, type WordedRefusal } from "./worded-reply.js";
import type { RecordedContext } from "../run/context.js";
import type { AnswerChecks } from "./answer-schema.js";
import type { Run, RunRequest } from "../run/state.js";
import type { ContextOptions } from "./context-option.js";
import type { StartRequest } from "../engine/engine.js";
import type { Secrets } from "../tools/secret-filter.js";
import { checkInputTrust, soundInputs, trustOfDefaults } from "./start-options.js";

export interface RetryOptions {
  /** Restarts this step although it finished, and all steps that depend on it. */
  readonly from?: string;
  /**
   * What should be different. The planner is asked for another plan with it, as after a failure. Finished steps are
   * kept, but for `from` and what depends on it. Not together with `plan` or `inputs`.
   */
  readonly feedback?: string;
  /** Replace the run's inputs of the same names. What was known of these does not hold any more. */
  readonly inputs?: { readonly [name: string]: Json };
  /** What is known of inputs, as for `start`. */
  readonly trust?: { readonly [input: string]: InputTrust };
  /** Replaces the run's plan; given as for `check`. Steps that mean the same in both are kept. */
  readonly plan?: unknown;
}

/** Without `context` or `stored`, the fork has the context of its parent. */
export interface ForkOptions extends Omit<RetryOptions, "from" | "feedback">, ContextOptions {
  /** The step at which the new run starts: it and all steps that depend on it run again. */
  readonly at: string;
  readonly runId?: string;
}

/** What is known of a run that begins: its context, its id, and its approval policy if it has one of its own. */
export interface BeginningRun {
  readonly starts?: RecordedContext | undefined;
  readonly runId?: string | undefined;
  readonly approval?: Settings["approval"];
  /** The playbook that gives the plan. */
  readonly playbook?: string;
  /** Steps whose outputs it takes over. */
  readonly done?: ReadonlySet<string>;
}

/** The functions of a configuration that retry and fork need: checking plans, and the current models of the roles. */
export interface Home {
  /** Throws CONTEXT_NEEDED, CONTEXT_NOT_JSON, CONTEXT_HOLDS_SECRET, CONTEXT_UNCLEAR. */
  contextOfFork(parent: Run, options: ContextOptions): RecordedContext | undefined;
  /** A plan that this run, or a fork of it, goes on with. Throws PROCESS_LACKS, PLAN_INVALID. */
  given(plan: unknown, run: Run, inputs?: { readonly [name: string]: Json }): Promise<CheckedPlan>;
  /** Throws PROCESS_LACKS if this process lacks one of these. */
  assertHas(run: Run, needed: Requirements): Promise<void>;
  /**
   * Prechecks and appraises a plan before it is proposed, for this run or (without one) for a new run. Rejects with
   * PLAN_INVALID if a call needs state that does not exist.
   */
  appraise(plan: CheckedPlan, run?: Run, beginning?: BeginningRun): Promise<CheckedPlan>;
  /** With the settings that the run has of its own. Throws BUDGET_UNPRICED. */
  settingsFor(plan: Plan | undefined, own: OwnSettings | undefined): Settings;
  readonly models: RoleNames;
  /** ms since 1970. */
  now(): number;
  /** Samples of other runs, for estimates. Never rejects. */
  historyBefore(runId: string): Promise<History>;
  /** Throws BUDGET_UNPRICED. */
  started(
    goal: string,
    inputs: { readonly [name: string]: Json },
    given: CheckedPlan | undefined,
    more: Pick<RunRequest, "tags" | "trust" | "messages" | "context" | "answerSchema" | "ownSettings"> &
      Partial<Pick<RunRequest, "strategy">>,
  ): EventData["run.started"];
  /** All secrets of the configuration, with the keys of its models. No exported run holds one. */
  readonly secrets: Secrets;
  /** The schemas of programs for the answers of their runs. */
  readonly answerChecks: AnswerChecks;
}

/** Throws PROCESS_LACKS, PLAN_INVALID, INPUTS_NOT_JSON, TRUST_INVALID, NOTHING_TO_RETRY. */
async function retryRequest(
  run: Run,
  { from, feedback, inputs, trust, plan }: RetryOptions,
  home: Home,
): Promise<RetryRequest> {
  if (trust !== undefined) checkInputTrust(trust, { ...run.request.inputs, ...inputs });
  const named = { ...(from === undefined ? {} : { from }), ...(feedback === undefined ? {} : { feedback }) };
  const document = plan ?? (inputs === undefined ? undefined : planOf(run));
  if (document === undefined) return named;
  const all = soundInputs({ ...run.request.inputs, ...inputs });
  return { ...named, plan: await home.given(document, run, all) };
}

function planOf(run: Run): Plan {
  const proposed = currentPlan(run);
  if (proposed !== undefined) return proposed.plan;
  throw new PlanloomError("NOTHING_TO_RETRY", { runId: run.id });
}

export async function previewOf(run: Run, options: RetryOptions, home: Home): Promise<RetryPreview | WordedRefusal> {
  return previewed(retryPreview(run, { ...(await retryRequest(run, options, home)), models: home.models }), run);
}

const previewed = (parts: RetryPreview | NoRetry, { id }: Run): RetryPreview | WordedRefusal =>
  parts.ok ? parts : wordedRefusal(parts, id);

export async function retryOf(run: Run, options: RetryOptions, home: Home): Promise<Command> {
  const { plan, ...named } = await retryRequest(run, options, home);
  const settings = home.settingsFor(plan?.plan ?? currentPlan(run)?.plan, run.request.ownSettings);
  const instead = plan === undefined ? {} : { plan: await home.appraise(plan, run) };
  return { type: "retry", ...named, ...instead, ...saidOfInputs(options), settings, models: home.models };
}

function saidOfInputs({ inputs, trust }: RetryOptions): Pick<Command & { type: "retry" }, "given" | "trust"> {
  return {
    ...(inputs === undefined ? {} : { given: Object.keys(inputs) }),
    ...(trust === undefined ? {} : { trust }),
  };
}

/** What a fork would reuse and run. */
export async function forkPreviewOf(run: Run, options: ForkOptions, home: Home): Promise<RetryPreview | WordedRefusal> {
  return previewed(!isEnded(run) ? NOT_ENDED : forkParts(run, await forkRequest(run, options, home)), run);
}

function forkParts(run: Run, request: RetryRequest): RetryPreview | NoRetry {
  const parts = partsOf(run, request);
  if (!parts.ok) return parts;
  const [doubtful] = parts.unknown;
  if (doubtful !== undefined) return { ok: false, ...refusal("STEP_UNKNOWN", { step: doubtful, fork: true }) };
  // A fork repeats the calls of restarted steps. The person asked for it, and the preview shows it.
  const step = parts.unusable.find((id) => !parts.restarted.includes(id));
  return step === undefined ? { ...parts, unusable: [] } : { ok: false, ...refusal("STEP_UNUSABLE", { step }) };
}

async function forkRequest(
  run: Run,
  { at, ...options }: ForkOptions,
  home: Home,
): Promise<RetryRequest & { readonly plan: CheckedPlan }> {
  // The caller may be JavaScript. Without a step, the fork would have none to begin at.
  if (typeof at !== "string")
    throw forkRefused(run.id, { ok: false, code: "UNKNOWN_STEP", params: { step: String(at) } });
  const request = await retryRequest(run, { ...options, from: at }, home);
  return { ...request, plan: request.plan ?? (await home.given(planOf(run), run)) };
}

/**
 * Rejects with the code that refuses the fork: RUN_NOT_ENDED, UNKNOWN_STEP, STEP_UNKNOWN, UNDOING_UNKNOWN, STEP_UNUSABLE,
 * BUDGET_UNPRICED, PROCESS_LACKS.
 */
export async function forkOf(run: Run, options: ForkOptions, home: Home): Promise<StartRequest> {
  if (!isEnded(run)) throw forkRefused(run.id, NOT_ENDED);
  const request = await forkRequest(run, options, home);
  const parts = forkParts(run, request);
  if (!parts.ok) throw forkRefused(run.id, parts);
  const { plan } = request;
  await home.assertHas(run, requirementsOfFork(run, plan, parts.runs, home.models));
  const undone = parts.runs.filter((id) => run.compensation.undoneSteps.has(id));
  const at = { runId: run.id, seq: run.log.seq, at: options.at };
  const parent = undone.length === 0 ? at : { ...at, undone };
  const context = home.contextOfFork(run, options);
  const more = { ...requestOf(run, plan.inputs, options), ...(context === undefined ? {} : { context }) };
  const strategy = recordedStrategy(strategyOf(run));
  const started = home.started(run.request.goal, plan.inputs, plan, { ...more, strategy });
  const { approval } = started.settings;
  return {
    ...(options.runId === undefined ? {} : { runId: options.runId }),
    // A fork of a child run may use no more tools than that.
    started: { ...started, parent, ...(run.request.tools && { tools: run.request.tools }) },
    given: {
      ...(await home.appraise(plan, undefined, { starts: context, approval, done: new Set(parts.reused) })),
      ...marksKept(run, plan),
    },
    carried: carriedFacts(run, parts.kept),
  };
}

/** Defaults of the plan stay what they are. What was known of an input does not hold for another value. */
function requestOf(
  run: Run,
  all: CheckedPlan["inputs"],
  { inputs = {}, trust: said = {} }: RetryOptions,
): Pick<RunRequest, "tags" | "trust" | "messages" | "answerSchema" | "ownSettings"> {
  const { tags, trust, given, messages, answerSchema, settings } = run.request;
  const ownSettings =
    settings.simulated === true ? { ...run.request.ownSettings, simulated: true as const } : run.request.ownSettings;
  const isOld = (name: string) => !Object.hasOwn(inputs, name);
  const own = Object.keys(all).filter((name) => !given.has(name) && isOld(name));
  const known = Object.fromEntries(Object.entries(trust).filter(([name]) => isOld(name)));
  const { afterUntrusted } = currentPlan(run) ?? {};
  const author = afterUntrusted === undefined ? {} : { afterUntrusted: { steps: [...afterUntrusted.steps] } };
  const wanted = { ...(answerSchema && { answerSchema }), ...(ownSettings && { ownSettings }) };
  return { tags, messages, trust: { ...trustOfDefaults(own, author), ...known, ...said }, ...wanted };
}

function forkRefused(runId: string, { code, params }: NoRetry): PlanloomError {
  const { step = "" } = (params ?? {}) as { readonly step?: string };
  if (code === "UNKNOWN_STEP" || code === "STEP_UNKNOWN" || code === "STEP_UNUSABLE" || code === "UNDOING_UNKNOWN") {
    return new PlanloomError(code, { runId, step });
  }
  return new PlanloomError("RUN_NOT_ENDED", { runId });
}
