// Defines the state of a step and of its items. In: nothing. Out: types. steps.ts makes steps; evolve/ changes them.
import type { EvidenceFound } from "../plan/evidence.js";
import type { Json } from "../plan/json.js";
import type { Step } from "../plan/plan.js";
import type { Origin } from "../plan/origin.js";
import type { EffectClass, ToolSpec } from "../plan/tool-spec.js";
import type { Usage } from "../plan/usage.js";
import type { DoubtVerdict, RestOfStep } from "./command.js";
import type { ChildUse, ChildWait } from "./event/child.js";
import type { CannotUndo, EventData, MadeCall, StepRef, ToolQuestion } from "./event.js";
import type { Failure } from "./failure.js";
import type { Reason } from "./reason.js";

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
  | "unusable"
  /** One of its calls was undone. It has no output any more. */
  | "undone"
  | "cancelled";

/** A call that a person approved together with those like it. */
export interface CallGrant {
  readonly tool: string;
  readonly args: { readonly [name: string]: Json };
  readonly rest: RestOfStep;
}

/** The arguments that a person gave a call inside an agent step. `hash`: of the question that was answered. */
export interface CallEdit {
  readonly hash: string;
  readonly args: { readonly [name: string]: Json };
}

/** What a person said against a call inside this step, by its tool and arguments. */
export type Refused = Map<string, string>;

/** A conversation of an agent step that continues over several attempts. */
export interface Conversation {
  /** The attempt in which it began. Its journal has the rows. */
  readonly attempt: number;
  /** Where it continued after a failure: after that many replies, and why. In order. */
  readonly breaks: readonly { readonly turns: number; readonly error: Failure }[];
}

/** The open question of a tool. */
export interface OpenQuestion extends ToolQuestion {
  /** `seq` of the event in which the tool asks. */
  readonly seq: number;
  /** The key that the tool got. */
  readonly key: string;
  readonly tool: string;
  readonly args: { readonly [name: string]: Json };
  /** ms since 1970. */
  readonly at: number;
  readonly expiresAt: number;
}

/** A question of a tool, with the answer of a person. */
export interface AnsweredQuestion extends ToolQuestion {
  readonly tool: string;
  readonly answer: Json;
  /** Who answered. */
  readonly by: string;
  /** ms since 1970. */
  readonly at: number;
}

export interface Settled {
  readonly verdict: DoubtVerdict;
  readonly output: Json;
}

