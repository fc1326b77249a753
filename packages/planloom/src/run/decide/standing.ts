// What a standing approval of a playbook decides about the plan of its run. In: the start of the run and its plan. Out:
// the reason for a question that it no longer answers, or the facts of the approval. Calls that the guard asks about are
// not covered, unless the approval fixes their arguments.
import { inputLabel } from "../../plan/label.js";
import { callsCovered } from "../../plan/playbook/standing.js";
import { directTool } from "../../plan/step-kind.js";
import type { CheckedPlan } from "../command.js";
import { fact, type EventData, type Fact } from "../event.js";
import type { RecordedPlaybook, StandingGrant } from "../recorded-playbook.js";
import type { ApprovalReason, LegacyReason } from "../reason.js";

type Started = EventData["run.started"];

/** The standing approval that holds for the run. */
export function standingOf({ playbook }: Pick<Started, "playbook">): StandingGrant | undefined {
  const standing = playbook?.standing;
  return standing === undefined || "changed" in standing ? undefined : standing;
}

/** The reason for a question about the plan, if a standing approval was given and does not hold any more. */
export function askedInstead<R extends ApprovalReason | LegacyReason>(
  { playbook }: { readonly playbook?: RecordedPlaybook | undefined },
  reason: R,
): R | (ApprovalReason & { readonly code: "PLAYBOOK_CHANGED" }) {
  const standing = playbook?.standing;
  if (playbook === undefined || standing === undefined || !("changed" in standing)) return reason;
  return { code: "PLAYBOOK_CHANGED", playbook: playbook.name, changes: standing.changed };
}

/** The approval of the plan and of the calls that it covers. The request stands before it, as for every approval. */
export function standingFacts(started: Started, { plan, hash, inputs }: CheckedPlan, at: number): Fact[] {
  const { playbook, settings, trust = {} } = started;
  const standing = standingOf(started);
  if (playbook === undefined || standing === undefined) return [];
  const fixed = new Set(standing.fixed);
  const isOwn = (name: string): boolean => fixed.has(name) || !inputLabel(inputs[name] ?? null, trust[name]).untrusted;
  const calls = callsCovered(plan, isOwn, (step) => directTool(step) !== undefined);
  const reason = { code: "PLAYBOOK_STANDING", playbook: playbook.name } as const;
  const subject = "plan" as const;
  return [
    fact("approval.requested", { subject, hash, reason, expiresAt: at + settings.approvalMs }),
    fact("approval.granted", {
      subject,
      hash,
      calls,
      unseen: true,
      standing: { playbook: playbook.name, by: standing.by },
    }),
  ];
}
