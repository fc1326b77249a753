// A run as it stands: the shape of the state that events fold into. In: nothing. Out: types, the empty run, its status.
// Separate from the fold (evolve.ts) so that the shape can be read at one glance.
import type { Json } from "../plan/json.js";
import type { Plan, Step } from "../plan/plan.js";
import type { Origin } from "../plan/origin.js";
import type { EffectClass, ToolSpec } from "../plan/tool-spec.js";
import { NO_USAGE, type Usage } from "../plan/usage.js";
import type { Effect } from "./effect.js";
import type { EventData, Failure, Settings } from "./event.js";
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
  /** Attempts that ended in an error; the next attempt is this plus one. */
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
  /** How often an outcome was unknown. */
  doubts: number;
  /** What persons said of calls inside this step, by key: its journal goes on with that. */
  settled?: Map<string, Settled>;
  /** The hash of the call that a person has approved. */
  approved?: string;
  output?: Json;
  /** Where `output` came from, as later references see it. */
  origin: Origin;
  summary?: string;
  error?: Failure;
  /** Why it was skipped, retried or failed, in words. */
  reason?: string;
  question?: string;
  usage: Usage;
  /** ms since 1970. */
  startedAt?: number;
  finishedAt?: number;
}

export interface StepState {
  readonly spec: Step;
  readonly tool?: ToolSpec;
  readonly index: number;
  readonly revision: number;
  /** Steps that wait for this one. */
  readonly dependents: StepState[];
  /** How many steps this one still waits for. */
  waiting: number;
  readonly work: Work;
  /** Of a fan-out, once expanded. */
  items?: Work[];
  list?: readonly Json[];
  listFrom?: Origin;
  /** Items that have not been queued yet start here. */
  nextItem: number;
  itemsOpen: number;
  itemsFailed: number;
}

export interface ProposedPlan {
  readonly revision: number;
  readonly plan: Plan;
  readonly hash: string;
  readonly cause: EventData["plan.proposed"]["cause"];
  readonly tools: ReadonlyMap<string, ToolSpec>;
}

export interface PendingApproval {
  readonly hash: string;
  readonly subject: EventData["approval.requested"]["subject"];
  readonly reason: string;
  readonly requestedAt: number;
  readonly expiresAt: number;
  readonly args?: { readonly [name: string]: Json };
}

export type Phase = "planning" | "awaiting-approval" | "executing" | "answering" | "ended";

export interface Run {
  readonly id: string;
  /** Of the last event, and the hash of it: the next one's `prev`. */
  seq: number;
  head: string;
  startedAt: number;
  updatedAt: number;
  goal: string;
  inputs: { readonly [name: string]: Json };
  settings: Settings;
  models: EventData["run.started"]["models"];
  planGiven: boolean;
  epoch: number;

  phase: Phase;
  ended?: "completed" | "failed" | "cancelled";
  success: boolean;
  /** Why the run failed. */
  error?: Failure;
  /** A step failed for good: what runs is drained, nothing starts. */
  failing?: Failure;
  /** Somebody asked to cancel, and why. */
  cancelling?: string;

  plans: ProposedPlan[];
  rejected: { readonly plan: Plan; readonly comment: string }[];
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
  replans: number;
  executed: boolean;

  approvals: Map<string, PendingApproval>;
  /** When each of them expires: its hash by its time. The first one still waits. */
  expiries: Timetable<string>;
  granted: Set<string>;
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
    epoch: 0,
    phase: "planning",
    success: false,
    plans: [],
    rejected: [],
    steps: new Map(),
    ready: new Queue(),
    retries: new Timetable(),
    running: 0,
    open: 0,
    unknown: 0,
    asked: 0,
    counts: { completed: 0, failed: 0, skipped: 0 },
    starved: false,
    replans: 0,
    executed: false,
    approvals: new Map(),
    expiries: new Timetable(),
    granted: new Set(),
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
  if (run.unknown > 0 || run.asked > 0) return "needs-attention";
  if (run.approvals.size > 0) return "awaiting-approval";
  if (run.phase === "answering") return "answering";
  return run.phase === "planning" ? "planning" : "running";
}

/** Whether the run can go no further until a person says something. */
export function isWaiting(run: Run): boolean {
  if (run.ended !== undefined) return false;
  for (const effect of run.owed.values()) if (effect.kind !== "person") return false;
  return true;
}

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

/** The key under which a call of this work is owed. */
export function callKey(step: string, item: number | null, attempt: number): string {
  return item === null ? `call/${step}/${attempt}` : `call/${step}/${item}/${attempt}`;
}
