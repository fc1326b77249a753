// A plan that is proposed, and whether a person is asked for it. In: a checked plan and what it takes the place of. Out: facts.
// Separate because first plans, mended ones and those of persons all come in through here.
import { NO_USAGE, type Usage } from "../plan/usage.js";
import { fact, type EventData, type Fact, type Settings, type StepRef } from "./event.js";
import type { CheckedPlan } from "./input.js";

interface Circumstances {
  readonly revision: number;
  readonly cause: EventData["plan.proposed"]["cause"];
  readonly kept?: readonly StepRef[];
  /** A person has rejected a plan of this run. */
  readonly rejectedBefore: boolean;
  readonly settings: Settings;
  /** ms since 1970. */
  readonly at: number;
  readonly usage?: Usage;
}

export function proposal(checked: CheckedPlan, around: Circumstances): Fact[] {
  const { revision, cause, kept, rejectedBefore, settings, at, usage = NO_USAGE } = around;
  const { plan, hash, inputs, tools, findings } = checked;
  const proposed = { revision, plan, hash, inputs, tools, findings, cause, usage };
  const facts = [fact("plan.proposed", kept === undefined ? proposed : { ...proposed, kept })];
  const reason = approvalReason(checked, settings.approval, rejectedBefore);
  if (reason === undefined) return facts;
  const expiresAt = at + settings.approvalMs;
  return [...facts, fact("approval.requested", { subject: "plan", hash, reason, expiresAt })];
}

function approvalReason(
  checked: CheckedPlan,
  policy: Settings["approval"],
  rejectedBefore: boolean,
): string | undefined {
  if (rejectedBefore) return "an earlier plan was rejected";
  if (policy === "always") return "every plan is approved";
  if (policy === "never") return undefined;
  const acting = checked.tools.filter((tool) => tool.effects !== "none").map((tool) => tool.name);
  return acting.length === 0 ? undefined : `it may act through ${acting.join(", ")}`;
}
