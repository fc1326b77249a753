// Single values of a configuration. In: a key and a value of unknown shape. Out: the value or its default, or
// PlanloomError CONFIG_INVALID with the key and what is wanted.
import { beginning } from "../beginning.js";
import { modelFieldInstead, settingInstead, valueInstead } from "../plan/foreign-settings.js";
import { isObject } from "../plan/json.js";
import type { WantedSetting } from "../words/errors/configuration.js";
import { PlanloomError } from "../words/planloom-error.js";

/** Validates a configuration. It may come from a data file or from JavaScript, so its shape is unknown. */
export function knownKeys(prefix: string, value: unknown, known: object): void {
  const keys = Object.keys(known);
  if (!isObject(value)) throw invalid(prefix.replace(/\.$/, ""), value, { is: "record", keys });
  for (const key of Object.keys(value)) {
    if (Object.hasOwn(known, key)) continue;
    const write = (prefix.startsWith("models.") ? modelFieldInstead : settingInstead)(key, value[key]);
    const wanted: WantedSetting = write === undefined ? { is: "one-of", choices: keys } : { is: "instead", write };
    throw new PlanloomError("CONFIG_INVALID", { setting: prefix + key, problem: "unknown", wanted });
  }
}

export function whole<F extends number | null>(
  key: string,
  given: number | undefined,
  fallback: F,
  least = 1,
  most?: number,
): number | F {
  if (given === undefined) return fallback;
  if (Number.isInteger(given) && given >= least && given <= (most ?? given)) return given;
  throw invalid(key, given, { is: "whole", least, ...(most === undefined ? {} : { most }) });
}

/** null = no limit. */
export function amount(key: string, given: number | undefined): number | null {
  if (given === undefined) return null;
  if (Number.isFinite(given) && given >= 0) return given;
  throw invalid(key, given, { is: "number" });
}

export function choice<T extends string | boolean>(
  key: string,
  given: T | undefined,
  choices: readonly T[],
  fallback: T,
): T {
  if (given === undefined) return fallback;
  if (choices.includes(given)) return given;
  throw invalid(key, given, { is: "one-of", choices: choices.map(String) });
}

export function yesOrNo(key: string, given: boolean | undefined, fallback: boolean): boolean {
  if (given === undefined || typeof given === "boolean") return given ?? fallback;
  throw invalid(key, given, { is: "boolean" });
}

export function invalid(setting: string, given: unknown, wanted: WantedSetting): PlanloomError {
  const write = valueInstead(setting, given);
  const better: WantedSetting = write === undefined ? wanted : { is: "instead", write };
  return new PlanloomError("CONFIG_INVALID", { setting, problem: "value", given: shownValue(given), wanted: better });
}

/** A value as a person can read it. Lists and records are not shown, because they may hold a key. */
export function shownValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(beginning(value, 200));
  if (Array.isArray(value)) return "a list";
  if (typeof value === "function") return "a function";
  return typeof value === "object" && value !== null ? "a record" : String(value);
}
