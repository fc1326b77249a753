// The model and endpoint of each role. In: flags, environment and configuration. Out: the settings of each role. Pure,
// so that the rules of precedence can be tested as a table.
import type { AiSdkModel } from "../given-model.js";
import type { JsonObject } from "../../plan/json.js";
import { sameOrigin, shownUrl } from "./endpoint.js";
import type { Model, Role } from "../port.js";
import { headersIn } from "./header-text.js";
import { providerNameOf } from "./provider-name.js";
import { soundSettings, type ReasoningEffort } from "./setting-values.js";

type Texts = { readonly [name: string]: string };

/** Settings that belong to a server. */
type ServerSetting = "apiKey" | "headers" | "query" | "body";

export interface RoleSettings {
  /** A name (`gpt-4o-mini`, `anthropic:claude-…`), a model of the AI SDK, or Planloom's own port. */
  readonly model?: string | AiSdkModel | Model;
  /** Root of an OpenAI-compatible server, usually ending in /v1. */
  readonly baseURL?: string;
  readonly apiKey?: string;
  /** HTTP headers of each request, beside those of the key. They may hold secrets and are never shown. */
  readonly headers?: Texts;
  /** Query parameters of each request to an OpenAI-compatible server. */
  readonly query?: Texts;
  /** Fields of the body of each request to an OpenAI-compatible server. They replace Planloom's own. */
  readonly body?: JsonObject;
  readonly temperature?: number;
  /** From 0 to 1. If it is set and `temperature` is not, no temperature is sent. */
  readonly topP?: number;
  readonly seed?: number;
  /** Texts at which the model stops, at most 16. */
  readonly stop?: readonly string[];
  readonly reasoningEffort?: ReasoningEffort;
  /** Options of an AI SDK package, by its name: `{ anthropic: { … } }`. Only for models of such a package. */
  readonly providerOptions?: JsonObject;
  readonly maxOutputTokens?: number;
  /** How long a server may send nothing during a reply, in ms. */
  readonly timeout?: number;
  /** How long one reply may take in all, in ms. */
  readonly totalTimeout?: number;
  /** Limits of the model's endpoint. Requests beyond them wait. */
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly maxConcurrent?: number;
  /** Replaces the opening of the role's prompt. The format rules that the reader needs stay. */
  readonly instructions?: string;
}

/** A role that was given as a list of models. */
export interface ListedSettings extends RoleSettings {
  /** The settings of the others. They take over, in this order, if the first fails. */
  readonly fallbacks?: readonly RoleSettings[];
}

/** Settings for all roles, and for single roles. */
export interface RolesSettings extends ListedSettings {
  readonly planner?: ListedSettings;
  readonly executor?: ListedSettings;
  readonly synthesizer?: ListedSettings;
}

export interface RoleSources {
  readonly flags?: RolesSettings;
  readonly config?: RolesSettings;
  readonly env: { readonly [name: string]: string | undefined };
}

export const ROLES: readonly Role[] = ["planner", "executor", "synthesizer"];

export const OPENAI_URL = "https://api.openai.com/v1";

interface Layer {
  readonly settings: ListedSettings;
  readonly general: boolean;
  /** The flag, variable or setting of its base URL. */
  readonly address: string;
}

/**
 * The settings of each role. Every field comes from the first of these that has it:
 *
 * 1. flags of the role, 2. general flags, 3. variables of the role (`PLANLOOM_PLANNER_MODEL`, `_BASE_URL`, `_API_KEY`,
 * `_HEADERS`), 4. configuration of the role, 5. general variables (`PLANLOOM_MODEL` and its like), 6. general
 * configuration, 7. `OPENAI_BASE_URL` and `OPENAI_API_KEY`; with that key alone the address is OpenAI's own.
 *
 * An empty variable counts as unset. Two rules keep models, addresses and keys together:
 * - A key goes only to the server it was set for. A key that was set beside a base URL is not used with another server.
 *   A general key is not used with a role's own server if there is a general base URL. The same holds for headers, query
 *   and body.
 * - A model that is an object, or named `provider:model`, knows its own address. Base URL, key, headers, query and body
 *   apply to it only if they were set at the same place as the model or above.
 *
 * Provider options go with the model that they were set beside: they come from its place or above. Throws PlanloomError
 * MODEL_BAD_SETTING for a value that is not allowed.
 */
export function resolveRoles(sources: RoleSources): Record<Role, ListedSettings> {
  return {
    planner: resolveRole("planner", sources),
    executor: resolveRole("executor", sources),
    synthesizer: resolveRole("synthesizer", sources),
  };
}

/** The settings of a named executor. `own` are the settings of its model, which stand above the others. */
export interface SpecialistLayers {
  readonly name: string;
  readonly own: ListedSettings;
  readonly others: RoleSettings;
}

/**
 * The settings of a named executor: its own, and for each field that it does not have, those of the executor. The rules
 * of `resolveRoles` hold. Throws PlanloomError MODEL_BAD_SETTING.
 */
export function resolveSpecialist({ name, own, others }: SpecialistLayers, sources: RoleSources): ListedSettings {
  return settledRole("executor", [
    { settings: own, general: false, address: `executors.${name}.model.baseURL` },
    { settings: others, general: false, address: `executors.${name}.baseURL` },
    ...layersOf("executor", sources),
  ]);
}

/** One line for people: the model and its address, never a key. */
export function describeRole({ fallbacks = [], ...settings }: ListedSettings): string {
  return [settings, ...fallbacks].map(describeModel).join(", then ");
}

