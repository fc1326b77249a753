// A plan that replaces another one in a live run: the steps that it keeps, drops and adds, its faults, and the parts
// that a person must see. In: a run and a checked plan. Out: these, or findings; facts. Patches, replans, edits, and
// plans after a rejection or a changed goal obey the same rules.
import { findingOf, type Finding } from "../../plan/finding.js";
import type { FindingParams } from "../../plan/finding-params.js";
import { descendantsOf } from "../../plan/graph.js";
import { joined, label, OWN, type Label } from "../../plan/label.js";
import type { Plan } from "../../plan/plan.js";
import { repeatFindings } from "../../plan/revise/same-plan.js";
import { inSameWords } from "../../plan/revise/step-hash.js";
import { mayActThrough } from "../../plan/step-kind.js";
import { asksForPlan, currentPlan } from "../lookup.js";
import { followedPlan, readByPlanner, wasFollowed } from "../followed-plan.js";
import { withdrawn, sameWordsIn, writtenIn } from "../approval.js";
import type { EventData, Fact } from "../event.js";
import type { CheckedPlan, PlanMarks } from "../command.js";
import { replanOf } from "../status.js";
import { isFailure } from "../failure.js";
import type { ApprovalReason } from "../reason.js";
import { approvalReason, proposal, type ProposalOptions } from "./proposal.js";
import { unusableFindings } from "./unusable-plan.js";
import { undoingAfter } from "./compensation.js";
import { afterUntrusted, EARLIER_REJECTED, partsUnder, withOwnMarks, type RetryPreview } from "./retry.js";
import { isFinished, worksOf } from "../steps.js";
import { toolsByName } from "../../plan/tool-spec.js";
import { type Run } from "../state.js";

export type Revision =
  { readonly ok: true; readonly parts: RetryPreview } | { readonly ok: false; readonly findings: readonly Finding[] };

/** Whether a plan may replace the current one in a live run. It must keep the finished steps. */
export function revise(run: Run, checked: CheckedPlan, replan: EventData["replan.requested"] | undefined): Revision {
  const { lost, ...parts } = partsUnder(run, checked);
  if (lost !== undefined) return { ok: false, findings: [findingOf("STEP_UNKNOWN", STEPS, { step: lost })] };
  const acted = unusableFindings(run, checked.plan);
  const findings = [
    ...acted,
    ...lostSteps(run, parts),
    ...outside(run, checked, replan),
    ...repeated(run, checked, replan),
  ];
  return findings.length === 0 ? { ok: true, parts } : { ok: false, findings };
}

const STEPS = { pointer: "/steps" };

function lostSteps(run: Run, { reused }: RetryPreview): readonly Finding[] {
  const kept = new Set(reused);
  const lost = [...run.execution.steps.values()].filter(({ work, spec }) => isFinished(work) && !kept.has(spec.id));
  if (lost.length === 0) return [];
  return [findingOf("FINISHED_CHANGED", STEPS, { steps: lost.map(({ spec }) => spec.id) })];
}

/** A patch may change only the failed step and the steps that depend on it, even if the planner wrote a whole plan. */
function outside(
  run: Run,
  { plan }: CheckedPlan,
  replan: EventData["replan.requested"] | undefined,
): readonly Finding[] {
  const [failed] = replan?.mode === "patch" ? replan.failed : [];
  if (failed === undefined) return [];
  const before = followedPlan(run)!.plan;
  const open = new Set([failed.step, ...descendantsOf(before, failed.step)]);
  const after = new Map(plan.steps.map((step) => [step.id, step]));
  const touched = before.steps.filter((step) => {
    const stands = after.get(step.id);
    return !open.has(step.id) && (stands === undefined || !inSameWords(stands, step));
  });
  if (touched.length === 0) return [];
  return [findingOf("PATCH_OUTSIDE", STEPS, { failing: failed.step, steps: touched.map(({ id }) => id) })];
}

function repeated(
  run: Run,
  { plan }: CheckedPlan,
  replan: EventData["replan.requested"] | undefined,
): readonly Finding[] {
  if (replan === undefined || replan.cause === "goal") return [];
  return repeatFindings(plan, failedPlans(run, replan));
}

/** The plans that were given up, each with the reason, newest first. */
function failedPlans({ planning: { plans } }: Run, request: EventData["replan.requested"]) {
  const failed: ({ readonly plan: Plan } & FindingParams["PLAN_REPEATED"])[] = [];
  let why = reasonOf(request);
  for (const { plan, replan } of plans.filter(wasFollowed).reverse()) {
    failed.push({ plan, reason: why });
    if (replan === undefined || replan.cause === "goal") break;
    why = reasonOf(replan);
  }
  return failed;
}

