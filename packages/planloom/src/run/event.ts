// Defines each fact that the log of a run can hold, and the envelope around it. In: facts. Out: sealed events.
// The log is the contract with every store, reader and later version. docs/events.md describes each type.
import type { Finding } from "../plan/finding.js";
import { sha256 } from "../sha256.js";
import type { Json, JsonObject } from "../plan/json.js";
import type { Origin } from "../plan/origin.js";
import type { Plan } from "../plan/plan.js";
import type { EffectClass, ToolSpec } from "../plan/tool-spec.js";
import type { Usage } from "../plan/usage.js";
import type { CheckedPlan, Command } from "./command.js";
import type { Failure, ReplyProblem } from "./failure.js";
import type {
  ApprovalReason,
  FailureReason,
  LegacyReason,
  NoReplanReason,
  ReplanReason,
  ResumeReason,
  RetryReason,
  SkipReason,
  StopReason,
} from "./reason.js";
import type { Refusal } from "./refusal.js";
import type { ApprovalPolicy, Budget, RoleNames, Settings } from "./settings.js";

/** The version of the event schema written by this build; older ones are upcast on reading. */
export const EVENT_VERSION = 2;

/** How the kernel answered a failure. */
export type Decision = "retry" | "skip" | "fail" | "patch" | "replan";

/** What there is to say of how the planner was asked in one planning, until now; all absent where that was in the plain way. */
export interface Asking {
  /** The inventory was too large to be sent: so many of its tools were. */
  readonly offered?: { readonly tools: number; readonly of: number };
  /** The words by which the planner asked for further tools, once for each time. */
  readonly wanted?: readonly (readonly string[])[];
  /** The schema of the reply was too large for providers: it holds the arguments of so many of the tools that were sent. */
  readonly schema?: { readonly tools: number; readonly of: number };
  /** What the planner said of its own plan. none: nothing that could be read; the plan is used as check found it. */
  readonly critique?: CritiqueSaid;
}

/** `text` is the planner's own. `problem` or `error` says why there is no verdict. */
export type CritiqueSaid =
  | { readonly verdict: "fine" | "changed"; readonly text: string }
  | { readonly verdict: "none"; readonly text?: string; readonly problem?: ReplyProblem; readonly error?: Failure };

/** One step, or one item of a fan-out. */
export interface StepRef {
  readonly step: string;
  readonly item?: number;
}

export interface EventData {
  "run.started": {
    readonly goal: string;
    readonly inputs: { readonly [name: string]: Json };
    readonly strategy: "plan-and-execute";
    readonly settings: Settings;
    readonly models: RoleNames;
    /** Hash of the definitions of all tools that were available. */
    readonly inventory: string;
    /** The kernel that decides: KERNEL_VERSION of the build. */
    readonly kernel: string;
    /** Where the plan was given: the planner is not asked for the first one. */
    readonly planGiven: boolean;
    /** The run that this one was forked from, as it stood after its event `seq`, and the step that it begins again at. */
    readonly parent?: { readonly runId: string; readonly seq: number; readonly at: string };
  };
  /** A person had it stop beginning anything; what is under way goes on. */
  "run.paused": { readonly comment: string };
  /** It begins things again. */
  "run.unpaused": { readonly comment: string };
  /** Another process (or the same, later) owns the run from here on. `released`: the one before gave it up and did not die. */
  "run.resumed": {
    readonly epoch: number;
    readonly reason: ResumeReason | LegacyReason;
    readonly released?: true;
    /** The kernel that decides from here on; absent: unchanged. */
    readonly kernel?: string;
  };
  /** A person has the ended run go on: what did not finish is begun again, and `anew` whether it finished or not. */
  "run.reopened": {
    readonly comment?: string;
    /** The step that was named, or null. */
    readonly from: string | null;
    readonly anew: readonly string[];
    /** execution: the plan stands. plan: the planner is asked for one. */
    readonly stage: "execution" | "plan";
    /** Those of the process that retried it, but for the approval policy: it may not ask for less. */
    readonly settings: Settings;
    /** The approval policy of that process, where the run keeps a stricter one. */
    readonly asked?: ApprovalPolicy;
    readonly models: RoleNames;
    /** As in run.resumed. */
    readonly kernel?: string;
  };
  "run.completed": { readonly success: boolean };
  /** `cause` is there where the error is that of a step or of the review, and not the run's own. */
  "run.failed": { readonly error: Failure; readonly cause?: FailureCause };
  "run.cancelled": { readonly comment: string };
  "goal.changed": { readonly goal: string; readonly comment: string };
  "cancel.requested": { readonly comment: string };
  /** A command that could not be obeyed. Its sender reads why. Of a command in a version-1 log only the type is known. */
  "input.refused": Refusal & { readonly command: Command | { readonly type: Command["type"]; readonly unknown: true } };

