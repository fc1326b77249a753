// The words of findings on a plan that replaces another one. In: parameters. Out: what is wrong, and what to write
// instead.
import type { RevisionParams } from "../plan/finding-params.js";
import type { FindingTable } from "./finding-words.js";
import type { ReplanReason } from "../run/reason.js";
import { quoted, withMore } from "./phrases.js";
import { replanReasonText } from "./replan-reasons.js";

export const REVISION: FindingTable<keyof RevisionParams> = {
  PATCH_EMPTY: {
    message: () => "The patch changes nothing, so the plan would fail again as it did.",
    fix: ({ failing }) => `Replace ${failing}, or what it needs to succeed.`,
  },
  PATCH_FINISHED: {
    message: ({ step }) => `${step} has finished, and its output stands.`,
    fix: () => "Leave it as it is and refer to its output, or add a step with an id of its own.",
  },
  PATCH_OUTSIDE: {
    message: (params) =>
      "step" in params
        ? `${params.step} is not the step that failed (${params.failing}) and does not wait for it.`
        : `The patch of ${params.failing} also changes or drops ${params.steps.join(", ")}.`,
    fix: (params) =>
      "step" in params ? touchable(params) : `Change ${params.failing}, what waits for it, and new steps only.`,
  },
  PATCH_UNKNOWN: {
    message: ({ step }) => `There is no step ${quoted(step)}.`,
    fix: touchable,
  },
  PATCH_RENAME: {
    message: ({ step }) => `The step that replaces ${quoted(step)} has another id.`,
    fix: ({ step }) => `Keep the id ${quoted(step)}: other steps refer to it.`,
  },
  FINISHED_CHANGED: {
    message: (params) => {
      if ("steps" in params)
        return `${params.steps.join(", ")} ${has(params.steps)} finished, and the plan changes or drops what was done.`;
      const { step } = params;
      return "fields" in params
        ? `${step} has finished, and the step of that id in this plan differs in ${params.fields.join(", ")}.`
        : `${step} has finished, and this plan changes what it waited for: ${params.causes.join(", ")}.`;
    },
    fix: (params) => {
      if ("steps" in params) return "Keep finished steps as they are, and give new work ids of its own.";
      const { step } = params;
      return "fields" in params
        ? `Leave ${step} as it was, or give the new step an id of its own.`
        : `Leave ${params.causes.join(", ")} as before, or plan the work of ${step} again under a new id.`;
    },
  },
  PLAN_REPEATED: {
    message: ({ reason }) =>
      `This plan has failed already (${reasonText(reason)}). It differs at most in titles, descriptions and order.`,
    fix: () => "Change what the steps do: another tool, other arguments, another instruction, or other steps.",
  },
  ACTED_UNUSABLE: {
    message: (params) => {
      const { step } = params;
      switch (params.why) {
        case "repeats":
          return (
            `${params.by} makes the call of ${params.tool} again that ${step} has made. It acted, although its ` +
            "output cannot be used."
          );
        case "refers":
          return (
            `${params.by ?? "The answer"} refers to the output of ${step}. That step has acted, but its output ` +
            "cannot be used."
          );
        case "asked":
          return `${step} has acted, and a person is asked about its output.`;
      }
    },
    fix: ({ step, why }) =>
      why === "asked"
        ? `Keep ${step} as it is.`
        : `The effect of ${step} has happened. Do not order it again. If its result is needed, read it in another ` +
          "way, in a step of its own.",
  },
  STEP_UNKNOWN: {
    message: ({ step }) => `The outcome of step ${step} is unknown and would be forgotten.`,
    fix: () => "Keep that step as it is; a person settles it.",
  },
};

const has = (steps: readonly string[]): string => (steps.length === 1 ? "has" : "have");

function touchable({ open, more }: { readonly open: readonly string[]; readonly more: number }): string {
  return `A patch may change ${withMore(open, more)}, and add steps.`;
}

/** The words of a review are not in a finding. */
function reasonText(reason: RevisionParams["PLAN_REPEATED"]["reason"]): string {
  if (reason.code === "REVIEWED") return "a review found that it makes no sense any more";
  return replanReasonText(reason as unknown as ReplanReason).slice(0, 300);
}
