// Decides what follows from an input in the present state. In: a run and an input. Out: facts, possibly none.
// Each decision is recorded once, with its reason. No reader decides it again.
import type { Finding } from "../../plan/finding.js";
import { chosen, chooseFailed } from "./choice.js";
import { assertNever } from "../../assert-never.js";
import { findWork, owedAs, planOf, workOf } from "../lookup.js";
import { failedWith, isCancelling, isEnded, isFailing, isHeld, isReviewedAgain, replanOf } from "../status.js";
import type { Work } from "../work.js";
import { answerProblem } from "../answer-type.js";
import { compensated, compensateFailed, undoingAfterCrash } from "./compensation.js";
import { advance } from "./advance.js";
import { startFilled } from "./begin.js";
import { decideCommand } from "./command.js";
import { critiqued, answerDrafted, lastDraft, notCritiqued } from "./critique.js";
import { judged, notJudged } from "./judged.js";
import { errorKeys } from "../../plan/finding.js";
import type { Json } from "../../plan/json.js";
import { writePlan } from "../../plan/write.js";
import { reserve } from "./budget.js";
import { delegated } from "./child.js";
import { draftChanges, drafted, draftsStopped } from "./draft.js";
import { fact, type EventData, type Fact } from "../event.js";
import { failWith, type FailureParams } from "../failure.js";
import type { CheckedPlan } from "../command.js";
import type { NoReplanReason } from "../reason.js";
import { ended, leavesDoubt } from "./ending.js";
import { failed, refOf, roleFailure, whyNotStarted, whyStopped } from "./failure.js";
import { completed } from "./gate.js";
import { isCommand, type Input, type Outcome, type Start, type UnreadableCommand } from "../input.js";
import { whyTooDear } from "./policy.js";
import { endsFailed } from "./partial.js";
import { proposal, proposalFacts } from "./proposal.js";
import { questionsOf, questionsProposed } from "./questions.js";
import { whyNotMended } from "./repair.js";
import { marksOf, revise, revisionProposed } from "./revision.js";
import { standingFacts, standingOf } from "./standing.js";
import { toolChanged } from "./tool-change.js";
import { asked, stoppedWaiting, unanswered } from "./tool-question.js";
import { notReconciled, reconciled } from "./reconcile.js";
import { whyHeld } from "../guard.js";
import { callsOf } from "../progress.js";
import type { Scouted } from "../event/scouted.js";
import { labelOfScouted } from "../scouting.js";
import { joined } from "../../plan/label.js";
import { readByPlanner } from "../followed-plan.js";
import { kernelOn } from "../kernel-version.js";
import { refusal } from "../refusal.js";
import { type Run } from "../state.js";
import { NO_USAGE } from "../../plan/usage.js";
import { isConversation, isSubPlan } from "../../plan/step-kind.js";
import { isOneStep } from "../../plan/strategy.js";

/**
 * Facts that follow from `input`. Empty for an outcome of an effect that is not owed any more (a zombie's), and for an
 * ended run.
 */
export function decide(run: Run, input: Input): Fact[] {
  if (input.type === "start") return started(run, input, input.at);
  if (run.log.seq === 0) return [];
  if (isCommand(input)) return decideCommand(run, input);
  if (input.type === "unreadable") return unreadable(input);
  if (isEnded(run)) return [];
  switch (input.type) {
    case "advance":
      return advance(run, input.at);
    case "clock":
      return [];
    case "reserve":
      return reserve(run, input);
    case "drafted":
      return run.owed.has(input.key) ? drafted(run, input) : [];
    case "delegated":
      return run.owed.has(input.key) ? delegated(run, input) : [];
    case "recovered":
      return [resumed(run, input)];
    default:
      return run.owed.has(input.key) ? decideOutcome(run, input, input.at) : [];
  }
}

const unreadable = ({ command: type }: UnreadableCommand): Fact[] => [
  fact("input.refused", { command: { type, unknown: true }, ...refusal("COMMAND_UNREADABLE", { command: type }) }),
];

function resumed(run: Run, { epoch, reason, released }: Extract<Input, { readonly type: "recovered" }>): Fact {
  return fact("run.resumed", { epoch, reason, ...(released === undefined ? {} : { released }), ...kernelOn(run) });
}

/**
 * Ends one approval or question of a tool that has expired by `at`. Called before every input is decided, until there is none. It takes one
 * at a time, because the last item of a fan-out to end also ends the fan-out.
 */
