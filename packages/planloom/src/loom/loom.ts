// A configured Planloom, which plans, starts and finds runs. In: a LoomConfig. Out: runs. The engine knows only runs,
// and no plans outside of them.
import type { PlannerRequest } from "../agents/planner/plan-request.js";
import { askPlanner, type PlannerReply } from "../agents/planner/planner.js";
import type { DraftedStep } from "../agents/checkpoint.js";
import { PlanloomError } from "../words/planloom-error.js";
import type { Role } from "../model/port.js";
import type { ListedSettings, RoleSettings } from "../model/settings/role.js";
import { secretsOfRoles } from "./role-secrets.js";
import { estimatePlan } from "../plan/estimate/estimate.js";
import { errorKeys, isError } from "../plan/finding.js";
import type { Json, JsonObject } from "../plan/json.js";
import type { Plan } from "../plan/plan.js";
import type { Inventory } from "../plan/tool-spec.js";
import { KERNEL_VERSION } from "../run/kernel-version.js";
import type { Schema } from "../tools/schema.js";
import {
  answerFor,
  checkedListener,
  soundAnswer,
  type AnswerChecks,
  type AnswerOf,
  type AnswerSchema,
} from "./answer-schema.js";
import type { RunDocument } from "./document.js";
import { afterDraft } from "../run/effect.js";
import type { Asking, EventData } from "../run/event.js";
import { PLANNER_FUNCTION, type ApprovalPolicy, type RoleNames, type Settings } from "../run/settings.js";
import type { CheckedPlan } from "../run/command.js";
import { readOfForeign } from "../run/followed-plan.js";
import { marksOf } from "../run/decide/revision.js";
import { whyNotMended } from "../run/decide/repair.js";
import type { Run, RunRequest } from "../run/state.js";
import { soundTraceParent } from "../run/trace-parent.js";
import type { InputTrust } from "../plan/label.js";
import type { RecordedContext } from "../run/context.js";
import type { EventStore, ListedRun, ListQuery, RunList } from "../store/event-store.js";
import { Maintenance } from "./maintenance.js";
import type { Appends } from "../store/watched-store.js";
import { unjournaled } from "../perform/agent-context.js";
import { appraiseWith, doneIn, type Appraiser } from "../perform/appraisal.js";
import type { AskedSource } from "../tools/tool-source.js";
import type { Engine, Listener } from "../engine/engine.js";
import { readHistory } from "../perform/history.js";
import { assertHas, assertKnown } from "../perform/lacking.js";
import type { ContextOptions, ContextStarts } from "./context-option.js";
import { soundOptions } from "./known-options.js";
import { knownStartOptions, soundGoal, soundInputs, soundRunId, soundTags, soundTrust } from "./start-options.js";
import { timedPlanner } from "../agents/planner/timed-planner.js";
import { followedRuns, type FollowedRuns } from "./follow-runs.js";
import { forPeople, soundQuery } from "./list-query.js";
import { keyedStart, soundKey } from "./keyed-start.js";
import { ownSettings, type RunSettings } from "./run-settings.js";
import { withOwn, type OwnSettings } from "../run/own-settings.js";
import { hashOf } from "../plan/hash.js";
import { simulatedPlan } from "../plan/simulated.js";
import { isOneStep, type OneStepStrategy, type Strategy } from "../plan/strategy.js";
import type { Message } from "../run/message.js";
import type { Strategies } from "./config-strategies.js";
import { compareStrategies, type CompareOptions, type StrategyComparison } from "./comparison.js";
import { oneStepPlan } from "../perform/one-step-plan.js";
import { recordedStrategy, soundStrategy } from "./strategy-start.js";
import { secretFilter } from "../tools/secret-filter.js";
import type { PlaybookPlace } from "./playbooks/folder.js";
import { Playbooks, type OpenedPlaybook } from "./playbooks/playbooks.js";
import { soundMessages, type GivenMessage } from "./messages-option.js";
import { recoverRuns, type Recovery } from "./recover.js";
import { assertNotAborted, cancelWith } from "./start-signal.js";
import { LoomRun, type RunHome } from "./loom-run.js";
import type { BeginningRun } from "./retry.js";
import { OnceSender } from "./sent-once.js";
import type { HandlerOptions, RequestHandler } from "./handler-options.js";
import { waitingList, type KnownWaits, type WaitingList, type WaitingQuery } from "./waiting/waiting-list.js";
import { Histories } from "./view/histories.js";
import { precheckIn, type PrecheckOptions } from "../perform/precheck.js";
import { previewerIn } from "../perform/preview-call.js";
import { rebuildPromptsIn } from "../perform/prompts.js";
import { canJudge, plannerRequest } from "../perform/role-effects.js";
import { todayAt } from "../perform/today.js";
import { PlanChecks, type PlanCheck, type PlanCheckOptions, type WordedCheck } from "./plan-checks.js";
import { modelNames, roleNamesOf } from "./roles.js";
import { withPrices } from "./run-prices.js";
import type { Services } from "../perform/services.js";
import { replyNoteText, type ReplyNote } from "../words/reply-notes.js";
import { withWords, type Worded, type WordedFinding } from "../words/findings.js";
import type { WaitParams } from "../words/waits.js";
import { estimateInWords, type EstimateInWords } from "../words/estimate.js";

