// The words for refused commands. In: a refusal as an event holds it. Out: a clause without a capital and a full stop.
import { findingWords } from "./findings.js";
import type { Refusal, RefusalParams } from "../run/refusal.js";
import { gistText } from "./phrases.js";
import { textOr, type Table, type Words } from "./words.js";

const short = (hash: string): string => hash.slice(0, 12);

const place = ({ step, item }: { readonly step: string; readonly item?: number }): string =>
  item === undefined ? `step ${step}` : `item ${item} of step ${step}`;

/** A whole fan-out never asks and is never in doubt. */
const standing = (status: string): string =>
  status === "expanded" ? "is done item by item: name one of its items" : `is ${status}`;

export const REFUSALS: Table<RefusalParams> = {
  RUN_ENDED: { message: ({ ended }) => `the run is ${ended} already` },
  RUN_CANCELLING: { message: () => "the run is being cancelled" },
  RUN_FAILING: { message: () => "the run is failing: wait for its end" },
  ALREADY_APPROVED: { message: ({ hash }) => `${short(hash)} is approved already` },
  NOTHING_TO_APPROVE: { message: () => "nothing waits for approval" },
  STALE_HASH: {
    message: ({ hash, revision, waiting }) => {
      const what = revision === undefined ? `the hash ${short(hash)}` : `revision ${revision} (${short(hash)})`;
      return `${what} is not what waits for approval; that is ${waiting.map(short).join(", ")}`;
    },
  },
  WHICH_APPROVAL: { message: () => "several things wait for approval: name one by its hash" },
  NOT_A_PLAN: { message: ({ hash }) => `${short(hash)} is a call: approve or reject it` },
  NOTHING_CHANGED: { message: () => "the edited plan is the one that waits for approval" },
  EDIT_INVALID: { message: ({ finding }) => findingWords(finding).message },
  UNKNOWN_STEP: { message: (ref) => `there is no ${place(ref)}` },
  NOT_ASKED: { message: ({ status, ...ref }) => `${place(ref)} ${standing(status)}; it asks nothing` },
  NOT_UNKNOWN: { message: ({ status, ...ref }) => `${place(ref)} ${standing(status)}; nothing is in doubt` },
  STALE_DOUBT: { message: (ref) => `${place(ref)} was called again since, and that call is in doubt now` },
  ANSWER_TYPE: {
    message: ({ path, expected, found }) =>
      `the answer${path === "" ? "" : ` at ${path}`} must be ${expected}, but is ${gistText(found)}`,
  },
  ALREADY_PAUSED: { message: () => "the run is paused already" },
  NOT_PAUSED: { message: () => "the run is not paused" },
  ALREADY_CANCELLING: { message: () => "the run is being cancelled already" },
  NO_PLANNER: { message: () => "there is no planner that could plan for another goal" },
  GOAL_INVALID: { message: ({ limit }) => `a goal has between 1 and ${limit} characters` },
  SAME_GOAL: { message: () => "that is the goal already" },
  RUN_NOT_ENDED: { message: () => "the run has not ended; cancel it first, or answer what it asks" },
  NOTHING_TO_RETRY: {
    message: ({ because }) =>
      because === "completed"
        ? "the run has completed; name a step to begin again from, or give another plan"
        : "the run has no plan that was accepted, and there is no planner: give a plan",
  },
  STEP_UNKNOWN: {
    message: ({ step, fork }) =>
      fork === true
        ? `the outcome of step ${step} is unknown, and a fork would make the call again; retry the run and settle that first`
        : `the outcome of step ${step} is unknown and would be forgotten; retry the run as it is, and settle that first`,
  },
};

export function refusalText({ code, params, text }: Refusal): string {
  if (text !== undefined) return text;
  const words = Object.hasOwn(REFUSALS, code) ? (REFUSALS[code as keyof RefusalParams] as Words<unknown>) : undefined;
  return textOr({ code, ...params }, () => words?.message(params ?? {}));
}
