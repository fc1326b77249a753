// What `decide` receives: a person's command, the outcome of an effect, or a sign from the engine. In: nothing. Out: the union.
// Separate because commands travel through inboxes and outcomes come from every engine. Each carries its time and id.
import type { Finding } from "../plan/finding.js";
import type { Json } from "../plan/json.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import type { Usage } from "../plan/usage.js";
import { isCommandType, type CheckedPlan, type Command } from "./command.js";
import type { Asking, Ending, EventData, Fact } from "./event.js";
import type { Failure } from "./failure.js";
import type { LegacyReason, ResumeReason } from "./reason.js";

interface Stamp {
  /** Unique in the run. */
  readonly id: string;
  /** ms since 1970. */
  readonly at: number;
  /** `engine`, or who sent the command. */
  readonly by: string;
}

export type Outcome =
  | {
      readonly type: "planned";
      readonly key: string;
      readonly plan: CheckedPlan;
      readonly usage: Usage;
      readonly asking?: Asking;
    }
  | {
      readonly type: "plan-invalid";
      readonly key: string;
      readonly draft: string;
      readonly findings: readonly Finding[];
      readonly usage: Usage;
      readonly asking?: Asking;
    }
  | { readonly type: "plan-failed"; readonly key: string; readonly error: Failure; readonly usage: Usage }
  | {
      readonly type: "filled";
      readonly key: string;
      readonly args: { readonly [name: string]: Json };
      readonly usage: Usage;
    }
  | {
      readonly type: "returned";
      readonly key: string;
      readonly output: Json;
      /** Names of the tools that were called. */
      readonly tools: readonly string[];
      readonly usage: Usage;
      readonly summary?: string;
    }
  | {
      readonly type: "ended";
      readonly key: string;
      readonly ending: Ending;
      readonly error: Failure;
      readonly usage: Usage;
      /** For in-doubt: the inner call. */
      readonly call?: { readonly key: string; readonly tool: string };
    }
  /** What a tool says of its call in doubt. */
  | { readonly type: "reconciled"; readonly key: string; readonly happened: true; readonly output: Json }
  | { readonly type: "reconciled"; readonly key: string; readonly happened: false }
  | { readonly type: "reconcile-failed"; readonly key: string; readonly error: Failure }
  | {
      readonly type: "reviewed";
      readonly key: string;
      readonly verdict: "go on" | "replan";
      /** The reviewer's words. */
      readonly text: string;
      readonly usage: Usage;
    }
  | { readonly type: "review-failed"; readonly key: string; readonly error: Failure; readonly usage: Usage }
  | { readonly type: "answered"; readonly key: string; readonly answer: Json; readonly usage: Usage }
  | { readonly type: "answer-failed"; readonly key: string; readonly error: Failure; readonly usage: Usage };

export interface Reserve {
  readonly type: "reserve";
  readonly key: string;
  /** What the effect has used until now. */
  readonly spent: Usage;
  readonly model: string;
  /** At most, as far as that can be known. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A planner that goes on writing has written one step. */
export interface Drafted {
  readonly type: "drafted";
  /** Of the request that it answers. */
  readonly key: string;
  /** Its place in the plan, from 0. */
  readonly index: number;
  /** A Step where it is sound among those before it, else what was read. */
  readonly step: Json;
  /** Those that it uses, where it is sound. */
  readonly tools?: readonly ToolSpec[];
}

export type Start = {
  readonly type: "start";
  readonly started: EventData["run.started"];
  readonly given?: CheckedPlan;
  /** What another run did of that plan already: how its steps and items were expanded, completed and skipped. */
  readonly carried?: readonly Fact[];
};

export type Input = Stamp &
  (
    | Start
    /** A process took the run over; calls that were open may have happened. */
    | {
        readonly type: "recovered";
        readonly epoch: number;
        readonly reason: ResumeReason | LegacyReason;
        readonly released?: true;
      }
    /** Time has passed. */
    | { readonly type: "clock" }
    /** What follows from the state as it is; the kernel's own. */
    | { readonly type: "advance" }
    /** A model call inside of the effect `key` asks for its part of the budget. */
    | Reserve
    | Drafted
    | Outcome
    | Command
  );

export function isCommand(input: Input): input is Input & Command {
  return isCommandType(input.type);
}