export interface StartOptions<C = unknown> extends ContextOptions<C> {
  /** The run's data, referred to as `inputs.name`. */
  readonly inputs?: { readonly [name: string]: Json };
  /** A plan, given as for `check`; then the planner is not asked. Without `inputs`, a checked plan brings its own. */
  readonly plan?: unknown;
  /**
   * What is known of inputs, by name. Without it one short line, a number or a boolean is trusted, and a record, a list
   * or a longer text is untrusted and private. untrusted: others wrote it, for example a file. trusted: it is yours.
   * public: it is yours, and it may leave this machine.
   */
  readonly trust?: { readonly [input: string]: InputTrust };
  /**
   * The type that the answer must have: a Standard Schema (zod and others) or a JSON Schema object. The run records it
   * as JSON Schema. Throws ANSWER_SCHEMA_INVALID.
   */
  readonly answer?: Schema;
  readonly listener?: Listener;
  readonly runId?: string;
  /**
   * Starts at most one run: a later start with the same key, goal and options gives the same run, also in another
   * process. Rejects with KEY_REUSED if anything else differs; with KEY_INVALID beside `runId`.
   */
  readonly idempotencyKey?: string;
  /**
   * How the run gets its plan: `plan`, `react`, `tools` or `auto`. Default: that of the configuration. Rejects with
   * STRATEGY_UNKNOWN, STRATEGY_FORBIDDEN, STRATEGY_LACKS, and beside a plan with STRATEGY_WITH_PLAN.
   */
  readonly strategy?: Strategy;
  /**
   * The playbook that gives plan and goal; `goal` is then "". Rejects with PLAYBOOK_UNKNOWN, PLAYBOOK_INPUT,
   * PLAN_INVALID, and beside a goal, a plan or a strategy with PLAYBOOK_BESIDE.
   */
  readonly playbook?: string;
  /** Settings of this run. Rejects with SETTING_LOOSER if one is less strict than the configuration's. */
  readonly settings?: RunSettings;
  /** Labels for lists of runs. */
  readonly tags?: readonly string[];
  /**
   * Earlier turns of the conversation, oldest first. The planner reads them: an untrusted turn quoted as data, after
   * which a plan that acts waits for a person; a trusted turn as it reads the goal.
   */
  readonly messages?: readonly GivenMessage[];
  /**
   * The place of this run in a trace, as the header `traceparent` of W3C Trace Context gives it. The log keeps it, so the
   * spans of every process that drives the run belong to that trace. A value that is not one counts as absent. Default:
   * the active span, if there is telemetry.
   */
  readonly traceparent?: string;
  /** The header `tracestate` beside it. */
  readonly tracestate?: string;
  /** Its abort cancels the run. A signal that is aborted already starts nothing: START_ABORTED. */
  readonly signal?: AbortSignal;
}

/** What is known of the model of a role and its server. */
export type RoleNote = ReplyNote & { readonly role: Role; readonly message: string };

export interface DraftOptions {
  readonly inputs?: { readonly [name: string]: Json };
  /** The type that the answer must have, as for `start`. */
  readonly answer?: Schema;
  /** Tools for planning, instead of the loom's own. */
  readonly inventory?: Inventory;
  /** The draft to mend, with its findings. */
  readonly invalid?: NonNullable<PlannerRequest["invalid"]>;
  /** Called with each step as it is written. */
  readonly onDrafted?: (step: DraftedStep) => void;
  /** Called when a request must wait for the planner's endpoint. */
  readonly onWait?: (wait: WaitParams) => void;
  /** Aborts the planner. */
  readonly signal?: AbortSignal;
}

