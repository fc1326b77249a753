// Defines the commands of persons and programs to a run, and a checked plan as it enters a run. In: nothing. Out:
// types. It is separate from input.ts because an event holds a refused command.
import type { Finding } from "../plan/finding.js";
import type { Json, JsonObject } from "../plan/json.js";
import type { Plan } from "../plan/plan.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import type { FunctionReason, LegacyReason } from "./reason.js";
import type { InputTrust } from "../plan/label.js";
import type { RoleNames, Settings } from "./settings.js";

/** What is known of the author of a plan. */
export interface PlanMarks {
  /** Steps whose calls need a person's approval, because their author had read untrusted text. */
  readonly mustApprove?: readonly string[];
  /** Steps that were written after untrusted text was read: see plan.proposed. */
  readonly afterUntrusted?: AfterUntrusted;
}

/** A plan that passed check, with the facts that the log keeps beside it. */
export interface CheckedPlan extends PlanMarks {
  readonly plan: Plan;
  readonly hash: string;
  /** Version of the hash. Absent: today's. */
  readonly hashVersion?: number;
  /** The run's inputs, with the plan's defaults. */
  readonly inputs: { readonly [name: string]: Json };
  readonly tools: readonly ToolSpec[];
  readonly findings: readonly Finding[];
  /** The expected cost of the plan. */
  readonly estimate?: JsonObject;
  /** The decision of the approval function and its reason. Used under the policy `function`. */
  readonly approval?: { readonly required: boolean; readonly reason: FunctionReason | LegacyReason };
}

/** `private`: some of the text was private. */
export interface AfterUntrusted {
  readonly steps: readonly string[];
  readonly private?: true;
}

/** Answers about a call in doubt. */
export type DoubtVerdict = "happened" | "not-happened" | "abort";

/** Answers about a call that acted and whose output cannot be used. use: the given value is the output. */
export type UnusableVerdict = "use" | "skip" | "fail" | "again";

/** Answers about an undoing that failed. undone: somebody has undone the call by hand. leave: its effect stays. */
export type UndoingVerdict = "again" | "undone" | "leave";

export type CallVerdict = DoubtVerdict | UnusableVerdict | UndoingVerdict;

export const DOUBT_VERDICTS: readonly DoubtVerdict[] = ["happened", "not-happened", "abort"];
export const UNUSABLE_VERDICTS: readonly UnusableVerdict[] = ["use", "skip", "fail", "again"];

export const UNDOING_VERDICTS: readonly UndoingVerdict[] = ["again", "undone", "leave"];

/** Every answer about a call, once. */
export const CALL_VERDICTS: readonly CallVerdict[] = [
  ...new Set<CallVerdict>([...DOUBT_VERDICTS, ...UNUSABLE_VERDICTS, ...UNDOING_VERDICTS]),
];

export const isUndoingVerdict = (verdict: CallVerdict): verdict is UndoingVerdict =>
  (UNDOING_VERDICTS as readonly CallVerdict[]).includes(verdict);

export const isDoubtVerdict = (verdict: CallVerdict): verdict is DoubtVerdict =>
  (DOUBT_VERDICTS as readonly CallVerdict[]).includes(verdict);

/** values: calls with the same control arguments. host: with addresses of the same host, and otherwise the same. */
export type RestOfStep = "values" | "host";

/** A command to a run. Any process can send it through the run's inbox. */
export type Command =
  | {
      readonly type: "approve";
      readonly hash: string;
      readonly comment?: string;
      /** For a plan: also approve the calls whose arguments are complete in the plan. */
      readonly calls?: true;
      /** Given by a rule, such as --yes: nobody has seen what it covers. */
      readonly unseen?: true;
      /** For one call, also inside an agent step: the arguments that it gets instead. */
      readonly args?: { readonly [name: string]: Json };
      /** For a call inside an agent step: later calls of the same tool in this step, see RestOfStep. */
      readonly rest?: RestOfStep;
    }
  | { readonly type: "reject"; readonly hash?: string; readonly comment: string }
  | {
      readonly type: "respond";
      readonly step: string;
      readonly item?: number;
      readonly value: Json;
      /** `seq` of the event in which a tool asks. An answer names its question, so it cannot answer a later one. */
      readonly asked?: number;
    }
  | {
      readonly type: "settle";
      readonly step: string;
      readonly item?: number;
      readonly verdict: CallVerdict;
      /** The output, for `happened` and `use`. */
      readonly output?: Json;
      /**
       * 1-based number of this doubt for the step or item. An answer names the doubt it settles, so it cannot settle a
       * later one.
       */
      readonly doubt?: number;
    }
  /**
   * `hash`: the run ends only if this plan still waits. A person denies it. `compensate`: whether its finished calls are
   * undone; absent: the policy of the run decides.
   */
  | { readonly type: "cancel"; readonly reason: string; readonly hash?: string; readonly compensate?: boolean }
  /** Replace the plan that waits for approval under `hash`. */
  | { readonly type: "edit"; readonly hash: string; readonly plan: CheckedPlan; readonly comment?: string }
  /** Start nothing new until `unpause`. */
  | { readonly type: "pause"; readonly reason: string }
  | { readonly type: "unpause"; readonly reason: string }
  /** Change the goal. Finished work is kept if it still serves the new goal. */
  | { readonly type: "goal"; readonly goal: string; readonly reason: string }
  | {
      /** Continue an ended run. */
      readonly type: "retry";
      readonly reason?: string;
      /** Restart this step and all steps that depend on it. */
      readonly from?: string;
      /** What should be different. The planner is asked for another plan with it; finished steps are kept. */
      readonly feedback?: string;
      /** Use this plan instead of the current one. Steps with the same meaning in both are kept. */
      readonly plan?: CheckedPlan;
      /** Names of the inputs that the person gave with it; `plan` holds their values. */
      readonly given?: readonly string[];
      /** What the person says of inputs. */
      readonly trust?: { readonly [input: string]: InputTrust };
      readonly settings: Settings;
      readonly models: RoleNames;
    }
  | {
      /** Undo the finished calls of an ended run. */
      readonly type: "compensate";
      readonly reason?: string;
      /** A person has seen the calls that are undone, with this hash, and approves each. Absent: each may ask. */
      readonly hash?: string;
      /** Given by a rule, such as --yes: nobody has seen what it covers. */
      readonly unseen?: true;
    }
  | {
      /** Write an answer from what an ended, failed run has done. It stays failed. */
      readonly type: "answer";
      /** The budget and the prices of these settings apply from here on. */
      readonly settings: Settings;
      readonly models: RoleNames;
    };

const COMMANDS: { readonly [T in Command["type"]]: true } = {
  approve: true,
  reject: true,
  edit: true,
  respond: true,
  settle: true,
  pause: true,
  unpause: true,
  goal: true,
  cancel: true,
  retry: true,
  compensate: true,
  answer: true,
};

/** Whether a command of this type is for a run that has ended. */
export const isForEnded = (type: string): boolean => type === "retry" || type === "answer" || type === "compensate";

export const isCommandType = (type: string): type is Command["type"] => Object.hasOwn(COMMANDS, type);
