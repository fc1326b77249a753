// The words for reasons why a person is asked to approve. In: a reason as an event holds it. Out: a clause without a
// capital and a full stop.
import type { AfterRejection } from "../run/decide/after-rejection.js";
import { assertNever } from "../assert-never.js";
import type { ValueSource } from "../plan/origin.js";
import type { PlaybookChange } from "../run/recorded-playbook.js";
import type { ApprovalReason, LegacyReason } from "../run/reason.js";
import { changedToolText } from "./tool-change.js";
import { textOr } from "./words.js";

type Of<Code extends ApprovalReason["code"]> = Extract<ApprovalReason, { readonly code: Code }>;

export const APPROVAL_REASONS: { readonly [Code in ApprovalReason["code"]]: (reason: Of<Code>) => string } = {
  POLICY_ALWAYS: () => "every plan needs approval",
  MAY_ACT: ({ tools }) => `it may act through ${tools.join(", ")}`,
  MAY_ACT_AGAIN: ({ steps }) => `it may act again in ${steps.join(", ")}`,
  EARLIER_REJECTED: () => "an earlier plan was rejected",
  CALL_WAS_REJECTED: ({ step }) => `the call of step ${step} was rejected, and this plan may act instead`,
  PLAN_EDITED: () => "the plan was edited",
  NOT_APPROVED_BEFORE: () => "it was not approved before the run ended",
  PLAYBOOK_STANDING: ({ playbook }) => `the playbook ${playbook} has a standing approval`,
  PLAYBOOK_CHANGED: ({ playbook, changes }) =>
    `the standing approval of the playbook ${playbook} does not hold: ${changes.map(playbookChangeText).join("; ")}`,
  STEP_ASKS: () => "the plan asks for it",
  TOOL_ASKS: ({ tool }) => `${tool} asks for it`,
  WAS_UNDONE: () => "a call of it was undone before, and it acts a second time",
  UNDOES: ({ tool }) => `it undoes a call of ${tool}`,
  UNTRUSTED_READ: () => "it was planned after untrusted text was read",
  TOOL_CHANGED: ({ changes, also }) =>
    [...changes.map(changedToolText), ...(also === undefined ? [] : [approvalReasonText(also)])].join("; "),
  CONTROL_UNTRUSTED: ({ tool, args, from }) =>
    `untrusted data (${from.map(sourceText).join(", ")}) chose ${chosen(tool, args)}`,
  PRIVATE_LEAVES: ({ tool, args, from, private: held }) =>
    `private data (${held.map(sourceText).join(", ")}) would leave this machine, and untrusted data ` +
    `(${from.map(sourceText).join(", ")}) chose ${chosen(tool, args)}`,
  FUNCTION_ASKS: ({ text }) => text || "the approval function asks for it",
  FUNCTION_ALLOWS: () => "the approval function asks for no approval",
  FUNCTION_FAILED: ({ text }) => `the approval function failed: ${text}`,
  FUNCTION_LATE: ({ ms }) => `the approval function did not decide within ${ms} ms`,
  FUNCTION_UNCLEAR: () => "the approval function gave neither true, false nor a reason",
  FUNCTION_ABSENT: () => "no approval function has decided that it needs no approval",
};

/** Who has approved a plan, if a standing approval of its playbook covers it. */
export const grantorText = ({ playbook, by }: { readonly playbook: string; readonly by: string }): string =>
  `the standing approval of the playbook ${playbook} (${by})`;

/** What is not as it was when a standing approval was given. */
export function playbookChangeText(change: PlaybookChange): string {
  switch (change.what) {
    case "plan":
      return "its plan has changed";
    case "tool":
      return `the tool ${change.tool} has changed`;
    case "input":
      return `the input ${change.input} has another value than the approval fixes`;
    case "expired":
      return `it expired on ${new Date(change.at).toISOString()}`;
    default:
      return assertNever(change);
  }
}

const chosen = (tool: string, args: readonly string[] = []): string =>
  args.length === 0
    ? `that ${tool} is called`
    : `the ${args.length === 1 ? "argument" : "arguments"} ${args.join(", ")} of ${tool}`;

function sourceText(source: ValueSource): string {
  if ("input" in source) return `input ${source.input}`;
  if ("step" in source) return `step ${source.step}`;
  if ("tool" in source) return `what ${source.tool} returned`;
  return "secret" in source ? "a secret" : "a plan written after untrusted text was read";
}

export function approvalReasonText(reason: ApprovalReason | LegacyReason): string {
  if (!Object.hasOwn(APPROVAL_REASONS, reason.code)) return textOr(reason, () => JSON.stringify(reason));
  return textOr(reason, () =>
    (APPROVAL_REASONS[reason.code as ApprovalReason["code"]] as (reason: ApprovalReason | LegacyReason) => string)(
      reason,
    ),
  );
}

/** What follows a rejection, in the middle of a sentence. */
export const AFTER_REJECTION: Readonly<Record<AfterRejection, string>> = {
  plan: "the planner reads the comment and writes another plan",
  patch: "the planner reads the comment and mends the plan",
  model: "the model of the step reads the comment and goes on",
  skip: "the step is skipped",
  fail: "the step fails, and the run with it",
  end: "the run ends",
  left: "the effect of the call stays, and the calls before it are undone",
};
