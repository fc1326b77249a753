// The configuration of a user. In: the object in planloom.config.*, or the argument of createLoom. Out: settings with
// defaults. The library, the command line and the server use the same object.
import type { Granularity } from "../plan/check/granularity.js";
import { PlanloomError } from "../words/planloom-error.js";
import { LIMITS } from "../limits.js";
import { isObject } from "../plan/json.js";
import type { AnswerOnFailure } from "../plan/plan.js";
import type { Limiter } from "../model/limiter.js";
import type { Prices } from "../model/settings/prices.js";
import type {
  ApprovalPolicy,
  Budget,
  FailurePolicy,
  Guard,
  JudgeRole,
  ReplanContext,
  ReplanMode,
  ScoutSettings,
  Settings,
} from "../run/settings.js";
import type { Strategy } from "../plan/strategy.js";
import type { OpenEngine } from "../engine/open-engine.js";
import type { EventStore } from "../store/event-store.js";
import { SYNC_MODES, type SyncMode } from "../store/sync-mode.js";
import type { Secrets } from "../tools/secret-filter.js";
import type { McpServers } from "../tools/mcp/server-config.js";
import type { ApprovalFunction } from "../perform/appraisal.js";
import type { Logger } from "../telemetry/logger.js";
import type { TelemetryConfig } from "../telemetry/open-telemetry.js";
import type { ResolveContext } from "../perform/run-contexts.js";
import { knownBuiltins, type BuiltinsConfig } from "./config-builtins.js";
import { knownExecutors, type ExecutorsConfig } from "./config-executors.js";
import { knownStrategies } from "./config-strategies.js";
import { knownLogger, knownTelemetry } from "./config-telemetry.js";
import { knownRetention, type RetentionConfig } from "./config-retention.js";
import { knownWebhook, type WebhookConfig } from "./config-webhook.js";
import { knownServers } from "./config-mcp.js";
import { knownTools, type GivenTools } from "./config-tools.js";
import { knownLimiter, knownModels, knownPrices, type ModelsConfig } from "./config-models.js";
import { isTexts, SettingChecks } from "./config-value.js";