export function expire(run: Run, at: number): Fact[] {
  const first = run.approvals.expiries.first();
  if (first === undefined || first.at > at) return [];
  if (typeof first.value !== "string") return unanswered(run, first.value, at);
  const approval = run.approvals.pending.get(first.value);
  if (approval === undefined) return [];
  const denied = fact("approval.denied", { subject: approval.subject, hash: approval.hash, cause: "expired" });
  if (approval.undoes !== undefined) return [denied];
  const error = failWith("APPROVAL_EXPIRED", {});
  if (approval.subject === "plan") return [denied, ...endsFailed(run, { error })];
  const work = findWork(run, approval.subject);
  return work === undefined ? [denied] : [denied, ...failed(run, work, error, at)];
}

function started(run: Run, input: Start, at: number): Fact[] {
  if (run.log.seq !== 0) return [];
  const { started, given, carried = [] } = input;
  const facts = [fact("run.started", started)];
  if (given === undefined) return facts;
  const cause = causeOfFirst(started);
  const done = new Set(
    carried.flatMap(({ type, data }) =>
      (type === "step.completed" || type === "step.skipped") && data.item === undefined ? [data.step] : [],
    ),
  );
  const fresh = new Set(given.plan.steps.flatMap(({ id }) => (done.has(id) ? [] : [id])));
  const around = { revision: 1, cause, fresh, settings: started.settings, at };
  // Outputs that a fork took over come first, so that a plan that waits for a person shows them.
  const { proposed, following } = proposal(given, {
    ...around,
    ...(started.playbook && { playbook: started.playbook }),
  });
  return [...facts, proposed, ...carried, ...(standingOf(started) ? standingFacts(started, given, at) : following)];
}

/** Only a fork has a parent; the plan of a strategy that needs no planner is made at the start. */
function causeOfFirst({ parent, strategy }: EventData["run.started"]): EventData["plan.proposed"]["cause"] {
  if (parent !== undefined) return "fork";
  return isOneStep(strategy) ? "strategy" : "given";
}

function decideOutcome(run: Run, input: Outcome, at: number): Fact[] {
  switch (input.type) {
    case "planned":
      return planned(run, input, at);
    case "plan-invalid":
      return planInvalid(run, input, at);
    case "plan-failed":
      return planFailed(run, input, at);
    case "chosen":
      return chosen(run, input, at);
    case "choose-failed":
      return chooseFailed(run, input, at);
    case "filled":
      return filled(run, input, at);
    case "returned":
      return completed(run, owedWork(run, input.key), input, at);
    case "tool-changed":
      return toolChanged(run, owedWork(run, input.key), input);
    case "ended":
      return endedCall(run, input, at);
    case "held":
      return held(run, input, at);
    case "asked":
      return asked(run, owedWork(run, input.key), input, at);
    case "reconciled":
      return reconciled(run, input, at);
    case "reconcile-failed":
      return notReconciled(run, input.key, input.error, at);
    case "compensated":
      return compensated(run, input.key);
    case "compensate-failed":
      return compensateFailed(run, input, at);
    case "reviewed":
      return reviewed(run, input);
    case "review-failed":
      return reviewFailed(run, input, at);
    case "answered":
      return answered(run, input, at);
    case "answer-failed":
      return answerFailed(run, input, at);
    case "critiqued":
      return critiqued(run, input);
    case "critique-failed":
      return notCritiqued(run, input, at);
    case "judged":
      return judged(run, input, at);
    case "judge-failed":
      return notJudged(run, input, at);
    default:
      return assertNever(input);
  }
}

/** A partial answer has no type. */
function answered(run: Run, input: Outcome & { type: "answered" }, at: number): Fact[] {
  const { key, answer, usage } = input;
  const failing = failedWith(run);
  const problem = failing === undefined ? answerProblem(run, answer) : undefined;
  if (problem !== undefined) {
    const error = failWith("ANSWER_INVALID", { from: "synthesizer", problem });
    return answerFailed(run, { type: "answer-failed", key, error, usage }, at, { answer });
  }
  const draft = answerDrafted(run, input);
  if (draft !== undefined) return [draft];
  return [
    fact("answer.written", { answer, partial: failing !== undefined, usage }),
    failing === undefined ? fact("run.completed", { success: !run.execution.starved }) : fact("run.failed", failing),
  ];
}

