// The form of a run for people, and of one step of it: rows with bars, facts and waits. Types only. A surface renders
// them and computes nothing. All text is in words, and nothing in it is a secret that the log replaced.
import type { ExecutorDocument } from "../executor-documents.js";
import type { ModelMessage, ModelRequest } from "../../model/port.js";
import type { ChildDocument, WithinDocument } from "../child-document.js";
import type { Json } from "../../plan/json.js";
import type { RunStatus } from "../../run/status.js";
import type { RowStatus } from "../../run/view/row-status.js";

export type { RowStatus };

/** Times inside a view are ms from the start of the run. Times with a name that ends in `At` are ISO 8601. */
export interface RunView {
  readonly runId: string;
  readonly goal: string;
  /** Tools with effects are not called in this run: their outputs are made up. Absent: they are called. */
  readonly simulated?: true;
  /** The strategy, with the rule and the reason if it was chosen. Absent: a planner plans, as by default. */
  readonly strategy?: string;
  readonly status: RunStatus;
  /** Set for the run of a sub-plan: the step of another run that it is. */
  readonly within?: WithinDocument;
  /** Number of the last event in this view. */
  readonly seq: number;
  readonly startedAt: string;
  /** null before the end. */
  readonly finishedAt: string | null;
  readonly updatedAt: string;
  /** Revision of the current plan; 0 before the first. */
  readonly revision: number;
  readonly revisions: readonly number[];
  /**
   * Phases and steps, in the order of the list: every step of the current plan, and earlier steps that have begun. A
   * new revision moves no row that was there before.
   */
  readonly rows: readonly RowView[];
  readonly axis: {
    /** The end of the run. Before the end: the time of this view. */
    readonly endMs: number;
    /** Times over 10 % of the axis in which nothing moved, in order. */
    readonly gaps: readonly { readonly fromMs: number; readonly toMs: number }[];
  };
  readonly facts: FactsView;
  /** What waits for a person, then retries with their time. */
  readonly waits: readonly WaitView[];
}

/** What a tool does: only reads, acts once, or acts in a way that is safe to repeat. */
export type EffectView = "none" | "acts-once" | "acts-repeatable";

export interface RowView {
  readonly kind: "phase" | "step";
  /**
   * The id of the step; `id/revision` for a step of an earlier plan. Phases: `#plan`, `#plan/2` (revision 2), `#answer`.
   */
  readonly key: string;
  readonly title: string;
  /** Revision of the plan under which the step began. A step that has not begun: the current plan. */
  readonly revision: number;
  readonly does?: "tool" | "agent" | "ask" | "plan";
  /** The tool that is called without a model. */
  readonly tool?: string;
  /** Of an agent step: the gravest of its tools. Absent for a phase and for a question to a person. */
  readonly effect?: EffectView;
  /** Length of the longest path of needs to this step, from 1. 0 for a plan; after the last step for the answer. */
  readonly wave: number;
  /** Ids of the steps that it waits for directly: references and `dependsOn`. */
  readonly needs: readonly string[];
  readonly status: RowStatus;
  /** The second line: `done · attempt 2 · exchange_rate · 0.9`. It begins with the word of the state. */
  readonly line: string;
  /** The last error, unless the step is done. */
  readonly error?: { readonly code: string; readonly message: string };
  /** When the next attempt starts. */
  readonly retryAt?: string;
  /** Number of steps and items that start before it. */
  readonly queuedBefore?: number;
  /** Attempts and waits, in order. A fan-out has a bar for the time from its list to its end; its items have theirs. */
  readonly bars: readonly BarView[];
  readonly items?: {
    readonly total: number;
    readonly counts: { readonly [status in RowStatus]?: number };
    /** At most 100: failed and waiting ones first, then by index. `stepView` shows any of them. */
    readonly shown: readonly ItemView[];
    /** The items are the rounds of a step with `repeat`. `met`: `until` is true of the last output. */
    readonly rounds?: { readonly most: number; readonly met: boolean };
  };
  /** It is on the chain of attempts and waits that decided the end (before the end: the time until now). */
  readonly critical: boolean;
  /** Expected time from the start to the end, from earlier runs or an assumption. */
  readonly estimateMs?: number;
  /** It took over 1.5 times the estimate, and over 0.5 s more. Before its end: it has already. */
  readonly late?: true;
  /** From the first start to the end, with all waits. Before the end: until now. */
  readonly tookMs?: number;
  readonly startedAfterMs?: number;
  /** Input and output tokens; null if a provider did not report them. */
  readonly tokens: number | null;
  /** At the prices in the log; null if it is not known. */
  readonly costUsd: number | null;
  /** Model turns of an agent step, the open one included. */
  readonly turns?: number;
  /** The run of a sub-plan. */
  readonly child?: ChildDocument;
}

