// What became of a request for approval. In: the log of a run. Out: the request, and the decision with its time and its
// author.
import { grantorText } from "../../words/approval-reasons.js";
import type { EventOf, RunEvent } from "../../run/event.js";
import type { Json } from "../../plan/json.js";
import { isoTime } from "../view/row-context.js";

/** A decision as the log holds it. edited: a person wrote another plan in its place. superseded: the run went on with another plan. */
export interface ReviewDecision {
  readonly what: "approved" | "rejected" | "edited" | "expired" | "cancelled" | "superseded";
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  readonly comment?: string;
  /** Only for a call that got other arguments. */
  readonly args?: { readonly [name: string]: Json };
  /** A rule gave the approval. No person saw what it covers. */
  readonly unseen?: true;
}

export interface AskedApproval {
  readonly requested: EventOf<"approval.requested">;
  /** Absent while it waits. */
  readonly decision?: ReviewDecision;
}

/** The last request under this hash; undefined if there was none. */
export function askedApproval(log: readonly RunEvent[], hash: string): AskedApproval | undefined {
  const requested = log.findLast((event) => event.type === "approval.requested" && event.data.hash === hash);
  if (requested?.type !== "approval.requested") return undefined;
  const later = log.filter(({ seq }) => seq > requested.seq);
  for (const event of later) {
    const decision = decisionIn(event, hash, later);
    if (decision !== undefined) return { requested, decision };
  }
  return { requested };
}

function decisionIn(event: RunEvent, hash: string, later: readonly RunEvent[]): ReviewDecision | undefined {
  if ((event.type !== "approval.granted" && event.type !== "approval.denied") || event.data.hash !== hash)
    return undefined;
  const { comment } = event.data;
  const said = { at: isoTime(event.at), by: event.by, ...(comment === undefined || comment === "" ? {} : { comment }) };
  if (event.type === "approval.denied") {
    const edit = later.find((one) => one.inputId === event.inputId && one.type === "plan.proposed");
    const isEdit = edit?.type === "plan.proposed" && edit.data.cause === "edit";
    return { what: isEdit ? "edited" : event.data.cause, ...said };
  }
  const { args, unseen, standing } = event.data;
  const by = standing === undefined ? {} : { by: grantorText(standing) };
  return { what: "approved", ...said, ...by, ...(args && { args }), ...(unseen && { unseen }) };
}
