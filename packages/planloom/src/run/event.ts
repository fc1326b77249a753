// Defines each fact that the log of a run can hold, and the envelope around it. In: facts. Out: sealed events.
// The log is the contract with every store, reader and later version. docs/events.md describes each type.
import type { EvidenceFound } from "../plan/evidence.js";
import type { Finding } from "../plan/finding.js";
import { sha256 } from "../sha256.js";
import type { Json, JsonObject } from "../plan/json.js";
import type { Origin } from "../plan/origin.js";
import type { InputTrust } from "../plan/label.js";
import type { Plan } from "../plan/plan.js";
import type { Strategy } from "../plan/strategy.js";
import type { ToolDifference } from "../plan/tool-change.js";
import type { EffectClass, ToolSpec } from "../plan/tool-spec.js";
import type { Usage } from "../plan/usage.js";
import type { RecordedContext } from "./context.js";
import type { AnswerCritique, AnswerDraft, AnswerReview, OutputJudged, OutputToJudge } from "./event/judged.js";
import type { Message } from "./message.js";
import type { AfterUntrusted, CheckedPlan, Command, CallVerdict, RestOfStep, UndoingVerdict } from "./command.js";
import type { Failure, ReplyProblem } from "./failure.js";
import type {
  ApprovalReason,
  FailureReason,
  HoldReason,
  LegacyReason,
  NoReplanReason,
  ReplanReason,
  ResumeReason,
  RetryReason,
  SkipReason,
  StopReason,
} from "./reason.js";
import type { Scouted } from "./event/scouted.js";
import type { Refusal } from "./refusal.js";
import type { ApprovalPolicy, Budget, RoleNames, Settings } from "./settings.js";
import type { OwnSettings } from "./own-settings.js";
import type { ChildEvents, Within } from "./event/child.js";
import type { RecordedPlaybook } from "./recorded-playbook.js";
import type { RepeatEvents } from "./event/repeat.js";
import type { StrategyEvents } from "./event/strategy.js";
import type { TraceParent } from "./trace-parent.js";

/** The version of the event schema that this build writes. Older events are upcast on reading. */
export const EVENT_VERSION = 4;

/** How the kernel answered a failure. */
export type Decision = "retry" | "skip" | "fail" | "patch" | "replan";

/** How the planner was asked during one planning, so far. Each field is absent if nothing special happened. */
export interface Asking {
  /** The inventory was too large to send. `tools` of `of` tools were sent. */
  readonly offered?: { readonly tools: number; readonly of: number };
  /** The search words with which the planner asked for more tools, one list for each request. */
  readonly wanted?: readonly (readonly string[])[];
  /**
   * The reply schema was too large for providers. It holds the arguments of `tools` of the `of` tools that were sent.
   */
  readonly schema?: { readonly tools: number; readonly of: number };
  /** The planner's verdict on its own plan. none: no readable verdict; the plan is used as check found it. */
  readonly critique?: CritiqueSaid;
}

/** `text` is the planner's own. `problem` or `error` says why there is no verdict. */
export type CritiqueSaid =
  | { readonly verdict: "fine" | "changed"; readonly text: string }
  | { readonly verdict: "none"; readonly text?: string; readonly problem?: ReplyProblem; readonly error?: Failure };

/** A call inside an agent step that waits for a person. */
export interface HeldCall {
  readonly key: string;
  readonly tool: string;
  /** Names of the tools whose results the model had seen. */
  readonly called: readonly string[];
}

/** A question that a tool asks a person during its call. */
export interface ToolQuestion {
  /** 1-based number of the question in its call. */
  readonly number: number;
  /** The tool's words. */
  readonly question: string;
  /** The type of the answer: the text of a type, or a JSON Schema. Absent: text. */
  readonly type?: string | JsonObject;
  /** A person may decline. The answer is then `{ declined: true }`. */
  readonly declines?: true;
  /** Data that the tool gets back with the answer. */
  readonly state?: Json;
}

/** The call that an undoing undoes, for the person who approves it. */
export interface UndoneCall {
  /** The key that the tool got. */
  readonly call: string;
  readonly tool: string;
  /** What the call returned; its beginning as text if it is long (`partial`). */
  readonly output: Json;
  readonly partial?: true;
}

