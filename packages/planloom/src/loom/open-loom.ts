// Makes a Loom from a configuration: its roles, tools, store, prices and engine. In: a LoomConfig. Out: a Loom.
// createLoom loads this file when it is called.
import { randomBytes } from "node:crypto";
import { dirname, resolve } from "node:path";
import { realPath } from "../files/project.js";
import { approvalsPath } from "../files/standing-approvals.js";
import { fittingPlaybook } from "../plan/playbook/fitting.js";
import { playbookGoals, playbookPlace } from "./playbooks/folder.js";
import { trustListPath } from "../files/trusted-folders.js";
import { LIMITS } from "../limits.js";
import { boundModel, type ModelFor } from "../model/context-model.js";
import { openModel } from "../model/model.js";
import { sharedLimiter } from "../model/patience/memory-limiter.js";
import { usableModel } from "../model/patience/patient-model.js";
import type { Model, Role } from "../model/port.js";
import { pricesFor } from "../model/settings/prices.js";
import type { RoleSettings, RolesSettings } from "../model/settings/role.js";
import type { Settings } from "../run/settings.js";
import type { EventStore } from "../store/event-store.js";
import { openStore, storePath } from "../store/locate.js";
import { syncIn } from "../store/sync-mode.js";
import { Appends, watchedStore } from "../store/watched-store.js";
import { builtinTools } from "../tools/builtin/builtins.js";
import type { SummarizeOptions } from "../tools/builtin/summarize.js";
import { secretFilter, type SecretFilter, type Secrets } from "../tools/secret-filter.js";
import { tokenFolder } from "../tools/mcp/token-file.js";
import { McpSource } from "../tools/mcp/mcp-source.js";
import { openDatabases, type Database } from "../tools/sql/databases.js";
import { ToolShelf } from "../tools/tool-shelf.js";
import { appraiseWith, type Appraiser } from "../perform/appraisal.js";
import { judgingModels } from "../run/judge-role.js";
import { systemClock, type Clock } from "../clock.js";
import { strategiesOf } from "./config-strategies.js";
import { settingsOf, type LoomConfig } from "./config.js";
import { toolsIn } from "./config-tools.js";
import { localEngine } from "../engine/local.js";
import { ContextStarts } from "./context-option.js";
import type { HandlerOptions, RequestHandler } from "./handler-options.js";
import { Loom } from "./loom.js";
import { assertAble } from "../perform/lacking.js";
import { performIn } from "../perform/perform.js";
import { mayScout } from "../perform/scouting.js";
import { RunContexts } from "../perform/run-contexts.js";
import {
  alternativesIn,
  instructionsOf,
  keeperBeside,
  roleNamesOf,
  openRoles,
  rolesOf,
  specialistFacts,
  specialistsOf,
} from "./roles.js";
import type { openWatch, Watch } from "../telemetry/open-watch.js";
import { nearestNames } from "../plan/nearest.js";
import type { Specialists } from "../plan/specialist.js";
import { SettingChecks } from "./config-value.js";
import type { Services } from "../perform/services.js";

/** Parts that the command line and tests may replace. */
export interface LoomPorts {
  readonly clock?: Clock;
  readonly newId?: (of: "run" | "input") => string;
  readonly defer?: () => Promise<void>;
  readonly env?: { readonly [name: string]: string | undefined };
  readonly cwd?: string;
  /**
   * Folders whose installed packages may be loaded as providers of models, besides Planloom's own dependencies.
   * Default: the folder of the program that runs. The working folder is not among them: it may be somebody else's.
   */
  readonly packages?: readonly string[];
  /** Command-line flags for the roles. They win over everything else. */
  readonly flags?: RolesSettings;
  /** Further files of Planloom that its file tools never open: a configuration that was loaded from a file. */
  readonly ownFiles?: readonly string[];
  /** The configuration file that was loaded; null if there is none. Errors name it. */
  readonly configFile?: string | null;
  /** Makes `Loom.handler`. Absent: this process serves nothing. */
  readonly handlerOf?: (loom: Loom, options: HandlerOptions) => Promise<RequestHandler>;
  /** No model is called: a model without an address, a key or its package is no error until it is called. */
  readonly callsNoModel?: true;
}