/** A configured Planloom. Close it when done: its runs are released, and any process can resume them. */
export class Loom<C = unknown> {
  private readonly plans: PlanChecks;
  private readonly histories: Histories;
  private readonly knownWaits: KnownWaits = new Map();
  private readonly closing = new AbortController();
  private readonly once: OnceSender;
  /** The playbooks of the project. */
  readonly playbooks: Playbooks;

  constructor(
    readonly engine: Engine,
    private readonly services: Services,
    private readonly settings: Settings,
    /** The model of each role, for people. Keys are never shown. */
    readonly roles: Readonly<Record<Role, RoleSettings>>,
    private readonly appraiser: Appraiser,
    private readonly ownsStore: boolean,
    private readonly contexts: ContextStarts,
    private readonly appends: Appends,
    private readonly strategies: Strategies,
    places: { readonly playbooks: PlaybookPlace; readonly approvals: string },
    private readonly handlerOf?: (loom: Loom, options: HandlerOptions) => Promise<RequestHandler>,
  ) {
    const { inventory, limits, store, clock } = services;
    this.once = new OnceSender(engine, store, clock);
    const synthesizer = services.synthesizer !== null;
    this.histories = new Histories(services.store, services.clock);
    const [judge, { granularity, budget }] = [canJudge(services, settings.judge), settings];
    this.plans = new PlanChecks(inventory, { limits, granularity, synthesizer, judge, budget });
    this.playbooks = new Playbooks({
      place: places.playbooks,
      approvals: places.approvals,
      check: async (plan, of) => (await this.tools({ plan }), this.plans.checkInWords(plan, of)),
      load: (runId) => engine.load(runId),
      runsOf: async (playbook, limit) => (await store.list({ playbook, limit })).runs,
      withoutSecrets: secretFilter({ ...services.secrets, ...secretsOfRoles(roles) }).text,
      now: () => clock.now(),
    });
  }

  /** The tools that are known now. Those of a source, such as an MCP server, are not among them until it is opened. */
  get inventory(): Inventory {
    return this.services.inventory.inventory;
  }

  /**
   * All tools, with notes for the planner. Starts every MCP server; with `plan`, given as for `check`, only those whose
   * tools it names. Rejects if one of them does not start.
   */
  async tools(options: { readonly plan?: unknown; readonly signal?: AbortSignal } = {}): Promise<Inventory> {
    const { plan, signal } = soundOptions(options, "tools");
    const { sources = [] } = this.services.inventory;
    if (sources.length > 0)
      await this.services.inventory.open?.(plan === undefined ? "all" : this.plans.toolsNamed(plan), signal);
    return this.inventory;
  }

  /** Each MCP server, with the names of its tools, or the error that stopped it. Starts those that do not run. */
  async toolServers(): Promise<readonly AskedSource[]> {
    return (await this.services.inventory.ask?.()) ?? [];
  }

  /**
   * What is known of the models' servers from earlier requests, by role, with words: that tools are called in a text
   * protocol, or that long requests are cut. Sends nothing.
   */
  modelNotes(): readonly RoleNote[] {
    const { planner, executor, synthesizer } = this.services;
    const models = { planner: typeof planner === "function" ? null : planner, executor, synthesizer };
    return Object.entries(models).flatMap(([role, model]) => {
      const notes = (model?.known?.() ?? []).filter(({ note }) => note !== "tools-as-text" || role === "executor");
      return notes.map((note) => ({ role: role as Role, ...note, message: replyNoteText(note) }));
    });
  }

  /** The settings of each named executor, for people. Keys are never shown. */
  get specialists(): { readonly [name: string]: ListedSettings } {
    const named = [...(this.services.specialists ?? [])].map(([name, { settings }]) => [name, settings] as const);
    return Object.fromEntries(named);
  }

  /** Whether the configuration makes contexts from their stored parts. */
  get resolvesContext(): boolean {
    return this.services.contexts?.canLookUp === true;
  }

  get store(): EventStore {
    return this.services.store;
  }

  /** Facts on the store, and its check, backup, prune and vacuum. */
  get maintenance(): Maintenance {
    const { store, clock } = this.services;
    return new Maintenance(store, this.engine, () => clock.now());
  }

  /** Which plans wait for a person, as the configuration says. A run may have a stricter policy. */
  get approvalPolicy(): ApprovalPolicy {
    return this.settings.approval;
  }

  /**
   * Checks a plan against the tools and limits; throws for no plan. A plan is text, data in any form that the reader knows, a
   * Plan, or a result of `check` or `plan`. A result of this loom is not checked again, unless it was changed or the
   * inputs differ.
   */
  check(plan: unknown, options: PlanCheckOptions = {}): WordedCheck {
    return this.plans.checkInWords(plan, soundOptions(options, "check"));
  }

