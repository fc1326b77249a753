// Defines the failure checks of an evidence card and their findings. In: nothing. Out: types, and the shape of a result.
import { LIMITS } from "../../../limits.js";
import type { Json } from "../../../plan/json.js";
import type { StepRef } from "../../event.js";

export type CheckName = "invented" | "stale" | "loop" | "unverified";

/** `events`: the numbers of the events that show it. Text of a finding is in words/evidence.ts. */
export type CheckFinding = { readonly events: readonly number[] } & (
  InventedFinding | StaleFinding | LoopFinding | UnmetFinding | UnverifiedFinding
);

/** `revision` is the plan that was current; 0 before the first. */
export type InventedFinding =
  | (StepRef & { readonly code: "STEP_NOT_IN_PLAN"; readonly revision: number })
  | (StepRef & { readonly code: "STEP_NOT_APPROVED"; readonly revision: number })
  | (StepRef & { readonly code: "TOOL_NOT_IN_STEP"; readonly tool: string })
  | (StepRef & { readonly code: "TOOL_NOT_RECORDED"; readonly tool: string });

export type StaleFinding =
  /** The step read an output of `source` that a restart, another plan or a later attempt had replaced. */
  | (StepRef & { readonly code: "READ_SUPERSEDED"; readonly source: string; readonly argument?: string })
  /** The step was made of an output of `source` that changed later, and did not run again. */
  | (StepRef & { readonly code: "SOURCE_CHANGED"; readonly source: string })
  /** The answer was written before the present output of `source`. */
  | { readonly code: "ANSWER_OLDER"; readonly source: string };

/** The step took the output of its last round, although `until` was not true of it. */
export interface UnmetFinding {
  readonly code: "UNTIL_NOT_MET";
  readonly step: string;
  readonly rounds: number;
  readonly until: string;
}

/** `same`: all calls gave the same output; null if an output is not known. */
export interface LoopFinding {
  readonly code: "SAME_CALL";
  readonly tool: string;
  readonly args: Json;
  readonly times: number;
  readonly steps: readonly string[];
  readonly same: boolean | null;
}

/** `at`: JSON pointer into the answer; "" for an answer that is a text. */
export interface UnverifiedFinding {
  readonly code: "FIGURE_UNKNOWN" | "NAME_UNKNOWN" | "QUOTE_UNKNOWN" | "ADDRESS_UNKNOWN" | "CLAIM_UNSUPPORTED";
  readonly text: string;
  readonly at: string;
}

export type NotChecked = "NOTHING_RAN" | "NO_ANSWER" | "TOO_LARGE";

/** `looked`: how many calls, reads, or figures and names were looked at. */
export type FailureCheck =
  | { readonly verdict: "clean"; readonly looked: number; readonly note?: CheckNote }
  | {
      readonly verdict: "found";
      readonly looked: number;
      readonly found: number;
      /** The first LIMITS.evidenceFindings of `found`. */
      readonly findings: readonly CheckFinding[];
      readonly note?: CheckNote;
    }
  | { readonly verdict: "not-checked"; readonly reason: NotChecked };

/** What a check left out. */
export type CheckNote = "CAPITALS_NOT_NAMES";

export type CheckResults = { readonly [name in CheckName]: FailureCheck };

export function checkResult(looked: number, findings: readonly CheckFinding[], note?: CheckNote): FailureCheck {
  const noted = note === undefined ? {} : { note };
  if (findings.length === 0) return { verdict: "clean", looked, ...noted };
  const shown = findings.slice(0, LIMITS.evidenceFindings);
  return { verdict: "found", looked, found: findings.length, findings: shown, ...noted };
}

export const notChecked = (reason: NotChecked): FailureCheck => ({ verdict: "not-checked", reason });

/** One tool call inside an agent step, from its journal. `output` is absent if the call failed or has not ended. */
export interface InnerCall extends StepRef {
  readonly attempt: number;
  readonly tool: string;
  readonly args: Json;
  readonly output?: Json;
}
