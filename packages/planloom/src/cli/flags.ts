// Reads the flags of the models. In: the result of commander. Out: settings of the roles for createLoom. run, plan,
// resume and doctor share them.
import { LIMITS } from "../limits.js";
import type { LoomConfig } from "../loom/config.js";
import type { LoomPorts } from "../loom/open-loom.js";
import { DURATION_PATTERN, durationMs } from "../plan/duration.js";
import type { Strategy } from "../plan/strategy.js";
import type { FailurePolicy, ReplanMode } from "../run/settings.js";
import { usageError } from "./error-text.js";
import type { Granularity } from "../plan/check/granularity.js";
import type { DriveFlags } from "./drive.js";
import type { StoreFlags } from "./open-loom.js";

export interface ModelFlags {
  readonly model?: string;
  readonly plannerModel?: string;
  readonly executorModel?: string;
  readonly synthesizerModel?: string;
  readonly baseUrl?: string;
  readonly plannerBaseUrl?: string;
  readonly executorBaseUrl?: string;
  readonly synthesizerBaseUrl?: string;
}

export interface BudgetFlags {
  readonly budgetCalls?: string;
  readonly budgetTokens?: string;
  readonly budgetUsd?: string;
  readonly budgetTime?: string;
}

interface LimitFlags {
  readonly maxReplans?: string;
  readonly approvalTimeout?: string;
}

export interface PlannerFlags {
  readonly granularity?: string;
  readonly critique?: boolean;
}

export interface RunFlags extends StoreFlags, ModelFlags, DriveFlags, BudgetFlags, PlannerFlags, LimitFlags {
  readonly input?: readonly string[];
  readonly trust?: readonly string[];
  readonly tag?: readonly string[];
  /** JSON, or a file with JSON or YAML. */
  readonly context?: string;
  /** A file with the JSON Schema of the answer. */
  readonly answerSchema?: string;
  /** JSON, or a file with JSON or YAML. */
  readonly messages?: string;
  readonly runId?: string;
  readonly strategy?: Strategy;
  readonly playbook?: string;
  readonly concurrency?: string;
  readonly approval?: "never" | "always" | "effects";
  readonly onFailure?: FailurePolicy;
  readonly replan?: ReplanMode;
  readonly partial?: boolean;
  readonly critiqueAnswer?: string;
  /** File for the recording of the run, written when it has stopped. */
  readonly record?: string;
  /** A recording to play. */
  readonly fromRecording?: string;
}

export function portsOf(flags: ModelFlags): LoomPorts {
  const role = (model: string | undefined, baseURL: string | undefined) => ({
    ...(model === undefined ? {} : { model }),
    ...(baseURL === undefined ? {} : { baseURL }),
  });
  return {
    flags: {
      ...role(flags.model, flags.baseUrl),
      planner: role(flags.plannerModel, flags.plannerBaseUrl),
      executor: role(flags.executorModel, flags.executorBaseUrl),
      synthesizer: role(flags.synthesizerModel, flags.synthesizerBaseUrl),
    },
  };
}

/** Settings of planning. Each flag takes precedence over the configuration. */
export function plannerIn({ granularity, critique }: PlannerFlags): (config: LoomConfig) => LoomConfig {
  if (granularity !== undefined && !/^(coarse|normal|fine)$/.test(granularity)) {
    throw usageError(`--granularity is ${granularity}.`, "Write coarse, normal or fine.");
  }
  const given = {
    ...(granularity === undefined ? {} : { granularity: granularity as Granularity }),
    ...(critique === undefined ? {} : { critique }),
  };
  return (config) =>
    Object.keys(given).length === 0 ? config : { ...config, planner: { ...config.planner, ...given } };
}

/** On the command line, plans with effects wait for a person unless a setting says otherwise. */
export function settingsIn(
  flags: Pick<
    RunFlags,
    | "concurrency"
    | "approval"
    | "onFailure"
    | "replan"
    | "partial"
    | "critiqueAnswer"
    | keyof LimitFlags
    | keyof BudgetFlags
    | keyof PlannerFlags
  >,
): (config: LoomConfig) => LoomConfig {
  const { approval, concurrency, onFailure, replan } = flags;
  if (concurrency !== undefined && !/^[1-9]\d{0,5}$/.test(concurrency)) {
    throw usageError(`--concurrency is ${concurrency}.`, "Write a whole number of at least 1.");
  }
  const budget = budgetIn(flags);
  const planner = plannerIn(flags);
  const limits = limitsIn(flags);
  const answer = answerIn(flags);
  return (config) => ({
    ...planner(config),
    ...(Object.keys(limits).length === 0 ? {} : { limits: { ...config.limits, ...limits } }),
    ...(Object.keys(budget).length === 0 ? {} : { budget: { ...config.budget, ...budget } }),
    approval: approval ?? config.approval ?? "effects",
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(replan === undefined ? {} : { replan }),
    ...(Object.keys(answer).length === 0 ? {} : { answer: { ...config.answer, ...answer } }),
    ...(concurrency === undefined ? {} : { concurrency: Number(concurrency) }),
  });
}

function answerIn({
  partial,
  critiqueAnswer,
}: Pick<RunFlags, "partial" | "critiqueAnswer">): NonNullable<LoomConfig["answer"]> {
  return {
    ...(partial === true ? { onFailure: "partial" } : {}),
    ...(critiqueAnswer === undefined ? {} : { critique: amount("--critique-answer", critiqueAnswer, /^[0-5]$/, "1") }),
  };
}

function limitsIn({ maxReplans, approvalTimeout }: LimitFlags): NonNullable<LoomConfig["limits"]> {
  return {
    ...(maxReplans === undefined ? {} : { replans: amount("--max-replans", maxReplans, /^\d{1,6}$/, "2") }),
    ...(approvalTimeout === undefined ? {} : { approvalMs: timeOf("--approval-timeout", approvalTimeout) }),
  };
}

/** Each limit takes precedence over that of the configuration. */
export function budgetIn({
  budgetCalls,
  budgetTokens,
  budgetUsd,
  budgetTime,
}: BudgetFlags): NonNullable<LoomConfig["budget"]> {
  return {
    ...(budgetCalls === undefined ? {} : { modelCalls: amount("--budget-calls", budgetCalls, /^\d{1,9}$/, "7") }),
    ...(budgetTokens === undefined ? {} : { tokens: amount("--budget-tokens", budgetTokens, /^\d{1,12}$/, "50000") }),
    ...(budgetUsd === undefined ? {} : { costUsd: amount("--budget-usd", budgetUsd, /^\d{1,9}(\.\d+)?$/, "0.50") }),
    ...(budgetTime === undefined ? {} : { wallMs: timeOf("--budget-time", budgetTime) }),
  };
}

function amount(flag: string, given: string, pattern: RegExp, example: string): number {
  if (pattern.test(given)) return Number(given);
  throw usageError(`${flag} is ${given}.`, `Write a number such as ${example}.`);
}

function timeOf(flag: string, given: string): number {
  const ms = DURATION_PATTERN.test(given) ? Math.round(durationMs(given)) : 0;
  if (ms > 0 && ms <= LIMITS.longestMs) return ms;
  throw usageError(`${flag} is ${given}.`, "Write a time such as 90s, 10m or 2h, of at most 3650d.");
}
