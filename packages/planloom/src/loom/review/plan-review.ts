// A plan, for a person who approves it. In: a run, its log and the hash of the plan. Out: plain data in sentences: what
// each step does, with which values from where, what changed since another revision, and what the check found.
import { stringify } from "yaml";
import type { Finding } from "../../plan/finding.js";
import type { Json, JsonObject } from "../../plan/json.js";
import type { Plan } from "../../plan/plan.js";
import { diffPlans, type PlanDiff } from "../../plan/revise/diff.js";
import { directToolIn, mayActThrough } from "../../plan/step-kind.js";
import { writePlan } from "../../plan/write.js";
import { afterRejection, type AfterRejection } from "../../run/decide/after-rejection.js";
import type { EventOf, RunEvent } from "../../run/event.js";
import type { PendingApproval, ProposedPlan, Run } from "../../run/state.js";
import { isEnded, statusOf, type RunStatus } from "../../run/status.js";
import { actedIn } from "../../run/view/acted.js";
import { AFTER_REJECTION } from "../../words/approval-reasons.js";
import type { EstimateInWords } from "../../words/estimate.js";
import { worded, type WordedFinding } from "../../words/findings.js";
import { answerSentence, leadSentence, numbersOf, type ActWords } from "../../words/plan-sentences.js";
import { reasonText } from "../../words/reasons.js";
import { withinDocument, type WithinDocument } from "../child-document.js";
import { estimateDocument } from "../estimate-document.js";
import { isoTime } from "../view/row-context.js";
import { askedApproval, type AskedApproval, type ReviewDecision } from "./decision.js";
import { finishedIn, reviewedSteps, type ReviewedStep } from "./plan-steps.js";

export interface PlanReview {
  readonly kind: "plan";
  readonly runId: string;
  /** Set for the plan of a sub-plan: the step of another run that it is. */
  readonly within?: WithinDocument;
  readonly goal: string;
  readonly status: RunStatus;
  readonly seq: number;
  readonly hash: string;
  readonly revision: number;
  /** The plan waits for approval now. */
  readonly waiting: boolean;
  /** The hash of the plan that waits instead, if another one does. */
  readonly waitsInstead?: string;
  readonly requestedAt?: string;
  readonly expiresAt?: string;
  readonly decision?: ReviewDecision;
  /** Why a person is asked. */
  readonly reason: string;
  /** What follows if it is rejected. */
  readonly rejecting?: { readonly then: AfterRejection; readonly text: string };
  readonly rejections: { readonly used: number; readonly allowed: number };
  /** Calls that the run has made already, and that changed something. */
  readonly acted: number;
  readonly lead: string;
  readonly acts: readonly ActWords[];
  /** Why there is another plan, and the comments that led to it. */
  readonly why?: { readonly text: string; readonly comments: readonly ReviewComment[] };
  readonly steps: readonly ReviewedStep[];
  readonly answer: string;
  readonly inputs: { readonly [name: string]: Json };
  /** The JSON Schema that the answer must fit. */
  readonly answerSchema?: JsonObject;
  readonly findings: readonly WordedFinding[];
  readonly estimate?: EstimateInWords;
  /** The limit of the run in US dollars; null: none. */
  readonly budgetUsd: number | null;
  /** The revision that `steps` and `changes` are compared with. */
  readonly against?: { readonly revision: number; readonly hash: string };
  readonly diff?: PlanDiff;
  /** The plan as YAML, for editing. */
  readonly document: string;
}

export interface ReviewComment {
  readonly text: string;
  readonly by: string;
  readonly at: string;
  readonly revision: number;
}

/** undefined: the run has no plan with this hash. `against`: the hash of the plan to compare with; default: the plan before. */
export function planReview(run: Run, log: readonly RunEvent[], hash: string, against?: string): PlanReview | undefined {
  const { plans } = run.planning;
  const shown = plans.findLast((plan) => plan.hash === hash);
  if (shown === undefined) return undefined;
  const other =
    against === undefined ? plans[plans.indexOf(shown) - 1] : plans.findLast((plan) => plan.hash === against);
  const proposed = proposalOf(log, shown);
  const within = withinDocument(run);
  const acts = actsOf(shown, finishedIn(run, shown));
  return {
    kind: "plan",
    runId: run.id,
    ...(within === undefined ? {} : { within }),
    goal: run.request.goal,
    status: statusOf(run),
    seq: run.log.seq,
    hash,
    revision: shown.revision,
    ...requestOf(run, log, hash),
    rejections: { used: run.planning.rejections, allowed: run.request.settings.rejections },
    acted: actedIn(run),
    lead: leadSentence(shown.plan.steps.length, acts),
    acts,
    ...whyOf(log, proposed),
    steps: reviewedSteps(run, shown, other),
    answer: answerSentence(shown.plan, numbersOf(shown.plan)),
    inputs: run.request.inputs,
    ...(run.request.answerSchema === undefined ? {} : { answerSchema: run.request.answerSchema }),
    findings: worded(proposed?.data.findings ?? ([] as readonly Finding[])),
    ...(shown.estimate === undefined
      ? {}
      : { estimate: estimateDocument(shown.estimate) as unknown as EstimateInWords }),
    budgetUsd: run.request.settings.budget.costUsd,
    ...(other === undefined ? {} : comparedWith(other, shown)),
    document: planText(shown.plan),
  };
}