function planned(run: Run, input: Outcome & { type: "planned" }, at: number): Fact[] {
  const { key, plan, usage, asking } = input;
  const told = { at, usage, ...(asking === undefined ? {} : { asking }), ...scoutedNow(run, input) };
  if (run.planning.plans.length === 0) {
    const read = joined(readByPlanner(run), labelOfScouted(told.scouted));
    const changes = { ...draftChanges(run, key, plan.plan), ...marksOf(plan, read) };
    return proposalFacts(plan, { revision: 1, cause: "goal", settings: run.request.settings, changes, ...told });
  }
  const revision = revise(run, plan, replanOf(run));
  if (revision.ok) return revisionProposed(run, plan, revision, { cause: causeOf(run), ...told });
  const draft = JSON.stringify(writePlan(plan.plan));
  return planInvalid(run, { ...told, type: "plan-invalid", key, draft, findings: revision.findings }, at, {
    refused: plan,
  });
}

/** What the first plan was written after: looked up for this request, or for an earlier one whose plan did not come. */
function scoutedNow({ planning }: Run, { scouted = planning.scouted }: { readonly scouted?: Scouted }) {
  return scouted === undefined || planning.plans.length > 0 ? {} : { scouted };
}

function causeOf(run: Run): EventData["plan.proposed"]["cause"] {
  const replan = replanOf(run);
  if (planOf(run).denied === "rejected") return "rejection";
  if (replan === undefined) return "goal";
  if (replan.cause === "goal") return "goal-change";
  return replan.mode === "patch" ? "patch" : "replan";
}

/** A review may want another plan when no replan is left. The run continues, and the log records the reason. */
function reviewed(run: Run, { verdict, text, usage }: Outcome & { type: "reviewed" }): Fact[] {
  const { replans } = run.request.settings;
  const no: NoReplanReason | undefined =
    run.planning.replans >= replans ? { code: "REPLANS_USED", of: replans } : whyTooDear(run);
  if (verdict === "replan" && no === undefined) {
    return [fact("plan.reviewed", { verdict, decision: "replan", text, usage })];
  }
  const again = isReviewedAgain(run) && run.execution.open > 0 ? { again: true as const } : {};
  const reason = verdict === "go on" || no === undefined ? {} : { reason: no };
  return [fact("plan.reviewed", { verdict, decision: "go on", text, ...reason, ...again, usage })];
}

function reviewFailed(run: Run, input: Outcome & { type: "review-failed" }, at: number): Fact[] {
  const { attempt } = owedAs(run, input.key, "review");
  return [fact("review.failed", roleFailure(run, attempt, input, at))];
}

const owedWork = (run: Run, key: string): Work => workOf(run, owedAs(run, key, "call", "fill"));

function endedCall(run: Run, input: Outcome & { type: "ended" }, at: number): Fact[] {
  const effect = owedAs(run, input.key, "call", "fill");
  const work = workOf(run, effect);
  return ended(run, work, input, effect.kind === "fill" ? "none" : work.effects, at);
}

/** A call inside an agent step waits for a person; the step continues after the answer. */
function held(run: Run, input: Outcome & { type: "held" }, at: number): Fact[] {
  const { call, args, usage } = input;
  const work = owedWork(run, input.key);
  const stopped = stoppedWaiting(run, work, input);
  if (stopped.length > 0) return stopped;
  const { hash, reason } = whyHeld(run, work.step.spec, call, args);
  const expiresAt = at + run.request.settings.approvalMs;
  return [
    fact("approval.requested", { subject: refOf(work), hash, reason, expiresAt, args, call, usage, ...callsOf(input) }),
  ];
}

/** The finding to tell first: a tool that only has to be set up is not the planner's fault. */
const mainFinding = (findings: readonly Finding[]): Finding | undefined =>
  findings.find(({ code }) => code === "TOOL_NOT_SET_UP") ?? findings[0];

