// What a person says to a run: approve, reject, respond, settle, cancel. In: a command. Out: facts, always at least one,
// so that the log tells whoever sent it what became of it. Separate because commands come from any process at any time.
import { assertNever } from "../../error.js";
import { LIMITS } from "../../limits.js";
import { NO_USAGE } from "../../plan/usage.js";
import { asksForPlan, withdrawn } from "../approval.js";
import { fact, type Fact, type Failure } from "../event.js";
import { draftsStopped } from "./draft.js";
import { failed, refOf } from "./failure.js";
import { completed, toolProblem, typeProblem } from "./gate.js";
import type { Input } from "../input.js";
import type { Command } from "../command.js";
import { retry } from "./retry.js";
import { revise, revisionProposed } from "./revision.js";
import { failingOf, workOf, type PendingApproval, type Run, type Work } from "../state.js";
import { directTool, isConversation } from "../../plan/step-kind.js";

export function decideCommand(run: Run, command: Input & Command): Fact[] {
  if (run.ended !== undefined && command.type !== "retry")
    return refused(command, "RUN_ENDED", `the run is ${run.ended} already`);
  switch (command.type) {
    case "approve":
      return approve(run, command);
    case "reject":
      return reject(run, command, command.at);
    case "respond":
      return respond(run, command, command.at);
    case "settle":
      return settle(run, command, command.at);
    case "edit":
      return edit(run, command, command.at);
    case "pause":
      return pause(run, command);
    case "unpause":
      return unpause(run, command);
    case "goal":
      return changeGoal(run, command);
    case "cancel":
      return cancel(run, command);
    case "retry":
      return retry(run, command, command.at);
    default:
      return assertNever(command);
  }
}

function refused(command: Command, code: string, message: string): Fact[] {
  return [fact("input.refused", { command: command.type, code, message })];
}

function approve(run: Run, command: Command & { type: "approve" }): Fact[] {
  if (run.cancelling !== undefined) return refused(command, "RUN_CANCELLING", "the run is being cancelled");
  const pending = run.approvals.get(command.hash);
  if (pending === undefined) return notPending(run, command, command.hash);
  const comment = command.comment === undefined ? {} : { comment: command.comment.slice(0, LIMITS.feedbackChars) };
  const calls = command.calls === true && pending.subject === "plan" ? { calls: true as const } : {};
  return [fact("approval.granted", { subject: pending.subject, hash: pending.hash, ...comment, ...calls })];
}

function notPending(run: Run, command: Command, hash: string): Fact[] {
  if (run.granted.has(hash)) return refused(command, "ALREADY_APPROVED", `${short(hash)} is approved already`);
  const now = [...run.approvals.keys()];
  if (now.length === 0) return refused(command, "NOTHING_TO_APPROVE", "nothing waits for approval");
  const old = run.plans.find((plan) => plan.hash === hash);
  const what = old === undefined ? `the hash ${short(hash)}` : `revision ${old.revision} (${short(hash)})`;
  return refused(command, "STALE_HASH", `${what} is not what waits for approval; that is ${now.map(short).join(", ")}`);
}

const short = (hash: string) => hash.slice(0, 12);

function reject(run: Run, command: Command & { type: "reject" }, at: number): Fact[] {
  const pending = command.hash === undefined ? soleApproval(run) : run.approvals.get(command.hash);
  if (pending === undefined) {
    if (command.hash !== undefined) return notPending(run, command, command.hash);
    const many = run.approvals.size > 1;
    return many
      ? refused(command, "WHICH_APPROVAL", "several things wait for approval: name one by its hash")
      : refused(command, "NOTHING_TO_APPROVE", "nothing waits for approval");
  }
  const comment = command.comment.slice(0, LIMITS.feedbackChars);
  const denied = fact("approval.denied", { subject: pending.subject, hash: pending.hash, cause: "rejected", comment });
  if (pending.subject !== "plan") return [denied, ...rejectedCall(run, pending, comment, at)];
  if (run.models.planner !== null && run.rejections < run.settings.rejections) return [denied];
  const error: Failure = {
    code: "REJECTED",
    message:
      run.models.planner === null
        ? "the plan was rejected, and there is no planner to write another"
        : "too many plans were rejected",
    retryable: false,
    next: "`planloom retry RUN --plan FILE` goes on with another plan; for another goal start a new run.",
  };
  return [denied, fact("run.failed", { error })];
}

function soleApproval(run: Run): PendingApproval | undefined {
  return run.approvals.size === 1 ? [...run.approvals.values()][0] : undefined;
}

function rejectedCall(run: Run, pending: PendingApproval, comment: string, at: number): Fact[] {
  const work = pending.subject === "plan" ? undefined : workOf(run, pending.subject);
  if (work === undefined) return [];
  return failed(
    run,
    work,
    { code: "CALL_REJECTED", message: `the call was rejected: ${comment}`, retryable: false },
    at,
  );
}

function respond(run: Run, command: Command & { type: "respond" }, at: number): Fact[] {
  const work = workOf(run, command);
  const name = nameOf(command);
  if (work === undefined) return refused(command, "UNKNOWN_STEP", `there is no ${name}`);
  if (work.status !== "suspended" || work.question === undefined) {
    return refused(command, "NOT_ASKED", `${name} ${whyNot(work)}; it asks nothing`);
  }
  const problem = typeProblem(work, command.value);
  if (problem !== undefined) return refused(command, "ANSWER_TYPE", problem.message);
  return completed(run, work, { output: command.value, tools: [], usage: NO_USAGE }, at);
}