  /**
   * Checks a plan as `check` does, after opening the MCP servers that it names. Then asks the tools of calls with literal
   * arguments whether the files, tables, hosts and the like that they need exist: what does not is the finding
   * STATE_MISSING. A tool that cannot tell in time is the warning PRECHECK_FAILED. Calls nothing that acts.
   */
  async precheck(
    plan: unknown,
    options: PlanCheckOptions & Pick<PrecheckOptions, "signal"> = {},
  ): Promise<WordedCheck> {
    const { signal, ...of } = soundOptions(options, "precheck");
    await this.tools({ plan, ...(signal && { signal }) });
    return this.plans.precheckInWords(plan, of, (checked) => this.precheckOf(checked, { ...(signal && { signal }) }));
  }

  /**
   * Writes a plan for a goal and runs nothing. The planner gets findings back as in a run, until nothing improves.
   * `onInvalid` is called with each draft that cannot be used. Throws PLAN_INVALID, NO_PLANNER, or the error of the
   * provider.
   */
  async plan(
    goal: string,
    options: Pick<DraftOptions, "inputs" | "answer" | "onDrafted" | "onWait" | "signal"> & {
      readonly onInvalid?: (draft: { readonly round: number; readonly findings: readonly WordedFinding[] }) => void;
    } = {},
  ): Promise<Worded<CheckedPlan> & { readonly asking?: Asking }> {
    const { onInvalid, ...planning } = soundOptions(options, "plan");
    let invalid: PlannerRequest["invalid"];
    const found: (readonly string[])[] = [];
    for (let round = 0; ; round++) {
      const reply = await this.draft(goal, { ...planning, ...(invalid && { invalid }) });
      if (reply.kind === "plan") return reply;
      const { draft, findings, asking } = reply;
      onInvalid?.({ round, findings });
      found.push(errorKeys(findings));
      if (whyNotMended(this.settings, round, found) !== undefined)
        throw new PlanloomError("PLAN_INVALID", { findings, source: { from: "planner" } });
      invalid = afterDraft(invalid, { draft, findings, ...(asking === undefined ? {} : { asking }) });
    }
  }

  /**
   * Asks the planner once. A draft that cannot run is returned with its findings. Throws NO_PLANNER, or the error of
   * the provider.
   */
  async draft(goal: string, options: DraftOptions = {}): Promise<Worded<PlannerReply>> {
    const { inventory, invalid, onDrafted, onWait, signal } = soundOptions(options, "draft");
    const inputs = soundInputs(options.inputs ?? {});
    const wanted = options.answer === undefined ? {} : { answer: soundAnswer(options.answer).json };
    const { planner, executor, clock, limiter } = this.services;
    if (planner === null) throw new PlanloomError("NO_PLANNER", {});
    const { granularity, critique, judge } = this.settings;
    const executorModel = executor?.name ?? null;
    // No run says which inputs are trusted.
    const foreignInputs = Object.keys(inputs);
    const today = todayAt(clock.now());
    const judged = { granularity, critique, judge, ...wanted, ...today, ...(invalid && { invalid }) };
    const asked = { goal, inputs, foreignInputs, executorModel, budget: this.settings.budget, ...judged };
    if (inventory === undefined) await this.services.inventory.open?.("all", signal);
    const request = { ...plannerRequest(this.services, asked), ...(inventory && { inventory }) };
    const waits = onWait && ((wait: WaitParams) => (onWait(wait), () => undefined));
    const context = {
      ...unjournaled(),
      ...(signal && { signal }),
      ...(onDrafted && { drafted: onDrafted }),
      ...(waits && { waits }),
    };
    // A plan for other tools than those of this loom cannot be asked about.
    const precheck = (checked: CheckedPlan) =>
      this.precheckOf(checked, { local: foreignInputs.length > 0, ...(signal && { signal }) });
    const asking = askPlanner(
      request,
      timedPlanner(
        typeof planner === "function" ? planner : (this.services.watch?.model(planner) ?? planner),
        clock,
        limiter,
      ),
      context,
      inventory === undefined ? precheck : undefined,
    );
    const reply = withWords(await asking);
    if (reply.kind !== "plan") return reply;
    // A model sees no names of fields, but a finding about its draft may tell one.
    const sees = typeof planner === "function" ? "values" : invalid === undefined ? "types" : "names";
    const marks = marksOf(reply, readOfForeign(Object.values(inputs), sees));
    const made = { ...reply, ...marks };
    this.plans.mark(made, marks);
    if (inventory === undefined) this.plans.remember(made, { inputs, ...wanted });
    return made;
  }