function planInvalid(
  run: Run,
  input: Outcome & { type: "plan-invalid" },
  at: number,
  checked: { readonly refused?: CheckedPlan } = {},
): Fact[] {
  const { round } = owedAs(run, input.key, "plan");
  const { draft, findings, usage, asking, scouted } = input;
  const asked = questionsOf(run, findings);
  const why =
    asked === "unanswered"
      ? "asks"
      : whyNotMended(run.request.settings, round, [...run.planning.repairs, errorKeys(findings)]);
  const isAsked = typeof asked === "object";
  const decision = isAsked ? "ask" : why === undefined ? "repair" : "give-up";
  const told = { ...(asking === undefined ? {} : { asking }), ...(scouted === undefined ? {} : { scouted }) };
  const facts = [
    fact("plan.invalid", { round, draft, findings, decision, usage, ...told, ...checked }),
    ...draftsStopped(run, "refused"),
  ];
  if (isAsked) return [...facts, ...questionsProposed(run, asked, at)];
  if (why === undefined) return facts;
  const about = { rounds: round + 1, why, finding: mainFinding(findings) ?? null, failed: failedBefore(run) };
  return [...facts, ...endsFailed(run, { error: failWith("PLAN_INVALID", about) })];
}

/** The failures that this plan was asked to answer. They are the first cause of the run's failure. */
function failedBefore(run: Run): FailureParams["PLAN_INVALID"]["failed"] {
  if (replanOf(run)?.cause !== "failure") return [];
  return [...run.planning.failures].map(([step, error]) => ({ step, error }));
}

function planFailed(run: Run, input: Outcome & { type: "plan-failed" }, at: number): Fact[] {
  const { attempt } = owedAs(run, input.key, "plan");
  const data = roleFailure(run, attempt, input, at);
  const { scouted } = input;
  const facts = [
    fact("plan.failed", scouted === undefined ? data : { ...data, scouted }),
    ...draftsStopped(run, "failed"),
  ];
  return data.decision === "retry" ? facts : [...facts, ...endsFailed(run, { error: input.error })];
}

function filled(run: Run, input: Outcome & { type: "filled" }, at: number): Fact[] {
  const work = owedWork(run, input.key);
  const reason = whyStopped(run) ?? (!isFailing(run) ? undefined : whyNotStarted(run));
  const held = reason === undefined && isHeld(run);
  const said = { ...refOf(work), args: input.args, usage: input.usage };
  const written = fact("step.filled", held ? { ...said, held } : said);
  if (held) return [written];
  if (reason === undefined) return [written, ...startFilled(run, work, input.args, at)];
  return [written, fact("step.cancelled", { ...refOf(work), attempt: work.attempt, reason, usage: NO_USAGE })];
}

function answerFailed(
  run: Run,
  input: Outcome & { type: "answer-failed" },
  at: number,
  refused: { readonly answer?: Json } = {},
): Fact[] {
  const { attempt } = owedAs(run, input.key, "answer");
  const data = roleFailure(run, attempt, input, at);
  const facts = [fact("answer.failed", { ...data, ...refused })];
  if (data.decision === "retry") return facts;
  return [
    ...facts,
    ...(lastDraft(run, input.error) ?? [fact("run.failed", failedWith(run) ?? { error: input.error })]),
  ];
}

/**
 * After a new owner was recorded: handles one open call that cannot simply continue. By its effect class, it is in
 * doubt or has crashed too often. Called until there is none, one at a time for the same reason as `expire`.
 */
export function recover(run: Run, at: number): Fact[] {
  for (const effect of run.owed.values()) {
    if (effect.kind === "compensate") return undoingAfterCrash(run, effect, at);
    if (effect.kind !== "call" && effect.kind !== "fill") continue;
    const facts = afterCrash(run, workOf(run, effect), effect.kind === "fill", at);
    if (facts.length > 0) return facts;
  }
  return [];
}

function afterCrash(run: Run, work: Work, filling: boolean, at: number): Fact[] {
  const again = { retryable: true };
  const error = work.mayStillCall === true ? failWith("TAKEN_OVER", {}, again) : failWith("CRASHED", {}, again);
  const effects = filling ? "none" : work.effects;
  const outcome = { type: "ended", key: "", ending: "abort", error, usage: NO_USAGE } as const;
  const cancelling = isCancelling(run);
  // Its child run counts crashes of its own, and is cancelled before the step ends.
  if (isSubPlan(work.step.spec)) return [];
  // The call is not performed again. Its journal shows whether an inner call is in doubt. The engine reads it.
  if (cancelling && isConversation(work.step.spec)) return [];
  if (cancelling || leavesDoubt(effects, "abort", cancelling)) return ended(run, work, outcome, effects, at);
  if (work.crashes <= run.request.settings.crashes) return [];
  return failed(run, work, failWith("POISON_STEP", { crashes: work.crashes }), at);
}