/** A call inside an agent step that acted, or may have acted. */
export interface MadeCall {
  readonly tool: string;
  readonly args: { readonly [name: string]: Json };
  readonly effects: Exclude<EffectClass, "none">;
  /** The key that the tool got. */
  readonly key: string;
  /** What the tool returned; its beginning as text if it is long (`partial`). */
  readonly output?: Json;
  readonly partial?: true;
  /** Its output cannot be used, or (with `uncertain`) it is not known whether it acted. */
  readonly error?: Failure;
  readonly uncertain?: true;
}

/** What an agent step had done when its call ended: its conversation and its calls with effects. Absent: not known. */
export interface AgentProgress {
  /** Number of the model's replies until now. */
  readonly turns?: number;
  /** The calls with effects that the step has made, over all its attempts since it was begun or restarted. */
  readonly calls?: readonly MadeCall[];
}

/** One step, or one item of a fan-out. */
export interface StepRef {
  readonly step: string;
  readonly item?: number;
}

/** Steps that a step waits for beyond its `dependsOn`, because its references name them. By step id; others: none. */
export interface StepNeeds {
  readonly [step: string]: readonly string[];
}

/** `plan-and-execute` is the strategy `plan`. */
export type RecordedStrategy = "plan-and-execute" | Exclude<Strategy, "plan">;