  /**
   * Estimates a plan from the newest runs of the store. The plan is given as for `check`; throws PLAN_INVALID if it
   * does not pass. Calls and writes nothing. `playbook`: samples of the runs of this playbook come first.
   */
  async estimate(
    plan: unknown,
    options: { readonly inputs?: { readonly [name: string]: Json }; readonly playbook?: string } = {},
  ): Promise<EstimateInWords> {
    const { playbook, ...sought } = soundOptions(options, "estimate");
    await this.tools({ plan });
    const checked = sound(this.plans.check(plan, sought));
    const { store, clock } = this.services;
    const history = await readHistory(store, clock, playbook);
    return estimateInWords(estimatePlan(checked, { ...this.appraiser, history }));
  }

  /**
   * Starts a run and drives it in this process. Resolves once its first events are durable. If `goal` is "", the plan's
   * goal is used. Starts nothing and throws PLAN_INVALID if a given plan does not pass check, or BUDGET_UNPRICED if the
   * budget is in US dollars and the price of a model is unknown.
   */
  start<S extends Schema>(
    goal: string,
    options: StartOptions<C> & { readonly answer: S },
  ): Promise<LoomRun<RunDocument<AnswerOf<S>>>>;
  start(goal: string, options?: StartOptions<C>): Promise<LoomRun>;
  async start(goal: string, options: StartOptions<C> = {}): Promise<LoomRun<unknown>> {
    knownStartOptions(soundOptions(options, "run and start"));
    const { plan, signal, runId, idempotencyKey } = options;
    assertNotAborted(signal);
    const key = idempotencyKey === undefined ? undefined : soundKey(idempotencyKey, runId);
    const answer = options.answer === undefined ? undefined : soundAnswer(options.answer);
    const inputs = soundInputs(options.inputs ?? this.plans.inputsOf(plan) ?? {});
    const context = this.contexts.of(options);
    const told = { inputs, answer, ...(context && { context }) };
    if (key === undefined) return this.runNamed(await this.begin(goal, options, told), answer);
    const { trust, tags, messages, settings, strategy, playbook } = options;
    const given = { plan, inputs, context, answer: answer?.json, trust, tags, messages, settings, strategy, playbook };
    const asked = { goal, ...given };
    const requestHash = hashOf(asked);
    const { clock } = this.services;
    const begin = (id: string) => this.begin(goal, { ...options, runId: id }, { ...told, requestHash });
    return this.runNamed(await keyedStart({ engine: this.engine, clock }, { key, requestHash }, begin), answer);
  }

  /** `told`: options that are sound already. */
  private async begin(wanted: string, options: StartOptions<C>, told: ToldStart): Promise<string> {
    const { signal, listener, runId } = options;
    const book = await this.openedPlaybook(wanted, options, told);
    const goal = book?.goal ?? wanted;
    const givenPlan = book?.plan ?? options.plan;
    if (givenPlan === undefined) soundGoal(goal);
    const { inputs, answer, context, requestHash } = told;
    const { planner } = this.services;
    const strategy = soundStrategy(options.strategy, givenPlan, this.here);
    const plans = typeof planner === "function" ? planner : undefined;
    const own = options.settings && ownSettings(options.settings, this.settings, plans);
    const messages = soundMessages(options.messages);
    const made = isOneStep(strategy)
      ? await this.oneStep(strategy, goal, messages, { ...told, own, signal })
      : undefined;
    const plan = made?.draft ?? givenPlan;
    if (made === undefined) await this.tools({ plan, ...(signal && { signal }) });
    const real = plan === undefined ? undefined : this.given(plan, goal, inputs, answer?.json);
    const checked = real && own?.simulated === true ? simulatedPlan(real) : real;
    const { approval } = withOwn(this.settings, own);
    const given =
      checked &&
      (await this.appraised(checked, undefined, {
        ...{ approval, starts: context, runId },
        ...(options.playbook !== undefined && { playbook: options.playbook }),
      }));
    const aim = soundGoal(isBlank(goal) ? (given?.plan.goal ?? "") : goal);
    const tags = taggedRun(soundTags(options.tags ?? []), own);
    const all = given?.inputs ?? inputs;
    const trust = { ...soundTrust(options.trust ?? {}, { given: inputs, all, author: given }), ...made?.trust };
    const more = { ...(context && { context }), ...(answer && { answerSchema: answer.json }) };
    const kept = {
      ...(own && { ownSettings: own }),
      ...(requestHash && { requestHash }),
      ...(book && { playbook: book.recorded }),
      strategy: recordedStrategy(strategy),
    };
    const traceContext = soundTraceParent(options.traceparent, options.tracestate);
    const place = traceContext && { traceContext };
    const started = this.startedData(aim, all, given, { tags, trust, messages, ...more, ...kept, ...place });
    const id = await this.engine.start(
      { started, ...(given && { given }), ...(runId === undefined ? {} : { runId: soundRunId(runId) }) },
      checkedListener(this.answerChecks, answer?.own, listener),
    );
    cancelWith(signal, id, this.engine);
    return id;
  }