/** One pursuit of a step, or of one item of a fan-out. Both have the same life. */
export interface Work {
  readonly step: StepState;
  /**
   * Index of the item, or of the round, from 0. null for a step with neither `forEach` nor `repeat`, and for all items
   * together.
   */
  readonly item: number | null;
  status: StepStatus;
  /** Number of the current or next attempt, from 1. It names a call and its journal, so it never decreases. */
  attempt: number;
  /** Attempts that ended in an error since the step was begun or restarted. `retry.attempts` limits them. */
  errors: number;
  /** How often a recovering process found the current attempt unfinished. */
  crashes: number;
  /** The arguments as started, or as far as they are known. */
  args?: { readonly [name: string]: Json };
  from: Origin;
  /** Arguments from the executor model. They are kept for every attempt. */
  filled?: { readonly [name: string]: Json };
  /** Arguments that a person gave the call when approving it. */
  edited?: { readonly [name: string]: Json };
  /** Arguments of an item that waits to be asked about together with the others. */
  aside?: { readonly [name: string]: Json };
  /** A person has seen its control arguments together with those of the others, and approved them. */
  seen?: true;
  /** The items were rejected together, or nobody answered. It ends when its turn comes. */
  denied?: { readonly cause: "rejected" | "expired"; readonly comment: string };
  effects: EffectClass;
  effectKey: string;
  /** Its last call of unknown outcome. Kept when the doubt is settled. */
  doubt?: Doubt;
  /** The run was taken over during its call, from a process that may still be making it. */
  mayStillCall?: true;
  /** How often an outcome was unknown. */
  doubts: number;
  /** Its call acted, and the output cannot be used. Kept while the step has no output and is not called again. */
  unusable?: Unusable;
  /** `effectKey` is that of a call that was not made: another step had made it before. */
  notCalled?: true;
  /** A person gave it up while its outcome was unknown. A retry of the run asks about it again. */
  givenUp?: true;
  /** Answers of persons about calls inside this step, by key. Its journal continues with them. */
  settled?: Map<string, Settled>;
  refused?: Refused;
  /** The question of its tool that waits for a person. */
  asking?: OpenQuestion;
  /** Answered questions of its calls, by the key that the tool got. In order. */
  answers?: ReadonlyMap<string, readonly AnsweredQuestion[]>;
  /** Other arguments for calls inside this step, by the key of the call that the model asked for. */
  edits?: Map<string, CallEdit>;
  /** Calls inside this step that a person approved for the rest of it. */
  grants?: readonly CallGrant[];
  /** Its output, while a model judges it by the step's `expect`. */
  judging?: Judging;
  /** What the judge said of the output of its last attempt, and what the judge used. */
  judged?: Pick<EventData["step.judged"], "verdict" | "text" | "usage">;
  /** Number of requests to judge its outputs. It never decreases. */
  judgements?: number;
  output?: Json;
  /** Origin of `output`, for later references. */
  origin: Origin;
  summary?: string;
  evidence?: readonly EvidenceFound[];
  error?: Failure;
  /** Why it was retried, failed or stopped. */
  reason?: Reason;
  /** Why it was skipped. */
  skipped?: EventData["step.skipped"]["reason"];
  /** It failed, and a retry of the run continues the same attempt with its journal. */
  sameAttempt?: true;
  /** Absent: each attempt starts its own conversation. */
  conversation?: Conversation;
  /** The turn whose model call failed last, and how often it did in a row. */
  turn?: { readonly number: number; readonly failed: number };
  /** Calls with effects that the agent step has made since it was begun or restarted, by key. */
  calls?: ReadonlyMap<string, MadeCall>;
  /** Those of them that were made before the present conversation began. Its model is told of them. */
  known?: readonly MadeCall[];
  /**
   * The child run of a sub-plan: its id, why it does not go on by itself, and what it has used. `refused`: why its last
   * answer was refused.
   */
  child?: { readonly run: string; readonly waits?: ChildWait; readonly used: ChildUse; readonly refused?: Failure };
  /** The run whose call gave the output: the parent of a fork, or this run before the step was restarted. */
  carried?: string;
  /** Cause of a skip. */
  cause?: EventData["step.skipped"]["cause"];
  question?: string;
  /** The data shown with the question. */
  data?: Json;
  usage: Usage;
  /**
   * Usage of the current attempt that events have reported already. If the attempt continues, its journal reports it
   * again.
   */
  told?: Usage;
  /** ms since 1970. */
  startedAt?: number;
  /** Of its last `step.started`. */
  startedSeq?: number;
  finishedAt?: number;
}

/** An output that waits for its verdict, as the event `step.judging` tells it. `request`: the key of the open request. */
export type Judging = Omit<EventData["step.judging"], keyof StepRef> & { readonly request: string };

/** What the event `step.unusable` tells of a call. */
type UnusableFacts = Pick<EventData["step.unusable"], "attempt" | "key" | "tool" | "output" | "partial">;

/** A call that acted with an unusable output, as the run remembers it. `ref` is the step or item that made it. */
export interface UnusableCall extends UnusableFacts {
  readonly ref: StepRef;
  readonly error: Failure;
  /** The tool's own schema accepts the output; only the step's `output` refuses it. */
  readonly sound?: true;
  /** Only `expect` refused the output. The same step takes it, or makes the call again with its key. */
  readonly refused?: true;
  /** Revision of the plan that the step began under. */
  readonly revision: number;
  /** Keys of calls that a person ordered although this one acted. */
  readonly allowed: Set<string>;
}

/** done: its output is known and can be given to the undoing. */
type ActedState = "done" | Exclude<CannotUndo, "no-compensate">;

