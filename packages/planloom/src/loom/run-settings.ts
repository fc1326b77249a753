// The settings that a start may give to its run. In: the option as given, and the configuration's settings. Out: the
// settings that the log keeps; throws CONFIG_INVALID, SETTING_LOOSER.
import { PlanloomError } from "../words/planloom-error.js";
import { looserSetting, type OwnSettings } from "../run/own-settings.js";
import type { Settings } from "../run/settings.js";
import { SettingChecks } from "./config-value.js";
import { settingsOf, type LoomConfig } from "./config.js";
import { knownOptions, soundOptions } from "./known-options.js";

type Limits = Pick<
  NonNullable<LoomConfig["limits"]>,
  "approvalMs" | "rejections" | "repairRounds" | "turns" | "replans" | "replanTokens" | "replanCostUsd"
>;

/**
 * Settings of one run, under their names in the configuration. `approval`, `guard`, `concurrency`, `budget` and `limits`
 * can only be as strict as the configuration, or stricter. The others are free.
 */
export interface RunSettings extends Pick<
  LoomConfig,
  "concurrency" | "budget" | "guard" | "onFailure" | "replan" | "answer"
> {
  readonly approval?: "never" | "effects" | "always";
  readonly limits?: Limits;
  /**
   * Tools with effects are not called. Each answers with a made-up output of its type that says so; where there is none,
   * the step fails with NOT_SIMULATED. Tools without effects are called. The run stays simulated: a retry and a fork of
   * it call no such tool either.
   */
  readonly simulated?: boolean;
}

const KEYS = ["simulated", "approval", "guard", "concurrency", "budget", "onFailure", "replan", "answer", "limits"];
const LIMIT_KEYS = [
  "approvalMs",
  "rejections",
  "repairRounds",
  "turns",
  "replans",
  "replanTokens",
  "replanCostUsd",
] as const;

/** `planner`: the function that plans, if it is one. It cannot review. */
export function ownSettings(
  given: RunSettings,
  base: Settings,
  planner: NonNullable<LoomConfig["models"]>["planner"],
): OwnSettings {
  knownOptions(soundOptions(given, "settings"), KEYS);
  if (given.limits !== undefined) knownOptions(soundOptions(given.limits, "limits"), LIMIT_KEYS);
  const { simulated, ...configured } = given;
  const checks = new SettingChecks();
  const isSimulated = checks.yesOrNo("simulated", simulated, false);
  checks.done();
  const sound = settingsOf({ ...configured, ...(planner === undefined ? {} : { models: { planner } }) });
  const own = {
    ...(isSimulated && { simulated: true }),
    ...pick(sound, ["approval", "guard", "concurrency", "onFailure", "replan"], given),
    ...pick(sound, LIMIT_KEYS, given.limits ?? {}),
    ...(given.answer?.onFailure === undefined ? {} : { answerOnFailure: sound.answerOnFailure }),
    ...(given.answer?.critique === undefined ? {} : { answerCritique: sound.answerCritique }),
    ...(given.answer?.critic === undefined ? {} : { critic: sound.critic }),
    ...(given.budget === undefined ? {} : { budget: pick(sound.budget, Object.keys(sound.budget), given.budget) }),
  } as OwnSettings;
  const looser = looserSetting(base, own);
  if (looser === undefined) return own;
  throw new PlanloomError("SETTING_LOOSER", { ...looser, given: givenText(given, looser.setting) });
}

/** The fields of `from` that stand in `given`. */
function pick(from: object, names: readonly string[], given: object): object {
  const values = from as { readonly [name: string]: unknown };
  const wanted = given as { readonly [name: string]: unknown };
  return Object.fromEntries(names.flatMap((name) => (wanted[name] === undefined ? [] : [[name, values[name]]])));
}

const givenText = (given: object, setting: string): string =>
  String(
    setting.split(".").reduce<unknown>((inside, key) => (inside as { readonly [key: string]: unknown })[key], given),
  );