  /** Throws PLAYBOOK_BESIDE and the errors of Playbooks.open. */
  private async openedPlaybook(
    goal: string,
    { playbook, plan, strategy, trust = {} }: StartOptions<C>,
    { inputs, answer }: ToldStart,
  ): Promise<OpenedPlaybook | undefined> {
    if (playbook === undefined) return undefined;
    const beside =
      plan !== undefined ? "plan" : strategy !== undefined ? "strategy" : isBlank(goal) ? undefined : "goal";
    if (beside !== undefined) throw new PlanloomError("PLAYBOOK_BESIDE", { playbook, beside });
    return this.playbooks.open(playbook, { inputs, trust, ...(answer && { answer: answer.json }) });
  }

  private get here() {
    const { planner, executor } = this.services;
    return { strategies: this.strategies, planner: planner !== null, executor: executor !== null };
  }

  /** The plan of a strategy that needs no planner, for the tools of this loom. */
  private async oneStep(
    strategy: OneStepStrategy,
    goal: string,
    messages: readonly Message[],
    {
      inputs,
      answer,
      own,
      signal,
    }: Pick<ToldStart, "inputs" | "answer"> & {
      readonly own: OwnSettings | undefined;
      readonly signal: AbortSignal | undefined;
    },
  ) {
    const { tools } = await this.tools(signal && { signal });
    const { planner, limits } = this.services;
    return oneStepPlan(strategy, {
      ...{ goal: soundGoal(goal), inputs, tools, messages, answer: answer?.json },
      offeredTools: limits.offeredTools,
      turns: withOwn(this.settings, own).turns,
      planner: planner !== null,
      allowed: this.strategies.allowed,
    });
  }

  /**
   * Starts a run and waits until it ends or needs a person. With `answer`, a completed run has the answer in that type.
   * Rejects with ANSWER_REFUSED if only the program's own schema refuses it.
   */
  run<S extends Schema>(
    goal: string,
    options: StartOptions<C> & { readonly answer: S },
  ): Promise<RunDocument<AnswerOf<S>>>;
  run(goal: string, options?: StartOptions<C>): Promise<RunDocument>;
  async run(goal: string, options: StartOptions<C> = {}): Promise<unknown> {
    const run = await this.start(goal, options);
    return run.result();
  }

  /**
   * Runs a goal under several strategies, one after the other, and says what each took and gave. Each is a run of its
   * own with the tag `comparison:ID`. Effects are simulated, unless `allowEffects` is set. A run that needs a person is
   * left waiting. If `signal` is aborted, the run is cancelled and no further one starts. Rejects before anything starts
   * with COMPARISON_INVALID, STRATEGY_UNKNOWN, STRATEGY_FORBIDDEN, STRATEGY_LACKS, NO_PLANNER.
   */
  async compare(goal: string, options: CompareOptions<C> = {}): Promise<StrategyComparison> {
    const { services, engine, settings } = this;
    return compareStrategies(goal, soundOptions(options, "compare"), {
      check: (strategy) => void soundStrategy(strategy, undefined, this.here),
      start: (words, own) => this.start(words, own),
      load: (runId) => engine.load(runId),
      now: () => services.clock.now(),
      budget: settings.budget,
    });
  }

  /**
   * The run with this id. Rejects with RUN_UNKNOWN. It is not driven until `resume` or a command. With `answer`, the
   * schema that the run was started with, its result is typed as that of `start`; rejects with ANSWER_SCHEMA_DIFFERS.
   */
  get<S extends Schema>(runId: string, options: { readonly answer: S }): Promise<LoomRun<RunDocument<AnswerOf<S>>>>;
  get(runId: string): Promise<LoomRun>;
  async get(runId: string, options: { readonly answer?: Schema } = {}): Promise<LoomRun<unknown>> {
    const { answer } = soundOptions(options, "get");
    const run = await this.engine.load(runId);
    return this.runNamed(runId, answer === undefined ? undefined : answerFor(run, answer));
  }

