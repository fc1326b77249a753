// Defines the settings of a run: policies, limits, budget, prices and the models of its roles. In: nothing. Out: types.
import type { JsonObject } from "../plan/json.js";
import type { AnswerOnFailure } from "../plan/plan.js";
import type { Price } from "../plan/estimate/price.js";
import type { Granularity } from "../plan/check/granularity.js";
import type { Specialists } from "../plan/specialist.js";

/** function: the program decides for each plan. */
export type ApprovalPolicy = "never" | "always" | "effects" | "function";

/**
 * What follows if a step has failed for good and its plan does not say. compensate: the run fails, and the calls that
 * acted are undone.
 */
export type FailurePolicy = "fail" | "skip" | "patch" | "replan" | "compensate";

/**
 * When another plan may be asked for. on-failure: after a step failed for good. each-step: also after a review of each
 * step.
 */
export type ReplanMode = "never" | "on-failure" | "each-step";

/** The text of the run that a replan prompt contains: none, excerpts of 200 characters, or all. */
export type ReplanContext = "codes" | "excerpt" | "full";

/** Limits of a run, in all; null = no limit. Open calls count with their reservations. */
export interface Budget {
  readonly modelCalls: number | null;
  readonly tokens: number | null;
  readonly costUsd: number | null;
  /** ms since the start, or since the last retry of the run. */
  readonly wallMs: number | null;
}

/**
 * ask: a call that untrusted data chose, or that could give private data away, waits for a person. off: it does not.
 */
export type Guard = "ask" | "off";

/** The settings of a run. Times in ms. Only a retry of the run replaces them. */
export interface Settings {
  readonly concurrency: number;
  readonly approval: ApprovalPolicy;
  readonly approvalMs: number;
  readonly guard: Guard;
  /** Whether there is a person to ask. false: what would ask a person is refused. */
  readonly attended: boolean;
  readonly rejections: number;
  readonly repairRounds: number;
  readonly roleAttempts: number;
  readonly crashes: number;
  readonly turns: number;
  readonly fanOut: number;
  readonly onFailure: FailurePolicy;
  readonly replan: ReplanMode;
  /** Limit of patches and replans together. */
  readonly replans: number;
  readonly replanContext: ReplanContext;
  /** Steps without effects start while the plan is still being written. */
  readonly eager: boolean;
  /** Limit of the expected cost of one patch or replan; null = no limit. */
  readonly replanTokens: number | null;
  readonly replanCostUsd: number | null;
  readonly granularity: Granularity;
  /** Whether the planner reviews its own plan once before the plan is used. */
  readonly critique: boolean;
  /** What a run that fails still gives. A plan may say otherwise. */
  readonly answerOnFailure: AnswerOnFailure;
  /** How often an answer that its critic finds wanting is written again. 0: no critic. A plan may say otherwise. */
  readonly answerCritique: number;
  /** Whose model is the critic of the answer. null: the planner's, else the executor's, else the synthesizer's. */
  readonly critic: JudgeRole | null;
  /** Whose model judges outputs by an `expect` in prose. */
  readonly judge: JudgeRole;
  readonly budget: Budget;
  /** Tools with effects are not called: their outputs are made up. It holds for the run's retries and forks, too. */
  readonly simulated?: true;
  /** Keyed by model name. A model without an entry has no known price. */
  readonly prices: { readonly [model: string]: Price };
  /** The specialists that plans of this run may name. Absent: none. */
  readonly executors?: Specialists;
  /** The planner may look things up before its first plan. Absent: it does not. */
  readonly scout?: ScoutSettings;
}

export interface ScoutSettings {
  /** read-only: all tools without effects whose calls nobody has to approve. */
  readonly tools: "read-only" | readonly string[];
  /** Maximum number of replies of the planner's model. */
  readonly turns: number;
}

/** The name of a planner that is a function of the program. */
export const PLANNER_FUNCTION = "function";

/** Names of the models, by role; null if a role has none. */
export type RoleNames = {
  readonly planner: string | null;
  readonly executor: string | null;
  readonly synthesizer: string | null;
};

/** A role whose model judges an answer or an output. */
export type JudgeRole = keyof RoleNames;

/**
 * Fields that were added to the settings later, with the meaning of their absence: an old run never replanned, had no
 * budget, and started no step before its plan was complete. The commit that adds a field adds its line here. A line
 * never changes.
 */
const ABSENT = {
  onFailure: "fail",
  replan: "never",
  replans: 0,
  replanContext: "excerpt",
  replanTokens: null,
  replanCostUsd: null,
  budget: { modelCalls: null, tokens: null, costUsd: null, wallMs: null },
  prices: {},
  eager: false,
  granularity: "normal",
  critique: false,
  answerOnFailure: "none",
  answerCritique: 0,
  critic: null,
  judge: "executor",
  guard: "off",
  attended: true,
} satisfies Partial<Settings>;

/** Settings from an earlier build, completed with the fields that they lack. Fields keep their order. */
export function completeSettings(settings: JsonObject): JsonObject {
  const lacking = Object.entries(ABSENT).filter(([name]) => !Object.hasOwn(settings, name));
  return lacking.length === 0 ? settings : { ...settings, ...Object.fromEntries(lacking) };
}
