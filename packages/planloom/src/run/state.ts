// Defines the state of a run: the result of folding its events. In: nothing. Out: types, and the empty run.
// Nothing here changes a run. The fold is in evolve/.
import type { Scouted } from "./event/scouted.js";
import type { Json, JsonObject } from "../plan/json.js";
import type { InputTrust } from "../plan/label.js";
import type { Plan } from "../plan/plan.js";
import type { ToolDifference } from "../plan/tool-change.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import { NO_USAGE, type Usage } from "../plan/usage.js";
import type { RecordedContext } from "./context.js";
import type { Message } from "./message.js";
import type { Effect } from "./effect.js";
import type { Within } from "./event/child.js";
import type { Change, EndedAs, EventData, Failing, RecordedStrategy, StepNeeds } from "./event.js";
import type { AnswerCritique, AnswerOpinion } from "./event/judged.js";
import type { Failure } from "./failure.js";
import type { RoleNames, Settings } from "./settings.js";
import type { OwnSettings } from "./own-settings.js";
import { Queue } from "./queue.js";
import type { Spent } from "./spent.js";
import type { TraceParent } from "./trace-parent.js";
import { Timetable } from "./timetable.js";
import type { Acted, ActedCall, StepState, UnusableCall, Work } from "./work.js";

export interface ProposedPlan {
  readonly revision: number;
  readonly plan: Plan;
  readonly hash: string;
  readonly cause: EventData["plan.proposed"]["cause"];
  readonly tools: ReadonlyMap<string, ToolSpec>;
  /** An earlier build recorded these tools, without the fields that it did not know. */
  readonly sparse?: true;
  readonly needs: StepNeeds;
  /** Steps that are new or changed since the plan that it replaces. */
  readonly written: ReadonlySet<string>;
  /** The request that this plan answers, if it replaces another one. */
  readonly replan?: EventData["replan.requested"];
  /** Steps whose call was approved with this plan or the one before, because its arguments are complete in the plan. */
  callsGranted: Set<string>;
  /** Steps that were written after the planner read untrusted text, and whether some of that text was private. */
  readonly afterUntrusted?: { readonly steps: ReadonlySet<string>; readonly private: boolean };
  /** Expected cost of the remaining steps. */
  readonly estimate?: JsonObject;
  /** How a request for approval of this plan ended without approval. */
  denied?: EventData["approval.denied"]["cause"];
}

export interface PendingApproval {
  readonly hash: string;
  readonly subject: EventData["approval.requested"]["subject"];
  readonly reason: EventData["approval.requested"]["reason"];
  readonly requestedAt: number;
  readonly expiresAt: number;
  readonly args?: { readonly [name: string]: Json };
  readonly items?: EventData["approval.requested"]["items"];
  readonly call?: EventData["approval.requested"]["call"];
  readonly undoes?: EventData["approval.requested"]["undoes"];
}

/** The part of the budget that an open effect has used and reserved. */
export interface Allowance {
  /** Its reported usage at its last request. */
  readonly told: Usage;
  /** The same usage in the units of the budget. */
  readonly spent: Spent;
  /** The reservation of its open call. Zero while the effect waits for its next reservation. */
  readonly reserved: Spent;
}

/** What the run is doing. */
export type Mode =
  /**
   * A plan is being written. `replan` is the request that it answers. `drafting` is the key of a request whose plan has
   * started steps before it is complete: see evolve/draft.ts.
   */
  | { readonly phase: "planning"; readonly replan?: EventData["replan.requested"]; readonly drafting?: string }
  | { readonly phase: "awaiting-approval" }
  /** `reviewAgain`: steps completed while a review was open, so another review follows. */
  | { readonly phase: "executing"; readonly reviewAgain: boolean }
  /** `failed`: the run has failed with this, and the answer is a partial one. */
  | { readonly phase: "answering"; readonly failed?: Failing }
  /** Finished calls are undone, one after the other. Then the run ends as `end` says. */
  | Compensating
  | RunEnd;

export interface Compensating {
  readonly phase: "compensating";
  readonly cause: EventData["compensation.requested"]["cause"];
  readonly end: EndedAs;
  /** Keys of the calls, in the order in which they are undone. */
  readonly queue: readonly string[];
  /** A person has approved all of them; or, with `unseen`, a rule has. */
  readonly approved?: { readonly unseen: boolean };
}

/** `at` in ms since 1970. */
export type RunEnd = { readonly phase: "ended"; readonly at: number } & EndedAs;

/** Why nothing new starts. Running work is awaited. Then the run plans again, fails, or is cancelled. */
export type Halt =
  | { readonly why: "change"; readonly change: Change }
  | { readonly why: "failure"; readonly failing: Failing }
  /** `comment` is the person's text, which may be "". */
  | { readonly why: "cancel"; readonly comment: string; readonly compensate?: boolean };