  /** The planner has written one step, and goes on writing. */
  "plan.stepDrafted": {
    /** The key of the request that the planner is answering. */
    readonly request: string;
    readonly index: number;
    /** As it was written; in its canonical form where it is sound by itself. */
    readonly step: Json;
    /** It begins before the plan is whole: it has no effects, and all that it refers to has begun, too. */
    readonly begins: boolean;
    /** Definitions of the tools that it uses, where it is sound by itself. */
    readonly tools?: readonly ToolSpec[];
  };
  "plan.proposed": {
    readonly revision: number;
    readonly plan: Plan;
    readonly hash: string;
    /** The run's inputs, with the defaults that the plan gives them. */
    readonly inputs: { readonly [name: string]: Json };
    /** Definitions of the tools that the plan uses: the log explains itself without the program. */
    readonly tools: readonly ToolSpec[];
    readonly cause: "given" | "fork" | "goal" | "rejection" | "edit" | "patch" | "replan" | "goal-change";
    /** Steps and items of the plan before that were begun, finished or not, and that this one does not begin anew. */
    readonly kept?: readonly StepRef[];
    /** Ids of the plan before that are not in this one, and the other way round; and those that mean something else now. */
    readonly dropped?: readonly string[];
    readonly added?: readonly string[];
    readonly changed?: readonly string[];
    /** Why there is another plan. */
    readonly reason?: ReplanReason | LegacyReason;
    /** Revision of the plan that it follows on; absent: it is the first. */
    readonly basis?: number;
    /** Steps that are not in that plan, or not in the same words, or with another definition of their tool. */
    readonly written: readonly string[];
    /** Work that began while it was being written goes on. */
    readonly adopts?: true;
    /** Steps that were written after untrusted text was read: their calls wait for a person, whatever the policy. */
    readonly mustApprove?: readonly string[];
    /** What the rest is expected to take. */
    readonly estimate?: JsonObject;
    /** What the program that decides about approval said. */
    readonly approval?: NonNullable<CheckedPlan["approval"]>;
    /** Warnings only. */
    readonly findings: readonly Finding[];
    readonly usage: Usage;
    readonly asking?: Asking;
  };
  /** The planner answered, and its draft cannot be used. */
  "plan.invalid": {
    readonly round: number;
    readonly draft: string;
    readonly findings: readonly Finding[];
    readonly usage: Usage;
    readonly asking?: Asking;
    /** The plan, where check passed it and the run did not. */
    readonly refused?: CheckedPlan;
    /** Whether the planner is asked to mend it. */
    readonly decision: "repair" | "give-up";
  };
  /** The planner gave no answer. */
  "plan.failed": PassingFailure;
  /** Whether the rest of the plan still makes sense, and what follows from that. */
  "plan.reviewed": {
    readonly verdict: "go on" | "replan";
    readonly decision: "go on" | "replan";
    /** The reviewer's words. */
    readonly text: string;
    /** Why another plan is not asked for although the reviewer wants one. */
    readonly reason?: NoReplanReason | LegacyReason;
    /** Steps have completed meanwhile: another review follows. */
    readonly again?: true;
    readonly usage: Usage;
  };
  /** The review gave no answer. */
  "review.failed": PassingFailure;

  /** Times in ms since 1970. `subject` is the plan, or a call with its concrete arguments. */
  "approval.requested": {
    readonly subject: "plan" | StepRef;
    readonly hash: string;
    readonly reason: ApprovalReason | LegacyReason;
    readonly expiresAt: number;
    readonly args?: { readonly [name: string]: Json };
  };
  "approval.granted": {
    readonly subject: "plan" | StepRef;
    readonly hash: string;
    readonly comment?: string;
    /** Of a plan: steps whose call is approved too, because its arguments stand in the plan. */
    readonly calls?: readonly string[];
  };
  "approval.denied": {
    readonly subject: "plan" | StepRef;
    readonly hash: string;
    /** superseded: another plan, or another goal, took its place. */
    readonly cause: "rejected" | "expired" | "cancelled" | "superseded";
    readonly comment?: string;
    /** The planner is asked for another plan than the one that was rejected. */
    readonly again?: true;
  };