  /**
   * Runs of the store, newest last event first. See EventStore.list. Child runs of sub-plans are left out, unless
   * `children` is true or `within` names a run. Rejects with QUERY_INVALID, CURSOR_INVALID.
   */
  async list(query: ListQuery = {}): Promise<RunList> {
    return this.services.store.list(forPeople(soundQuery(soundOptions(query, "list"))));
  }

  /**
   * The heads of all runs that fit, the oldest change first. With `follow`, each head again when its run changes, until
   * the loom is closed or `signal` is aborted. Child runs as for `list`. Rejects with QUERY_INVALID.
   */
  runs(options: FollowedRuns = {}): AsyncIterable<ListedRun> {
    const { follow, signal, ...query } = soundOptions(options, "runs");
    const { store, clock } = this.services;
    const asked = { ...forPeople(soundQuery(query)), ...(follow && { follow }), ...(signal && { signal }) };
    return followedRuns({ store, clock, appends: this.appends, closed: this.closing.signal }, asked);
  }

  /**
   * All that waits for a person, over all runs; then retries and timers, which go on by themselves. `limit` and `cursor`
   * count runs, as for `list`. Rejects with QUERY_INVALID, CURSOR_INVALID.
   */
  async waiting(query: WaitingQuery = {}): Promise<WaitingList> {
    const sound = soundQuery(soundOptions(query, "list")) as WaitingQuery;
    const { store } = this.services;
    return waitingList({ store, load: (runId) => this.engine.load(runId), known: this.knownWaits }, sound);
  }

  /**
   * Drives all runs that can go on and that nobody drives, for example after a restart. Returns the runs that it took,
   * and those that it left, each with the reason. It does not wait for them: see `LoomRun.result`.
   */
  async recover(options: { readonly listener?: Listener } = {}): Promise<Recovery> {
    return recoverRuns(this.services.store, this.engine, soundOptions(options, "recover").listener);
  }

  /**
   * Deletes a run with all that the store has of it. Forks of it stay as they are. Rejects with RUN_UNKNOWN, and with
   * RUN_OWNED while a live process drives it.
   */
  async delete(runId: string): Promise<void> {
    await this.engine.delete(runId);
  }

  /**
   * A function from a request to a response that answers the routes of the HTTP API, for hono, Next.js, Express and
   * others. It needs `tokens` or an `authenticate` function; the program's own server listens, ends and bounds its
   * connections. Rejects with HANDLER_OPEN, TOKEN_INVALID, HOST_INVALID.
   */
  async handler(options: HandlerOptions): Promise<RequestHandler> {
    soundOptions(options, "handler");
    if (this.handlerOf === undefined) throw new Error("This loom was not made by the createLoom of the package.");
    return this.handlerOf(this, options);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.engine.close();
    await this.services.inventory.close?.();
    if (this.ownsStore) await this.services.store.close();
  }

  private runNamed(runId: string, answer?: AnswerSchema): LoomRun<unknown> {
    const home: RunHome = {
      settingsFor: (plan, own) => this.settingsFor(plan, own),
      models: this.models(),
      now: () => this.services.clock.now(),
      historyBefore: (id) => this.histories.before(id),
      rebuildPrompts: rebuildPromptsIn(this.services),
      previewer: previewerIn(this.services),
      contextOfFork: (parent, options) => this.contexts.ofFork(parent, options),
      given: (plan, run, inputs) => this.givenTo(run, plan, inputs),
      assertHas: (run, needed) => assertHas(this.services, run, needed),
      appraise: (plan, run, beginning) => this.appraised(plan, run, beginning),
      started: (goal, inputs, given, more) => this.startedData(goal, inputs, given, more),
      secrets: { ...this.services.secrets, ...secretsOfRoles({ ...this.specialists, ...this.roles }) },
      answerChecks: this.answerChecks,
      once: this.once,
      playbooks: this.playbooks,
    };
    return new LoomRun(runId, this.engine, this.services.store, home, answer);
  }

  private given(
    plan: unknown,
    goal: string,
    inputs: { readonly [name: string]: Json },
    answer: JsonObject | undefined,
  ): CheckedPlan {
    return sound(this.plans.check(plan, { inputs, goal, ...(answer && { answer }) }));
  }

