// The model of each role. In: the configuration, flags and variables. Out: settings and models of each role. Commands
// that open no loom use these settings to compute the cost of a run.
import { resolve } from "node:path";
import type { PlannerFunction } from "../agents/planner/planner.js";
import { openModel, type ModelContext } from "../model/model.js";
import { contextModel, type ModelFunction } from "../model/context-model.js";
import type { Model, Role } from "../model/port.js";
import { wayFile } from "../model/ways/way-file.js";
import type { WayKeeper } from "../model/ways/way-memory.js";
import {
  addressSource,
  resolveRoles,
  resolveSpecialist,
  type ListedSettings,
  type RoleSettings,
  type RolesSettings,
  type RoleSources,
  type SpecialistLayers,
} from "../model/settings/role.js";
import { hasCode, PlanloomError } from "../words/planloom-error.js";
import type { Specialists } from "../plan/specialist.js";
import type { RoleNames } from "../run/settings.js";
import { isStoreFile } from "../store/locate.js";
import type { LoomConfig } from "./config.js";
import type { ExecutorConfig } from "./config-executors.js";
import type { ModelConfig, ModelsConfig, RoleConfig } from "./config-models.js";
import type { Services } from "../perform/services.js";

/**
 * The planner may be a function instead; then its settings name no model. The function is part of the role's
 * configuration, so a model from a source with higher precedence (see resolveRoles) replaces it.
 */
export function rolesOf(
  config: LoomConfig,
  env: { readonly [name: string]: string | undefined },
  flags: RolesSettings = {},
): {
  readonly roles: Readonly<Record<Role, ListedSettings>>;
  /** The named executors. */
  readonly specialists: ReadonlyMap<string, ListedSettings>;
  readonly planner: PlannerFunction | undefined;
  readonly sources: RoleSources;
} {
  const { default: general, planner, executor, synthesizer } = config.models ?? {};
  const named = flags.planner?.model ?? flags.model ?? (env["PLANLOOM_PLANNER_MODEL"] || undefined);
  const plannerFunction = typeof planner === "function" && named === undefined ? planner : undefined;
  const sources = {
    flags,
    env,
    config: {
      ...role(general),
      planner: role(typeof planner === "function" ? undefined : planner),
      executor: role(executor),
      synthesizer: role(synthesizer),
    },
  };
  const specialists = new Map(
    Object.entries(config.executors ?? {}).map(([name, given]) => [
      name,
      resolveSpecialist({ name, ...layersOfSpecialist(given) }, sources),
    ]),
  );
  return { roles: resolveRoles(sources), specialists, planner: plannerFunction, sources };
}

function role(given: ModelsConfig["planner"] | RoleConfig): ListedSettings {
  const [first, ...others] = isList(given) ? given : given === undefined ? [] : [given];
  if (first === undefined) return {};
  return { ...asSettings(first), ...(others.length === 0 ? {} : { fallbacks: others.map(asSettings) }) };
}

/** A model without settings gets those beside it. Settings of a model of its own keep to their own server. */
function layersOfSpecialist(given: ExecutorConfig): Pick<SpecialistLayers, "own" | "others"> {
  const { description: _description, tools: _tools, model, ...others } = given;
  const { fallbacks, ...first } = role(model);
  const beside = (one: RoleSettings): RoleSettings =>
    Object.keys(one).length === 1 && one.model !== undefined ? { ...others, ...one } : one;
  return { own: { ...beside(first), ...(fallbacks && { fallbacks: fallbacks.map(beside) }) }, others };
}

const isList = (given: unknown): given is readonly ModelConfig[] => Array.isArray(given);

/** Stands for the model until the role is opened. */
interface Chooser extends Model {
  readonly choose: ModelFunction;
}

const isChooser = (model: unknown): model is Chooser =>
  typeof model === "object" && model !== null && "choose" in model && typeof model.choose === "function";

function chooser(choose: ModelFunction): Chooser {
  return { name: "", choose, call: () => Promise.reject(new Error("the role is not open")) };
}

function asSettings(given: ModelConfig | ModelFunction | { readonly choose: ModelFunction }): RoleSettings {
  if (typeof given === "string") return { model: given };
  if (typeof given === "function") return { model: chooser(given) };
  if ("choose" in given) return { model: chooser(given.choose) };
  return "call" in given || "modelId" in given ? { model: given } : given;
}

