// Defines the inputs of `decide`: a command, the outcome of an effect, or a sign from the engine. In: nothing. Out: the
// union. Each input carries its time and id. Commands travel through inboxes; outcomes come from an engine.
import type { EvidenceFound } from "../plan/evidence.js";
import type { Finding } from "../plan/finding.js";
import type { Json } from "../plan/json.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import type { Usage } from "../plan/usage.js";
import { isCommandType, type CheckedPlan, type Command } from "./command.js";
import type { Asking, Ending, EventData, Fact, HeldCall, AgentProgress, ToolQuestion } from "./event.js";
import type { AnswerOpinion, OutputJudged } from "./event/judged.js";
import type { Failure } from "./failure.js";
import type { Scouted } from "./event/scouted.js";
import type { LegacyReason, ResumeReason } from "./reason.js";

interface Stamp {
  /** Unique in the run. */
  readonly id: string;
  /** ms since 1970. */
  readonly at: number;
  /** `engine`, or the sender of the command. */
  readonly by: string;
}

export type Outcome =
  | {
      readonly type: "planned";
      readonly key: string;
      readonly plan: CheckedPlan;
      readonly usage: Usage;
      readonly asking?: Asking;
      /** What this request looked up before it. */
      readonly scouted?: Scouted;
    }
  | {
      readonly type: "plan-invalid";
      readonly key: string;
      readonly draft: string;
      readonly findings: readonly Finding[];
      readonly usage: Usage;
      readonly asking?: Asking;
      /** What this request looked up before it. */
      readonly scouted?: Scouted;
    }
  | {
      readonly type: "plan-failed";
      readonly key: string;
      readonly error: Failure;
      readonly usage: Usage;
      readonly scouted?: Scouted;
    }
  | {
      readonly type: "chosen";
      readonly key: string;
      readonly choice: Omit<EventData["strategy.chosen"], "usage">;
      /** The plan, if the strategy needs no planner. */
      readonly plan?: CheckedPlan;
      readonly usage: Usage;
    }
  | { readonly type: "choose-failed"; readonly key: string; readonly error: Failure; readonly usage: Usage }
  | {
      readonly type: "filled";
      readonly key: string;
      readonly args: { readonly [name: string]: Json };
      readonly usage: Usage;
    }
  | ({
      readonly type: "returned";
      readonly key: string;
      readonly output: Json;
      /** Names of the tools that were called. */
      readonly tools: readonly string[];
      readonly usage: Usage;
      readonly summary?: string;
      readonly evidence?: readonly EvidenceFound[];
    } & AgentProgress)
  | ({
      readonly type: "ended";
      readonly key: string;
      readonly ending: Ending;
      readonly error: Failure;
      readonly usage: Usage;
      /** For unusable: what the tool returned, as far as it can be kept. */
      readonly output?: Json;
      readonly partial?: true;
      /** Set if the ending is in-doubt: the call inside the step. */
      readonly call?: {
        readonly key: string;
        readonly tool: string;
        readonly args?: { readonly [name: string]: Json };
      };
      /** The model call of this turn of an agent step failed. Its conversation can continue there. */
      readonly turn?: number;
    } & AgentProgress)
  /** No call was made: these tools are not the ones that the run knows. `tools` are their definitions now. */
  | { readonly type: "tool-changed"; readonly key: string; readonly tools: readonly ToolSpec[] }
  /** A call inside an agent step waits for a person. Nothing was called. */
  | ({
      readonly type: "held";
      readonly key: string;
      readonly call: HeldCall;
      readonly args: { readonly [name: string]: Json };
      readonly usage: Usage;
    } & AgentProgress)
  /** A tool asks a person during its call, which has ended for now. `args`: those of a call inside an agent step. */
  | ({
      readonly type: "asked";
      readonly key: string;
      readonly ask: ToolQuestion;
      readonly call: { readonly key: string; readonly tool: string; readonly args?: { readonly [name: string]: Json } };
      readonly usage: Usage;
    } & AgentProgress)
  /** `text`: the judge's words. */
  | ({ readonly type: "judged"; readonly key: string } & Pick<OutputJudged, "verdict" | "text" | "usage">)
  | { readonly type: "judge-failed"; readonly key: string; readonly error: Failure; readonly usage: Usage }
  /** A tool's answer about its call in doubt. */
  | { readonly type: "reconciled"; readonly key: string; readonly happened: true; readonly output: Json }
  | { readonly type: "reconciled"; readonly key: string; readonly happened: false }
  | { readonly type: "reconcile-failed"; readonly key: string; readonly error: Failure }
  /** The call was undone. */
  | { readonly type: "compensated"; readonly key: string }
  | {
      readonly type: "compensate-failed";
      readonly key: string;
      readonly ending: Exclude<Ending, "unusable">;
      readonly error: Failure;
    }
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
  | { readonly type: "answer-failed"; readonly key: string; readonly error: Failure; readonly usage: Usage }
  | {
      readonly type: "critiqued";
      readonly key: string;
      readonly verdict: AnswerOpinion["verdict"];
      /** The critic's words. */
      readonly points: readonly string[];
      /** Parts of the answer that no output supports, as the critic quotes them. Others are ignored. */
      readonly unsupported: readonly string[];
      readonly usage: Usage;
    }
  | { readonly type: "critique-failed"; readonly key: string; readonly error: Failure; readonly usage: Usage };

export interface Reserve {
  readonly type: "reserve";
  readonly key: string;
  /** Usage of the effect so far. */
  readonly spent: Usage;
  readonly model: string;
  /** Upper limits, as far as they can be known. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The planner has written one more step of its plan. */
export interface Drafted {
  readonly type: "drafted";
  /** The key of the request that it answers. */
  readonly key: string;
  /** Index in the plan, from 0. */
  readonly index: number;
  /** A Step if it is sound with the steps before it. Otherwise the step as read. */
  readonly step: Json;
  /** The tools of the step. Set if the step is sound. */
  readonly tools?: readonly ToolSpec[];
}

/** The child run of a sub-plan has begun, waits, goes on or has ended. */
export type Delegated = { readonly type: "delegated"; readonly key: string } & Pick<
  EventData["step.delegated"],
  "run" | "waits" | "acted" | "used"
>;

/** A command in the inbox that this build cannot read. `command` is its type as it was sent, "" if it has none. */
export interface UnreadableCommand {
  readonly type: "unreadable";
  readonly command: string;
}

export type Start = {
  readonly type: "start";
  readonly started: EventData["run.started"];
  readonly given?: CheckedPlan;
  /** A fork's copied facts: how steps and items of that plan were expanded, completed and skipped. */
  readonly carried?: readonly Fact[];
};

export type Input = Stamp &
  (
    | Start
    /** A process took the run over. Open calls may have acted. */
    | {
        readonly type: "recovered";
        readonly epoch: number;
        readonly reason: ResumeReason | LegacyReason;
        readonly released?: true;
      }
    /** Time has passed. */
    | { readonly type: "clock" }
    /** The kernel's own input: decide what follows from the state. */
    | { readonly type: "advance" }
    /** A model call of the effect `key` asks for a reservation. */
    | Reserve
    | Drafted
    | Delegated
    | Outcome
    | Command
    | UnreadableCommand
  );

export function isCommand(input: Input): input is Input & Command {
  return isCommandType(input.type);
}
