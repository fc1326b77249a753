// Checks the values of a configuration. In: keys and values of unknown shape. Out: the values or their defaults. All
// faults are collected, and told at once: PlanloomError CONFIG_INVALID with each key and what is wanted.
import { beginning } from "../beginning.js";
import { LIMITS } from "../limits.js";
import { modelFieldInstead, settingInstead, valueInstead } from "../plan/foreign-settings.js";
import { isObject, type Json } from "../plan/json.js";
import { nearestNames } from "../plan/nearest.js";
import type { SettingProblem, WantedSetting } from "../words/errors/configuration.js";
import { PlanloomError } from "../words/planloom-error.js";

/** The smallest and the largest value of a number, both allowed. */
export interface Range {
  readonly least?: number;
  readonly most?: number;
}

/** What is meant. A server of tools has few fields, and other programs' settings are not among them. */
function insteadOf(prefix: string, key: string, value: Json | undefined, keys: readonly string[]): string | undefined {
  if (prefix.startsWith("mcp")) return nearestNames(key, keys, 1)[0];
  return (/^(?:models|executors)\./.test(prefix) ? modelFieldInstead : settingInstead)(key, value);
}

/**
 * The checks of one configuration. It may come from a data file or from JavaScript, so its shape is unknown. A wrong
 * value counts as its default until `done` is called.
 */
export class SettingChecks {
  readonly #faults: SettingProblem[] = [];
  #other: PlanloomError | undefined;

  /** The record, or an empty one. Each unknown key is a fault. `prefix` ends in a dot, or is "". */
  record<T extends object>(prefix: string, value: T | undefined, known: object): Partial<T> {
    if (value === undefined) return {};
    const keys = Object.keys(known);
    if (!isObject(value)) {
      this.wrong(prefix.replace(/\.$/, ""), value, { is: "record", keys });
      return {};
    }
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(known, key)) continue;
      const write = insteadOf(prefix, key, value[key], keys);
      const wanted: WantedSetting = write === undefined ? { is: "one-of", choices: keys } : { is: "instead", write };
      this.fault({ setting: prefix + key, problem: "unknown", wanted });
    }
    return value;
  }

  /** A whole number. */
  whole<F extends number | null>(
    key: string,
    given: number | undefined,
    fallback: F,
    { least = 1, most = LIMITS.settingMost }: Range = {},
  ): number | F {
    if (given === undefined) return fallback;
    if (Number.isSafeInteger(given) && given >= least && given <= most) return given;
    this.wrong(key, given, { is: "whole", least, most });
    return fallback;
  }

  /** A time in ms. */
  time<F extends number | null>(key: string, given: number | undefined, fallback: F): number | F {
    return this.whole(key, given, fallback, { most: LIMITS.longestMs });
  }

  /** A number of 0 or more; null = no limit. */
  amount(key: string, given: number | undefined, is: "number" | "usd" = "number"): number | null {
    if (given === undefined) return null;
    if (isAmount(given)) return given;
    this.wrong(key, given, { is });
    return null;
  }

  choice<T extends string | boolean>(key: string, given: T | undefined, choices: readonly T[], fallback: T): T {
    if (given === undefined) return fallback;
    if (choices.includes(given)) return given;
    this.wrong(key, given, { is: "one-of", choices: choices.map(String) });
    return fallback;
  }

  yesOrNo(key: string, given: boolean | undefined, fallback: boolean): boolean {
    if (given === undefined || typeof given === "boolean") return given ?? fallback;
    this.wrong(key, given, { is: "boolean" });
    return fallback;
  }

  wrong(setting: string, given: unknown, wanted: WantedSetting): void {
    const write = valueInstead(setting, given);
    const better: WantedSetting = write === undefined ? wanted : { is: "instead", write };
    this.fault({ setting, problem: "value", given: shownValue(given), wanted: better });
  }

  fault(problem: SettingProblem): void {
    this.#faults.push(problem);
  }

  /** An error with a code of its own. It is thrown if the shape is sound. */
  other(error: PlanloomError): void {
    this.#other ??= error;
  }

  /** Throws if there was a fault. */
  done(): void {
    const [first, ...more] = this.#faults;
    if (first !== undefined) throw new PlanloomError("CONFIG_INVALID", { ...first, ...(more.length > 0 && { more }) });
    if (this.#other !== undefined) throw this.#other;
  }
}

/** A number of 0 or more that is no slip. */
export const isAmount = (value: unknown): value is number =>
  typeof value === "number" && value >= 0 && value <= LIMITS.settingMost;

/** A value as a person can read it. Lists and records are not shown, because they may hold a key. */
export function shownValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(beginning(value, 200));
  if (Array.isArray(value)) return "a list";
  if (typeof value === "function") return "a function";
  return typeof value === "object" && value !== null ? "a record" : String(value);
}

export const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");