export interface EventData extends ChildEvents, RepeatEvents, StrategyEvents {
  "run.started": {
    readonly goal: string;
    readonly inputs: { readonly [name: string]: Json };
    /** How the run gets its plan. auto: `strategy.chosen` says which strategy was chosen. */
    readonly strategy: RecordedStrategy;
    readonly settings: Settings;
    readonly models: RoleNames;
    /** Hash of the definitions of all available tools. */
    readonly inventory: string;
    /** The kernel that decides: KERNEL_VERSION of the build. */
    readonly kernel: string;
    /** The first plan was given, so the planner is not asked for it. */
    readonly planGiven: boolean;
    /** What the caller said of inputs. Absent: each counts as what its value is. */
    readonly trust?: { readonly [input: string]: InputTrust };
    /** Earlier turns of the conversation, oldest first. The planner reads them. Absent if there are none. */
    readonly messages?: readonly Message[];
    /** What the program gives to tools beside their arguments. Private: no model reads it, and no hash covers it. */
    readonly context?: RecordedContext;
    /** The run that this one was forked from, after its event `seq`, and the step at which the fork starts. */
    readonly parent?: {
      readonly runId: string;
      readonly seq: number;
      readonly at: string;
      /** Steps of that run whose calls were undone. Their renewed calls wait for a person. */
      readonly undone?: readonly string[];
    };
    /** Labels that lists of runs can be filtered by. Absent if there are none. */
    readonly tags?: readonly string[];
    /** The JSON Schema that the answer must fit. Absent: any answer will do. */
    readonly answerSchema?: JsonObject;
    /** The settings that the start gave to this run. `settings` has them; a retry keeps them. */
    readonly ownSettings?: OwnSettings;
    /** Hash of what the start asked for, if it had an idempotency key. */
    readonly requestHash?: string;
    /** Set for a child run: the step of another run that it is. */
    readonly within?: Within;
    /** Names of the tools that plans of this run may use. Absent: all. */
    readonly tools?: readonly string[];
    /** The playbook that gave the plan. */
    readonly playbook?: RecordedPlaybook;
    /** The span under which the spans of this run belong. Absent: nobody watched its start. */
    readonly traceContext?: TraceParent;
  };
  /** A person paused the run: nothing new starts. Running calls continue. */
  "run.paused": { readonly comment: string };
  /** A person ended the pause: new steps start again. */
  "run.unpaused": { readonly comment: string };
  /**
   * Another process (or the same one, later) owns the run from here on. `released`: the owner before released the run
   * and did not die.
   */
  "run.resumed": {
    readonly epoch: number;
    readonly reason: ResumeReason | LegacyReason;
    readonly released?: true;
    /** The kernel that decides from here on. Absent if it is unchanged. */
    readonly kernel?: string;
  };
  /**
   * A person retries the ended run. Unfinished steps continue. Steps in `restarted` start from the beginning, finished
   * or not.
   */
  "run.reopened": {
    readonly comment?: string;
    /** The step that the command named, or null. */
    readonly from: string | null;
    readonly restarted: readonly string[];
    /** execution: the plan stays. plan: the planner is asked for a plan. answer: only a partial answer is written. */
    readonly stage: "execution" | "plan" | "answer";
    /** Settings of the process that sent the retry. The approval policy never asks for less than before. */
    readonly settings: Settings;
    /** The approval policy of that process, if the run keeps a stricter one. */
    readonly requestedApproval?: ApprovalPolicy;
    readonly models: RoleNames;
    /** The inputs that the command gave anew. What was known of an input of that name does not hold any more. */
    readonly given?: readonly string[];
    /** The person wants another plan. The planner is asked for it, with the person's feedback as the reason. */
    readonly change?: Change;
    /** As in run.started, for this retry. */
    readonly trust?: { readonly [input: string]: InputTrust };
    /** As in run.resumed. */
    readonly kernel?: string;
  };
  /**
   * The finished calls of the run are undone, in this order: the last one first. The run then ends as `end` says. A
   * person asked for it after the end of the run, or the policy of the run wants it.
   */
  "compensation.requested": {
    readonly cause: "failure" | "cancel" | "person";
    readonly comment?: string;
    readonly calls: readonly ActedRef[];
    /** Calls that acted, or may have, and cannot be undone. */
    readonly left: readonly (ActedRef & { readonly because: CannotUndo })[];
    readonly end: EndedAs;
    /** A person saw the calls with this hash, and approved each undoing. */
    readonly hash?: string;
    /** Approved by a rule, such as --yes: nobody has seen what it covers. */
    readonly unseen?: true;
    /** See run.resumed. */
    readonly kernel?: string;
  };
  /** The durable intent, written before the undoing of a call. */
  "compensation.started": Undoing & {
    /** The key that the undoing gets. It is the same for every attempt. */
    readonly key: string;
    readonly effects: Exclude<EffectClass, "none">;
  };
  "compensation.completed": Undoing;
  /** The call was not undone. ask: the undoing stops until a person decides. */
  "compensation.failed": Undoing & {
    readonly error: Failure;
    readonly ending: Ending;
    readonly decision: "retry" | "ask";
    readonly reason: RetryReason;
    /** ms since 1970. Set if the decision is retry. */
    readonly retryAt?: number;
    /** It is not known whether the call was undone. */
    readonly uncertain?: true;
  };
  /** A person has decided about a call that is not undone. */
  "compensation.settled": Undoing & { readonly verdict: UndoingVerdict; readonly comment?: string };
  /** The event that follows ends the run. `kept`: calls that were to be undone, and are not. */
  "compensation.ended": {
    /** unattended: a person would have had to be asked. */
    readonly how: "done" | "cancelled" | "expired" | "unattended";
    readonly undone: number;
    readonly kept: number;
  };
  "run.completed": { readonly success: boolean };
  /** `cause` is set if the error comes from a step or from the review. Otherwise it is the run's own error. */
  "run.failed": Failing;
  "run.cancelled": { readonly comment: string };
  /** With neither `change` nor `replan`, the planner is asked for a first plan again. */
  "goal.changed": {
    readonly goal: string;
    readonly comment: string;
    /** A plan is followed. Another one is requested when all running steps have ended. */
    readonly change?: Change;
    /** A plan is being written. The planner is asked again, with this request. */
    readonly replan?: EventData["replan.requested"];
  };
  /** `compensate`: whether the finished calls are undone. Absent: the policy of the run decides. */
  "cancel.requested": { readonly comment: string; readonly compensate?: boolean };
  /**
   * A command that could not be obeyed. Its sender reads the code. Only the type is known of a command in a version-1
   * log, and of one that could not be read.
   */
  "input.refused": Refusal & { readonly command: Command | { readonly type: string; readonly unknown: true } };