export interface ItemView {
  readonly index: number;
  readonly label: string;
  readonly status: RowStatus;
  readonly line: string;
  readonly bars: readonly BarView[];
  readonly critical: boolean;
  /** The run of a sub-plan. */
  readonly child?: ChildDocument;
}

/** An attempt, or a wait for a retry or a person. An attempt that a wait interrupted has one bar on each side of it. */
export interface BarView {
  readonly kind: "attempt" | "retry-wait" | "person-wait";
  readonly attempt: number;
  readonly fromMs: number;
  /** Absent: still open. */
  readonly toMs?: number;
  /** How it ended. paused: its process stopped, or the attempt waited and then continued. */
  readonly status: RowStatus;
  readonly critical: boolean;
}

export interface FactsView {
  /** The first failure of a step: `attempt 1: BUSY, done at attempt 2`. */
  readonly failedFirst?: {
    readonly key: string;
    readonly item?: number;
    readonly title: string;
    readonly line: string;
  };
  readonly slowest?: { readonly key: string; readonly title: string; readonly ms: number };
  readonly mostTokens?: { readonly key: string; readonly title: string; readonly tokens: number };
  readonly mostCost?: { readonly key: string; readonly title: string; readonly costUsd: number };
  readonly replans: {
    readonly count: number;
    readonly allowed: number;
    /** `revision` is that of the plan that the replan asked for. */
    readonly reasons: readonly { readonly revision: number; readonly text: string }[];
  };
  /** `text` has the reason if the cost is not known. */
  readonly cost: { readonly costUsd: number | null; readonly text: string };
  /** The part of each named executor. Absent: none called a model. */
  readonly executors?: { readonly [name: string]: ExecutorDocument };
  readonly tokens: { readonly input: number | null; readonly output: number | null; readonly calls: number };
  /** Attempts of steps and items that have begun. */
  readonly attempts: number;
  /** Calls with effects that have finished. */
  readonly acted: number;
  readonly stepsTotal: number;
  /** Completed: as in the document. */
  readonly stepsDone: number;
  readonly stepsSkipped: number;
  /** Expected time of the whole run. */
  readonly estimateMs?: number;
}

export interface WaitView {
  /** doubt: nobody knows whether a call acted. retry: an attempt starts at `until`. timer: any other time. */
  readonly kind: "plan" | "call" | "question" | "doubt" | "unusable" | "child" | "retry" | "timer";
  /** The child run that waits. Its own view says for what. */
  readonly runId?: string;
  readonly key?: string;
  readonly item?: number;
  /** What an approval or a rejection names. */
  readonly hash?: string;
  readonly title: string;
  /** When an approval expires, or when the wait ends. */
  readonly until?: string;
}