/** See createLoom. */
export async function openLoom(config: LoomConfig = {}, ports: LoomPorts = {}): Promise<Loom> {
  const recorded = settingsOf(config);
  const { clock = systemClock, env = process.env, cwd = process.cwd(), flags = {}, ownFiles = [] } = ports;
  const { packages = programFolder() } = ports;
  const resolved = rolesOf(config, env, flags);
  const { roles, planner: plannerFunction } = resolved;
  const location = config.store ?? storePath(cwd, env);
  const context = { keeper: keeperBeside(location), packages };
  const models = openRoles(resolved, context, ports.callsNoModel);
  const { limiter = sharedLimiter(clock) } = config;
  const closed = [...ownFiles, trustListPath(env), approvalsPath(env), tokenFolder(env), ...filesOf(location)];
  const { executor } = models;
  const priceOf = pricesFor(roles, config.prices, resolved.specialists);
  const keys = keysOf(roles, resolved.specialists);
  const watch = await watchOf(config, { priceOf, clean: secretFilter({ ...config.secrets, ...keys }).text });
  const watched = (model: Model): Model => watch?.calls?.model(model) ?? model;
  const summarizer =
    executor === null
      ? null
      : async (of: ModelFor) => usableModel(watched(await boundModel(executor, of)), clock, limiter);
  const { databases } = config.builtins?.sql ?? {};
  const opened = databases === undefined ? [] : await openDatabases(databases, closed);
  const specialists = specialistsOf(config, resolved.specialists, models.specialists);
  const executors = specialists && specialistFacts(specialists);
  const inventory = inventoryOf(config, { summarizer, executors }, closed, opened, clock);
  assertScoutTools(recorded.scout, inventory);
  const eager = recorded.eager && mayBeEager(recorded, inventory);
  const settings = { ...recorded, eager, ...(executors && { executors }) };
  const store = typeof location === "object" ? location : await openStore(location, config.sync ?? syncIn(env));
  const { planner = null, synthesizer } = { ...models, ...(plannerFunction && { planner: plannerFunction }) };
  const configured = { planner, executor, synthesizer, ...(specialists && { specialists }) };
  const appraiser: Appraiser = {
    store,
    clock,
    models: { ...roleNamesOf(configured), executors },
    judging: judgingModels({ settings, models: roleNamesOf(configured) }),
    priceOf,
    alternatives: alternativesIn(configured),
    decide: typeof config.approval === "function" ? config.approval : undefined,
  };
  const contexts = new RunContexts(config.resolveContext, ports.configFile, secretFilter(config.secrets ?? {}).text);
  const playbooks = playbookPlace(cwd, config.playbooks);
  const services: Services = {
    answerChecks: new Map(),
    store,
    contexts,
    clock,
    inventory,
    ownFiles: closed,
    ...configured,
    appraise: appraiseWith(appraiser),
    fittingPlaybook: (goal) => fittingPlaybook(goal, playbookGoals(playbooks)),
    modelNamed: (name) => openModel({ ...roles.executor, model: name }, "executor", context),
    limiter,
    ...(watch?.calls && { watch: watch.calls }),
    instructions: instructionsOf(roles),
    secrets: config.secrets ?? {},
    ...(ports.configFile === undefined ? {} : { configFile: ports.configFile }),
    strategies: strategiesOf(config).allowed,
    limits: {
      steps: config.limits?.steps ?? LIMITS.steps,
      planBytes: config.limits?.planBytes ?? LIMITS.planBytes,
      offeredTools: config.limits?.offeredTools ?? LIMITS.offeredTools,
      turns: settings.turns,
    },
  };
  const appends = new Appends();
  const ownsStore = typeof config.store !== "object";
  const { engine: openEngine = localEngine } = config;
  try {
    const told = watchedStore(store, appends);
    const perform = performIn(services);
    const opened = await openEngine({
      store: watch?.store(told) ?? told,
      clock,
      perform: watch?.perform(perform) ?? perform,
      assertAble: (run, commands) => assertAble(services, run, commands),
      newId: ports.newId ?? newId,
      defer: ports.defer ?? nextTurn,
    });
    const rules = {
      fields: config.storedContext,
      secrets: { ...config.secrets, ...keys },
    };
    return new Loom(
      watch?.engine(opened) ?? opened,
      services,
      settings,
      roles,
      appraiser,
      ownsStore,
      new ContextStarts(contexts, rules),
      appends,
      strategiesOf(config),
      { playbooks, approvals: approvalsPath(env) },
      ports.handlerOf,
    );
  } catch (error) {
    if (ownsStore) await store.close();
    throw error;
  }
}

/** What watches runs. Its code is loaded only if there is something to watch with. */
async function watchOf(
  { telemetry, logger }: LoomConfig,
  given: Parameters<typeof openWatch>[1],
): Promise<Watch | undefined> {
  if (telemetry === undefined && logger === undefined) return undefined;
  const { openWatch: open } = await import("../telemetry/open-watch.js");
  return open({ ...(telemetry && { telemetry }), ...(logger && { logger }) }, given);
}

