// A run as one document, as `--json` prints it. In: a run's state, and the surface that names actions. Out: plain data,
// with sentences for the run's codes. Its shape is a contract: fields are only ever added.
import { scoutedDocument, type ScoutedDocument } from "./scouted-document.js";
import { executorDocuments, type ExecutorDocument } from "./executor-documents.js";
import type { EvidenceFound } from "../plan/evidence.js";
import { isObject, readableText, type Json, type JsonObject } from "../plan/json.js";
import type { Usage } from "../plan/usage.js";
import type { RecordedPlaybook } from "../run/recorded-playbook.js";
import type { Strategy } from "../plan/strategy.js";
import { strategyOf } from "../run/strategy.js";
import { writePlan } from "../plan/write.js";
import { editableTool, restsOf } from "../run/approval.js";
import type { RestOfStep } from "../run/command.js";
import { answerType } from "../run/answer-type.js";
import { contextOf, currentPlan } from "../run/lookup.js";
import type { ApprovalReason, ChangedToolReason, LegacyReason } from "../run/reason.js";
import {
  compensatingOf,
  doubtsOf,
  endOf,
  failedWith,
  isEnded,
  isOpenDoubt,
  type RunStatus,
  statusOf,
} from "../run/status.js";
import { worksOf } from "../run/steps.js";
import { canUndo } from "../run/acted-calls.js";
import type { Failing, MadeCall, StepRef, UndoneCall } from "../run/event.js";
import {
  childDocument,
  waitingChildrenOf,
  withinDocument,
  type ChildDocument,
  type WaitingChild,
  type WithinDocument,
} from "./child-document.js";
import { estimateDocument } from "./estimate-document.js";
import { critiqueDocument, type CritiqueDocument } from "./critique-document.js";
import { choiceDocument, type ChoiceDocument } from "./choice-document.js";
import { failureDocument, sayingOf, type FailureDocument, type Say } from "./failure-document.js";
import { firstCause } from "../run/view/first-cause.js";
import { afterRejection } from "../run/decide/after-rejection.js";
import { mayRetry } from "../run/decide/retry.js";
import { typeAsked } from "../run/decide/tool-question.js";
import { type ProposedPlan, type PendingApproval, type Run, type RunEnd } from "../run/state.js";

import { typeText } from "../plan/type/type.js";
import { directTool, handedTo, toldBy } from "../plan/step-kind.js";
import { metIn, roundsOf } from "../run/rounds.js";
import type { OpenQuestion, Doubt, FanOut, StepState, StepStatus, Unusable, Work } from "../run/work.js";
import { LAST_TIME } from "../words/phrases.js";
import { firstAction, type Action, type Sentence, type Surface } from "../words/action.js";
import { AFTER_REJECTION } from "../words/approval-reasons.js";
import { runFailureText, failureNext, failureText, SETTLE, toldText, TRACE, USE } from "../words/failures.js";
import { commentText, reasonText } from "../words/reasons.js";
import { actedDocuments, failedUndoingDocument, type ActedDocument, type UndoingDocument } from "./undoing.js";
import { librarySurface } from "../words/surface-library.js";

