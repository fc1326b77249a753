// Defines the state of a run: the result of folding its events. In: nothing. Out: types, the empty run, its status.
// Nothing here changes a run. The fold is in evolve/.
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
  fan?: FanOut;
  /** The first attempt of what has none yet: earlier ones were made under another plan, or before it was all begun again. */
  firstAttempt: number;
  /** Doubts that its work begins to count at: what a person said of an earlier one settles no later one. */
  earlierDoubts: number;
}

/** The items of a step with `forEach`. */
export interface FanOut {
  readonly list: readonly Json[];
  /** Where the list came from. */
  readonly from: Origin;
  items: Work[];
  /** Items that wait for a place under `maxParallel`, the next one last. */
  waiting: Work[];
  /** How many have not ended. */
  open: number;
  failed: number;
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
  reopenedAt?: number;
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
  /** Patches and replans that were asked for since it was started or reopened. */
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

export const isEnded = ({ mode }: Run): boolean => mode.phase === "ended";

/** How the run ended; undefined while it has not. */
export const endOf = ({ mode }: Run): RunEnd | undefined => (mode.phase === "ended" ? mode : undefined);

/** Why the run failed; undefined where it has not. */
export function errorOf(run: Run): Failure | undefined {
  const end = endOf(run);
  return end?.how === "failed" ? end.error : undefined;
}

export const isCancelling = ({ halt }: Run): boolean => halt?.why === "cancel";

export const isFailing = ({ halt }: Run): boolean => halt?.why === "failure";

/** What the next plan is to change; undefined where there is to be none. */
export const changeOf = ({ halt }: Run): Change | undefined => (halt?.why === "change" ? halt.change : undefined);

/** What the plan that is being written has to answer. */
export const replanOf = ({ mode }: Run): EventData["replan.requested"] | undefined =>
  mode.phase === "planning" ? mode.replan : undefined;

/** The request whose plan, still being written, has steps that have begun. */
export const draftingOf = ({ mode }: Run): string | undefined =>
  mode.phase === "planning" ? mode.drafting : undefined;

/** Whether steps completed while a review was open, so that another review follows. */
export const isReviewedAgain = ({ mode }: Run): boolean => mode.phase === "executing" && mode.reviewAgain;

/** The status that is shown, by precedence; `suspended` work that waits for an answer shows as needs-attention. */
export function statusOf(run: Run): RunStatus {
  const { mode, execution } = run;
  if (mode.phase === "ended") return mode.how;
  if (run.paused) return "paused";
  if (execution.asked > 0 || doubtsOf(run) > 0) return "needs-attention";
  if (run.approvals.pending.size > 0) return "awaiting-approval";
  if (mode.phase === "answering") return "answering";
  return mode.phase === "planning" ? "planning" : "running";
}

/** Whether the run can go no further until a person says something. */
export function isWaiting(run: Run): boolean {
  if (isEnded(run)) return false;
  const waits = run.paused ? WAITS_PAUSED : WAITS;
  for (const effect of run.owed.values()) if (!waits.has(effect.kind) && effect.key !== DEADLINE_KEY) return false;
  return true;
}

/** Whether a plan that has work already is still being written. */
export function isDrafting(run: Run): boolean {
  const key = draftingOf(run);
  return key !== undefined && run.owed.has(key);
}

/** Whether nothing may begin for now, not even the call of a step whose arguments were just filled in. */
export function isHeld(run: Run): boolean {
  return run.paused || changeOf(run) !== undefined || reviewOf(run) !== undefined;
}

/** How many doubts a person must settle: not those whose tool is being asked. */
export function doubtsOf(run: Run): number {
  if (run.execution.unknown === 0) return 0;
  let doubts = run.execution.unknown;
  for (const effect of run.owed.values()) if (effect.kind === "reconcile") doubts--;
  return Math.max(0, doubts);
}

/** The key of the review that is open; only one ever is. */
export function reviewOf(run: Run): string | undefined {
  const key = reviewKey(run.planning.reviews);
  return run.owed.has(key) ? key : undefined;
}

const WAITS: ReadonlySet<Effect["kind"]> = new Set(["person"]);
/** What a paused run does not begin. */
export const HELD: ReadonlySet<Effect["kind"]> = new Set(["plan", "review", "answer"]);
const WAITS_PAUSED: ReadonlySet<Effect["kind"]> = new Set([...WAITS, ...HELD, "wait"]);

/** The last plan that was proposed; undefined where there was none. */
export const currentPlan = (run: Run): ProposedPlan | undefined => run.planning.plans[run.planning.plans.length - 1];

/** The same, where the run has come to a plan. Throws where it has not. */
export function planOf(run: Run): ProposedPlan {
  const plan = currentPlan(run);
  if (plan === undefined) throw new Error(`run ${run.id} has no plan`);
  return plan;
}

/** A step of a plan by its id. Throws where there is none. */
export function stepIn(steps: ReadonlyMap<string, StepState>, id: string): StepState {
  const state = steps.get(id);
  if (state === undefined) throw new Error(`there is no step ${id}`);
  return state;
}

interface WorkRef {
  readonly step: string;
  readonly item?: number | null | undefined;
}

/** The work of a step, or of one of its items; undefined where the present plan has none. */
export function findWork(run: Run, { step, item }: WorkRef): Work | undefined {
  const state = run.execution.steps.get(step);
  return item === undefined || item === null ? state?.work : state?.fan?.items[item];
}

/** The same, where an event or an effect names it. Throws where there is none. */
export function workOf(run: Run, ref: WorkRef): Work {
  const work = findWork(run, ref);
  if (work === undefined) throw new Error(`there is no item ${ref.item ?? "-"} of step ${ref.step}`);
  return work;
}

/** What is owed under a key, of one of these kinds. Throws where it is not. */
export function owedAs<K extends Effect["kind"]>(
  run: Run,
  key: string,
  ...kinds: readonly K[]
): Extract<Effect, { readonly kind: K }> {
  const effect = run.owed.get(key);
  if (!isOneOf(effect, kinds)) throw new Error(`${key} is not owed as ${kinds.join(" or ")}`);
  return effect;
}

const isOneOf = <K extends Effect["kind"]>(
  effect: Effect | undefined,
  kinds: readonly K[],
): effect is Extract<Effect, { readonly kind: K }> =>
  effect !== undefined && kinds.some((kind) => kind === effect.kind);
