// The models part of a configuration: models, prices and the limiter. In: values of the object that a user gave. Out:
// nothing; the checks collect the faults.
import type { PlannerFunction } from "../agents/planner/planner.js";
import { LIMITS } from "../limits.js";
import type { ModelFunction } from "../model/context-model.js";
import type { AiSdkModel } from "../model/given-model.js";
import { isHeader } from "../model/settings/header-text.js";
import type { Model } from "../model/port.js";
import type { Prices } from "../model/settings/prices.js";
import type { RoleSettings } from "../model/settings/role.js";
import { isObject } from "../plan/json.js";
import { addressFault } from "../model/settings/endpoint.js";
import { wrongForm } from "../model/settings/setting-values.js";
import { isAmount, shownValue, type SettingChecks } from "./config-value.js";

/** A model by name, as an AI SDK model, as Planloom's port, or with its endpoint and settings. */
export type ModelConfig = string | AiSdkModel | Model | RoleSettings;

/**
 * A model, or a list: the others take over, in this order, if the first fails. Or a function that chooses the model of
 * a run by its context.
 */
export type RoleConfig<C = unknown> = ModelConfig | readonly ModelConfig[] | ModelFunction<C>;

/** The model of each role. */
export interface ModelsConfig<C = unknown> {
  readonly default?: RoleConfig<C>;
  /** A function writes plans. To choose the model of plans by the context, write `{ choose: ({ context }) => … }`. */
  readonly planner?: Exclude<RoleConfig<C>, ModelFunction<C>> | PlannerFunction | { readonly choose: ModelFunction<C> };
  readonly executor?: RoleConfig<C>;
  readonly synthesizer?: RoleConfig<C>;
}

const MODEL_KEYS: Record<keyof ModelsConfig, true> = {
  default: true,
  planner: true,
  executor: true,
  synthesizer: true,
};
export const ROLE_KEYS: Record<keyof RoleSettings, true> = {
  model: true,
  baseURL: true,
  apiKey: true,
  headers: true,
  query: true,
  body: true,
  providerOptions: true,
  temperature: true,
  topP: true,
  seed: true,
  stop: true,
  reasoningEffort: true,
  maxOutputTokens: true,
  timeout: true,
  totalTimeout: true,
  instructions: true,
  requestsPerMinute: true,
  tokensPerMinute: true,
  maxConcurrent: true,
};
const PRICE_KEYS: Record<keyof Prices[string], true> = {
  inputUsdPerMTok: true,
  outputUsdPerMTok: true,
  cachedInputUsdPerMTok: true,
};

export function knownModels(models: ModelsConfig | undefined, check: SettingChecks): void {
  const roles = check.record("models.", models, MODEL_KEYS);
  for (const [role, given] of Object.entries(roles) as [string, unknown][])
    if (Object.hasOwn(MODEL_KEYS, role)) knownRole(`models.${role}`, given, check);
}

/** The model of a role or of a specialist. */
export function knownRole(name: string, given: unknown, check: SettingChecks): void {
  if (given === undefined || typeof given === "function" || isChoice(given)) return;
  if (!Array.isArray(given)) return knownModel(name, given, check);
  const most = LIMITS.fallbacks + 1;
  if (given.length === 0 || given.length > most) check.wrong(name, given, { is: "model-list", most });
  else given.forEach((one, index) => knownModel(`${name}[${index}]`, one, check));
}

/** `{ choose }`: a function chooses the model. */
const isChoice = (given: unknown): boolean => isObject(given) && typeof given["choose"] === "function";

function knownModel(name: string, given: unknown, check: SettingChecks): void {
  if (typeof given === "string") return;
  // Models of the AI SDK and of Planloom's port have other fields, which are not checked here.
  if (typeof given === "object" && given !== null && ("call" in given || "modelId" in given)) return;
  knownSettings(`${name}.`, check.record<RoleSettings>(`${name}.`, given as RoleSettings, ROLE_KEYS), check);
}

/** The values of known settings. `prefix` ends in a dot. */
export function knownSettings(prefix: string, settings: Partial<RoleSettings>, check: SettingChecks): void {
  for (const setting of Object.keys(ROLE_KEYS) as (keyof RoleSettings)[])
    knownSetting(`${prefix}${setting}`, setting, settings[setting], check);
}

function knownSetting(key: string, setting: keyof RoleSettings, value: unknown, check: SettingChecks): void {
  if (value === undefined) return;
  if (setting === "baseURL" && typeof value === "string") return knownAddress(key, value, check);
  const header = setting === "headers" && isRecordOfTexts(value) ? wrongHeader(value) : undefined;
  if (header !== undefined) return check.wrong(`${key}.${header}`, HIDDEN, { is: "header" });
  const form = wrongForm(setting, value);
  if (form === undefined) return;
  const isPlain = typeof value === "number" || typeof value === "boolean" || form === "effort";
  const fault = { setting: key, problem: "value", given: isPlain ? shownValue(value) : HIDDEN } as const;
  check.fault({ ...fault, wanted: { is: "role-setting", form } });
}

/** The text of a setting may be a key in the wrong place. */
const HIDDEN = "not shown here";

function knownAddress(key: string, value: string, check: SettingChecks): void {
  const fault = addressFault(value);
  if (fault === undefined) return;
  const { shown, ...wanted } = fault;
  check.fault({ setting: key, problem: "value", given: shown, wanted: { is: "address", ...wanted } });
}

const isRecordOfTexts = (value: unknown): value is { readonly [name: string]: string } =>
  isObject(value) && Object.values(value).every((text) => typeof text === "string");

const wrongHeader = (headers: { readonly [name: string]: string }): string | undefined =>
  Object.entries(headers).find(([name, value]) => !isHeader(name, value))?.[0];

export function knownPrices(prices: unknown, check: SettingChecks): void {
  const wanted = { is: "prices" } as const;
  if (prices === undefined) return;
  if (!isObject(prices)) return check.wrong("prices", prices, wanted);
  for (const [model, price] of Object.entries(prices) as [string, object][]) {
    check.record(`prices.${model}.`, price ?? null, PRICE_KEYS);
    if (!isObject(price)) continue;
    for (const key of ["inputUsdPerMTok", "outputUsdPerMTok"] as const)
      if (!Object.hasOwn(price, key)) check.fault({ setting: `prices.${model}.${key}`, problem: "missing", wanted });
    for (const [key, usd] of Object.entries(price))
      if (Object.hasOwn(PRICE_KEYS, key) && !isAmount(usd))
        check.wrong(`prices.${model}.${key}`, usd, { is: "usd-per-million" });
  }
}

export function knownLimiter(limiter: unknown, check: SettingChecks): void {
  const isLimiter = (value: object) => ["acquire", "report", "pause"].every((name) => name in value);
  if (limiter === undefined || (typeof limiter === "object" && limiter !== null && isLimiter(limiter))) return;
  check.wrong("limiter", limiter, { is: "limiter" });
}