/** One step or item: what it got, did and gave. */
export interface StepView {
  readonly row: RowView;
  /** If an item was asked for. All fields below are then those of the item. */
  readonly item?: ItemView;
  /** The text for a model or a person. */
  readonly instruction?: string;
  /** Tools that it calls, or that its model may call. */
  readonly may: readonly { readonly tool: string; readonly effect: EffectView }[];
  readonly output?: Json;
  /** What the judge of an `expect` in prose said of the output: `met: It names the page.` */
  readonly judged?: string;
  /** `{ name: string }[]`. Absent: nothing is declared. */
  readonly outputType?: string;
  readonly args: readonly ArgumentView[];
  /** Of the output. Before the end: of any output that it may have. */
  readonly labels: OriginView;
  readonly attempts: readonly AttemptView[];
  /** The conversation: replies of models, and the calls of tools that they asked for. */
  readonly turns: readonly TurnView[];
  /** Calls that acted: tool, arguments, key, output. */
  readonly calls: readonly Json[];
  readonly readBy: readonly { readonly key: string; readonly title: string }[];
  /** What its tools have asked a person, in order; the last may be open. Absent: nothing. */
  readonly questions?: readonly QuestionView[];
  /** The events of the log that are about it. */
  readonly events: readonly StepEventView[];
}

/** A question that a tool asked during its call. */
export interface QuestionView {
  readonly tool: string;
  readonly question: string;
  /** Absent: it waits for the answer. */
  readonly answer?: Json;
  /** Who answered, and when: ms from the start of the run. */
  readonly by?: string;
  readonly afterMs?: number;
}

export interface ArgumentView {
  readonly name: string;
  /** As the call got it. Before the start: as the plan has it. */
  readonly value: Json;
  /** The text of the plan, if it has a reference in it. */
  readonly written?: string;
  /** The argument chooses what the call does, or to whom. Others are content. */
  readonly control: boolean;
  readonly origin: OriginView;
}

/** Whether a value is the run's own, and may leave. `path`: sentences, each one source. */
export interface OriginView {
  readonly trusted: boolean;
  readonly private: boolean;
  readonly path: readonly string[];
}

export interface AttemptView {
  readonly attempt: number;
  readonly status: RowStatus;
  readonly startedAfterMs: number;
  readonly tookMs?: number;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly stack?: string;
    readonly causes?: readonly string[];
  };
  /** What followed from the failure, with the reason. */
  readonly decision?: string;
  /** null if it is not known for this attempt alone. */
  readonly tokens: number | null;
}

export interface TurnView {
  readonly attempt: number;
  /** From 1. A call of a tool has the number of the turn that asked for it. */
  readonly turn: number;
  readonly kind: "model" | "tool";
  /** The model or the tool. */
  readonly name: string;
  readonly asked: Json;
  readonly answered: Json;
  readonly tookMs?: number;
  readonly usage?: { readonly input: number | null; readonly output: number | null };
}

export interface StepEventView {
  readonly seq: number;
  readonly afterMs: number;
  readonly type: string;
  readonly data: Json;
}

/** The requests that models were sent for a row, rebuilt from the log. */
export interface PromptsView {
  readonly runId: string;
  readonly step: string;
  readonly item?: number;
  /** Sentences: the text is rebuilt and no record, and whether another version sent it. */
  readonly rebuilt: string;
  /** The version of the decisions: of the run at that time, and of this Planloom. */
  readonly kernel: { readonly then: string; readonly now: string };
  readonly prompts: readonly PromptView[];
  /** Attempts with requests that cannot be rebuilt, and why. */
  readonly gaps: readonly { readonly attempt: number; readonly code: string; readonly message: string }[];
}

export interface PromptView {
  readonly attempt: number;
  /** That of the reply in `turns` of the step's view. */
  readonly turn: number;
  /** The name of the call in the journal. */
  readonly call: string;
  readonly model: string;
  /** Whether its reply was recorded. */
  readonly answered: boolean;
  /** Absent: as in the request before. */
  readonly system?: string;
  /** Number of messages of the request before with which this one begins. */
  readonly repeats: number;
  /** The messages after those. */
  readonly messages: readonly ModelMessage[];
  /** The tools that it may call. Absent: as in the request before; at first, none. */
  readonly tools?: NonNullable<ModelRequest["tools"]>;
  /** The form of the reply, if it has one. */
  readonly output?: NonNullable<ModelRequest["output"]>;
}