/** With `later`, a named model is opened by its calls: none needs a key or an address before. */
export function openRoles(
  { roles, specialists, sources }: Pick<ReturnType<typeof rolesOf>, "roles" | "specialists" | "sources">,
  context: ModelContext,
  later = false,
): Readonly<Record<Role, Model | null>> & { readonly specialists: ReadonlyMap<string, Model | null> } {
  const openOne = (settings: RoleSettings, role: Role): Model => {
    try {
      return openModel(settings, role, context);
    } catch (error) {
      throw withSource(error, role, settings, sources);
    }
  };
  const open = (role: Role, listed = roles[role]): Model | null => {
    const { fallbacks = [], ...settings } = listed;
    const { model } = settings;
    if (model === undefined) return null;
    if (isChooser(model)) {
      const { model: _model, ...others } = settings;
      return contextModel(model.choose, role, (one) => openOne({ ...others, ...asSettings(one) }, role));
    }
    const opened = () => openOne(settings, role);
    if (later && typeof model === "string") return { name: model, call: async (request) => opened().call(request) };
    const first = opened();
    if (fallbacks.length === 0 || later) return first;
    return withFallbacks(
      first,
      fallbacks.map((one) => openOne(one, role)),
    );
  };
  return {
    ...{ planner: open("planner"), executor: open("executor"), synthesizer: open("synthesizer") },
    specialists: new Map([...specialists].map(([name, listed]) => [name, open("executor", listed)])),
  };
}

/** The named executors of a configuration, with their models. undefined if there is none. */
export function specialistsOf(
  { executors = {} }: Pick<LoomConfig, "executors">,
  settings: ReadonlyMap<string, ListedSettings>,
  models: ReadonlyMap<string, Model | null>,
): Services["specialists"] {
  if (Object.keys(executors).length === 0) return undefined;
  return new Map(
    Object.entries(executors).map(([name, { description, tools }]) => {
      const model = models.get(name) ?? null;
      const facts = { model: model?.name ?? null, ...(description && { description }), ...(tools && { tools }) };
      return [name, { facts, model, settings: settings.get(name) ?? {} }];
    }),
  );
}

/** What a run records of the named executors. */
export const specialistFacts = (specialists: NonNullable<Services["specialists"]>): Specialists =>
  Object.fromEntries([...specialists].map(([name, { facts }]) => [name, facts]));

/** An error about the address names where the address stands. */
function withSource(error: unknown, role: Role, { baseURL }: RoleSettings, sources: RoleSources): unknown {
  const setting = baseURL === undefined ? undefined : addressSource(role, sources, baseURL);
  if (!hasCode(error, "MODEL_BAD_ENDPOINT") || setting === undefined) return error;
  return new PlanloomError("MODEL_BAD_ENDPOINT", { ...error.params, setting }, { cause: error });
}

/** The first may be an instance of a class. Any of them may answer, so that the role can only do what all of them can. */
function withFallbacks(first: Model, fallbacks: readonly Model[]): Model {
  const { name, endpoint, timeoutMs, totalTimeoutMs, maxOutputTokens, known } = first;
  const speaks = [first, ...fallbacks].every((model) => model.speaks === true);
  return {
    ...{ name, fallbacks, call: (request) => first.call(request) },
    ...(speaks ? { speaks } : {}),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(known === undefined ? {} : { known: () => known.call(first) }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(totalTimeoutMs === undefined ? {} : { totalTimeoutMs }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  };
}

/** The request forms that servers accept are stored beside the store, if the store is a file. */
export function keeperBeside(store: LoomConfig["store"]): WayKeeper | undefined {
  return isStoreFile(store) ? wayFile(`${resolve(store)}-models.json`) : undefined;
}

export function instructionsOf(roles: Readonly<Record<Role, RoleSettings>>): Services["instructions"] {
  const { planner, executor, synthesizer } = roles;
  return {
    ...(planner.instructions === undefined ? {} : { planner: planner.instructions }),
    ...(executor.instructions === undefined ? {} : { executor: executor.instructions }),
    ...(synthesizer.instructions === undefined ? {} : { synthesizer: synthesizer.instructions }),
  };
}

/** The names of a role's model and of its fallbacks. */
export const modelNames = (model: Model | PlannerFunction | null): readonly string[] =>
  model === null || typeof model === "function" ? [] : [model, ...(model.fallbacks ?? [])].map(({ name }) => name);

/** The models that may answer instead of a model, by its name. */
export function alternativesIn(services: Pick<Services, Role | "specialists">): (model: string) => readonly string[] {
  const named = [...(services.specialists?.values() ?? [])].map(({ model }) => model);
  const lists = [services.planner, services.executor, services.synthesizer, ...named].map(modelNames);
  return (model) => lists.flatMap(([first, ...others]) => (first === model ? others : []));
}

/** A function has no model name: what it plans with is unknown. */
export function roleNamesOf({ planner, executor, synthesizer }: Pick<Services, Role>): RoleNames {
  return {
    planner: planner === null || typeof planner === "function" ? null : planner.name,
    executor: executor?.name ?? null,
    synthesizer: synthesizer?.name ?? null,
  };
}