const comparedWith = ({ revision, hash, plan }: ProposedPlan, shown: ProposedPlan) => ({
  against: { revision, hash },
  diff: diffPlans(plan, shown.plan),
});

type Requested = Pick<
  PlanReview,
  "waiting" | "waitsInstead" | "requestedAt" | "expiresAt" | "decision" | "reason" | "rejecting"
>;

function requestOf(run: Run, log: readonly RunEvent[], hash: string): Requested {
  const pending = run.approvals.pending.get(hash);
  const asked = askedApproval(log, hash);
  const waits = { waiting: pending !== undefined && !isEnded(run), ...insteadOf(run, hash) };
  if (asked === undefined) return { ...waits, reason: "" };
  const { at, data } = asked.requested;
  return {
    ...waits,
    requestedAt: isoTime(at),
    expiresAt: isoTime(data.expiresAt),
    ...decisionOf(run, log, asked),
    reason: reasonText(data.reason),
    ...rejectingOf(run, pending),
  };
}

/** The plan as people edit it. */
const planText = (plan: Plan): string => stringify(writePlan(plan), { lineWidth: 110, aliasDuplicateObjects: false });

const proposalOf = (log: readonly RunEvent[], { revision }: ProposedPlan): EventOf<"plan.proposed"> | undefined => {
  const found = log.findLast((event) => event.type === "plan.proposed" && event.data.revision === revision);
  return found?.type === "plan.proposed" ? found : undefined;
};

function insteadOf(run: Run, hash: string): Pick<PlanReview, "waitsInstead"> {
  const [instead] = [...run.approvals.pending.values()].filter(({ subject }) => subject === "plan");
  return instead === undefined || instead.hash === hash || isEnded(run) ? {} : { waitsInstead: instead.hash };
}

function decisionOf(run: Run, log: readonly RunEvent[], asked: AskedApproval): Pick<PlanReview, "decision"> {
  if (asked.decision !== undefined) return { decision: asked.decision };
  // A cancelled run withdraws what waits.
  const end = isEnded(run) ? log.findLast(({ type }) => type === "run.cancelled") : undefined;
  if (end?.type !== "run.cancelled") return {};
  const { comment } = end.data as { readonly comment?: string };
  const said = comment === undefined || comment === "" ? {} : { comment };
  return { decision: { what: "cancelled", at: isoTime(end.at), by: end.by, ...said } };
}

export function rejectingOf(run: Run, pending: PendingApproval | undefined): Pick<PlanReview, "rejecting"> {
  if (pending === undefined) return {};
  const then = afterRejection(run, pending);
  return { rejecting: { then, text: AFTER_REJECTION[then] } };
}

/** The tools through which the plan acts, or may act, from now on. */
function actsOf({ plan, tools }: ProposedPlan, finished: ReadonlySet<string>): readonly ActWords[] {
  return plan.steps
    .filter(({ id }) => !finished.has(id))
    .flatMap((step): readonly ActWords[] => {
      const direct = directToolIn(tools, step);
      if (direct !== undefined)
        return direct.effects === "none"
          ? []
          : [{ tool: direct.name, ...(step.forEach === undefined && step.repeat === undefined ? { times: 1 } : {}) }];
      return [...tools.values()].filter((tool) => mayActThrough(step, tool)).map(({ name }) => ({ tool: name }));
    });
}

/** The comments on plans that were rejected, and why a failure led to another plan. */
function whyOf(log: readonly RunEvent[], proposed: EventOf<"plan.proposed"> | undefined): Pick<PlanReview, "why"> {
  if (proposed === undefined || proposed.data.revision === 1) return {};
  const { reason, revision } = proposed.data;
  const comments = log.flatMap((event): readonly ReviewComment[] => {
    if (event.seq > proposed.seq) return [];
    if (event.type !== "approval.denied" || event.data.subject !== "plan") return [];
    const { hash, comment = "" } = event.data;
    const of = log.findLast(
      (one) => one.type === "plan.proposed" && one.data.hash === hash && one.seq < event.seq && one.seq < proposed.seq,
    );
    if (comment === "" || of?.type !== "plan.proposed") return [];
    return [{ text: comment, by: event.by, at: isoTime(event.at), revision: of.data.revision }];
  });
  const last = comments.filter((one) => one.revision === revision - 1);
  const text = reason === undefined ? "" : reasonText(reason);
  return text === "" && last.length === 0 ? {} : { why: { text, comments: last } };
}