/** `C` is the type of the context that `start({ context })` gives to tools. */
export interface LoomConfig<C = unknown> {
  /** Your own tools, made by `tool()`, and lists of tools from `planloom/tools`. Default: none. */
  readonly tools?: GivenTools<C>;
  /**
   * The fields of a context that are stored in the log, as JSON. The others stay in this process, and `resolveContext`
   * makes them again. Default: all fields are stored.
   */
  readonly storedContext?: readonly (unknown extends C ? string : keyof C & string)[];
  /**
   * Makes the context of a run from its stored part, when a process drives a run that it did not start. Without it, the
   * context is its stored part, and a run whose context has other fields is not driven (CONTEXT_NEEDED).
   */
  readonly resolveContext?: ResolveContext<C>;
  /**
   * The built-in tools. Default: `calculate` always, `summarize` if there is an executor model; the others only
   * if they are configured here.
   */
  readonly builtins?: BuiltinsConfig;
  /**
   * MCP servers by name. Their tools are `name.tool` in plans. A server is started when a plan needs its tools first.
   * Default: none.
   */
  readonly mcp?: McpServers;
  /**
   * Secrets that plans can give to tools as `{ "secret": "NAME" }`, of at least 8 characters. The log holds only the
   * name: the values are taken out of what tools give back. Only the secrets listed here can be used; an undefined one
   * is not there. Default: none.
   */
  readonly secrets?: Secrets;
  /**
   * The model of each role. `default` applies to all roles that are not given. Default: the PLANLOOM_* and OPENAI_*
   * variables.
   */
  readonly models?: ModelsConfig<C>;
  /**
   * Named executors, each with its own model, tools and instructions. The planner reads their descriptions and gives
   * steps to them with `executor`. Default: none.
   */
  readonly executors?: ExecutorsConfig<C>;
  /** How plans are written. */
  readonly planner?: {
    /** Number of steps: `coarse` (1-4 steps), `normal` (3-10), `fine` (8-20). Default: `normal`. */
    readonly granularity?: Granularity;
    /** Whether the planner's model judges each plan once before it is used, and may change it. Default: false. */
    readonly critique?: boolean;
    /**
     * Lets the planner's model look things up before it writes the first plan: which tools it may call, and for how
     * many replies (default 3). `read-only`: all tools without effects whose calls nobody has to approve. What it read
     * counts as others' text: new steps with effects wait for a person. Default: it looks nothing up.
     */
    readonly scout?: { readonly tools: "read-only" | readonly string[]; readonly turns?: number };
  };
  /**
   * Prices of models, by name, in US dollars per million tokens. They win over the built-in list prices. 0 is a price,
   * for example for a local model. Default: the list prices of well-known models at their providers, else unknown.
   */
  readonly prices?: Prices;
  /**
   * `memory`, a path of a SQLite file, or a store. Default: PLANLOOM_STORE, else the .planloom/planloom.db of the
   * project.
   */
  readonly store?: string | EventStore;
  /**
   * What a finished write of a SQLite file survives. `power`: a power cut. `process`: a crash of the process; a power
   * cut may lose the last moments, but never what was recorded before a call with effects. Default: PLANLOOM_SYNC, else
   * `power`.
   */
  readonly sync?: SyncMode;
  /**
   * Opens another engine over the store instead of the local one: see `OpenEngine` of planloom/engine. Default: the
   * local engine.
   */
  readonly engine?: OpenEngine;
  /**
   * Says when requests to models may be sent: see `Limiter` of planloom/engine. One that processes share keeps the
   * limits of an endpoint for all of them. Default: one limiter for all models of this process.
   */
  readonly limiter?: Limiter;
  /**
   * Where the servers of the command line tell that a run waits or has ended. Signed, repeated, and without values of
   * the run. Default: nowhere.
   */
  readonly webhook?: WebhookConfig;
  /**
   * Watches runs with OpenTelemetry: spans and metrics by the GenAI conventions. The program passes the API, so nothing is
   * loaded without it. Default: nothing is watched.
   */
  readonly telemetry?: TelemetryConfig;
  /**
   * Is told what happens to runs and their store, with codes and data and without contents. In the form of pino;
   * `console` fits. Default: nobody is told.
   */
  readonly logger?: Logger;
  /**
   * How long ended runs are kept. `planloom serve` and `planloom store prune` remove older ones; a library does so by
   * `loom.maintenance.prune`. Default: for ever.
   */
  readonly retention?: RetentionConfig;
  /** Number of steps and items that run at once. Default: 4. */
  readonly concurrency?: number;
  /**
   * The budget of one run: requests to models, tokens, US dollars by `prices`, and ms from its start. Each model call
   * is checked before it is sent. A run that reaches a limit fails with BUDGET_EXHAUSTED, and can be retried with more.
   * Default: no limit.
   */
  readonly budget?: {
    readonly modelCalls?: number;
    readonly tokens?: number;
    readonly costUsd?: number;
    readonly wallMs?: number;
  };
  /**
   * Which plans wait for a person. A function is called for each plan. Steps that require approval always wait.
   * Default: `never` in the library, `effects` on the command line.
   */
  readonly approval?: "never" | "always" | "effects" | ApprovalFunction<C>;
  /**
   * What happens to a call whose destination untrusted data chose, or that could give private data away. `ask`: it
   * waits for a person, whatever `approval` says. `off`: it is made; the log says that the guard was off. Default:
   * `ask`.
   */
  readonly guard?: Guard;
  /**
   * Whether there is a person to ask. If false, nothing waits for approval or for an answer: the guard refuses, and
   * other questions end with NEEDS_PERSON. A call whose outcome is unknown still waits. Default: true.
   */
  readonly attended?: boolean;
  /**
   * What happens when a step has finally failed and its plan does not say. `compensate`: the run fails, and its calls that
   * acted are undone. Default: `patch`; without a planner the run fails.
   */
  readonly onFailure?: FailurePolicy;
  /**
   * What a run that has failed still gives, if its plan does not say: `{ onFailure: "partial" }` writes an answer from
   * what is done, which says what is missing. The run stays failed. Default: no answer.
   */
  readonly answer?: {
    readonly onFailure?: AnswerOnFailure;
    /**
     * How often an answer is written again that its critic finds wanting, at most 5. The critic judges each answer
     * against the goal and the outputs before it is given. Default: 0, no critic.
     */
    readonly critique?: number;
    /** Whose model is the critic. Default: the planner's, else the executor's, else the synthesizer's. */
    readonly critic?: JudgeRole;
  };
  /** Whose model judges outputs by an `expect` in prose. Default: `executor`. */
  readonly judge?: JudgeRole;
  /**
   * When the planner writes a replan: `never`; `on-failure`; or `each-step`, with which its model also reviews after
   * each step whether the rest still makes sense. Default: `on-failure`.
   */
  readonly replan?: ReplanMode;
  /**
   * What the planner reads of the run in a replan: `excerpt` (states, codes, error messages, the first 200 characters
   * of outputs), `codes` (no text of tools or models), `full`. Unless it is `codes`, new steps with effects wait for a
   * person.
   */
  readonly replanContext?: ReplanContext;
  /**
   * Whether steps without effects start while their plan is still being written. Only if the plan could not need
   * approval: under `never`, or under `effects` with tools that have none. Default: true.
   */
  readonly eager?: boolean;
  /**
   * How a run gets its plan, if its start does not say: `plan` (a planner writes one), `react` (one agent step with all
   * tools), `tools` (the same with one turn of tool calls), `auto` (chosen for each goal). Default: `plan`.
   */
  readonly strategy?: Strategy;
  /**
   * The folder of the playbooks. Default: the nearest folder `playbooks` in the working folder or above it, up to the
   * root of the project.
   */
  readonly playbooks?: string;
  /** The strategies that runs may have. Another one is refused with STRATEGY_FORBIDDEN. Default: all. */
  readonly strategies?: readonly Strategy[];
  readonly limits?: {
    /** Steps of a plan. Default: 64. */
    readonly steps?: number;
    /** Bytes of a plan document. Default: 2 MiB. */
    readonly planBytes?: number;
    /** Tools that the planner sees. A larger inventory is cut to those that match the goal's words. Default: 80. */
    readonly offeredTools?: number;
    /** Model turns of an agent step. Default: 8. */
    readonly turns?: number;
    /** Items of a fan-out. Default: 10,000. */
    readonly fanOut?: number;
    /** Rounds in which the planner repairs findings. Default: 5. */
    readonly repairRounds?: number;
    /** Plans that a person may reject. Default: 5. */
    readonly rejections?: number;
    /** How long an approval waits, in ms. Default: 24 hours. */
    readonly approvalMs?: number;
    /** Replans (patch or full) after failures and reviews, in total. Default: 2. */
    readonly replans?: number;
    /** Maximum expected tokens of one replan. Default: no limit. */
    readonly replanTokens?: number;
    /** Maximum expected cost of one replan, in US dollars. Default: no limit. */
    readonly replanCostUsd?: number;
  };
}