  /** The planner has written one more step of its plan. */
  "plan.stepDrafted": {
    /** The key of the request that the planner is answering. */
    readonly request: string;
    readonly index: number;
    /** The step as written. If it is sound by itself, it is in canonical form. */
    readonly step: Json;
    /**
     * The step starts before the plan is complete: it has no effects, and all steps that it refers to have started,
     * too.
     */
    readonly begins: boolean;
    /** Definitions of the tools that it uses, if it is sound by itself. */
    readonly tools?: readonly ToolSpec[];
    /** All steps that it waits for, if it begins. */
    readonly needs?: readonly string[];
  };
  "plan.proposed": {
    readonly revision: number;
    readonly plan: Plan;
    /** Hash of the program and the inputs. A person approves it. */
    readonly hash: string;
    /** Hash of the program: the plan and the definitions of its tools. */
    readonly program: string;
    /** Version of both hashes. Every reader computes `hash` again. */
    readonly hashVersion: number;
    /** The run's inputs, with the defaults of the plan. */
    readonly inputs: { readonly [name: string]: Json };
    /** Definitions of the tools that the plan uses. With them, the log explains itself without the program. */
    readonly tools: readonly ToolSpec[];
    readonly needs: StepNeeds;
    readonly cause:
      "given" | "strategy" | "fork" | "goal" | "questions" | "rejection" | "edit" | "patch" | "replan" | "goal-change";
    /** Steps and items of the plan before that keep their state: begun or finished, and not restarted. */
    readonly kept?: readonly StepRef[];
    /**
     * Step ids, compared with the plan before: not in this plan, only in this plan, and in both with another meaning.
     */
    readonly dropped?: readonly string[];
    readonly added?: readonly string[];
    readonly changed?: readonly string[];
    /** Why there is another plan. */
    readonly reason?: ReplanReason | LegacyReason;
    /** Revision of the plan that this one replaces. Absent for the first plan. */
    readonly replaces?: number;
    /** Steps that are new since that plan, or have other words, or another definition of their tool. */
    readonly written: readonly string[];
    /** Steps that started while the plan was being written continue. */
    readonly adopts?: true;
    /** Steps that were written after untrusted text was read. Their calls wait for a person under any policy. */
    readonly mustApprove?: readonly string[];
    /**
     * Steps that were written after the planner read untrusted text, whatever they do. `private`: some of that text was
     * private.
     */
    readonly afterUntrusted?: AfterUntrusted;
    /** Expected cost of the remaining steps. */
    readonly estimate?: JsonObject;
    /** The decision of the approval function. */
    readonly approval?: NonNullable<CheckedPlan["approval"]>;
    /** Warnings only. */
    readonly findings: readonly Finding[];
    readonly usage: Usage;
    readonly asking?: Asking;
    /** What the planner had looked up before its first plan. */
    readonly scouted?: Scouted;
  };
  /** The planner answered, but its draft cannot be used. */
  "plan.invalid": {
    readonly round: number;
    readonly draft: string;
    readonly findings: readonly Finding[];
    readonly usage: Usage;
    readonly asking?: Asking;
    /** What this request looked up before it. */
    readonly scouted?: Scouted;
    /** The plan, if it passed check but cannot replace the current plan. */
    readonly refused?: CheckedPlan;
    /** Whether the planner is asked to repair its draft, or a person is asked the planner's questions. */
    readonly decision: "repair" | "ask" | "give-up";
  };
  /** The planner gave no answer. */
  "plan.failed": PassingFailure & { readonly scouted?: Scouted };
  /** No strategy could be chosen, for example because the tools cannot be listed. */
  "strategy.failed": PassingFailure;
  /** A review of the remaining plan, and the decision that follows. */
  "plan.reviewed": {
    readonly verdict: "go on" | "replan";
    readonly decision: "go on" | "replan";
    /** The reviewer's words. */
    readonly text: string;
    /** Why no other plan is requested, although the reviewer wants one. */
    readonly reason?: NoReplanReason | LegacyReason;
    /** Steps have completed meanwhile, so another review follows. */
    readonly again?: true;
    readonly usage: Usage;
  };
  /** The review gave no answer. */
  "review.failed": PassingFailure;

  /**
   * The tool that would run is not the one that the plan was made with. Recorded once for each difference. No
   * differences: it is again the recorded one.
   */
  "tool.changed": {
    readonly tool: string;
    /** Its definition in the process that drives the run. */
    readonly present: ToolSpec;
    /** The definition that applies from here on, if it is stricter than the present one. */
    readonly applies?: ToolSpec;
    readonly differences: readonly ToolDifference[];
    /** Its calls wait for a person. */
    readonly waits?: true;
  };

