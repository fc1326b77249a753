// Defines the state of a step and of its items. In: nothing. Out: types.
// Steps are made in steps.ts; they are changed in evolve/.
import type { Json } from "../plan/json.js";
import type { Step } from "../plan/plan.js";
import type { Origin } from "../plan/origin.js";
import type { EffectClass, ToolSpec } from "../plan/tool-spec.js";
import type { Usage } from "../plan/usage.js";
import type { EventData } from "./event.js";
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