export const KEYS: Record<keyof LoomConfig, true> = {
  tools: true,
  storedContext: true,
  resolveContext: true,
  builtins: true,
  mcp: true,
  secrets: true,
  models: true,
  executors: true,
  planner: true,
  prices: true,
  store: true,
  sync: true,
  engine: true,
  limiter: true,
  webhook: true,
  telemetry: true,
  logger: true,
  retention: true,
  concurrency: true,
  guard: true,
  attended: true,
  approval: true,
  onFailure: true,
  answer: true,
  judge: true,
  replan: true,
  replanContext: true,
  eager: true,
  strategy: true,
  playbooks: true,
  strategies: true,
  budget: true,
  limits: true,
};
const BUDGET_KEYS: Record<keyof Budget, true> = { modelCalls: true, tokens: true, costUsd: true, wallMs: true };
const LIMIT_KEYS: Record<keyof NonNullable<LoomConfig["limits"]>, true> = {
  steps: true,
  planBytes: true,
  offeredTools: true,
  turns: true,
  fanOut: true,
  repairRounds: true,
  rejections: true,
  approvalMs: true,
  replans: true,
  replanTokens: true,
  replanCostUsd: true,
};
const PLANNER_KEYS: Record<keyof NonNullable<LoomConfig["planner"]>, true> = {
  granularity: true,
  critique: true,
  scout: true,
};
const SCOUT_KEYS: Record<keyof NonNullable<NonNullable<LoomConfig["planner"]>["scout"]>, true> = {
  tools: true,
  turns: true,
};
const POLICIES: readonly string[] = ["never", "always", "effects"] satisfies readonly ApprovalPolicy[];
const ANSWER_KEYS = { onFailure: true, critique: true, critic: true };
const JUDGES = ["executor", "planner", "synthesizer"] as const satisfies readonly JudgeRole[];
const ANSWERS_ON_FAILURE = ["partial", "none"] as const satisfies readonly AnswerOnFailure[];
const GUARDS = ["ask", "off"] as const satisfies readonly Guard[];
const FAILURE_POLICIES = ["fail", "skip", "patch", "replan", "compensate"] as const satisfies readonly FailurePolicy[];
const REPLAN_MODES = ["never", "on-failure", "each-step"] as const satisfies readonly ReplanMode[];
const GRANULARITIES = ["coarse", "normal", "fine"] as const satisfies readonly Granularity[];
const REPLAN_CONTEXTS = ["codes", "excerpt", "full"] as const satisfies readonly ReplanContext[];

