// Checks the values of a role's settings before anything is sent. In: settings from flags, variables, a configuration or
// a program. Out: nothing, or an error that says what to write instead.
import { LIMITS } from "../../limits.js";
import { isObject } from "../../plan/json.js";
import { asJson } from "../../tools/output.js";
import type { SettingForm } from "../../words/errors/model.js";
import { PlanloomError } from "../../words/planloom-error.js";
import { isHeader } from "./header-text.js";
import type { Role } from "../port.js";

const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

/** How much a model reasons before it replies. Not every model knows every word. */
export type ReasoningEffort = (typeof EFFORTS)[number];

/** OpenAI takes 4 texts, other servers up to 16. */
const MOST_STOPS = 16;

interface Check {
  readonly wanted: SettingForm;
  readonly fits: (value: unknown) => boolean;
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);
const isCount = (value: unknown): boolean => isWhole(value) && value > 0 && value <= LIMITS.settingMost;
const isTime = (value: unknown): boolean => isNumber(value) && value >= 1 && value <= LIMITS.longestMs;
const isText = (value: unknown): boolean => typeof value === "string";
const isRecordOf = (fits: (name: string, value: unknown) => boolean) => (value: unknown) =>
  isObject(value) && Object.entries(value as object).every(([name, one]) => fits(name, one));

const CHECKS: { readonly [setting: string]: Check } = {
  apiKey: { wanted: "header-value", fits: (value) => isText(value) && isHeader("x", value as string) },
  headers: { wanted: "headers", fits: isRecordOf((name, value) => isText(value) && isHeader(name, value as string)) },
  query: { wanted: "texts", fits: isRecordOf((_, value) => isText(value)) },
  body: { wanted: "fields", fits: (value) => isObject(value) && asJson(value).ok },
  providerOptions: {
    wanted: "options",
    fits: (value) => isRecordOf((_, options) => isObject(options))(value) && asJson(value).ok,
  },
  temperature: { wanted: "temperature", fits: (value) => isNumber(value) && value >= 0 && value <= 2 },
  topP: { wanted: "share", fits: (value) => isNumber(value) && value > 0 && value <= 1 },
  seed: { wanted: "whole", fits: isWhole },
  stop: {
    wanted: "stops",
    fits: (value) =>
      Array.isArray(value) && value.length <= MOST_STOPS && value.every((text) => isText(text) && text !== ""),
  },
  reasoningEffort: { wanted: "effort", fits: (value) => (EFFORTS as readonly unknown[]).includes(value) },
  maxOutputTokens: { wanted: "count", fits: isCount },
  timeout: { wanted: "time", fits: isTime },
  totalTimeout: { wanted: "time", fits: isTime },
  requestsPerMinute: { wanted: "count", fits: isCount },
  tokensPerMinute: { wanted: "count", fits: isCount },
  maxConcurrent: { wanted: "count", fits: isCount },
  instructions: { wanted: "text", fits: isText },
  baseURL: { wanted: "text", fits: isText },
  model: { wanted: "text", fits: (value) => isText(value) || (typeof value === "object" && value !== null) },
};

/** The form that the value should have; undefined if it has it, or if the setting is not known. */
export function wrongForm(setting: string, value: unknown): SettingForm | undefined {
  const check = Object.hasOwn(CHECKS, setting) ? CHECKS[setting] : undefined;
  return check === undefined || check.fits(value) ? undefined : check.wanted;
}

/** Throws PlanloomError MODEL_BAD_SETTING for the first value that is not allowed. No value is shown. */
export function soundSettings(role: Role, settings: object): void {
  for (const [setting, value] of Object.entries(settings)) {
    const wanted = wrongForm(setting, value);
    if (wanted !== undefined) throw new PlanloomError("MODEL_BAD_SETTING", { role, setting, wanted });
  }
}