  /** Times in ms since 1970. `subject` is the plan, or a call with its concrete arguments. */
  "approval.requested": {
    readonly subject: "plan" | StepRef;
    readonly hash: string;
    readonly reason: ApprovalReason | LegacyReason;
    readonly expiresAt: number;
    readonly args?: { readonly [name: string]: Json };
    /** If the guard asks about a step with `forEach` as a whole: the control arguments of each item. */
    readonly items?: readonly { readonly item: number; readonly args: { readonly [name: string]: Json } }[];
    /** Set for a call inside an agent step. The step continues after the answer. */
    readonly call?: HeldCall;
    /** Set for the undoing of a call. `args` are those of the call. */
    readonly undoes?: UndoneCall;
    /** What the attempt of the agent step has used until now. */
    readonly usage?: Usage;
    /** Calls with effects that the agent step has made. */
    readonly calls?: readonly MadeCall[];
  };
  "approval.granted": {
    readonly subject: "plan" | StepRef;
    readonly hash: string;
    readonly comment?: string;
    /** For a plan: steps whose call is approved too, because its arguments are complete in the plan. */
    readonly calls?: readonly string[];
    /** Given by a rule, such as --yes: nobody has seen what it covers. */
    readonly unseen?: true;
    /** For one call, also inside an agent step: the arguments that the person gave it instead. */
    readonly args?: { readonly [name: string]: Json };
    /** For a call inside an agent step: calls of its tool that are approved for the rest of the step. */
    readonly rest?: RestOfStep;
    /** For a plan: the standing approval of its playbook covers it. `by` gave that approval. */
    readonly standing?: { readonly playbook: string; readonly by: string };
  };
  "approval.denied": {
    readonly subject: "plan" | StepRef;
    readonly hash: string;
    /** superseded: another plan, or another goal, replaced it. */
    readonly cause: "rejected" | "expired" | "cancelled" | "superseded";
    readonly comment?: string;
    /** The planner is asked for another plan. */
    readonly again?: true;
    /** The request that this plan must answer. Absent if no step has begun. */
    readonly replan?: EventData["replan.requested"];
  };