  "step.expanded": {
    readonly step: string;
    readonly list: readonly Json[];
    readonly from: Origin;
    readonly carried?: string;
  };
  /** A model is asked for the arguments that the plan leaves out; `args` are those that it gives. */
  "step.filling": StepRef & { readonly args: { readonly [name: string]: Json }; readonly from: Origin };
  /** `args` are the arguments that the model supplied; those of the plan are not repeated. */
  "step.filled": StepRef & {
    readonly args: { readonly [name: string]: Json };
    readonly usage: Usage;
    /** Nothing may begin at this time: its turn comes again, and then the call begins with these. */
    readonly held?: true;
  };
  /** The durable intent, written before the call. */
  "step.started": StepRef & {
    readonly attempt: number;
    /** The same for every attempt of these arguments. */
    readonly key: string;
    readonly effects: EffectClass;
    readonly args: { readonly [name: string]: Json };
    readonly from: Origin;
    /** Budget reserved for this attempt; nothing yet. */
    readonly allowance: Json;
  };
  /** For a fan-out: one for each item with `item`, then one without, whose output is the list of theirs (and not repeated). */
  "step.completed": StepRef & {
    readonly output: Json;
    readonly from: Origin;
    readonly usage: Usage;
    readonly summary?: string;
    /** The run whose call this was: another one that was forked, or this one before it was begun again. */
    readonly carried?: string;
    /** Whether the rest of the plan still makes sense is asked. */
    readonly review?: true;
  };
  "step.failed": StepRef & {
    readonly attempt: number;
    readonly error: Failure;
    readonly decision: Decision;
    readonly reason: FailureReason | LegacyReason;
    readonly usage: Usage;
    /** How the call ended, where one did so without an output. */
    readonly ending?: Ending;
    /** The output of the call, where it was refused, with the tools that were called for it. */
    readonly output?: Json;
    readonly tools?: readonly string[];
    readonly summary?: string;
    /** A retry of the run goes on with this attempt and its journal. */
    readonly sameAttempt?: true;
    /** See PassingFailure. */
    readonly unpaid?: true;
  };
  "step.retrying": StepRef & { readonly attempt: number; readonly retryAt: number };
  "step.skipped": StepRef & {
    readonly reason: SkipReason | LegacyReason;
    readonly cause: "when" | "failure" | "null-reference";
    readonly carried?: string;
  };
  "step.suspended": StepRef & {
    readonly on: "ask" | "run";
    readonly question: string;
    readonly data: Json;
    readonly from: Origin;
  };
  /** A call with effects ended in a way that does not tell whether it acted; it is never repeated by itself. */
  "step.unknown": StepRef & {
    readonly attempt: number;
    readonly key: string;
    readonly tool: string;
    readonly error: Failure;
    /** How the call ended. in-doubt: it was a call inside of an agent step. */
    readonly ending: Ending;
    readonly usage: Usage;
    /** See PassingFailure. */
    readonly unpaid?: true;
    /** When its tool is asked what became of the call, ms since 1970; absent where it cannot say. */
    readonly reconcileAt?: number;
  };
  /** What became of the call: as a person says, or (`by` is `engine`) its tool. */
  "step.resolved": StepRef & {
    readonly key: string;
    readonly verdict: "happened" | "not-happened" | "abort";
    readonly output?: Json;
    /** The doubt that the person named. */
    readonly doubt?: number;
  };
  /** The tool did not say what became of its call. Where it is not asked again, a person must say it. */
  "reconcile.failed": StepRef &
    Omit<PassingFailure, "usage"> & {
      /** What it gave as the output of its call, where that was refused. */
      readonly output?: Json;
    };
  /** Stopped by a cancel, or because another step has failed for good, with nothing left in doubt. */
  "step.cancelled": StepRef & {
    readonly attempt: number;
    readonly reason: StopReason | LegacyReason;
    readonly usage: Usage;
    /** How the call ended, where one was made. */
    readonly ending?: Ending;
    readonly error?: Failure;
    /** See PassingFailure. */
    readonly unpaid?: true;
  };

