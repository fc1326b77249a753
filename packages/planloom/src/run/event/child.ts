// The facts about child runs: a step of kind `plan` is a run of its own. In: nothing. Out: their types, which event.ts
// adds to the others.
import type { Usage } from "../../plan/usage.js";

/** The place of a child run: the step that it is, and the runs above it. */
export interface Within {
  readonly step: string;
  readonly item?: number;
  /** The run of that step. */
  readonly runId: string;
  /** The topmost run. */
  readonly root: string;
  /** 1 for a child of the topmost run. */
  readonly depth: number;
  /** The goals of the runs above, the topmost first. */
  readonly goals: readonly string[];
  /** The sub-goal was written after untrusted text was read, so others may have chosen it. */
  readonly untrusted?: true;
  /** Some of that text was private. */
  readonly private?: true;
}

/** Why a child run does not go on by itself: a person must decide or answer, or has paused it. */
export const CHILD_WAITS = ["awaiting-approval", "needs-attention", "paused"] as const;
export type ChildWait = (typeof CHILD_WAITS)[number];

/** What a child run has used so far, by role and in the units of the budget. */
export interface ChildUse {
  readonly planner: Usage;
  readonly executor: Usage;
  readonly synthesizer: Usage;
  readonly spent: { readonly modelCalls: number; readonly tokens: number; readonly costUsd: number };
}

/** The part of the budget of the run above that a child run may use. null: no limit. */
export interface ChildShare {
  readonly modelCalls: number | null;
  readonly tokens: number | null;
  readonly costUsd: number | null;
}

/** undoable: some of the calls can be undone. left: none can. */
export const CHILD_ACTS = ["undoable", "left"] as const;
export type ChildActs = (typeof CHILD_ACTS)[number];

export interface ChildEvents {
  /** The child run of a step has begun, waits for a person, goes on, or has ended. The end of the step follows. */
  "step.delegated": {
    readonly step: string;
    readonly item?: number;
    readonly attempt: number;
    /** The id of the child run. */
    readonly run: string;
    readonly waits?: ChildWait;
    /** Calls of the child run, or of runs below it, have acted and are not undone. */
    readonly acted?: ChildActs;
    /** In all, over all attempts. */
    readonly used: ChildUse;
  };
}