  "step.expanded": {
    readonly step: string;
    readonly list: readonly Json[];
    readonly from: Origin;
    readonly carried?: string;
  };
  /** A model is asked for the arguments that the plan leaves out. `args` are the arguments that the plan gives. */
  "step.filling": StepRef & { readonly args: { readonly [name: string]: Json }; readonly from: Origin };
  /** `args` are the arguments from the model. Those of the plan are not repeated. */
  "step.filled": StepRef & {
    readonly args: { readonly [name: string]: Json };
    readonly usage: Usage;
    /** Nothing may start now. The step is queued again and then starts with these arguments. */
    readonly held?: true;
  };
  /** The durable intent, written before the call. */
  "step.started": StepRef & {
    readonly attempt: number;
    /** The key is the same for every attempt with these arguments. */
    readonly key: string;
    readonly effects: EffectClass;
    readonly args: { readonly [name: string]: Json };
    readonly from: Origin;
    /** For a sub-plan in a run with a budget: the part of it that its child run may use. Otherwise null. */
    readonly allowance: Json;
  };
  /**
   * A fan-out has one event for each item, with `item`, and then one without. The last one has no output of its own:
   * its output is the list of the items' outputs. With `repeat`, the last one has the output of the last round.
   */
  "step.completed": StepRef & {
    readonly output: Json;
    readonly from: Origin;
    readonly usage: Usage;
    readonly summary?: string;
    /** Whether the output carries the evidence that the step wants. */
    readonly evidence?: readonly EvidenceFound[];
    /** The run whose call gave the output: the parent of a fork, or this run before the step was restarted. */
    readonly carried?: string;
    /** A review of the remaining plan follows. */
    readonly review?: true;
    /** Calls with effects that an agent step has made. */
    readonly calls?: readonly MadeCall[];
  };
  /** The output of a call has the promised type. A model judges it by the `expect` of the step, which is prose. */
  "step.judging": StepRef & OutputToJudge & AgentProgress;
  /** The step then completes, or fails with EXPECT_NOT_MET. */
  "step.judged": StepRef & OutputJudged;
  /** The judge gave no verdict. */
  "judge.failed": StepRef & PassingFailure;
  /**
   * A model call of an agent step failed. The same attempt continues at this turn: earlier turns and calls come from
   * its journal. No attempt is used.
   */
  "turn.failed": StepRef & {
    readonly attempt: number;
    /** 1-based number of the turn in the conversation. */
    readonly turn: number;
    readonly error: Failure;
    readonly decision: "retry";
    readonly reason: RetryReason;
    /** ms since 1970. */
    readonly retryAt: number;
    readonly usage: Usage;
    /** See PassingFailure. */
    readonly unpaid?: true;
  };
  "step.failed": StepRef & {
    readonly attempt: number;
    readonly error: Failure;
    readonly decision: Decision;
    readonly reason: FailureReason | LegacyReason;
    readonly usage: Usage;
    /** How the call ended, if it ended without an output. */
    readonly ending?: Ending;
    /** The output of the call, if it was refused, and the tools that were called for it. */
    readonly output?: Json;
    readonly tools?: readonly string[];
    readonly summary?: string;
    /** The request for another plan, if the decision is patch or replan. It holds earlier failures, too. */
    readonly change?: Change;
    /** A retry of the run continues this attempt with its journal. */
    readonly sameAttempt?: true;
    /** The next attempt continues the conversation of this one, after `turns` replies of the model. */
    readonly goesOn?: true;
    /** The turn whose model call failed. */
    readonly turn?: number;
    readonly turns?: number;
    /** Calls with effects that the agent step has made. */
    readonly calls?: readonly MadeCall[];
    /** See PassingFailure. */
    readonly unpaid?: true;
  };
  /** The call was not made, and the step is queued again or waits for the other items. Its attempt stays. */
  "step.held": StepRef & {
    readonly attempt: number;
    readonly reason: HoldReason;
    /** For an item that waits for the others: its arguments. */
    readonly args?: { readonly [name: string]: Json };
  };
  "step.retrying": StepRef & { readonly attempt: number; readonly retryAt: number };
  "step.skipped": StepRef & {
    readonly reason: SkipReason | LegacyReason;
    readonly cause: "when" | "failure" | "null-reference";
    readonly carried?: string;
    /** It failed, and a review of the remaining plan follows. */
    readonly review?: true;
  };
  "step.suspended": StepRef & {
    readonly on: "ask" | "run";
    readonly question: string;
    readonly data: Json;
    readonly from: Origin;
  };
  /**
   * The tool of a call asks a person. The call has ended for now. After the answer, the same attempt is performed again
   * with the same key, and the tool gets the answer.
   */
  "step.asked": StepRef &
    ToolQuestion & {
      readonly attempt: number;
      /** The key that the tool got. */
      readonly key: string;
      readonly tool: string;
      /** For a call inside an agent step: its arguments. Those of a step's own call are in `step.started`. */
      readonly args?: { readonly [name: string]: Json };
      /** ms since 1970. Without an answer until then, the step fails. */
      readonly expiresAt: number;
      readonly usage: Usage;
      /** For a call inside an agent step: the calls with effects that the step has made. */
      readonly calls?: readonly MadeCall[];
    };
  /** A person answered the question of a tool. */
  "step.answered": StepRef & {
    readonly key: string;
    /** The number of the question in its call. */
    readonly number: number;
    readonly value: Json;
  };
  /** A call with effects ended, and it is unknown whether it acted. It is never repeated automatically. */
  "step.unknown": StepRef & {
    readonly attempt: number;
    readonly key: string;
    readonly tool: string;
    readonly error: Failure;
    /** For a call inside an agent step: its arguments. Those of a step's own call are in `step.started`. */
    readonly args?: { readonly [name: string]: Json };
    /** How the call ended. in-doubt: it was a call inside an agent step. */
    readonly ending: Ending;
    readonly usage: Usage;
    /** See PassingFailure. */
    readonly unpaid?: true;
    /** The tool can be asked about the call: it has `reconcile`. A retry after the end of the run asks it again. */
    readonly reconciles?: true;
    /** When to ask the tool, in ms since 1970. Absent if it cannot be asked, and while the run is being cancelled. */
    readonly reconcileAt?: number;
    /** For a call inside an agent step: the calls with effects that the step has made. */
    readonly calls?: readonly MadeCall[];
  };
  /**
   * A call with effects returned, and its output cannot be used. It acted, so nothing repeats it. A person decides,
   * unless the step is skipped by its policy (then `step.failed` follows).
   */
  "step.unusable": StepRef & {
    readonly attempt: number;
    readonly key: string;
    readonly tool: string;
    readonly error: Failure;
    /** What the tool returned. `partial`: it is no JSON or too large, so this is only what could be kept. */
    readonly output: Json;
    readonly partial?: true;
    readonly usage: Usage;
    /** unusable: the tool's own schema refuses the output. Absent: the `output` of the step does. */
    readonly ending?: "unusable";
    /** The step that made this call before. The call was not made again. `args` and `from` are those of this step. */
    readonly earlier?: StepRef;
    readonly args?: { readonly [name: string]: Json };
    readonly from?: Origin;
  };
  /** An answer about a call in doubt or with an unusable output, from a person or (`by` is `engine`) from its tool. */
  "step.resolved": StepRef & {
    readonly key: string;
    readonly verdict: Exclude<CallVerdict, "undone" | "leave">;
    readonly output?: Json;
    /** 1-based number of the doubt that the person named. */
    readonly doubt?: number;
  };
  /** The tool did not tell the outcome of its call. Without `retryAt`, a person must settle the doubt. */
  "reconcile.failed": StepRef &
    Omit<PassingFailure, "usage"> & {
      /** The output that the tool gave, if it was refused. */
      readonly output?: Json;
    };
  /** The step was stopped by a cancel, or because another step failed for good. No doubt remains. */
  "step.cancelled": StepRef & {
    readonly attempt: number;
    readonly reason: StopReason | LegacyReason;
    readonly usage: Usage;
    /** How the call ended, if one was made. */
    readonly ending?: Ending;
    readonly error?: Failure;
    /** Calls with effects that the agent step has made. */
    readonly calls?: readonly MadeCall[];
    /** See PassingFailure. */
    readonly unpaid?: true;
  };