/** The position of the run in its log. Times in ms since 1970. */
export interface LogPosition {
  /** Sequence number of the last event. */
  seq: number;
  /**
   * Hash of the last event as recorded; "" before the first; undefined after evolve, which does not compute it: see
   * log/chain.ts.
   */
  head: string | undefined;
  epoch: number;
  /** Ids of the commands that are in the log. */
  applied: Set<string>;
  startedAt: number;
  /** Time of the last retry of the run, in ms since 1970. */
  retriedAt?: number;
  updatedAt: number;
  /** The latest time of any event, in ms since 1970. A clock that is set back does not move it. */
  latestAt: number;
  /** The kernel that decided last, as named in the log. */
  kernel: string;
}

/** The goal, and how to pursue it. */
export interface RunRequest {
  goal: string;
  inputs: { readonly [name: string]: Json };
  settings: Settings;
  models: RoleNames;
  /** See run.started. */
  strategy: RecordedStrategy;
  planGiven: boolean;
  /** Names of the inputs that the caller gave. The others are defaults of the plan. */
  given: ReadonlySet<string>;
  /** What the caller said of them. */
  trust: { readonly [name: string]: InputTrust };
  /** Earlier turns of the conversation, oldest first. */
  messages: readonly Message[];
  /** What the program gives to tools. No prompt and no hash holds it. */
  context?: RecordedContext;
  /** The run that it was forked from. */
  parent?: NonNullable<EventData["run.started"]["parent"]>;
  tags: readonly string[];
  /** The JSON Schema that the answer must fit. */
  answerSchema?: JsonObject;
  /** Set for a child run: the step of another run that it is. */
  within?: Within;
  /** Names of the tools that its plans may use. Absent: all. */
  tools?: readonly string[];
  /** The settings that the start gave to it. */
  ownSettings?: OwnSettings;
  /** See run.started. */
  requestHash?: string;
  /** The playbook that gave the plan of its start. */
  playbook?: NonNullable<EventData["run.started"]["playbook"]>;
  /** The span under which its spans belong. */
  traceContext?: TraceParent;
}

/** A strategy that was chosen for the run. See strategy.chosen. */
export type Choice = Omit<EventData["strategy.chosen"], "usage">;

/** The plans of the run, and what prompts tell the planner about earlier plans. */
export interface Planning {
  plans: ProposedPlan[];
  /** The last choice of a strategy. Absent: none was made. */
  choice?: Choice;
  /** The findings of each draft of the current planning, as keys (decide/repair.ts). */
  repairs: readonly (readonly string[])[];
  rejected: { readonly plan: Plan; readonly comment: string }[];
  /** Number of rejections that count against the limit. A retry of the run sets it to 0. */
  rejections: number;
  /** Patches and replans that were requested since the start, or since the last retry of the run. */
  replans: number;
  /**
   * The failures that the last replan answers, by step id. A plan that was rejected since may have replaced these
   * steps.
   */
  failures: ReadonlyMap<string, Failure>;
  /** A prompt to the planner held text of tools or models. */
  untrusted: boolean;
  /** Some of that text was private. */
  private: boolean;
  /** Steps whose calls wait for a person under any policy. */
  mustApprove: ReadonlySet<string>;
  /** Number of requests for a review. */
  reviews: number;
  /** What the planner looked up before the first plan of this goal. */
  scouted?: Scouted;
}

/** A tool whose present definition is not the one that the plan was made with. */
export interface ChangedTool {
  /** Of the event that recorded the change. */
  readonly seq: number;
  readonly recorded: ToolSpec;
  readonly present: ToolSpec;
  /** The definition that applies to its calls. */
  readonly applies: ToolSpec;
  readonly differences: readonly ToolDifference[];
  /** Its calls wait for a person. */
  readonly waits: boolean;
}

/** The steps of the current plan, their queues and their counts. */
export interface Execution {
  steps: Map<string, StepState>;
  /** Work that can start, in order. */
  ready: Queue<Work>;
  retries: Timetable<Work>;
  /** Number of steps and items that occupy a place under the concurrency limit. */
  running: number;
  /** Number of steps that have not ended. */
  open: number;
  /** Number of calls in doubt. */
  unknown: number;
  /** Work whose call acted with an unusable output, and that waits for a person. */
  unusable: number;
  /** Number of sub-plans whose child run waits for a person. They are among `running`, and occupy no place. */
  childWaits: number;
  /** Number of steps and items that wait for an answer of a person (`ask`). */
  questions: number;
  counts: { completed: number; failed: number; skipped: number };
  /** A non-optional step was skipped because a reference was null. */
  starved: boolean;
  /** Steps with items that were set aside, until a person is asked about these together. */
  together: Set<string>;
  /** `once` calls of restarted steps, by effect key. They are not made twice. */
  acted: Map<string, Acted>;
  /** Calls that acted with an unusable output, by tool and arguments (see unusable-call.ts). */
  unusableCalls: Map<string, readonly UnusableCall[]>;
  /** Number of the first unused attempt, by step. */
  attempts: Map<string, number>;
  /** The highest number of doubts that any work of a step has had, by step. */
  doubts: Map<string, number>;
  /** By name. */
  changedTools: Map<string, ChangedTool>;
}

