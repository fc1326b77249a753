// Defines the state of a run: the result of folding its events. In: nothing. Out: types, and the empty run.
// Nothing here changes a run. The fold is in evolve/.
import type { Json, JsonObject } from "../plan/json.js";
import type { Plan } from "../plan/plan.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import { NO_USAGE, type Usage } from "../plan/usage.js";
import type { Effect } from "./effect.js";
import type { EventData, FailureCause, StepRef } from "./event.js";
import type { Failure } from "./failure.js";
import type { RoleNames, Settings } from "./settings.js";
import { Queue } from "./queue.js";
import { Timetable } from "./timetable.js";
import type { Acted, StepState, Work } from "./work.js";

export interface ProposedPlan {
  readonly revision: number;
  readonly plan: Plan;
  readonly hash: string;
  readonly cause: EventData["plan.proposed"]["cause"];
  readonly tools: ReadonlyMap<string, ToolSpec>;
  /** Its steps that are not in the plan that it follows, or not so. */
  readonly written: ReadonlySet<string>;
  /** What asked for it, where it takes the place of another one. */
  readonly replan?: EventData["replan.requested"];
  /** Steps whose call, with the arguments that stand in the plan, was approved with this plan or with the one it follows. */
  callsGranted: Set<string>;
  /** What the rest of it was expected to take. */
  readonly estimate?: JsonObject;
  /** Why nobody approved it, where that was asked. */
  denied?: EventData["approval.denied"]["cause"];
}

export interface PendingApproval {
  readonly hash: string;
  readonly subject: EventData["approval.requested"]["subject"];
  readonly reason: EventData["approval.requested"]["reason"];
  readonly requestedAt: number;
  readonly expiresAt: number;
  readonly args?: { readonly [name: string]: Json };
}

/** Why there is to be another plan. */
export interface Change {
  readonly mode: "patch" | "full";
  readonly cause: EventData["replan.requested"]["cause"];
  readonly failed: readonly StepRef[];
  readonly reason: EventData["replan.requested"]["reason"];
}

/** What a run fails for. `cause` is there where the error is that of a step or of the review. */
export interface Failing {
  readonly error: Failure;
  readonly cause?: FailureCause;
}

export interface Spent {
  readonly modelCalls: number;
  readonly tokens: number;
  readonly costUsd: number;
}

/** What an open effect has of the budget. */
export interface Allowance {
  /** What it had told of its usage when it last asked. */
  readonly told: Usage;
  /** What that comes to. */
  readonly spent: Spent;
  /** For the call that was let go ahead last; nothing while the effect waits for its next one. */
  readonly reserved: Spent;
}

/** What the run is doing. */
export type Mode =
  /**
   * A plan is being written. `replan` says what it has to answer. `drafting` is the request whose plan, still being written,
   * has steps that have begun: see evolve/draft.ts.
   */
  | { readonly phase: "planning"; readonly replan?: EventData["replan.requested"]; readonly drafting?: string }
  | { readonly phase: "awaiting-approval" }
  /** `reviewAgain`: steps completed while a review was open, so another review follows. */
  | { readonly phase: "executing"; readonly reviewAgain: boolean }
  | { readonly phase: "answering" }
  | RunEnd;

/** `at` in ms since 1970. */
export type RunEnd = { readonly phase: "ended"; readonly at: number } & (
  | { readonly how: "completed"; readonly success: boolean }
  | ({ readonly how: "failed" } & Failing)
  | { readonly how: "cancelled"; readonly comment: string }
);

/** Why nothing new is started. Work that runs is awaited; then the run plans again, fails, or is cancelled. */
export type Halt =
  | { readonly why: "change"; readonly change: Change }
  | { readonly why: "failure"; readonly failing: Failing }
  /** `comment` is what the person said, which may be "". */
  | { readonly why: "cancel"; readonly comment: string };

/** Where the run is in its log, and when. Times in ms since 1970. */
export interface LogPosition {
  /** Sequence number of the last event. */
  seq: number;
  /** Hash of the last event as recorded; "" before the first; undefined after evolve, which does not know it: see log/chain.ts. */
  head: string | undefined;
  epoch: number;
  /** Ids of the commands that are in the log already. */
  applied: Set<string>;
  startedAt: number;
  /** When a person had it go on for the last time, ms since 1970. */
  retriedAt?: number;
  updatedAt: number;
  /** The kernel that decided last, as the log names it. */
  kernel: string;
}

/** What was asked for, and how it is to be done. */
export interface RunRequest {
  goal: string;
  inputs: { readonly [name: string]: Json };
  settings: Settings;
  models: RoleNames;
  planGiven: boolean;
  /** The run that it was forked from. */
  parent?: NonNullable<EventData["run.started"]["parent"]>;
}

