// Defines the effects that a run can owe: calls, questions to a person, waits. In: nothing. Out: the union of effects.
// Engines perform effects and nothing else. A key names each one. It is gone when its outcome is recorded.
import type { Finding } from "../plan/finding.js";
import type { EffectClass } from "../plan/tool-spec.js";
import type { Plan } from "../plan/plan.js";
import type { Json } from "../plan/json.js";
import type { Asking, EventData, MadeCall } from "./event.js";
import type { JudgeRole } from "./settings.js";
import type { ChildShare } from "./event/child.js";
import type { Conversation } from "./work.js";

interface Owed {
  /** Names the effect. An engine performs a key once at a time. */
  readonly key: string;
  /** Earliest start, in ms since 1970. */
  readonly notBefore?: number;
}

/** A draft that cannot be used, with those of the rounds before it, oldest first. */
export interface InvalidDraft {
  readonly draft: string;
  readonly findings: readonly Finding[];
  readonly asking?: Asking;
  readonly earlier?: readonly Pick<InvalidDraft, "draft" | "findings">[];
}

/** The next round of a planning: this draft, after the one that it was to mend. */
export function afterDraft(before: InvalidDraft | undefined, last: Omit<InvalidDraft, "earlier">): InvalidDraft {
  if (before === undefined) return last;
  const { draft, findings, earlier = [] } = before;
  return { ...last, earlier: [...earlier, { draft, findings }] };
}

/** Ask the planner for a plan. `invalid`: for a repair of a draft. `rejected` or `replan`: for another plan. */
export interface PlanEffect extends Owed {
  readonly kind: "plan";
  readonly attempt: number;
  readonly round: number;
  readonly invalid?: InvalidDraft;
  readonly rejected: readonly { readonly plan: Plan; readonly comment: string }[];
  /** Why another plan is wanted, although steps have finished. */
  readonly replan?: EventData["replan.requested"];
}

/** Choose the strategy of the run, and make the plan of one that needs no planner. */
export interface ChooseEffect extends Owed {
  readonly kind: "choose";
  readonly attempt: number;
}

/** Ask whether the rest of the plan still makes sense. */
export interface ReviewEffect extends Owed {
  readonly kind: "review";
  readonly attempt: number;
}

/** Ask the executor model for the arguments that `with` leaves out of a tool step. */
export interface FillEffect extends Owed {
  readonly kind: "fill";
  readonly step: string;
  readonly item: number | null;
  readonly attempt: number;
  readonly given: { readonly [name: string]: Json };
}

/** Run one attempt of a tool or agent step (or item). Its intent is already in the log. */
export interface CallEffect extends Owed {
  readonly kind: "call";
  readonly step: string;
  readonly item: number | null;
  readonly attempt: number;
  /** The effect key. It is the same for every attempt. */
  readonly effectKey: string;
  readonly effects: EffectClass;
  readonly args: { readonly [name: string]: Json };
  /** The part of the budget that the child run of a sub-plan may use. Absent: the run has no budget. */
  readonly allowance?: ChildShare;
  /** For a sub-plan: `seq` of its `step.started`. It names what this attempt asks of the child run. */
  readonly since?: number;
  /** An agent step continues this conversation of an earlier attempt. */
  readonly conversation?: Conversation;
  /** An agent step starts another conversation, although it made these calls in an earlier one. */
  readonly made?: readonly MadeCall[];
}

/** Ask a tool about the outcome of its call in doubt. If a person answers first, this effect is removed. */
export interface ReconcileEffect extends Owed {
  readonly kind: "reconcile";
  readonly step: string;
  readonly item: number | null;
  readonly tool: string;
  /** The effect key of the call in doubt. */
  readonly callKey: string;
  readonly attempt: number;
}

/** Undo a call that acted. Its intent is already in the log. */
export interface CompensateEffect extends Owed {
  readonly kind: "compensate";
  readonly step: string;
  readonly item: number | null;
  readonly tool: string;
  readonly attempt: number;
  /** The key that the call got. */
  readonly callKey: string;
  /** The key of the undoing. It is the same for every attempt. */
  readonly effectKey: string;
  readonly effects: Exclude<EffectClass, "none">;
}

/** Ask the synthesizer for the answer. */
export interface AnswerEffect extends Owed {
  readonly kind: "answer";
  readonly attempt: number;
}

/** Ask a model whether the output of a step meets its `expect` in prose. The output is in the log. */
export interface JudgeEffect extends Owed {
  readonly kind: "judge";
  readonly step: string;
  readonly item: number | null;
  /** Number of this request for the same output, from 1. */
  readonly attempt: number;
  /** Whose model is asked. */
  readonly role: JudgeRole;
}

/** Ask the critic about the answer that is in the log. */
export interface CritiqueEffect extends Owed {
  readonly kind: "critique";
  readonly attempt: number;
  /** Whose model is asked. */
  readonly role: JudgeRole;
}

/** Send a clock input at `until`. */
export interface WaitEffect extends Owed {
  readonly kind: "wait";
  readonly until: number;
}

/** Wait for a decision or an answer of a person. At `until`, if set, a clock input is due. */
export interface PersonEffect extends Owed {
  readonly kind: "person";
  readonly until?: number;
}

/** Abort the effect named `target`. Its outcome is still awaited. */
export interface StopEffect extends Owed {
  readonly kind: "stop";
  readonly target: string;
}

/** Effects that an engine performs. Each ends with one outcome under its key. */
export type WorkEffect =
  | PlanEffect
  | ChooseEffect
  | ReviewEffect
  | FillEffect
  | CallEffect
  | JudgeEffect
  | ReconcileEffect
  | CompensateEffect
  | AnswerEffect
  | CritiqueEffect;

/** The other effects are waits, or stop a running effect. */
export type Effect = WorkEffect | WaitEffect | PersonEffect | StopEffect;

export function isWork(effect: Effect): effect is WorkEffect {
  return effect.kind !== "wait" && effect.kind !== "person" && effect.kind !== "stop";
}