/** Decisions of persons on plans and single calls: made, or still open. */
export interface Approvals {
  pending: Map<string, PendingApproval>;
  /**
   * The expiry times of pending approvals, by hash, and of questions of tools, by their work. The first entry is always
   * still pending.
   */
  expiries: Timetable<string | Work>;
  /** Hashes that a person has approved, each with the step whose call it is; null for a plan. */
  granted: Map<string, string | null>;
  /** Hashes of plans that a person has approved after seeing them, with their inputs. */
  seen: Set<string>;
}

/** The spending of the run. The limits are in the settings. */
export interface Spending {
  /** When the time of the run is up, in ms since 1970. */
  deadline?: number;
  /** By the keys of open effects that have asked for a reservation. */
  allowances: Map<string, Allowance>;
  /** Spending of all other effects: as reported, or as reserved if there was no report. */
  used: Spent;
  /** The limit that was reached. No further model call is sent. */
  exhausted?: EventData["budget.exhausted"];
}

/** Calls that acted, and their undoing. */
export interface Compensation {
  /** By key, in the order in which they ended. */
  calls: Map<string, ActedCall>;
  /** Steps with an undone call that have not completed since. Their calls wait for a person. */
  undoneSteps: Set<string>;
  /** Calls that were undone and not made again since, by tool and arguments. A step that makes one waits for a person. */
  undoneCalls: Set<string>;
  /** Index in the queue of the call whose turn it is. */
  turn: number;
  /** How often a recovering process found the current attempt unfinished. */
  crashes: number;
  /** Nobody approved an undoing in time. */
  expired: boolean;
}

/** The answer, and the number of requests for it. */
export interface Answering {
  /** Number of requests to the synthesizer. */
  requests: number;
  answer?: Json;
  /** The run has failed, and the answer is made of what was done before. */
  partial?: true;
  /** Number of requests to the critic. */
  critiques: number;
  /** The last draft of an answer with a critic; with `opinion`, what the critic says of it. */
  draft?: { readonly answer: Json; readonly round: number; readonly opinion?: AnswerOpinion };
  /** What became of the critique of the answer. */
  critique?: AnswerCritique;
}

export interface Run {
  readonly id: string;
  readonly log: LogPosition;
  readonly request: RunRequest;
  mode: Mode;
  /** Set while nothing new starts. */
  halt?: Halt;
  /** A person paused the run. Running work continues. */
  paused: boolean;
  readonly planning: Planning;
  readonly execution: Execution;
  readonly approvals: Approvals;
  readonly spending: Spending;
  readonly compensation: Compensation;
  answering: Answering;
  usage: { planner: Usage; executor: Usage; synthesizer: Usage };
  /** The part of the executor's usage that specialists have used: by name, then by model. */
  readonly specialists: Map<string, Map<string, Usage>>;
  /** The effects that are owed, by key. `next` returns them. */
  owed: Map<string, Effect>;
}

/** The state before any event. */
export function emptyRun(id: string): Run {
  return {
    id,
    log: { seq: 0, head: "", epoch: 0, applied: new Set(), startedAt: 0, updatedAt: 0, latestAt: 0, kernel: "" },
    request: {
      goal: "",
      inputs: {},
      settings: NO_SETTINGS,
      models: { planner: null, executor: null, synthesizer: null },
      strategy: "plan-and-execute",
      planGiven: false,
      tags: [],
      messages: [],
      given: new Set(),
      trust: {},
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
      private: false,
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
      unusable: 0,
      childWaits: 0,
      questions: 0,
      counts: { completed: 0, failed: 0, skipped: 0 },
      starved: false,
      together: new Set(),
      acted: new Map(),
      unusableCalls: new Map(),
      attempts: new Map(),
      doubts: new Map(),
      changedTools: new Map(),
    },
    approvals: { pending: new Map(), expiries: new Timetable(), granted: new Map(), seen: new Set() },
    spending: { allowances: new Map(), used: { modelCalls: 0, tokens: 0, costUsd: 0 } },
    compensation: {
      calls: new Map(),
      undoneSteps: new Set(),
      undoneCalls: new Set(),
      turn: 0,
      crashes: 0,
      expired: false,
    },
    answering: { requests: 0, critiques: 0 },
    usage: { planner: NO_USAGE, executor: NO_USAGE, synthesizer: NO_USAGE },
    specialists: new Map(),
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
  answerOnFailure: "none",
  answerCritique: 0,
  critic: null,
  judge: "executor",
  guard: "off",
  attended: true,
  budget: { modelCalls: null, tokens: null, costUsd: null, wallMs: null },
  prices: {},
};
