// A run as it stands: the shape of the state that events fold into. In: nothing. Out: types, the empty run, its status.
// Separate from the fold (evolve.ts) so that the shape can be read at one glance.
import type { Json, JsonObject } from "../plan/json.js";
import type { Plan, Step } from "../plan/plan.js";
import type { Origin } from "../plan/origin.js";
import type { EffectClass, ToolSpec } from "../plan/tool-spec.js";
import { NO_USAGE, type Usage } from "../plan/usage.js";
import type { Effect } from "./effect.js";
import type { EventData, FailureCause, StepRef } from "./event.js";
import type { Failure } from "./failure.js";
import { DEADLINE_KEY, reviewKey } from "./keys.js";
import type { Reason } from "./reason.js";
import type { RoleNames, Settings } from "./settings.js";
import { Queue } from "./queue.js";
import { Timetable } from "./timetable.js";

export type StepStatus =
  | "pending"
  | "ready"
  | "running"
  | "suspended"
  | "retrying"
  | "completed"
  | "failed"
  | "skipped"
  | "unknown"
  | "cancelled";

export interface Settled {
  readonly verdict: "happened" | "not-happened" | "abort";
  readonly output: Json;
}

/** One pursuit of a step, or of one item of a fan-out: the two have the same life. */
export interface Work {
  readonly step: StepState;
  /** null for a step that is no fan-out, and for the fan-out as a whole. */
  readonly item: number | null;
  status: StepStatus;
  /** The present or the next attempt, from 1. It names a call and its journal, so it never goes back. */
  attempt: number;
  /** Attempts that ended in an error since the step was begun, or begun again by a person: `retry.attempts` counts these. */
  errors: number;
  /** Times the present attempt was found unfinished by a recovering process. */
  crashes: number;
  /** Arguments as started, or as far as they are known. */
  args?: { readonly [name: string]: Json };
  from: Origin;
  /** What the executor model supplied; kept for every attempt. */
  filled?: { readonly [name: string]: Json };
  effects: EffectClass;
  effectKey: string;
  /** The call whose outcome is unknown. */
  doubt?: string;
  /** The tool of that call. */
  doubtful?: string;
  /** How often an outcome was unknown. */
  doubts: number;
  /** A person gave it up while its outcome was unknown: whoever wants it after all is asked that again. */
  givenUp?: true;
  /** What persons said of calls inside this step, by key: its journal goes on with that. */
  settled?: Map<string, Settled>;
  output?: Json;
  /** Where `output` came from, as later references see it. */
  origin: Origin;
  summary?: string;
  error?: Failure;
  /** Why it was retried, failed or stopped. */
  reason?: Reason;
  /** Why it was skipped. */
  skipped?: EventData["step.skipped"]["reason"];
  /** It failed, and a retry of the run goes on with the same attempt and its journal. */
  sameAttempt?: true;
  /** The run whose call gave the output: another one that was forked, or this one before the step was begun again. */
  carried?: string;
  /** Of a skip. */
  cause?: EventData["step.skipped"]["cause"];
  question?: string;
  usage: Usage;
  /** What events have told of the usage of the present attempt, where that goes on: its journal tells it all again. */
  told?: Usage;
  /** ms since 1970. */
  startedAt?: number;
  finishedAt?: number;
}

export interface StepState {
  readonly spec: Step;
  readonly tool?: ToolSpec;
  readonly index: number;
  /** Of the plan that it was begun under. */
  revision: number;
  /** Steps that wait for this one. */
  readonly dependents: StepState[];
  /** How many steps this one still waits for. */
  waiting: number;
  work: Work;
  /** Of a fan-out, once expanded. */
  items?: Work[];
  list?: readonly Json[];
  listFrom?: Origin;
  /** The first attempt of what has none yet: earlier ones were made under another plan, or before it was all begun again. */
  firstAttempt: number;
  /** Doubts that its work begins to count at: what a person said of an earlier one settles no later one. */
  earlierDoubts: number;
  /** Items that wait for a place under `maxParallel`, the next one last. */
  waitingItems: number[];
  itemsOpen: number;
  itemsFailed: number;
}