/** The keys of the models, by role. A stored context must not hold one. */
function keysOf(roles: Readonly<Record<Role, RoleSettings>>, specialists: ReadonlyMap<string, RoleSettings>): Secrets {
  const all = [...Object.entries(roles), ...specialists];
  return Object.fromEntries(all.map(([name, { apiKey }]) => [`apiKey of the ${name}`, apiKey]));
}

/** The file of a store, if it has one. SQLite puts its other files beside it. */
function filesOf(store: string | EventStore): readonly string[] {
  const file = typeof store === "string" ? store : store.path;
  return file === undefined || file === "memory" || file.includes("://") ? [] : [resolve(file)];
}
const programFolder = (): readonly string[] =>
  process.argv[1] === undefined ? [] : [dirname(realPath(process.argv[1]))];

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Whether steps may start before their plan is complete. The plan can never need approval: under `never`, or without
 * tools that have effects; those of a server are not known yet. No critique may still change it. No step is to be
 * reviewed: a review needs the whole plan.
 */
function mayBeEager({ approval, critique, replan }: Settings, { specs, sources }: ToolShelf): boolean {
  const harmless = approval === "effects" && sources.length === 0 && specs.every(({ effects }) => effects === "none");
  return !critique && replan !== "each-step" && (approval === "never" || harmless);
}

// A run id sorts by time, for lists and file names. The rest is random.
function newId(of: "run" | "input"): string {
  const time = Date.now().toString(36);
  return `${of === "run" ? "run" : "in"}_${time}${randomBytes(5).toString("hex")}`;
}

function inventoryOf(
  config: LoomConfig,
  {
    summarizer: executor,
    executors,
  }: {
    readonly summarizer: ((of: ModelFor) => Promise<Model>) | null;
    readonly executors: Specialists | undefined;
  },
  own: readonly string[],
  databases: readonly Database[],
  clock: Clock,
): ToolShelf {
  const { files, fetch, search, sql, http } = config.builtins ?? {};
  const given = toolsIn(config.tools);
  const taken = new Set(given.map((tool) => tool.spec.name));
  const builtins = builtinTools({
    own,
    ...(files === undefined ? {} : { files }),
    ...(fetch === undefined ? {} : { fetch }),
    ...(search === undefined ? {} : { search }),
    ...(http === undefined ? {} : { http }),
    ...(sql === undefined ? {} : { sql: { databases, write: sql.write === true } }),
    ...(executor === null ? {} : { summarize: askOnce(executor, secretFilter(config.secrets ?? {})) }),
  });
  // A user's tool replaces the built-in tool of the same name.
  const kept = builtins.tools.filter((tool) => !taken.has(tool.spec.name));
  const sources = Object.entries(config.mcp ?? {}).map(([name, server]) => new McpSource(name, server, clock));
  const shelf = new ToolShelf([...kept, ...given], taken.has("search") ? [] : builtins.notes, sources, executors);
  assertToolsOfSpecialists(executors, shelf);
  return shelf;
}

/** The tools of an MCP server are known when it is opened. Throws CONFIG_INVALID. */
function assertToolsOfSpecialists(executors: Specialists = {}, { tools, sources }: ToolShelf): void {
  const check = new SettingChecks();
  const isThere = (tool: string) => tools.has(tool) || sources.some((server) => tool.startsWith(`${server}.`));
  for (const [name, { tools: may = [] }] of Object.entries(executors))
    for (const tool of may.filter((one) => !isThere(one)))
      check.wrong(`executors.${name}.tools`, tool, { is: "tool", near: nearestNames(tool, tools.keys()) });
  check.done();
}

/** A tool that acts, or that a person has to approve, cannot be called before there is a plan. Throws CONFIG_INVALID. */
function assertScoutTools(scout: Settings["scout"], { tools, sources }: ToolShelf): void {
  if (scout === undefined || scout.tools === "read-only") return;
  const check = new SettingChecks();
  const able = [...tools.values()].filter(({ spec }) => mayScout(spec)).map(({ spec }) => spec.name);
  for (const name of scout.tools) {
    const tool = tools.get(name);
    const isLater = tool === undefined && sources.some((server) => name.startsWith(`${server}.`));
    if (isLater || (tool !== undefined && mayScout(tool.spec))) continue;
    check.wrong("planner.scout.tools", name, { is: "scout-tools", near: nearestNames(name, able) });
  }
  check.done();
}

/** A plan may give a secret to `summarize`. No model reads it. */
function askOnce(usable: (of: ModelFor) => Promise<Model>, filter: SecretFilter): SummarizeOptions["ask"] {
  return async ({ system, text }, signal, waits, of) =>
    (await usable(of)).call({
      ...{ system, messages: [{ role: "user", text: filter.text(text) }], signal },
      ...(waits && { waits }),
    });
}