/**
 * The part of a configuration that is recorded with each run. Throws PlanloomError CONFIG_INVALID with every key that is
 * wrong.
 */
export function settingsOf(config: LoomConfig): Settings {
  const check = new SettingChecks();
  const given = check.record<LoomConfig>("", config ?? null, KEYS);
  knownParts(given, check);
  const settings = recordedSettings(given, check);
  check.done();
  return settings;
}

function recordedSettings(config: LoomConfig, check: SettingChecks): Settings {
  const limits = check.record("limits.", config.limits, LIMIT_KEYS);
  const planner = check.record("planner.", config.planner, PLANNER_KEYS);
  const answer = check.record("answer.", config.answer, ANSWER_KEYS);
  const count = <Name extends keyof typeof limits & keyof typeof LIMITS>(name: Name, least = 1) =>
    check.whole<number>(`limits.${name}`, limits[name], LIMITS[name], { least });
  for (const name of ["steps", "planBytes", "offeredTools"] as const) count(name);
  return {
    concurrency: check.whole<number>("concurrency", config.concurrency, LIMITS.concurrency, { most: MOST_AT_ONCE }),
    approval: policyOf(config.approval, check),
    approvalMs: check.time<number>("limits.approvalMs", limits.approvalMs, LIMITS.approvalMs),
    guard: check.choice("guard", config.guard, GUARDS, "ask"),
    attended: check.yesOrNo("attended", config.attended, true),
    rejections: count("rejections", 0),
    repairRounds: count("repairRounds", 0),
    roleAttempts: LIMITS.roleAttempts,
    crashes: LIMITS.crashes,
    turns: count("turns"),
    fanOut: count("fanOut"),
    onFailure: check.choice("onFailure", config.onFailure, FAILURE_POLICIES, "patch"),
    replan: modelled("replan", check.choice("replan", config.replan, REPLAN_MODES, "on-failure"), config, check),
    replans: count("replans", 0),
    eager: check.yesOrNo("eager", config.eager, true),
    replanContext: check.choice("replanContext", config.replanContext, REPLAN_CONTEXTS, "excerpt"),
    replanTokens: check.amount("limits.replanTokens", limits.replanTokens),
    replanCostUsd: check.amount("limits.replanCostUsd", limits.replanCostUsd),
    granularity: check.choice("planner.granularity", planner.granularity, GRANULARITIES, "normal"),
    critique: modelled(
      "planner.critique",
      check.choice("planner.critique", planner.critique, [true, false], false),
      config,
      check,
    ),
    answerCritique: check.whole<number>("answer.critique", answer.critique, 0, {
      least: 0,
      most: LIMITS.critiqueRounds,
    }),
    critic: answer.critic === undefined ? null : check.choice("answer.critic", answer.critic, JUDGES, "planner"),
    judge: check.choice("judge", config.judge, JUDGES, "executor"),
    answerOnFailure: check.choice("answer.onFailure", answer.onFailure, ANSWERS_ON_FAILURE, "none"),
    budget: budgetOf(config.budget, check),
    prices: config.prices ?? {},
    ...(planner.scout === undefined ? {} : { scout: scoutOf(planner.scout, config, check) }),
  };
}

/** More would only wait for each other in one process. */
const MOST_AT_ONCE = 1_000_000;

/** The value, of which some need a planner model: a function writes plans and cannot judge them. */
function modelled<T extends ReplanMode | boolean>(key: string, value: T, config: LoomConfig, check: SettingChecks): T {
  const judges = value === "each-step" || value === true;
  if (judges && typeof config.models?.planner === "function")
    check.wrong(key, value, { is: "without-planner-function", value: value === true ? "false" : "on-failure" });
  return value;
}

