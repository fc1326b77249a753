// What a run was started with: policies, limits, budget, prices and the models of its roles. In: nothing. Out: types.
import type { JsonObject } from "../plan/json.js";
import type { Price } from "../plan/estimate/price.js";
import type { Granularity } from "../plan/check/granularity.js";

/** function: the program that proposed a plan was asked. */
export type ApprovalPolicy = "never" | "always" | "effects" | "function";

/** What follows when a step has failed for good and its plan does not say. */
export type FailurePolicy = "fail" | "skip" | "patch" | "replan";

/** When the planner is asked again: never, after a step has failed for good, or also whether to, after each step. */
export type ReplanMode = "never" | "on-failure" | "each-step";

/** What a planner that is asked again reads of the run: no text, excerpts of 200 characters, or everything. */
export type ReplanContext = "codes" | "excerpt" | "full";

/** What a run may use up in all; null = no limit. Open calls count with what is reserved for them. */
export interface Budget {
  readonly modelCalls: number | null;
  readonly tokens: number | null;
  readonly costUsd: number | null;
  /** ms from the start, or from when the run was retried. */
  readonly wallMs: number | null;
}

/** What a run was started with; never changes afterwards. Times in ms. */
export interface Settings {
  readonly concurrency: number;
  readonly approval: ApprovalPolicy;
  readonly approvalMs: number;
  readonly rejections: number;
  readonly repairRounds: number;
  readonly roleAttempts: number;
  readonly crashes: number;
  readonly turns: number;
  readonly fanOut: number;
  readonly onFailure: FailurePolicy;
  readonly replan: ReplanMode;
  /** Patches and replans together. */
  readonly replans: number;
  readonly replanContext: ReplanContext;
  /** Steps without effects begin while the plan is still being written. */
  readonly eager: boolean;
  /** One patch or replan may be expected to take so much; null = any. */
  readonly replanTokens: number | null;
  readonly replanCostUsd: number | null;
  readonly granularity: Granularity;
  /** Whether the planner judges each plan of its own once before it is used. */
  readonly critique: boolean;
  readonly budget: Budget;
  /** By the names of models; those that are not here have no known price. */
  readonly prices: { readonly [model: string]: Price };
}

/** The model of each role, by name; null where there is none. */
export type RoleNames = {
  readonly planner: string | null;
  readonly executor: string | null;
  readonly synthesizer: string | null;
};

/**
 * Fields of the settings that came later, and what their absence meant: a run of that time asked no planner again, had no budget, and
 * began nothing before its plan was whole. A new field gets its line in the commit that adds it. A line never changes.
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
} satisfies Partial<Settings>;

/** Settings as an earlier build wrote them, with the fields that they lack. Fields keep their order. */
export function completeSettings(settings: JsonObject): JsonObject {
  const lacking = Object.entries(ABSENT).filter(([name]) => !Object.hasOwn(settings, name));
  return lacking.length === 0 ? settings : { ...settings, ...Object.fromEntries(lacking) };
}