/** What became of a call that acts once and whose step is begun again: its output, or nobody knows. */
export type Acted =
  | { readonly known: true; readonly output: Json; readonly tools: readonly string[]; readonly summary?: string }
  | { readonly known: false; readonly error: Failure };

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

export const asksForPlan = ({ subject }: PendingApproval): boolean => subject === "plan";

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

export type Phase = "planning" | "awaiting-approval" | "executing" | "answering" | "ended";

export interface Run {
  readonly id: string;
  /** Sequence number of the last event. */
  seq: number;
  /** Hash of the last event as recorded; "" before the first; undefined after evolve, which does not know it: see log/chain.ts. */
  head: string | undefined;
  startedAt: number;
  updatedAt: number;
  goal: string;
  inputs: { readonly [name: string]: Json };
  settings: Settings;
  models: RoleNames;
  planGiven: boolean;
  /** The kernel that decided last, as the log names it. */
  kernel: string;
  /** The run that it was forked from. */
  parent?: NonNullable<EventData["run.started"]["parent"]>;
  epoch: number;

  phase: Phase;
  ended?: "completed" | "failed" | "cancelled";
  /** ms since 1970. */
  endedAt?: number;
  /** When a person had it go on for the last time, ms since 1970. */
  reopenedAt?: number;
  success: boolean;
  /** Why the run failed. */
  error?: Failure;
  /** Whose that error is. */
  errorCause?: FailureCause;
  /** The run will fail for this: what runs is drained, nothing starts. */
  failing?: Failing;
  /** There is to be another plan: what runs is drained, nothing starts. */
  changing?: Change;
  /** What the planner is asked again for, until there is a plan. */
  replan?: EventData["replan.requested"];
  /** Why steps failed that the last replan answers, by id: a plan that was rejected since has taken their place. */
  failures: ReadonlyMap<string, Failure>;
  /** The request whose plan, still being written, has work that has begun: see draft.ts. */
  drafting?: string;
  /** A planner was shown what tools or models wrote. */
  untrusted: boolean;
  paused: boolean;
  /** Steps completed while a review was open: another one follows. */
  reviewAgain: boolean;
  /** Requests for a review. */
  reviews: number;
  /** When time runs out, ms since 1970. */
  deadline?: number;
  /** By the keys of open effects that have asked for a part of the budget. */
  allowances: Map<string, Allowance>;
  /** What has been used by all else: as it was told, and where it was not, as it was reserved. */
  used: Spent;
  /** The limit of the budget that was reached: no model call is sent any more. */
  exhausted?: EventData["budget.exhausted"];
  /** Somebody asked to cancel: the comment, which may be "". */
  cancelling?: string;

  /** What was found in each draft of the present planning, as keys (repair.ts). */
  repairs: readonly (readonly string[])[];
  plans: ProposedPlan[];
  rejected: { readonly plan: Plan; readonly comment: string }[];
  /** How many of them count against the limit: a person who has the run go on begins to count anew. */
  rejections: number;
  steps: Map<string, StepState>;
  /** Calls that act once and whose step is begun again, by effect key: they are not made twice. */
  acted: Map<string, Acted>;
  /** The first attempt that no plan has made yet, by step. */
  attempts: Map<string, number>;
  /** The most doubts that any work of a step has had, by step. */
  doubts: Map<string, number>;
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
  /** Patches and replans that were asked for since it was started or reopened. */
  replans: number;
  /** Steps whose calls wait for a person, whatever the policy. */
  mustApprove: ReadonlySet<string>;
  executed: boolean;
  /** Requests to the synthesizer. */
  answers: number;

  approvals: Map<string, PendingApproval>;
  /** When each of them expires: its hash by its time. The first one still waits. */
  expiries: Timetable<string>;
  /** Hashes that a person has approved, with the step whose call each is; null for a plan. */
  granted: Map<string, string | null>;
  /** Obligations by key; `next` returns them. */
  owed: Map<string, Effect>;
  /** Ids of the commands that are in the log already. */
  applied: Set<string>;
  usage: { planner: Usage; executor: Usage; synthesizer: Usage };
  answer?: Json;
}

