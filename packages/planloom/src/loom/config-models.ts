// The models part of a configuration: models, prices and the limiter. In: values of the object that a user gave. Out:
// nothing, or PlanloomError CONFIG_INVALID with the key.
import type { PlannerFunction } from "../agents/planner/planner.js";
import { LIMITS } from "../limits.js";
import type { AiSdkModel } from "../model/given-model.js";
import { isHeader } from "../model/settings/header-text.js";
import type { Model } from "../model/port.js";
import type { Prices } from "../model/settings/prices.js";
import type { RoleSettings } from "../model/settings/role.js";
import { isObject } from "../plan/json.js";
import { asJson } from "../tools/output.js";
import { PlanloomError } from "../words/planloom-error.js";
import { invalid, knownKeys, whole } from "./config-value.js";

/** A model by name, as an AI SDK model, as Planloom's port, or with its endpoint and settings. */
export type ModelConfig = string | AiSdkModel | Model | RoleSettings;

/** A model, or a list: the others take over, in this order, if the first fails. */
export type RoleConfig = ModelConfig | readonly ModelConfig[];

/** The model of each role. */
export interface ModelsConfig {
  readonly default?: RoleConfig;
  readonly planner?: RoleConfig | PlannerFunction;
  readonly executor?: RoleConfig;
  readonly synthesizer?: RoleConfig;
}

const MODEL_KEYS: Record<keyof ModelsConfig, true> = {
  default: true,
  planner: true,
  executor: true,
  synthesizer: true,
};
const ROLE_KEYS: Record<keyof RoleSettings, true> = {
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

export function knownModels(models: ModelsConfig): void {
  knownKeys("models.", models, MODEL_KEYS);
  for (const [role, given] of Object.entries(models) as [string, unknown][]) {
    if (given === undefined || (role === "planner" && typeof given === "function")) continue;
    if (!Array.isArray(given)) {
      knownModel(`models.${role}`, given);
      continue;
    }
    const most = LIMITS.fallbacks + 1;
    if (given.length === 0 || given.length > most) throw invalid(`models.${role}`, given, { is: "model-list", most });
    given.forEach((one, index) => knownModel(`models.${role}[${index}]`, one));
  }
}

function knownModel(name: string, given: unknown): void {
  if (typeof given === "string") return;
  // Models of the AI SDK and of Planloom's port have other fields, which are not checked here.
  if (typeof given === "object" && given !== null && ("call" in given || "modelId" in given)) return;
  knownKeys(`${name}.`, given, ROLE_KEYS);
  knownRequest(`${name}.`, given);
  knownPatience(`${name}.`, given);
}

/** What a role adds to each request. */
function knownRequest(prefix: string, given: unknown): void {
  const { headers, query, body } = given as { readonly [field: string]: unknown };
  for (const [name, value] of Object.entries({ headers, query }))
    if (value !== undefined && !isRecordOfTexts(value)) throw invalid(prefix + name, value, { is: "texts" });
  if (body !== undefined && (!isObject(body) || !asJson(body).ok)) throw invalid(`${prefix}body`, body, { is: "body" });
  for (const [name, value] of Object.entries((headers ?? {}) as { readonly [name: string]: string }))
    if (!isHeader(name, value)) throw invalid(`${prefix}headers.${name}`, "(not shown)", { is: "header" });
}

function knownPatience(prefix: string, given: unknown): void {
  const settings = given as { readonly [field: string]: number | undefined };
  for (const name of ["requestsPerMinute", "tokensPerMinute", "maxConcurrent"] as const)
    whole(prefix + name, settings[name], null);
}

const isRecordOfTexts = (value: unknown): boolean =>
  isObject(value) && Object.values(value).every((text) => typeof text === "string");

export function knownPrices(prices: unknown): void {
  const wanted = { is: "prices" } as const;
  if (!isObject(prices)) throw invalid("prices", prices, wanted);
  for (const [model, price] of Object.entries(prices)) {
    knownKeys(`prices.${model}.`, price, PRICE_KEYS);
    for (const key of ["inputUsdPerMTok", "outputUsdPerMTok"] as const) {
      if (!Object.hasOwn(price as object, key))
        throw new PlanloomError("CONFIG_INVALID", { setting: `prices.${model}.${key}`, problem: "missing", wanted });
    }
    for (const [key, usd] of Object.entries(price as object)) {
      if (typeof usd === "number" && Number.isFinite(usd) && usd >= 0) continue;
      throw invalid(`prices.${model}.${key}`, usd, { is: "usd-per-million" });
    }
  }
}

export function knownLimiter(limiter: unknown): void {
  const isLimiter = (value: object) => ["acquire", "report", "pause"].every((name) => name in value);
  if (limiter === undefined || (typeof limiter === "object" && limiter !== null && isLimiter(limiter))) return;
  throw invalid("limiter", limiter, { is: "limiter" });
}
