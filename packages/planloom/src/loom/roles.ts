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
  type ListedSettings,
  type RoleSettings,
  type RolesSettings,
  type RoleSources,
} from "../model/settings/role.js";
import { hasCode, PlanloomError } from "../words/planloom-error.js";
import type { RoleNames } from "../run/settings.js";
import { isStoreFile } from "../store/locate.js";
import type { LoomConfig } from "./config.js";
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
  readonly planner: PlannerFunction | undefined;
  readonly sources: RoleSources;
} {
  const { default: general, planner, executor, synthesizer } = config.models ?? {};
  const named = flags.planner?.model ?? flags.model ?? (env["PLANLOOM_PLANNER_MODEL"] || undefined);
  const plannerFunction = typeof planner === "function" && named === undefined ? planner : undefined;
  const role = (given: ModelsConfig["planner"] | RoleConfig): ListedSettings => {
    const [first, ...others] = isList(given) ? given : given === undefined ? [] : [given];
    if (first === undefined) return {};
    return { ...asSettings(first), ...(others.length === 0 ? {} : { fallbacks: others.map(asSettings) }) };
  };
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
  return { roles: resolveRoles(sources), planner: plannerFunction, sources };
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
  { roles, sources }: { readonly roles: Readonly<Record<Role, ListedSettings>>; readonly sources: RoleSources },
  context: ModelContext,
  later = false,
): Readonly<Record<Role, Model | null>> {
  const openOne = (settings: RoleSettings, role: Role): Model => {
    try {
      return openModel(settings, role, context);
    } catch (error) {
      throw withSource(error, role, settings, sources);
    }
  };
  const open = (role: Role): Model | null => {
    const { fallbacks = [], ...settings } = roles[role];
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
  return { planner: open("planner"), executor: open("executor"), synthesizer: open("synthesizer") };
}

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
export function alternativesIn(services: Pick<Services, Role>): (model: string) => readonly string[] {
  const lists = [services.planner, services.executor, services.synthesizer].map(modelNames);
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
