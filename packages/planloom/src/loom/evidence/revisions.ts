// The plans of a run for its evidence card. In: its log. Out: each revision with its cause, its steps, and who approved
// it.
import { grantorText } from "../../words/approval-reasons.js";
import { needsOf } from "../../plan/graph.js";
import { callName } from "../../plan/step-kind.js";
import type { EventOf, RunEvent } from "../../run/event.js";
import { approvalText, planCauseText } from "../../words/evidence-card.js";
import { reasonText } from "../../words/reasons.js";

export interface RevisionCard {
  readonly revision: number;
  readonly hash: string;
  /** The event that proposed it. */
  readonly seq: number;
  readonly cause: string;
  /** The cause in words: `for the goal`. */
  readonly causeText: string;
  /** Why there is another plan. */
  readonly reason?: string;
  readonly approval: "not-asked" | "waiting" | "granted" | "denied";
  /** Who approved or denied it. `unseen`: a rule approved it. */
  readonly by?: string;
  readonly unseen?: true;
  readonly comment?: string;
  /** All of that in words: `approved by ann`. */
  readonly approvalText: string;
  readonly steps: readonly StepCard[];
  /** Compared with the plan before. Absent for the first. */
  readonly added?: readonly string[];
  readonly dropped?: readonly string[];
  readonly changed?: readonly string[];
}

export interface StepCard {
  readonly id: string;
  readonly title: string;
  /** The tool, or agent or ask. */
  readonly does: string;
  readonly needs: readonly string[];
}

export function revisionsOf(events: readonly RunEvent[]): readonly RevisionCard[] {
  return events.flatMap((event) => (event.type === "plan.proposed" ? [revisionOf(event, events)] : []));
}

function revisionOf({ seq, data }: EventOf<"plan.proposed">, events: readonly RunEvent[]): RevisionCard {
  const { revision, hash, cause, reason, plan, added, dropped, changed } = data;
  const approval = approvalOf(hash, seq, events);
  return {
    revision,
    hash,
    seq,
    cause,
    causeText: planCauseText(cause),
    ...(reason === undefined ? {} : { reason: reasonText(reason) }),
    ...approval,
    approvalText: approvalText(approval),
    steps: plan.steps.map((step) => ({
      id: step.id,
      title: step.title,
      does: callName(step),
      needs: needsOf(step),
    })),
    ...(added === undefined ? {} : { added }),
    ...(dropped === undefined ? {} : { dropped }),
    ...(changed === undefined ? {} : { changed }),
  };
}

/** The last decision on the plan. A later revision may have the same hash. */
function approvalOf(
  hash: string,
  seq: number,
  events: readonly RunEvent[],
): Pick<RevisionCard, "approval" | "by" | "unseen" | "comment"> {
  const next = events.find((event) => event.seq > seq && event.type === "plan.proposed")?.seq ?? Infinity;
  const last = events.findLast(
    (event): event is EventOf<"approval.requested" | "approval.granted" | "approval.denied"> =>
      event.type.startsWith("approval.") && event.seq > seq && event.seq < next && isAbout(event, hash),
  );
  if (last === undefined) return { approval: "not-asked" };
  if (last.type === "approval.requested") return { approval: "waiting" };
  const { comment } = last.data;
  return {
    approval: last.type === "approval.granted" ? "granted" : "denied",
    by: last.type === "approval.granted" && last.data.standing ? grantorText(last.data.standing) : last.by,
    ...(last.type === "approval.granted" && last.data.unseen === true ? { unseen: true } : {}),
    ...(comment === undefined || comment === "" ? {} : { comment }),
  };
}

function isAbout({ data }: RunEvent, hash: string): boolean {
  return "subject" in data && data.subject === "plan" && "hash" in data && data.hash === hash;
}