  private async givenTo(run: Run, plan: unknown, inputs = run.request.inputs): Promise<CheckedPlan> {
    await this.tools({ plan });
    const { goal, answerSchema: answer, within, settings, tools } = run.request;
    const place = { budget: settings.budget, ...(within && { within }) };
    const checked = this.plans.check(plan, { inputs, goal, ...place, ...(answer && { answer }) }, tools);
    if (!checked.ok) assertKnown(this.services, run, checked.findings);
    return run.request.settings.simulated === true ? simulatedPlan(sound(checked)) : sound(checked);
  }

  private get answerChecks(): AnswerChecks {
    return this.services.answerChecks ?? new Map();
  }

  /** Uses the policy of the run, or of a new run. Rejects with PLAN_INVALID if the state that it needs is missing. */
  private async appraised(given: CheckedPlan, run?: Run, beginning: BeginningRun = {}): Promise<CheckedPlan> {
    const { starts, runId = "", approval = run?.request.settings.approval ?? this.settings.approval } = beginning;
    const holder = run ?? { id: runId, request: starts === undefined ? {} : { context: starts } };
    const context = () => this.contexts.contextOf(holder);
    const done = run === undefined ? beginning.done : doneIn(run, given);
    const of = { context, ...(done && { done }), ...(given.afterUntrusted && { local: true }) };
    const plan = await this.plans.prechecked(given, (checked) => this.precheckOf(checked, of));
    if (plan.findings.some(isError)) throw new PlanloomError("PLAN_INVALID", { findings: plan.findings });
    const { playbook } = beginning;
    const more = { ...(done && { done }), ...(playbook !== undefined && { playbook }) };
    return appraiseWith(this.appraiser)(plan, { approval, context, ...more });
  }

  private precheckOf(checked: CheckedPlan, options?: PrecheckOptions) {
    return precheckIn(this.services)(checked, options);
  }

  /** The names of the models of the roles, as a run records them. */
  private models(): RoleNames {
    const names = roleNamesOf(this.services);
    return typeof this.services.planner === "function" ? { ...names, planner: PLANNER_FUNCTION } : names;
  }

  /** Adds the prices of all models that the run may ask: those of the roles, and those that its plan names. */
  private settingsFor(plan: Plan | undefined, own: OwnSettings | undefined): Settings {
    const roles = ["planner", "executor", "synthesizer"] as const;
    const played = roles.flatMap((role) => modelNames(this.services[role]));
    const named = [
      ...(plan?.steps ?? []).flatMap(({ model }) => model ?? []),
      ...[...(this.services.specialists?.values() ?? [])].flatMap(({ model }) => modelNames(model)),
    ];
    return withPrices(withOwn(this.settings, own), [...played, ...named], this.appraiser.priceOf);
  }

  private startedData(
    goal: string,
    inputs: { readonly [name: string]: Json },
    given: CheckedPlan | undefined,
    { tags, trust, messages, ownSettings: own, strategy = "plan-and-execute", ...more }: StartedMore,
  ): EventData["run.started"] {
    return {
      goal,
      inputs,
      strategy,
      settings: this.settingsFor(given?.plan, own),
      models: this.models(),
      inventory: this.services.inventory.hash,
      kernel: KERNEL_VERSION,
      planGiven: given !== undefined,
      ...(Object.keys(trust).length === 0 ? {} : { trust }),
      ...(tags.length === 0 ? {} : { tags }),
      ...(messages.length === 0 ? {} : { messages }),
      ...(own === undefined ? {} : { ownSettings: own }),
      ...more,
    };
  }
}

type StartedMore = Pick<RunRequest, "tags" | "trust" | "messages" | KeptOfStart> &
  Partial<Pick<RunRequest, "strategy">>;

type KeptOfStart = "traceContext" | "context" | "answerSchema" | "ownSettings" | "requestHash" | "playbook";

/** Options of a start that are sound already. */
interface ToldStart {
  readonly inputs: { readonly [name: string]: Json };
  readonly answer: AnswerSchema | undefined;
  readonly context?: RecordedContext;
  readonly requestHash?: string;
}

function sound(checked: PlanCheck): CheckedPlan {
  if (!checked.ok) throw new PlanloomError("PLAN_INVALID", { findings: checked.findings });
  const { ok: _ok, notes: _notes, ...plan } = checked;
  return plan;
}

/** Lists show that a run is simulated. */
const taggedRun = (tags: readonly string[], own: OwnSettings | undefined): readonly string[] =>
  own?.simulated === true ? soundTags([...tags, "simulated"]) : tags;

const isBlank = (goal: unknown): boolean => typeof goal === "string" && goal.trim() === "";
