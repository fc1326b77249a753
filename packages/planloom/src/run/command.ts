// What a person may say to a run, from any process, and a plan as it enters a run. In: nothing. Out: types.
// Separate from input.ts because an event holds the command that was refused.
import type { Finding } from "../plan/finding.js";
import type { Json, JsonObject } from "../plan/json.js";
import type { Plan } from "../plan/plan.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import type { FunctionReason, LegacyReason } from "./reason.js";
import type { RoleNames, Settings } from "./settings.js";

/** A plan that passed check, with what the log keeps beside it. */
export interface CheckedPlan {
  readonly plan: Plan;
  readonly hash: string;
  /** Those of the run, with the plan's defaults. */
  readonly inputs: { readonly [name: string]: Json };
  readonly tools: readonly ToolSpec[];
  readonly findings: readonly Finding[];
  /** What it is expected to take. */
  readonly estimate?: JsonObject;
  /** What the program that decides about approval said of it, and why; read under the policy `function`. */
  readonly approval?: { readonly required: boolean; readonly reason: FunctionReason | LegacyReason };
  /** Steps whose calls a person must see, because whoever wrote them had read untrusted text. */
  readonly mustApprove?: readonly string[];
}

/** What a person may say to a run, from any process, through its inbox. */
export type Command =
  | {
      readonly type: "approve";
      readonly hash: string;
      readonly comment?: string;
      /** Of a plan: its calls whose arguments stand in it, too. */
      readonly calls?: true;
    }
  | { readonly type: "reject"; readonly hash?: string; readonly comment: string }
  | { readonly type: "respond"; readonly step: string; readonly item?: number; readonly value: Json }
  | {
      readonly type: "settle";
      readonly step: string;
      readonly item?: number;
      readonly verdict: "happened" | "not-happened" | "abort";
      readonly output?: Json;
      /** The how-manieth doubt about this step (item), from 1: what is said of one must not settle the next. */
      readonly doubt?: number;
    }
  | { readonly type: "cancel"; readonly reason: string }
  /** Another plan in the place of the one that waits under `hash`. */
  | { readonly type: "edit"; readonly hash: string; readonly plan: CheckedPlan; readonly comment?: string }
  /** Begin nothing more, until `unpause`. */
  | { readonly type: "pause"; readonly reason: string }
  | { readonly type: "unpause"; readonly reason: string }
  /** Another goal: what is finished is kept where it still serves. */
  | { readonly type: "goal"; readonly goal: string; readonly reason: string }
  | {
      /** Has a run that has ended go on. */
      readonly type: "retry";
      readonly reason?: string;
      /** Begin this step again, and all that follows from it. */
      readonly from?: string;
      /** Instead of the plan that it has; what means the same in both is kept. */
      readonly plan?: CheckedPlan;
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
};

export const isCommandType = (type: string): type is Command["type"] => Object.hasOwn(COMMANDS, type);