  /** All running steps have ended. The planner is asked for another plan. */
  "replan.requested": Change & {
    /** The prompt holds text of tools or models. */
    readonly untrusted?: true;
    /** Some of that text is private. */
    readonly private?: true;
    /** Expected cost of the replan; null if it is not known. */
    readonly estimate: { readonly tokens: number | null; readonly costUsd: number | null };
  };
  /** A model call of the effect `key` may use up to these amounts. `spent` is the effect's usage so far. */
  "budget.reserved": {
    readonly key: string;
    readonly spent: Usage;
    readonly model: string;
    readonly inputTokens: number;
    readonly outputTokens: number;
    /** null if the model has no known price. */
    readonly costUsd: number | null;
  };
  /**
   * A model call does not fit now. It waits until open calls report that they used less than their reservations. The
   * effect releases its own reservation meanwhile, so that two effects never wait for each other.
   */
  "budget.awaited": {
    readonly key: string;
    readonly spent: Usage;
    readonly model: string;
    readonly inputTokens: number;
    readonly outputTokens: number;
  };
  /** A limit of the budget is reached. Running work is awaited (or stopped, if the time is up), and the run fails. */
  "budget.exhausted": {
    readonly limit: keyof Budget;
    readonly allowed: number;
    /** The total with the request that exceeds the limit. */
    readonly wanted: number;
    /** Running work is stopped, not awaited. */
    readonly stops?: true;
    /** The model call that does not fit. Absent if the time is up. */
    readonly call?: {
      readonly key: string;
      readonly spent: Usage;
      readonly model: string;
      readonly inputTokens: number;
      readonly outputTokens: number;
    };
  };
  /** The log is full. Running work is awaited, and the run fails. */
  "log.full": { readonly limit: number };
  "execution.completed": {
    readonly total: number;
    readonly completed: number;
    readonly failed: number;
    readonly skipped: number;
    readonly replans: number;
    /** Who gives the answer. none: the run fails. */
    readonly answer: "synthesizer" | "plan" | "none";
  };
  /**
   * The run has failed with this, and the synthesizer is asked for an answer from what is done. The run ends as failed
   * after it.
   */
  "answer.requested": Failing;
  /** An answer that is not given yet: its critic is asked about it. */
  "answer.drafted": AnswerDraft;
  "answer.reviewed": AnswerReview;
  /** The critic gave no verdict. */
  "critique.failed": PassingFailure;
  /**
   * `partial`: the run has failed, and the answer is made of what was done before. `critique`: the answer had a critic;
   * the usage of its drafts stands in their own events.
   */
  "answer.written": {
    readonly answer: Json;
    readonly partial: boolean;
    readonly usage: Usage;
    readonly critique?: AnswerCritique;
  };
  /** The synthesizer gave no answer, or one that does not have the wanted type. */
  "answer.failed": PassingFailure & {
    /** The answer that the kernel refused. */
    readonly answer?: Json;
  };
}