/** The state before any event. */
export function emptyRun(id: string): Run {
  return {
    id,
    seq: 0,
    head: "",
    startedAt: 0,
    updatedAt: 0,
    goal: "",
    inputs: {},
    settings: NO_SETTINGS,
    models: { planner: null, executor: null, synthesizer: null },
    planGiven: false,
    kernel: "",
    epoch: 0,
    phase: "planning",
    success: false,
    repairs: [],
    plans: [],
    rejected: [],
    rejections: 0,
    steps: new Map(),
    acted: new Map(),
    attempts: new Map(),
    doubts: new Map(),
    ready: new Queue(),
    retries: new Timetable(),
    running: 0,
    open: 0,
    unknown: 0,
    asked: 0,
    counts: { completed: 0, failed: 0, skipped: 0 },
    starved: false,
    replans: 0,
    failures: new Map(),
    untrusted: false,
    mustApprove: new Set(),
    paused: false,
    reviewAgain: false,
    reviews: 0,
    allowances: new Map(),
    used: { modelCalls: 0, tokens: 0, costUsd: 0 },
    executed: false,
    answers: 0,
    approvals: new Map(),
    expiries: new Timetable(),
    granted: new Map(),
    owed: new Map(),
    applied: new Set(),
    usage: { planner: NO_USAGE, executor: NO_USAGE, synthesizer: NO_USAGE },
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

export type RunStatus =
  | "completed"
  | "failed"
  | "cancelled"
  | "paused"
  | "needs-attention"
  | "awaiting-approval"
  | "planning"
  | "running"
  | "answering";

/** The status that is shown, by precedence; `suspended` work that waits for an answer shows as needs-attention. */
export function statusOf(run: Run): RunStatus {
  if (run.ended !== undefined) return run.ended;
  if (run.paused) return "paused";
  if (run.asked > 0 || doubtsOf(run) > 0) return "needs-attention";
  if (run.approvals.size > 0) return "awaiting-approval";
  if (run.phase === "answering") return "answering";
  return run.phase === "planning" ? "planning" : "running";
}

/** Whether the run can go no further until a person says something. */
export function isWaiting(run: Run): boolean {
  if (run.ended !== undefined) return false;
  const waits = run.paused ? WAITS_PAUSED : WAITS;
  for (const effect of run.owed.values()) if (!waits.has(effect.kind) && effect.key !== DEADLINE_KEY) return false;
  return true;
}

/** Whether a plan that has work already is still being written. */
export function isDrafting({ phase, drafting, owed }: Run): boolean {
  return phase === "planning" && drafting !== undefined && owed.has(drafting);
}

/** Whether nothing may begin for now, not even the call of a step whose arguments were just filled in. */
export function isHeld(run: Run): boolean {
  return run.paused || run.changing !== undefined || reviewOf(run) !== undefined;
}

/** How many doubts a person must settle: not those whose tool is being asked. */
export function doubtsOf(run: Run): number {
  if (run.unknown === 0) return 0;
  let doubts = run.unknown;
  for (const effect of run.owed.values()) if (effect.kind === "reconcile") doubts--;
  return Math.max(0, doubts);
}

/** The key of the review that is open; only one ever is. */
export function reviewOf(run: Run): string | undefined {
  const key = reviewKey(run.reviews);
  return run.owed.has(key) ? key : undefined;
}

const WAITS: ReadonlySet<Effect["kind"]> = new Set(["person"]);
/** What a paused run does not begin. */
export const HELD: ReadonlySet<Effect["kind"]> = new Set(["plan", "review", "answer"]);
const WAITS_PAUSED: ReadonlySet<Effect["kind"]> = new Set([...WAITS, ...HELD, "wait"]);

export function currentPlan(run: Run): ProposedPlan | undefined {
  return run.plans[run.plans.length - 1];
}

/** The work of a step, or of one of its items. */
export function workOf(
  run: Run,
  ref: { readonly step: string; readonly item?: number | null | undefined },
): Work | undefined {
  const state = run.steps.get(ref.step);
  if (state === undefined) return undefined;
  return ref.item === undefined || ref.item === null ? state.work : state.items?.[ref.item];
}