  /** Nothing runs any more, and the planner is asked again. */
  "replan.requested": {
    readonly mode: "patch" | "full";
    readonly cause: "failure" | "goal" | "review";
    /** The steps that failed for good. */
    readonly failed: readonly StepRef[];
    readonly reason: ReplanReason | LegacyReason;
    /** The planner reads what tools or models wrote. */
    readonly untrusted?: true;
    /** What it is expected to take; null where that is not known. */
    readonly estimate: { readonly tokens: number | null; readonly costUsd: number | null };
  };
  /** A model call of the effect `key` may take so much; `spent` is what that effect has used until now. */
  "budget.reserved": {
    readonly key: string;
    readonly spent: Usage;
    readonly model: string;
    readonly inputTokens: number;
    readonly outputTokens: number;
    /** null where the model has no known price. */
    readonly costUsd: number | null;
  };
  /**
   * A model call does not fit until calls under way have told how much less they took than was reserved for them. What was reserved for
   * the calls of this effect is settled meanwhile, so that no two wait for each other.
   */
  "budget.awaited": {
    readonly key: string;
    readonly spent: Usage;
    readonly model: string;
    readonly inputTokens: number;
    readonly outputTokens: number;
  };
  /** A limit of the budget is reached: what runs is drained (or stopped, where time has run out), and the run fails. */
  "budget.exhausted": {
    readonly limit: keyof Budget;
    readonly allowed: number;
    /** With what was asked for. */
    readonly wanted: number;
    /** What runs is stopped, not drained. */
    readonly stops?: true;
    /** The model call that does not fit; absent where time has run out. */
    readonly call?: {
      readonly key: string;
      readonly spent: Usage;
      readonly model: string;
      readonly inputTokens: number;
      readonly outputTokens: number;
    };
  };
  /** The log has as many events as it may have: what runs is drained, and the run fails. */
  "log.full": { readonly limit: number };
  "execution.completed": {
    readonly total: number;
    readonly completed: number;
    readonly failed: number;
    readonly skipped: number;
    readonly replans: number;
    /** Who gives the answer; none: the run fails. */
    readonly answer: "synthesizer" | "plan" | "none";
  };
  "answer.written": { readonly answer: Json; readonly partial: boolean; readonly usage: Usage };
  /** The synthesizer gave no answer. */
  "answer.failed": PassingFailure;
}

/** What a run failed for: a step, or the review of its plan. */
export type FailureCause = { readonly step: string } | { readonly role: "reviewer" };

/**
 * How a call ended without an output. tool-error: the tool said so, nothing happened. The other endings do not tell
 * whether a tool with effects acted: thrown (anything else), timeout, abort. in-doubt: an inner call of an agent step
 * left an intent without an outcome.
 */
export type Ending = "tool-error" | "thrown" | "timeout" | "abort" | "in-doubt";

export interface PassingFailure {
  readonly attempt: number;
  readonly error: Failure;
  readonly decision: "retry" | "fail";
  readonly reason: RetryReason | LegacyReason;
  /** ms since 1970, where the decision is retry. */
  readonly retryAt?: number;
  readonly usage: Usage;
  /** Of a run with a budget: the server took no request, so no tokens are counted. */
  readonly unpaid?: true;
}

export type EventType = keyof EventData;

/** A fact before it is sealed. */
export type Fact = { [T in EventType]: { readonly type: T; readonly data: EventData[T] } }[EventType];

/** What surrounds every fact in the log. */
export interface Envelope {
  readonly runId: string;
  /** From 1, without gaps. */
  readonly seq: number;
  /** ms since 1970. */
  readonly at: number;
  readonly v: number;
  /** The input that this event answers; several events may share it. */
  readonly inputId: string;
  /** Who sent that input: `engine`, or a person. */
  readonly by: string;
  /** SHA-256 over the previous event (eventHash), "" for the first. */
  readonly prev: string;
}

export type RunEvent = Fact & Envelope;
export type EventOf<T extends EventType> = Extract<RunEvent, { type: T }>;

export const fact = <T extends EventType>(type: T, data: EventData[T]): Fact => ({ type, data }) as Fact;

/**
 * The link of the hash chain: SHA-256 over the whole event, its own `prev` included. It reads `data` in the order in which
 * it was written, which every store keeps.
 */
export function eventHash(event: RunEvent): string {
  const { runId, seq, at, type, v, inputId, by, prev, data } = event;
  return sha256(JSON.stringify([runId, seq, at, type, v, inputId, by, prev, data]));
}