/** A call that acted, or may have. `key` is the key that its tool got. */
export interface ActedRef extends StepRef {
  readonly key: string;
  readonly tool: string;
}

/** The undoing of the call with the key `call`. */
export interface Undoing extends StepRef {
  readonly call: string;
  readonly tool: string;
  /** From 1. It never decreases. */
  readonly attempt: number;
}

/**
 * Why a call cannot be undone. unknown: nobody knows whether it acted. unusable: its output cannot be used, and the tool
 * needs it.
 */
export type CannotUndo = "no-compensate" | "unknown" | "unusable";

/** How a run ends, or ended, without the time. */
export type EndedAs =
  | { readonly how: "completed"; readonly success: boolean }
  | ({ readonly how: "failed" } & Failing)
  | { readonly how: "cancelled"; readonly comment: string };

/** Another plan is wanted. */
export interface Change {
  readonly mode: "patch" | "full";
  readonly cause: "failure" | "goal" | "review" | "feedback";
  /** The steps that failed for good. */
  readonly failed: readonly StepRef[];
  readonly reason: ReplanReason | LegacyReason;
}

/** Why a run fails. `cause` is set if the error comes from a step or from the review. */
export interface Failing {
  readonly error: Failure;
  readonly cause?: FailureCause;
}

/** The cause of a run's failure: a step, or the review of its plan. */
export type FailureCause = { readonly step: string } | { readonly role: "reviewer" };

/**
 * How a call ended without an output. tool-error: the tool reported a failure; nothing happened. unusable: the tool
 * acted, and its output cannot be used. After the other endings it is unknown whether a tool with effects acted.
 * thrown: any other error. timeout, abort: the call was stopped. in-doubt: a call inside an agent step has an intent
 * without an outcome.
 */
export type Ending = "tool-error" | "thrown" | "timeout" | "abort" | "in-doubt" | "unusable";

export interface PassingFailure {
  readonly attempt: number;
  readonly error: Failure;
  readonly decision: "retry" | "fail";
  readonly reason: RetryReason | LegacyReason;
  /** ms since 1970. Set if the decision is retry. */
  readonly retryAt?: number;
  readonly usage: Usage;
  /** In a run with a budget: the server took no request, so no tokens are counted. */
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
  /** The input that this event answers. Several events may share it. */
  readonly inputId: string;
  /** The sender of that input: `engine`, or a person. */
  readonly by: string;
  /** SHA-256 over the previous event (eventHash), "" for the first. */
  readonly prev: string;
}

export type RunEvent = Fact & Envelope;
export type EventOf<T extends EventType> = Extract<RunEvent, { type: T }>;

export const fact = <T extends EventType>(type: T, data: EventData[T]): Fact => ({ type, data }) as Fact;

/**
 * The link of the hash chain: SHA-256 over the whole event, its own `prev` included. It depends on the order of the
 * fields of `data`. Every store keeps this order.
 */
export function eventHash(event: RunEvent): string {
  const { runId, seq, at, type, v, inputId, by, prev, data } = event;
  return sha256(JSON.stringify([runId, seq, at, type, v, inputId, by, prev, data]));
}