function describeModel(settings: RoleSettings): string {
  const { model, baseURL } = settings;
  if (model === undefined) return "no model";
  if (typeof model !== "string") return "call" in model ? model.name : `${model.modelId} (${model.provider})`;
  const named = providerNameOf(model);
  const address = baseURL === undefined ? undefined : `at ${shownUrl(baseURL)}`;
  if (named !== undefined) return [`${named.model} (@ai-sdk/${named.provider})`, address].filter(Boolean).join(" ");
  return `${model} ${address ?? "(no base URL)"}`;
}

/** The layers of a role, in their order. */
function layersOf(role: Role, { flags, config, env }: RoleSources): readonly Layer[] {
  const own = `PLANLOOM_${role.toUpperCase()}_`;
  return [
    { settings: flags?.[role] ?? {}, general: false, address: `--${role}-base-url` },
    { settings: flags ?? {}, general: true, address: "--base-url" },
    { settings: fromVariables(env, own), general: false, address: `${own}BASE_URL` },
    { settings: config?.[role] ?? {}, general: false, address: `models.${role}.baseURL` },
    { settings: fromVariables(env, "PLANLOOM_"), general: true, address: "PLANLOOM_BASE_URL" },
    { settings: config ?? {}, general: true, address: "models.default.baseURL" },
    { settings: fromOpenAI(env), general: false, address: "OPENAI_BASE_URL" },
  ];
}

/** The flag, variable or setting that a role has this base URL from. */
export const addressSource = (role: Role, sources: RoleSources, baseURL: string): string | undefined =>
  layersOf(role, sources).find(({ settings }) => settings.baseURL === baseURL)?.address;

const resolveRole = (role: Role, sources: RoleSources): ListedSettings => settledRole(role, layersOf(role, sources));

function settledRole(role: Role, layers: readonly Layer[]): ListedSettings {
  const settings = resolveModel(role, layers);
  const listAt = layers.findIndex(({ settings: { fallbacks } }) => fallbacks !== undefined);
  const modelAt = layers.findIndex(({ settings: { model } }) => model !== undefined);
  if (listAt < 0 || (modelAt >= 0 && modelAt < listAt)) return settings;
  const fallbacks = layers[listAt]!.settings.fallbacks!.map((one) =>
    resolveModel(role, layers.with(listAt, { ...layers[listAt]!, settings: one })),
  );
  return { ...settings, fallbacks };
}

function resolveModel(role: Role, layers: readonly Layer[]): RoleSettings {
  const all = layers.map((layer) => layer.settings);
  const modelAt = layers.findIndex((layer) => layer.settings.model !== undefined);
  const settings = defined({
    model: first(all, "model"),
    ...endpointSettings(layers),
    providerOptions: first(all.slice(0, modelAt + 1), "providerOptions"),
    requestsPerMinute: first(all, "requestsPerMinute"),
    tokensPerMinute: first(all, "tokensPerMinute"),
    maxConcurrent: first(all, "maxConcurrent"),
    temperature: first(all, "temperature"),
    topP: first(all, "topP"),
    seed: first(all, "seed"),
    stop: first(all, "stop"),
    reasoningEffort: first(all, "reasoningEffort"),
    maxOutputTokens: first(all, "maxOutputTokens"),
    timeout: first(all, "timeout"),
    totalTimeout: first(all, "totalTimeout"),
    instructions: first(all, "instructions"),
  });
  soundSettings(role, settings);
  return settings;
}

/** The base URL and what belongs to it, under the two rules of `resolveRoles`. */
function endpointSettings(layers: readonly Layer[]): {
  [K in ServerSetting | "baseURL"]: RoleSettings[K] | undefined;
} {
  const modelAt = layers.findIndex((layer) => layer.settings.model !== undefined);
  const model = layers[modelAt]?.settings.model;
  const knowsItsServer = model !== undefined && (typeof model !== "string" || providerNameOf(model) !== undefined);
  const counted = knowsItsServer ? layers.slice(0, modelAt + 1) : layers;
  const baseURL = first(
    counted.map((layer) => layer.settings),
    "baseURL",
  );
  const generalURL = first(
    layers.filter((layer) => layer.general).map((layer) => layer.settings),
    "baseURL",
  );
  const own = <K extends ServerSetting>(field: K): RoleSettings[K] | undefined => {
    const layer = counted.find(({ settings, general }) => {
      const home = settings.baseURL ?? (general ? generalURL : undefined);
      const fits = home === undefined || baseURL === undefined || sameOrigin(home, baseURL);
      return settings[field] !== undefined && fits;
    });
    return layer?.settings[field];
  };
  return { baseURL, apiKey: own("apiKey"), headers: own("headers"), query: own("query"), body: own("body") };
}

function first<K extends keyof RoleSettings>(layers: readonly RoleSettings[], field: K): RoleSettings[K] | undefined {
  return layers.find((layer) => layer[field] !== undefined)?.[field];
}

function fromVariables(env: RoleSources["env"], prefix: string): RoleSettings {
  return defined({
    model: env[`${prefix}MODEL`] || undefined,
    baseURL: env[`${prefix}BASE_URL`] || undefined,
    apiKey: env[`${prefix}API_KEY`] || undefined,
    headers: headersIn(`${prefix}HEADERS`, env[`${prefix}HEADERS`] || undefined),
  });
}

function fromOpenAI(env: RoleSources["env"]): RoleSettings {
  const apiKey = env["OPENAI_API_KEY"] || undefined;
  const baseURL = env["OPENAI_BASE_URL"] || (apiKey === undefined ? undefined : OPENAI_URL);
  return defined({ baseURL, apiKey });
}

function defined(settings: { [K in keyof RoleSettings]: RoleSettings[K] | undefined }): RoleSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