export interface WorkDocument {
  readonly status: StepStatus;
  /** Number of attempts begun. */
  readonly attempts: number;
  /** The tool's own line about its output. */
  readonly summary?: string;
  /** Whether the output carries the evidence that the step wants, as it was when the step ended. */
  readonly evidence?: readonly EvidenceFound[];
  /** What the judge of an `expect` in prose said of its last output, in its words, and what the judge used. */
  readonly judged?: Work["judged"];
  /** The run that made this call: the run that was forked, or this run before the step was restarted. */
  readonly carried?: string;
  readonly input?: Json;
  /** Whole outputs of other steps that the model got, by step: those of `dependsOn`. */
  readonly context?: { readonly [step: string]: Json };
  readonly output?: Json;
  readonly error?: FailureDocument;
  /** The run of a sub-plan. */
  readonly child?: ChildDocument;
  /** Calls with effects that an agent step has made, over all its attempts. */
  readonly calls?: readonly CallDocument[];
  readonly usage?: Usage;
  /** ISO 8601. null if it has not happened yet. */
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/** A call inside an agent step that acted; with `uncertain`, it may have acted. */
export interface CallDocument {
  readonly tool: string;
  readonly args: Json;
  /** The key that the tool got. */
  readonly key: string;
  /** What the tool returned. `partial`: only what could be kept. */
  readonly output?: Json;
  readonly partial?: true;
  readonly uncertain?: true;
  /** The code of the error, if its output cannot be used. */
  readonly error?: string;
}

export interface StepDocument extends WorkDocument {
  readonly id: string;
  readonly title: string;
  readonly revision: number;
  readonly tool?: string;
  /** The tool acts, and the run is simulated: the tool was not called, and the output is made up. */
  readonly simulated?: true;
  /** With `repeat`: its rounds, in order. `met`: whether `until` was true of the output of the round. */
  readonly items?: readonly (WorkDocument & { readonly index: number; readonly met?: boolean })[];
  /** Only with `repeat`, from the first round on. */
  readonly rounds?: RoundsDocument;
}

/** Where the rounds of a step stand. */
export interface RoundsDocument {
  /** The number of the open round, or of the last one. */
  readonly round: number;
  /** The number of the last round that there may be. */
  readonly of: number;
  /** Whether `until` is true of the last output. A step with `otherwise: last` may complete without. */
  readonly met: boolean;
}

/** The plan's document, which `planloom run` and `validate` accept, with the run's facts about it. */
export interface PlanDocument {
  readonly [field: string]: Json;
  readonly revision: number;
  /** The hash that a person approves. */
  readonly hash: string;
  readonly cause: string;
  readonly steps: readonly StepText[];
}

type StepText = JsonObject & { readonly id: string };

export interface ReportDocument {
  readonly done: readonly string[];
  readonly notDone: readonly string[];
  readonly why: string;
  readonly next: string;
  /** The first action of `next`. */
  readonly action?: Action;
}

/** What waits for a person, if anything. */
export interface WaitingDocument {
  readonly approvals: readonly {
    readonly subject: Json;
    readonly hash: string;
    readonly reason: string;
    /** The code of the reason. */
    readonly code: string;
    /** The undoing of a call: the key that the call got, its tool, and what it returned. `args` are those of the call. */
    readonly undoes?: UndoneCall;
    /** What follows if a person rejects it, and who reads the comment. */
    readonly rejecting: string;
    readonly expiresAt: string;
    /** Only for a call: the tool. Absent for an agent step as a whole. */
    readonly tool?: string;
    readonly args?: Json;
    /** The call can get other arguments when it is approved. */
    readonly editable?: true;
    /**
     * Only for a call inside an agent step: what its approval can also cover for the rest of the step. values: calls
     * with the same control arguments. host: calls with addresses of the same host.
     */
    readonly rest?: readonly RestOfStep[];
    /** Only for a call: what its step does, with its title: `{ title, tool }`, `{ title, agent, tools }`. */
    readonly does?: Json;
    /** Only for the items of a step as a whole: the control arguments of each. */
    readonly items?: Json;
    /** Tools that are not what they were when the plan was made, each with its differences. */
    readonly changes?: readonly ChangedToolReason[];
    /** What the guard found: control arguments that untrusted data chose, its sources, and private sources. */
    readonly guard?: Json;
    /** Only for a plan that has inputs: their values. The approval covers what the plan's expressions make of them. */
    readonly inputs?: { readonly [name: string]: Json };
    /** Only for a plan: its estimate, as `planloom estimate --json` prints it. */
    readonly estimate?: Json;
  }[];
  readonly questions: readonly {
    readonly step: string;
    readonly item?: number;
    readonly question: string;
    /** The data shown with the question: the step's `with`, resolved; or the arguments of the call that asks. */
    readonly data?: Json;
    /** The type that an answer must have, if the step has one: a text like `"csv" | "xlsx"`. */
    readonly type?: string;
    /** The tool that asks during its call. Absent: the step asks. */
    readonly tool?: string;
    /** `seq` of the event in which the tool asks. An answer that names it answers no later question. */
    readonly asked?: number;
    /** The answer may also be `{ declined: true }`. */
    readonly declines?: true;
    /** ISO 8601: without an answer until then, the step fails. Only for a question of a tool. */
    readonly expiresAt?: string;
  }[];
  /** Calls in doubt: nobody knows whether they acted. While the tool of a call is being asked, the call is not here. */
  readonly unknown: readonly DoubtDocument[];
  /** Calls that acted and whose output cannot be used. A person decides; nothing repeats them. */
  readonly unusable: readonly UnusableDocument[];
  /** The call that could not be undone. A person decides; the calls before it wait. Absent: there is none. */
  readonly undoing?: UndoingDocument;
  /** Child runs that wait for a person: a command to one of them answers it. Absent: there is none. */
  readonly children?: readonly WaitingChild[];
}

export interface DoubtDocument {
  readonly step: string;
  readonly item?: number;
  readonly tool: string;
  /** The arguments of the call. Absent if the log does not hold them. */
  readonly args?: Json;
  /** The key that the tool got. */
  readonly key: string;
  readonly attempt: number;
  /** ISO 8601: when the call ended without a known outcome. */
  readonly at: string;
  readonly error: string;
}

export interface UnusableDocument {
  readonly step: string;
  readonly item?: number;
  readonly tool: string;
  /** The arguments of the call. */
  readonly args: Json;
  /** What the tool returned. `partial`: it was no JSON or too large, so this is only what could be kept. */
  readonly output: Json;
  readonly partial?: true;
  readonly error: string;
  /** The key that the tool got. */
  readonly key: string;
  readonly attempt: number;
  /** ISO 8601: when the output was refused. */
  readonly at: string;
  /** The step that made the call before; this step did not make it again. */
  readonly earlier?: { readonly step: string; readonly item?: number };
  readonly next: string;
}

interface PlainRunDocument {
  readonly runId: string;
  readonly status: RunStatus;
  /** Whether the run completed and no step that mattered was skipped for missing data. */
  readonly success: boolean;
  readonly goal: string;
  /** How the run gets its plan: `plan`, `react` or `tools`; `auto` until one of them is chosen. */
  readonly strategy: Strategy;
  /** Why this strategy was chosen. Absent: the start named it. */
  readonly choice?: ChoiceDocument;
  /** The playbook that it was started from, and the standing approval that covers it or does not hold. */
  readonly playbook?: RecordedPlaybook;
  /** Tools with effects are not called in this run: their outputs are made up. Absent: they are called. */
  readonly simulated?: true;
  readonly tags: readonly string[];
  /** The run that it was forked from, and the step. */
  readonly parent?: { readonly runId: string; readonly seq: number; readonly at: string };
  /** Set for the run of a sub-plan: the step of another run that it is. */
  readonly within?: WithinDocument;
  /** The JSON Schema that the answer must fit, if the run was started with one. */
  readonly answerSchema?: JsonObject;
  /**
   * The answer. null if there is none. If the run or its plan wants a type, it is there only if the run has completed,
   * and has that type.
   */
  readonly answer: Json;
  /** What became of the critique of the answer. Absent: it has no critic. */
  readonly critique?: CritiqueDocument;
  /** The run failed, and has a partial answer. `report.notDone` says what is missing. */
  readonly partial?: true;
  /** The partial answer as text. Without a type, `answer` holds it, too. */
  readonly partialAnswer?: string;
  /** Only for a run that failed or was cancelled. */
  readonly report?: ReportDocument;
  readonly error?: FailureDocument;
  readonly waiting?: WaitingDocument;
  /** The calls that acted, or may have, in the order in which they ended; absent: none. `compensate` undoes them. */
  readonly acted?: readonly ActedDocument[];
  /** What the planner looked up before its first plan. Absent: nothing. */
  readonly scouted?: ScoutedDocument;
  /** The current plan; null before the first. */
  readonly plan: PlanDocument | null;
  readonly plans: readonly PlanDocument[];
  readonly steps: readonly StepDocument[];
  readonly stepsTotal: number;
  readonly stepsCompleted: number;
  readonly replanCount: number;
  readonly usage: { readonly planner: Usage; readonly executor: Usage; readonly synthesizer: Usage };
  /** The part of each named executor in the usage of the executor. Absent: none called a model. */
  readonly executors?: { readonly [name: string]: ExecutorDocument };
  readonly startedAt: string;
  /** Time of the last retry by a person. */
  readonly retriedAt?: string;
  readonly finishedAt: string | null;
}

/**
 * A run. `Answer` is the type of its answer if it was started with a schema: then the answer is there, in that type, only
 * if the run has completed.
 */
export type RunDocument<Answer = never> = [Answer] extends [never] ? PlainRunDocument : TypedRunDocument<Answer>;

type TypedRunDocument<Answer> = Omit<PlainRunDocument, "status" | "answer"> &
  (
    | { readonly status: "completed"; readonly answer: Answer }
    | { readonly status: Exclude<RunStatus, "completed">; readonly answer: null }
  );

export function documentOf(run: Run, surface: Surface = librarySurface): RunDocument {
  const say = sayingOf(run.id, surface);
  const plans = run.planning.plans.map(planDocument);
  const steps = [...run.execution.steps.values()].map((state) => stepDocument(run, state, say));
  const waiting = waitingOf(run, say);
  const end = endOf(run);
  const executors = executorDocuments(run);
  const report = end === undefined || end.how === "completed" ? undefined : reportOf(run, end, say);
  return {
    runId: run.id,
    status: statusOf(run),
    success: end?.how === "completed" && end.success,
    goal: run.request.goal,
    strategy: strategyOf(run),
    ...(run.planning.choice === undefined ? {} : { choice: choiceDocument(run.planning.choice) }),
    ...(run.request.playbook === undefined ? {} : { playbook: run.request.playbook }),
    ...(run.request.settings.simulated === true && { simulated: true }),
    tags: run.request.tags,
    ...(run.request.parent === undefined ? {} : { parent: run.request.parent }),
    ...withinOf(run),
    ...answerDocument(run),
    ...(run.answering.critique === undefined ? {} : { critique: critiqueDocument(run.answering.critique, say) }),
    ...(report === undefined ? {} : { report }),
    ...(end?.how === "failed" ? { error: errorDocument(run, end, say) } : {}),
    ...(waiting === undefined ? {} : { waiting }),
    ...(run.compensation.calls.size === 0 ? {} : { acted: actedDocuments(run) }),
    ...scoutedDocument(run),
    plan: plans[plans.length - 1] ?? null,
    plans,
    steps,
    stepsTotal: run.execution.steps.size,
    stepsCompleted: run.execution.counts.completed,
    replanCount: run.planning.replans,
    usage: run.usage,
    ...(executors === undefined ? {} : { executors }),
    startedAt: iso(run.log.startedAt),
    ...(run.log.retriedAt === undefined ? {} : { retriedAt: iso(run.log.retriedAt) }),
    finishedAt: end === undefined ? null : iso(end.at),
  };
}

function answerDocument(run: Run): Pick<RunDocument, "answerSchema" | "answer" | "partial" | "partialAnswer"> {
  const { answer = null, partial } = run.answering;
  const { answerSchema } = run.request;
  const wanted = answerSchema === undefined ? {} : { answerSchema };
  if (partial === undefined) return { ...wanted, answer };
  const text = readableText(answer);
  return { ...wanted, answer: answerType(run) === undefined ? answer : null, partial, partialAnswer: text };
}

/** The answer as people read it: the partial one, if there is one. null: none. */
export const shownAnswer = ({ answer, partialAnswer }: Pick<RunDocument, "answer" | "partialAnswer">): Json =>
  answer ?? partialAnswer ?? null;

/** The first cause leads. What followed from it stands in `then`. */
function errorDocument(run: Run, failing: Failing, say: Say): FailureDocument {
  const { error, cause, then } = firstCause(run, failing);
  const message = runFailureText(error, cause);
  if (then === undefined) return { ...failureDocument(error, say), message };
  const after = { code: then.code, message: failureText(then) };
  const told = `${message}; then no other plan was found: ${after.code}: ${after.message}`;
  return { ...failureDocument(error, say), message: told, then: after };
}

function planDocument({ revision, hash, cause, plan }: ProposedPlan): PlanDocument {
  return { revision, hash, cause, ...(writePlan(plan) as { readonly steps: readonly StepText[] }) };
}

const iso = (ms: number) => new Date(Math.min(ms, LAST_TIME)).toISOString();

function stepDocument(run: Run, state: StepState, say: Say): StepDocument {
  const { spec, work, fan } = state;
  const tool = directTool(spec);
  const rounds = roundsOf(state);
  return {
    id: spec.id,
    title: spec.title,
    revision: state.revision,
    ...(tool === undefined ? {} : { tool }),
    ...(state.tool?.simulated !== undefined && { simulated: true }),
    ...workDocument(run, work, say),
    ...(fan === undefined ? {} : { items: fan.items.map((item, index) => itemDocument(run, fan, item, index, say)) }),
    ...(rounds === undefined ? {} : { rounds }),
  };
}

function itemDocument(run: Run, fan: FanOut, item: Work, index: number, say: Say) {
  const met = metIn(fan, index);
  return { index, ...(met === undefined ? {} : { met }), ...workDocument(run, item, say) };
}

function workDocument(run: Run, work: Work, say: Say): WorkDocument {
  const { error } = work;
  const next = NEXT[work.status];
  return {
    status: shownStatus(work, isEnded(run)),
    attempts: attemptsOf(work),
    ...(work.summary === undefined ? {} : { summary: work.summary }),
    ...(work.evidence === undefined ? {} : { evidence: work.evidence }),
    ...(work.judged === undefined ? {} : { judged: work.judged }),
    ...(work.carried === undefined ? {} : { carried: work.carried }),
    ...(work.args === undefined ? {} : { input: work.args, ...givenTo(run, work) }),
    ...(work.output === undefined ? {} : { output: work.output }),
    ...(error === undefined || work.status === "completed" ? {} : { error: failureDocument(error, say, next) }),
    ...childOf(work),
    ...(work.calls === undefined ? {} : { calls: [...work.calls.values()].map(callDocument) }),
    ...(work.usage.calls === 0 ? {} : { usage: work.usage }),
    startedAt: work.startedAt === undefined ? null : iso(work.startedAt),
    finishedAt: work.finishedAt === undefined ? null : iso(work.finishedAt),
  };
}

function withinOf(run: Run): Pick<RunDocument, "within"> {
  const within = withinDocument(run);
  return within === undefined ? {} : { within };
}

function childOf(work: Work): Pick<WorkDocument, "child"> {
  const child = childDocument(work);
  return child === undefined ? {} : { child };
}

const callDocument = ({ effects: _effects, error, ...call }: MadeCall): CallDocument => ({
  ...call,
  ...(error === undefined ? {} : { error: error.code }),
});

const NEXT: { readonly [status in StepStatus]?: Sentence } = { unknown: SETTLE, unusable: USE };

function givenTo(run: Run, { step: { spec } }: Work): Pick<WorkDocument, "context"> {
  return handedTo(spec).length === 0 ? {} : { context: contextOf(run, spec) };
}

/** A fan-out with running items is running, even if it is queued again. In a run that has ended, nothing is running. */
function shownStatus(work: Work, ended: boolean): StepStatus {
  const expanded = work.item === null && work.step.fan !== undefined;
  const status = expanded && work.status === "pending" ? "running" : work.status;
  if (ended && status === "ready" && attemptsOf(work) === 0) return "pending";
  return ended && STOPPED.has(status) ? "cancelled" : status;
}

const STOPPED: ReadonlySet<StepStatus> = new Set(["ready", "running", "suspended", "retrying"]);

/** For a fan-out: the attempts of the item with the most. */
function attemptsOf(work: Work): number {
  const { fan } = work.step;
  if (work.item === null && fan !== undefined) return Math.max(0, ...fan.items.map(attemptsOf));
  const { unusable } = work;
  if (unusable !== undefined) return unusable.earlier === undefined ? unusable.attempt : unusable.attempt - 1;
  const ended = work.status === "failed" || work.status === "skipped" || work.status === "retrying";
  // The number of an attempt that a retry of the run continues stays. It has begun all the same.
  return work.attempt - 1 + (work.args !== undefined && (!ended || work.sameAttempt === true) ? 1 : 0);
}

/** The end of a run that did not complete. */
type Unfinished = Exclude<RunEnd, { readonly how: "completed" }>;

/** A summary of a partial run: finished steps, open steps, reasons, and next actions. Made without a model. */
function reportOf(run: Run, end: Unfinished, say: Say): ReportDocument {
  const steps = [...run.execution.steps.values()];
  const line = (state: StepState) => {
    const { spec, work } = state;
    return `${spec.id}: ${spec.title}${work.status === "pending" || work.status === "ready" ? "" : ` (${work.status}${work.error === undefined ? "" : `: ${toldText(work.error)}`}${afterActing(state)})`}`;
  };
  const done = steps.filter((state) => state.work.status === "completed");
  const next = nextOf(run, end);
  const action = firstAction(next);
  return {
    done: done.map(({ spec }) => `${spec.id}: ${spec.title}`),
    notDone: steps.filter((state) => state.work.status !== "completed").map(line),
    why: end.how === "failed" ? errorDocument(run, end, say).message : commentText(end.comment),
    next: say(next),
    ...(action === undefined ? {} : { action }),
  };
}

/** For a step that did not finish after it had acted. */
function afterActing(state: StepState): string {
  if (state.work.status === "undone") return "";
  const tools = new Set(worksOf(state).flatMap(({ calls }) => [...(calls?.values() ?? [])].map(({ tool }) => tool)));
  return tools.size === 0 ? "" : `; it has acted through ${[...tools].join(", ")}, and nothing of that is repeated`;
}

/** Adds the retry last, if one is possible, after the fixes that it needs. */
function nextOf(run: Run, end: Unfinished): Sentence {
  const next = retryNext(run, end);
  return canUndo(run) ? [...next, " ", { action: "compensate" }, " undoes what its calls did."] : next;
}

function retryNext(run: Run, end: Unfinished): Sentence {
  const own = (end.how === "failed" ? failureNext(firstCause(run, end).error) : undefined) ?? TRACE;
  const retries = own.some((part) => typeof part !== "string" && part.action === "retry");
  if (retries || !mayRetry(run)) return own;
  return [
    ...own,
    " Then ",
    { action: "retry" },
    " continues the run (with a corrected plan: ",
    { action: "retry", plan: true },
    "); what has finished is kept.",
  ];
}

const toolNamed = (tool: string | undefined) => (tool === undefined ? {} : { tool });

const toolOf = (run: Run, subject: "plan" | StepRef): string | undefined =>
  subject === "plan" ? undefined : run.execution.steps.get(subject.step)?.tool?.name;

function changesDocument(reason: ApprovalReason | LegacyReason): { readonly changes?: readonly ChangedToolReason[] } {
  return reason.code === "TOOL_CHANGED" ? { changes: reason.changes } : {};
}

function guardDocument(reason: ApprovalReason | LegacyReason): { readonly guard?: Json } {
  if (reason.code === "TOOL_CHANGED" && "also" in reason && reason.also !== undefined)
    return guardDocument(reason.also);
  if (reason.code !== "CONTROL_UNTRUSTED" && reason.code !== "PRIVATE_LEAVES") return {};
  const { code: _code, tool: _tool, ...found } = reason;
  return { guard: found };
}

/** While calls are undone, nothing else waits. */
function waitingUndoing(run: Run, say: Say): WaitingDocument | undefined {
  const undoing = failedUndoingDocument(run, say);
  const pending = [...run.approvals.pending.values()];
  if (undoing === undefined && pending.length === 0) return undefined;
  const approvals = pending.map((one) => approvalDocument(run, one, undefined));
  return { approvals, questions: [], unknown: [], unusable: [], ...(undoing === undefined ? {} : { undoing }) };
}

function waitingOf(run: Run, say: Say): WaitingDocument | undefined {
  if (compensatingOf(run) !== undefined) return waitingUndoing(run, say);
  const { questions, unusable } = run.execution;
  const children = waitingChildrenOf(run);
  if (
    isEnded(run) ||
    failedWith(run) !== undefined ||
    run.approvals.pending.size + questions + doubtsOf(run) + unusable + children.length === 0
  )
    return undefined;
  const works = [...run.execution.steps.values()].flatMap(worksOf);
  const { estimate } = currentPlan(run) ?? {};
  const of = (work: Work) => ({ step: work.step.spec.id, ...(work.item === null ? {} : { item: work.item }) });
  return {
    approvals: [...run.approvals.pending.values()].map((pending) => approvalDocument(run, pending, estimate)),
    questions: works
      .filter((work) => work.status === "suspended" && work.question !== undefined)
      .map((work) => ({ ...of(work), question: work.question!, ...shownWith(work) })),
    unknown: works.flatMap((work) =>
      isOpenDoubt(run, work) && work.doubt !== undefined ? [doubtDocument(of(work), work.doubt, work)] : [],
    ),
    unusable: works
      .filter(({ status }) => status === "unusable")
      .map((work) => unusableDocument(of(work), work.unusable!, work, say)),
    ...(children.length === 0 ? {} : { children }),
  };
}

function approvalDocument(
  run: Run,
  pending: PendingApproval,
  estimate: JsonObject | undefined,
): WaitingDocument["approvals"][number] {
  const { subject, hash, reason, expiresAt, args, items, call, undoes } = pending;
  const rest = restsOf(run, pending);
  return {
    // One of the items stands for all of them.
    subject: subject === "plan" ? "plan" : items === undefined ? { ...subject } : { step: subject.step },
    hash,
    reason: reasonText(reason),
    code: reason.code,
    rejecting: AFTER_REJECTION[afterRejection(run, pending)],
    expiresAt: iso(expiresAt),
    ...toolNamed(undoes?.tool ?? call?.tool ?? toolOf(run, subject)),
    ...(args === undefined ? {} : { args }),
    ...(editableTool(run, pending) === undefined ? {} : { editable: true as const }),
    ...(rest.length === 0 ? {} : { rest }),
    ...(items === undefined ? {} : { items: items }),
    ...(undoes === undefined ? {} : { undoes }),
    ...changesDocument(reason),
    ...guardDocument(reason),
    ...(subject === "plan" ? {} : { does: deedDocument(run, subject, undoes) }),
    ...(subject === "plan" && Object.keys(run.request.inputs).length > 0 ? { inputs: run.request.inputs } : {}),
    ...(subject !== "plan" || estimate === undefined ? {} : { estimate: estimateDocument(estimate) }),
  };
}

/** What a person must see beside the question. */
function shownWith(work: Work): Omit<WaitingDocument["questions"][number], "step" | "item" | "question"> {
  const { data, asking } = work;
  const type = typeAsked(work);
  return {
    ...(isObject(data) && Object.keys(data).length > 0 ? { data } : {}),
    ...(type === undefined ? {} : { type: typeText(type) }),
    ...(asking === undefined ? {} : askingDocument(asking)),
  };
}

const askingDocument = ({ tool, declines, expiresAt, seq }: OpenQuestion) => ({
  tool,
  asked: seq,
  ...(declines === undefined ? {} : { declines }),
  expiresAt: iso(expiresAt),
});

/** The step of an undone call may belong to an earlier plan. */
function deedDocument(run: Run, subject: StepRef, undoes: UndoneCall | undefined): Json {
  const call = undoes && run.compensation.calls.get(undoes.call);
  const { spec } = call ?? run.execution.steps.get(subject.step)!;
  return { title: spec.title, ...toldBy(spec) };
}

function doubtDocument(of: StepRef, { tool, args, key, attempt, at }: Doubt, { error }: Work): DoubtDocument {
  return {
    ...of,
    tool,
    ...(args === undefined ? {} : { args }),
    key,
    attempt,
    at: iso(at),
    error: error === undefined ? "" : failureText(error),
  };
}

function unusableDocument(of: StepRef, call: Unusable, { args = {}, error }: Work, say: Say): UnusableDocument {
  const { at, ...rest } = call;
  const next = USE.map((part) => (typeof part === "string" ? part : { ...part, ...of }));
  return {
    ...of,
    ...rest,
    args,
    error: error === undefined ? "" : failureText(error),
    at: iso(at),
    next: say(next),
  };
}