/** The tools themselves are looked up when the loom is opened. */
function scoutOf(
  given: NonNullable<NonNullable<LoomConfig["planner"]>["scout"]>,
  config: LoomConfig,
  check: SettingChecks,
): ScoutSettings {
  const { tools, turns } = check.record("planner.scout.", given, SCOUT_KEYS);
  const isList = isTexts(tools) && tools.length > 0;
  if (tools !== "read-only" && !isList) check.wrong("planner.scout.tools", tools, { is: "scout-tools", near: [] });
  if (typeof config.models?.planner === "function")
    check.wrong("planner.scout", given, { is: "without-planner-function", value: "no scout" });
  const most = LIMITS.scoutTurnsMost;
  return {
    tools: isList ? tools : "read-only",
    turns: check.whole<number>("planner.scout.turns", turns, LIMITS.scoutTurns, { most }),
  };
}

/** The parts that are not recorded. */
function knownParts(config: LoomConfig, check: SettingChecks): void {
  knownTools(config.tools, check);
  knownBuiltins(config.builtins, check);
  knownServers(config.mcp, check);
  knownModels(config.models, check);
  knownExecutors(config.executors, check);
  knownPrices(config.prices, check);
  knownStore(config.store, check);
  check.choice("sync", config.sync, SYNC_MODES, "power");
  knownEngine(config.engine, check);
  knownContext(config, check);
  knownLimiter(config.limiter, check);
  knownWebhook(config.webhook, check);
  knownTelemetry(config.telemetry, check);
  knownLogger(config.logger, check);
  knownRetention(config.retention, check);
  knownStrategies(config, check);
  knownPlaybooks(config.playbooks, check);
  knownSecrets(config.secrets ?? {}, check);
}

function policyOf(given: LoomConfig["approval"] = "never", check: SettingChecks): ApprovalPolicy {
  if (typeof given === "function") return "function";
  if (POLICIES.includes(given)) return given;
  check.wrong("approval", given, { is: "one-of", choices: POLICIES, orFunction: true });
  return "always";
}

function budgetOf(given: LoomConfig["budget"], check: SettingChecks): Budget {
  const { modelCalls, tokens, costUsd, wallMs } = check.record("budget.", given, BUDGET_KEYS);
  return {
    modelCalls: check.whole("budget.modelCalls", modelCalls, null, { least: 0 }),
    tokens: check.whole("budget.tokens", tokens, null, { least: 0 }),
    costUsd: check.amount("budget.costUsd", costUsd, "usd"),
    wallMs: check.time("budget.wallMs", wallMs, null),
  };
}

function knownPlaybooks(folder: unknown, check: SettingChecks): void {
  if (folder !== undefined && (typeof folder !== "string" || folder.trim() === ""))
    check.wrong("playbooks", folder, { is: "folder" });
}

function knownEngine(engine: unknown, check: SettingChecks): void {
  if (engine !== undefined && typeof engine !== "function") check.wrong("engine", engine, { is: "engine" });
}

function knownContext({ storedContext, resolveContext }: LoomConfig, check: SettingChecks): void {
  if (storedContext !== undefined && !isTexts(storedContext))
    check.wrong("storedContext", storedContext, { is: "names" });
  if (resolveContext !== undefined && typeof resolveContext !== "function")
    check.wrong("resolveContext", resolveContext, { is: "function" });
}

function knownStore(store: unknown, check: SettingChecks): void {
  const isStore = typeof store === "object" && store !== null && "append" in store;
  if (store === undefined || typeof store === "string" || isStore) return;
  check.wrong("store", store, { is: "store" });
}

function knownSecrets(secrets: unknown, check: SettingChecks): void {
  const wanted = { is: "secrets" } as const;
  if (!isObject(secrets)) return check.wrong("secrets", typeof secrets, wanted);
  // An undefined one comes from a variable that is not set.
  const given = Object.entries(secrets as { readonly [name: string]: unknown }).filter(
    ([, value]) => value !== undefined,
  );
  for (const [name, value] of given) {
    if (typeof value !== "string") check.fault({ setting: "secrets", problem: "not-texts", wanted });
    else if (value.trim().length < LIMITS.secretChars)
      check.other(new PlanloomError("SECRET_TOO_SHORT", { secret: name, least: LIMITS.secretChars }));
  }
}