const nameOf = (ref: { readonly step: string; readonly item?: number }) =>
  ref.item === undefined ? `step ${ref.step}` : `item ${ref.item} of step ${ref.step}`;

/** A fan-out as a whole neither asks nor is in doubt; its items may be. */
const whyNot = ({ item, step, status }: Work) =>
  item === null && step.items !== undefined ? "is done item by item: name one with --item" : `is ${status}`;

function settle(run: Run, command: Command & { type: "settle" }, at: number): Fact[] {
  const work = workOf(run, command);
  const name = nameOf(command);
  if (work === undefined) return refused(command, "UNKNOWN_STEP", `there is no ${name}`);
  if (work.status !== "unknown") return refused(command, "NOT_UNKNOWN", `${name} ${whyNot(work)}; nothing is in doubt`);
  if (command.doubt !== undefined && command.doubt !== work.doubts)
    return refused(command, "STALE_DOUBT", `${name} was called again since, and that call is in doubt now`);
  const { verdict, output } = command;
  const resolved = fact("step.resolved", {
    ...refOf(work),
    key: work.doubt ?? work.effectKey,
    verdict,
    ...(output === undefined ? {} : { output }),
  });
  if (verdict === "not-happened") return [resolved];
  if (verdict === "abort") return [resolved, ...aborted(run, work, at)];
  const { spec } = work.step;
  // Inside an agent step the output is that of one call: the step goes on with it.
  if (isConversation(spec)) return [resolved];
  const problem = typeProblem(work, output ?? null) ?? toolProblem(work.step.tool, output ?? null);
  if (problem !== undefined) return refused(command, "ANSWER_TYPE", problem.message);
  const tool = directTool(spec);
  const tools = tool === undefined ? [] : [tool];
  return [resolved, ...completed(run, work, { output: output ?? null, tools, usage: NO_USAGE }, at)];
}

function aborted(run: Run, work: Work, at: number): Fact[] {
  return failed(run, work, { code: "ABORTED", message: "a person gave the step up", retryable: false }, at);
}

function edit(run: Run, command: Command & { type: "edit" }, at: number): Fact[] {
  const { hash, plan } = command;
  const pending = run.approvals.get(hash);
  if (pending === undefined) return notPending(run, command, hash);
  if (pending.subject !== "plan")
    return refused(command, "NOT_A_PLAN", `${short(hash)} is a call: approve or reject it`);
  if (plan.hash === hash)
    return refused(command, "NOTHING_CHANGED", "the edited plan is the one that waits for approval");
  const revision = revise(run, plan, undefined);
  if (!revision.ok) return refused(command, "EDIT_INVALID", revision.findings[0]!.message);
  const comment = command.comment === undefined ? {} : { comment: command.comment.slice(0, LIMITS.feedbackChars) };
  const denied = fact("approval.denied", { subject: "plan", hash, cause: "superseded", ...comment });
  return [denied, ...revisionProposed(run, plan, revision, { cause: "edit", at, mustAsk: "the plan was edited" })];
}

function pause(run: Run, command: Command & { type: "pause" }): Fact[] {
  if (run.cancelling !== undefined) return refused(command, "RUN_CANCELLING", "the run is being cancelled");
  if (run.paused) return refused(command, "ALREADY_PAUSED", "the run is paused already");
  return [fact("run.paused", { reason: command.reason.slice(0, LIMITS.feedbackChars) || "asked by a person" })];
}

function unpause(run: Run, command: Command & { type: "unpause" }): Fact[] {
  if (!run.paused) return refused(command, "NOT_PAUSED", "the run is not paused");
  return [fact("run.unpaused", { reason: command.reason.slice(0, LIMITS.feedbackChars) || "asked by a person" })];
}

/** What runs is drained first; a plan that waits for approval was for the other goal. */
function changeGoal(run: Run, command: Command & { type: "goal" }): Fact[] {
  const goal = command.goal.trim();
  if (run.cancelling !== undefined) return refused(command, "RUN_CANCELLING", "the run is being cancelled");
  if (failingOf(run) !== undefined) return refused(command, "RUN_FAILING", "the run is failing: wait for its end");
  if (run.models.planner === null)
    return refused(command, "NO_PLANNER", "there is no planner that could plan for another goal");
  if (goal === "" || goal.length > LIMITS.goalChars)
    return refused(command, "GOAL_INVALID", `a goal has between 1 and ${LIMITS.goalChars} characters`);
  if (goal === run.goal) return refused(command, "SAME_GOAL", "that is the goal already");
  const reason = command.reason.slice(0, LIMITS.feedbackChars) || "the goal was changed by a person";
  return [
    ...withdrawn(run, asksForPlan),
    fact("goal.changed", { goal, reason }),
    ...draftsStopped(run, "it was for another goal"),
  ];
}

function cancel(run: Run, command: Command & { type: "cancel" }): Fact[] {
  if (run.cancelling !== undefined) return refused(command, "ALREADY_CANCELLING", "the run is being cancelled already");
  const reason = command.reason.slice(0, LIMITS.feedbackChars) || "asked by a person";
  return [...withdrawn(run, undefined, "cancelled"), fact("cancel.requested", { reason })];
}