/** How far the undoing of a call is. unknown: it may have been undone. left: a person wants its effect to stay. */
export interface UndoingState {
  readonly status: "asking" | "running" | "retrying" | "failed" | "unknown" | "undone" | "left";
  /** Attempts that have begun. */
  readonly attempt: number;
  readonly error?: Failure;
  /** After an attempt it was unknown whether the call was undone, and nobody has found out since. */
  readonly uncertain?: true;
  /** Somebody undid it by hand, as a person says. */
  readonly byHand?: true;
  /** When it came to that, in ms since 1970. */
  readonly at: number;
}

/** A call that acted, or may have. */
export interface ActedCall {
  /** The key that its tool got. */
  readonly key: string;
  readonly ref: StepRef;
  readonly tool: string;
  readonly args: { readonly [name: string]: Json };
  readonly state: ActedState;
  readonly output?: Json;
  /** `output` is only its beginning. The journal has all of it. */
  readonly partial?: true;
  /** The step as its plan had it. */
  readonly spec: Step;
  /** The call was made inside an agent step. */
  readonly inside?: true;
  /** It is a child run with all of its calls: `key` is its id. They are undone there. */
  readonly child?: true;
  /** The effect class of its undoing. Absent: the tool cannot undo it. */
  readonly undoes?: Exclude<EffectClass, "none">;
  /** Each call of the tool waits for a person. */
  readonly asks?: true;
  /** When it was recorded, in ms since 1970. */
  readonly at: number;
  undoing?: UndoingState;
}

/** A call whose outcome is unknown. */
export interface Doubt {
  /** Its effect key. */
  readonly key: string;
  readonly tool: string;
  readonly attempt: number;
  /** When its end was recorded, in ms since 1970. */
  readonly at: number;
  /** Absent if the log does not hold them. */
  readonly args?: { readonly [name: string]: Json };
  /** The tool can be asked about it. */
  readonly reconciles: boolean;
}

/** The call of a step that acted, and whose output cannot be used. */
export interface Unusable extends UnusableFacts {
  /** When it was recorded, in ms since 1970. */
  readonly at: number;
  /** The step that made the call; absent if it is this one. */
  readonly earlier?: StepRef;
}

export interface StepState {
  readonly spec: Step;
  /** The definition that applies to its calls. */
  tool?: ToolSpec;
  readonly index: number;
  /** Revision of the plan under which it was begun. */
  revision: number;
  /** Steps that wait for this one. */
  readonly dependents: StepState[];
  /** Number of steps that this one still waits for. */
  waiting: number;
  work: Work;
  /** Set for a fan-out once it is expanded. */
  fan?: FanOut;
  /** Its definitions in earlier plans, under which finished items were made. */
  madeBy?: readonly Step[];
  /** A person has seen the control arguments of all its items, and approved them. */
  itemsSeen?: true;
  /** Number of the first attempt of new work. Earlier numbers were used under another plan, or before a restart. */
  firstAttempt: number;
  /** Number of doubts before its work began. An answer to an earlier doubt settles no later one. */
  earlierDoubts: number;
}

/** The items of a step with `forEach`, or the rounds of a step with `repeat`. */
export interface FanOut {
  readonly list: readonly Json[];
  /** Origin of the list. */
  readonly from: Origin;
  items: Work[];
  /** Items that wait for a place under `maxParallel`. The next one is last. */
  waiting: Work[];
  /** Number of items that have not ended. */
  open: number;
  /** Number of those that wait to be asked about together. */
  held: number;
  failed: number;
  /** Set for `repeat`: the items are its rounds, in order, and there is one more after each round that needs another. */
  rounds?: Rounds;
}

export interface Rounds {
  /** The number of rounds that have ended. */
  readonly ended: number;
  /** Whether `until` was true of the output of the last of them. */
  readonly met: boolean;
  /** The number of rounds before the step went on after its end. `most` counts the later ones. */
  readonly since: number;
}

/** A `once` call of a step that is restarted: its output, or an unknown outcome. */
export type Acted =
  | { readonly known: true; readonly output: Json; readonly tools: readonly string[]; readonly summary?: string }
  | { readonly known: false; readonly error: Failure };