/** The plans of the run, and what the planner is told of earlier ones. */
export interface Planning {
  plans: ProposedPlan[];
  /** What was found in each draft of the present planning, as keys (repair.ts). */
  repairs: readonly (readonly string[])[];
  rejected: { readonly plan: Plan; readonly comment: string }[];
  /** How many of them count against the limit: a person who has the run go on begins to count anew. */
  rejections: number;
  /** Patches and replans that were asked for since it was started or retried. */
  replans: number;
  /** Why steps failed that the last replan answers, by id: a plan that was rejected since has taken their place. */
  failures: ReadonlyMap<string, Failure>;
  /** A planner was shown what tools or models wrote. */
  untrusted: boolean;
  /** Steps whose calls wait for a person, whatever the policy. */
  mustApprove: ReadonlySet<string>;
  /** Requests for a review. */
  reviews: number;
}

/** The steps of the present plan, their queues and their counts. */
export interface Execution {
  steps: Map<string, StepState>;
  /** Work whose turn it is, in order. */
  ready: Queue<Work>;
  retries: Timetable<Work>;
  /** Work that occupies a place under the concurrency limit. */
  running: number;
  /** Steps that have not ended. */
  open: number;
  /** Work in an unknown state. */
  unknown: number;
  /** Work that waits for a person's answer (`ask`). */
  asked: number;
  counts: { completed: number; failed: number; skipped: number };
  /** A non-optional step was skipped because a reference was null. */
  starved: boolean;
  /** Calls that act once and whose step is begun again, by effect key: they are not made twice. */
  acted: Map<string, Acted>;
  /** The first attempt that no plan has made yet, by step. */
  attempts: Map<string, number>;
  /** The most doubts that any work of a step has had, by step. */
  doubts: Map<string, number>;
}

/** What persons have decided, or have still to decide, about the plan and single calls. */
export interface Approvals {
  pending: Map<string, PendingApproval>;
  /** When each of them expires: its hash by its time. The first one still waits. */
  expiries: Timetable<string>;
  /** Hashes that a person has approved, with the step whose call each is; null for a plan. */
  granted: Map<string, string | null>;
}

/** What the run has used of its budget. The limits are in the settings. */
export interface Spending {
  /** When time runs out, ms since 1970. */
  deadline?: number;
  /** By the keys of open effects that have asked for a part of the budget. */
  allowances: Map<string, Allowance>;
  /** What has been used by all else: as it was told, and where it was not, as it was reserved. */
  used: Spent;
  /** The limit of the budget that was reached: no model call is sent any more. */
  exhausted?: EventData["budget.exhausted"];
}

/** The answer, and how often the synthesizer was asked for it. */
export interface Answering {
  /** Requests to the synthesizer. */
  requests: number;
  answer?: Json;
}

export interface Run {
  readonly id: string;
  readonly log: LogPosition;
  readonly request: RunRequest;
  mode: Mode;
  /** Set while nothing new is started. */
  halt?: Halt;
  /** A person had it start nothing new; what runs goes on. */
  paused: boolean;
  readonly planning: Planning;
  readonly execution: Execution;
  readonly approvals: Approvals;
  readonly spending: Spending;
  readonly answering: Answering;
  usage: { planner: Usage; executor: Usage; synthesizer: Usage };
  /** Obligations by key; `next` returns them. */
  owed: Map<string, Effect>;
}

/** The state before any event. */
export function emptyRun(id: string): Run {
  return {
    id,
    log: { seq: 0, head: "", epoch: 0, applied: new Set(), startedAt: 0, updatedAt: 0, kernel: "" },
    request: {
      goal: "",
      inputs: {},
      settings: NO_SETTINGS,
      models: { planner: null, executor: null, synthesizer: null },
      planGiven: false,
    },
    mode: { phase: "planning" },
    paused: false,
    planning: {
      plans: [],
      repairs: [],
      rejected: [],
      rejections: 0,
      replans: 0,
      failures: new Map(),
      untrusted: false,
      mustApprove: new Set(),
      reviews: 0,
    },
    execution: {
      steps: new Map(),
      ready: new Queue(),
      retries: new Timetable(),
      running: 0,
      open: 0,
      unknown: 0,
      asked: 0,
      counts: { completed: 0, failed: 0, skipped: 0 },
      starved: false,
      acted: new Map(),
      attempts: new Map(),
      doubts: new Map(),
    },
    approvals: { pending: new Map(), expiries: new Timetable(), granted: new Map() },
    spending: { allowances: new Map(), used: { modelCalls: 0, tokens: 0, costUsd: 0 } },
    answering: { requests: 0 },
    usage: { planner: NO_USAGE, executor: NO_USAGE, synthesizer: NO_USAGE },
    owed: new Map(),
  };
}

const NO_SETTINGS: Settings = {
  concurrency: 1,
  approval: "never",
  approvalMs: 0,
  rejections: 0,
  repairRounds: 0,
  roleAttempts: 1,
  crashes: 0,
  turns: 1,
  fanOut: 0,
  onFailure: "fail",
  replan: "never",
  replans: 0,
  replanContext: "codes",
  eager: false,
  replanTokens: null,
  replanCostUsd: null,
  granularity: "normal",
  critique: false,
  budget: { modelCalls: null, tokens: null, costUsd: null, wallMs: null },
  prices: {},
};