/** The text of a review is a model's. Findings always go to the planner, so they hold only the code. */
const reasonOf = ({ reason }: EventData["replan.requested"]) =>
  reason.code === "REVIEWED" ? { code: reason.code } : { ...reason };

/** A person who rejected a call sees what comes instead, if it may act. */
function afterRejectedCall(run: Run, checked: CheckedPlan, fresh: ReadonlySet<string>): ApprovalReason | undefined {
  const works = [...run.execution.steps.values()].flatMap(worksOf);
  const rejected = works.find(
    ({ status, error }) => status === "failed" && error !== undefined && isFailure(error, "CALL_REJECTED"),
  );
  if (rejected === undefined || approvalReason(checked, "effects", fresh) === undefined) return undefined;
  return { code: "CALL_WAS_REJECTED", step: rejected.step.spec.id };
}

/** Facts that propose the plan. A person is asked about its new steps. `mustAsk`: a person is asked in any case. */
export function revisionProposed(
  run: Run,
  checked: CheckedPlan,
  { parts }: Revision & { readonly ok: true },
  around: Pick<ProposalOptions, "cause" | "at" | "usage" | "asking" | "mustAsk">,
): Fact[] {
  const { at, cause, usage, asking } = around;
  const replan = replanOf(run);
  const { settings } = run.request;
  const fresh = new Set(parts.restarted);
  const denied = currentPlan(run)?.denied;
  // If nobody approved the plan before, all steps that will run count as new.
  const unseen = denied === undefined ? fresh : new Set(parts.runs);
  const { planning } = run;
  // A person's plan is trusted.
  const read = cause === "edit" ? OWN : joined(label(planning), readByPlanner(run));
  const replaced = followedPlan(run, cause === "edit" ? currentPlan(run) : undefined);
  // A changed word may change how often a call is made, even if the meaning of its output is unchanged.
  const written = writtenIn(checked.plan, toolsByName(checked.tools), currentPlan(run));
  const mustApprove = checked.plan.steps
    .filter((step) => checked.tools.some((tool) => mayActThrough(step, tool)))
    .map(({ id }) => id)
    .filter((id) => run.planning.mustApprove.has(id) || (read.untrusted && (fresh.has(id) || written.has(id))));
  const ids = checked.plan.steps.map(({ id }) => id);
  const stay = sameWordsIn(checked.plan, currentPlan(run));
  const anew = ids.filter((id) => fresh.has(id) || written.has(id));
  const marks = withOwnMarks({ mustApprove, ...afterUntrusted(run, stay, read, anew) }, checked);
  const rejected = run.planning.plans.some(
    (plan) => plan.denied === "rejected" && !wasApprovedSince(run, plan.revision),
  )
    ? EARLIER_REJECTED
    : afterRejectedCall(run, checked, unseen);
  const { proposed, following } = proposal(checked, {
    failing: (failing) => undoingAfter(run, failing),
    revision: run.planning.plans.length + 1,
    cause,
    replaces: replaced,
    settings,
    at,
    changes: {
      ...changesOf(run, checked.plan, parts),
      ...(replan === undefined ? {} : { reason: replan.reason }),
      ...marks,
    },
    fresh: unseen,
    mustAsk: around.mustAsk ?? rejected,
    ...(usage === undefined ? {} : { usage }),
    ...(asking === undefined ? {} : { asking }),
  });
  // Withdraws the approvals of calls of the plan before. A step that still needs one asks again.
  return [proposed, ...withdrawn(run, (approval) => !asksForPlan(approval)), ...following];
}

/** The marks of a first plan, whose planner has read text with this label. */
export function marksOf({ plan, tools }: Pick<CheckedPlan, "plan" | "tools">, read: Label): PlanMarks {
  if (!read.untrusted) return {};
  const acting = plan.steps.filter((step) => tools.some((tool) => mayActThrough(step, tool)));
  const steps = plan.steps.map(({ id }) => id);
  const marks = { steps, ...(read.private ? { private: true as const } : {}) };
  return { mustApprove: acting.map(({ id }) => id), afterUntrusted: marks };
}

/** Whether a plan after that revision was accepted, by a person's approval or by the policy. */
const wasApprovedSince = (run: Run, revision: number): boolean =>
  run.planning.plans.some((plan) => plan.revision > revision && plan.denied === undefined);

function changesOf(run: Run, { steps }: Plan, { restarted, kept }: RetryPreview) {
  const ids = new Set(steps.map(({ id }) => id));
  return {
    kept,
    dropped: [...run.execution.steps.keys()].filter((id) => !ids.has(id)),
    added: [...ids].filter((id) => !run.execution.steps.has(id)),
    changed: restarted.filter((id) => run.execution.steps.has(id)),
  };
}
