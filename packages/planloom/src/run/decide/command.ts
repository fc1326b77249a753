// Decides commands: approve, reject, respond, settle, cancel and so on. In: a command. Out: at least one fact, so that
// the log tells the sender the result. It is separate because commands come from any process at any time.
import { isChosenAnew } from "../strategy.js";
import { beginning } from "../../beginning.js";
import { assertNever } from "../../assert-never.js";
import { LIMITS } from "../../limits.js";
import { canonicalJson, type Json } from "../../plan/json.js";
import { editProblem } from "./begin.js";
import { NO_USAGE } from "../../plan/usage.js";
import { editableTool, standsInPlan, withdrawn } from "../approval.js";
import { fact, type EventData, type Fact } from "../event.js";
import { stepRef } from "../step-ref.js";
import { failWith, type Failure } from "../failure.js";
import { asksForPlan, currentPlan, findWork, planOf } from "../lookup.js";
import { refusal, type Refusal, type RefusalCode, type RefusalParams } from "../refusal.js";
import { endedAs, changeOf, compensatingOf, endOf, failedWith, isCancelling, isFailing, replanOf } from "../status.js";
import type { Unusable, Work } from "../work.js";
import { draftsStopped } from "./draft.js";
import { failed, refOf, skippedByPerson } from "./failure.js";
import { completed, replacementProblem, toolProblem, typeProblem } from "./gate.js";
import type { Input } from "../input.js";
import {
  DOUBT_VERDICTS,
  isDoubtVerdict,
  isForEnded,
  isUndoingVerdict,
  UNDOING_VERDICTS,
  UNUSABLE_VERDICTS,
  type Command,
  type DoubtVerdict,
  type UnusableVerdict,
} from "../command.js";
import { undoneCall } from "../evolve/evolve-compensation.js";
import { compensateEnded, failedUndoing, undoingAfter, undoingSettled, whyNoUndoing } from "./compensation.js";
import { answerEnded, whyNoAnswer } from "./partial.js";
import { retry, retryPreview } from "./retry.js";
import { answered, answerMisfit } from "./tool-question.js";
import { revise, revisionProposed } from "./revision.js";
import { type PendingApproval, type Run } from "../state.js";
import { directTool, isConversation } from "../../plan/step-kind.js";

/** Decisions on what waits. A run that has failed and only writes its partial answer asks nothing any more. */
const DECIDES: ReadonlySet<Command["type"]> = new Set(["approve", "reject", "respond", "settle", "edit"]);

/** Commands that have no sense while calls are undone. */
const PURSUES: ReadonlySet<Command["type"]> = new Set(["respond", "edit", "goal"]);

export function decideCommand(run: Run, command: Input & Command): Fact[] {
  const end = endOf(run);
  if (end !== undefined && !isForEnded(command.type)) return refused(command, "RUN_ENDED", endedAs(end));
  if (failedWith(run) !== undefined && DECIDES.has(command.type)) return refused(command, "RUN_FAILING", {});
  if (compensatingOf(run) !== undefined && PURSUES.has(command.type)) return refused(command, "RUN_COMPENSATING", {});
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
      return retry(run, { ...saidIn(command), type: "retry" } as Command & { readonly type: "retry" }, command.at);
    case "compensate":
      return compensateEnded(run, { ...saidIn(command), type: "compensate" });
    case "answer":
      return answerEnded(run, { ...saidIn(command), type: "answer" } as Command & { readonly type: "answer" });
    default:
      return assertNever(command);
  }
}

/** Why a command to an ended run will be refused; undefined if it will not, or if it is for a run that goes on. */
export function whyRefused(run: Run, command: Command): Refusal | undefined {
  if (command.type === "answer") return whyNoAnswer(run, command);
  if (command.type === "compensate") return whyNoUndoing(run, command);
  const preview = command.type === "retry" ? retryPreview(run, command) : undefined;
  if (preview?.ok !== false) return undefined;
  const { ok: _ok, ...why } = preview;
  return why;
}

function refused<Code extends RefusalCode>(command: Input & Command, code: Code, params: RefusalParams[Code]): Fact[] {
  return [fact("input.refused", { command: saidIn(command), ...refusal(code, params) })];
}

/** The command without its stamp. The envelope of the event holds the stamp. */
function saidIn({ id: _id, at: _at, by: _by, ...command }: Input & Command): Command {
  return command;
}

function approve(run: Run, command: Input & Command & { type: "approve" }): Fact[] {
  if (isCancelling(run)) return refused(command, "RUN_CANCELLING", {});
  const pending = run.approvals.pending.get(command.hash);
  if (pending === undefined) return notPending(run, command, command.hash);
  const behind = run.log.latestAt - command.at;
  if (behind > LIMITS.clockBehindMs) return refused(command, "CLOCK_BEHIND", { behindMs: behind });
  const { args } = command;
  const misfit = args === undefined ? undefined : editRefused(run, command, pending, args);
  if (misfit !== undefined) return misfit;
  const isSame = args === undefined || canonicalJson(args) === canonicalJson(pending.args ?? {});
  const given = isSame ? {} : { args };
  const comment = command.comment === undefined ? {} : { comment: beginning(command.comment, LIMITS.feedbackChars) };
  const unseen = command.unseen === true ? { unseen: true as const } : {};
  if (command.rest !== undefined && pending.call === undefined) return refused(command, "REST_NOT_POSSIBLE", {});
  const rest = command.rest === undefined ? {} : { rest: command.rest };
  const calls = command.calls === true ? { calls: pending.subject === "plan" ? callsOf(run, command.unseen) : [] } : {};
  const said = { ...comment, ...calls, ...unseen, ...given, ...rest };
  return [fact("approval.granted", { subject: pending.subject, hash: pending.hash, ...said })];
}

/** Facts that refuse other arguments for a call; undefined if they fit its tool. */
function editRefused(
  run: Run,
  command: Input & Command,
  pending: PendingApproval,
  args: { readonly [name: string]: Json },
): Fact[] | undefined {
  const tool = editableTool(run, pending);
  if (tool === undefined) return refused(command, "ARGS_NOT_EDITABLE", {});
  const problem = editProblem(tool, pending.args ?? {}, args);
  return problem === undefined ? undefined : refused(command, "ARGS_INVALID", problem);
}

/**
 * Steps whose call is complete in the plan. Approval of the plan then covers the arguments, too. A rule (`unseen`)
 * covers no step that was written after text of others.
 */
function callsOf(run: Run, unseen = false): readonly string[] {
  const plan = currentPlan(run);
  const steps = plan?.plan.steps.filter(standsInPlan) ?? [];
  const isMarked = (id: string) => run.planning.mustApprove.has(id) || plan?.afterUntrusted?.steps.has(id) === true;
  return steps.map(({ id }) => id).filter((id) => !unseen || !isMarked(id));
}

function notPending(run: Run, command: Input & Command, hash: string): Fact[] {
  if (run.approvals.granted.has(hash)) return refused(command, "ALREADY_APPROVED", { hash });
  const waiting = [...run.approvals.pending.keys()];
  if (waiting.length === 0) return refused(command, "NOTHING_TO_APPROVE", {});
  const old = run.planning.plans.find((plan) => plan.hash === hash);
  return refused(command, "STALE_HASH", { hash, ...(old && { revision: old.revision }), waiting });
}

function reject(run: Run, command: Input & Command & { type: "reject" }, at: number): Fact[] {
  const pending = command.hash === undefined ? soleApproval(run) : run.approvals.pending.get(command.hash);
  if (pending === undefined) {
    if (command.hash !== undefined) return notPending(run, command, command.hash);
    const many = run.approvals.pending.size > 1;
    return many ? refused(command, "WHICH_APPROVAL", {}) : refused(command, "NOTHING_TO_APPROVE", {});
  }
  const comment = beginning(command.comment, LIMITS.feedbackChars);
  const denied = { subject: pending.subject, hash: pending.hash, cause: "rejected", comment } as const;
  if (pending.undoes !== undefined) {
    const call = undoneCall(run, pending.undoes.call);
    return [fact("approval.denied", denied), undoingSettled(call, "leave")];
  }
  // An agent step goes on without the call, and its model reads the comment.
  if (pending.call !== undefined) return [fact("approval.denied", denied)];
  if (pending.subject !== "plan") {
    return [fact("approval.denied", denied), ...rejectedCall(run, pending, comment, at)];
  }
  const { planner } = run.request.models;
  if (planner !== null && run.planning.rejections < run.request.settings.rejections) {
    const replan = planOf(run).replan ?? replanWithFinished(run);
    return [fact("approval.denied", { ...denied, again: true, ...(replan === undefined ? {} : { replan }) })];
  }
  const failing = { error: failWith("REJECTED", { because: planner === null ? "no-planner" : "limit" }) };
  return [fact("approval.denied", denied), undoingAfter(run, failing) ?? fact("run.failed", failing)];
}

/** The prompt for the next plan must show the finished steps, if there are any. */
function replanWithFinished({ execution: { counts } }: Run): EventData["replan.requested"] | undefined {
  if (counts.completed + counts.skipped === 0) return undefined;
  const estimate = { tokens: null, costUsd: null };
  return { mode: "full", cause: "goal", failed: [], reason: { code: "PLAN_REJECTED" }, estimate };
}

function soleApproval(run: Run): PendingApproval | undefined {
  return run.approvals.pending.size === 1 ? [...run.approvals.pending.values()][0] : undefined;
}

function rejectedCall(run: Run, pending: PendingApproval, comment: string, at: number): Fact[] {
  const work = pending.subject === "plan" ? undefined : findWork(run, pending.subject);
  if (work === undefined) return [];
  return failed(run, work, failWith("CALL_REJECTED", { comment }), at);
}

function respond(run: Run, command: Input & Command & { type: "respond" }, at: number): Fact[] {
  const work = findWork(run, command);
  const ref = stepRef(command);
  if (work === undefined) return refused(command, "UNKNOWN_STEP", ref);
  if (work.status !== "suspended" || work.question === undefined) {
    return refused(command, "NOT_ASKED", { ...ref, status: standing(work) });
  }
  if (work.asking !== undefined) {
    const { asked = work.asking.seq } = command;
    if (asked !== work.asking.seq) return refused(command, "STALE_REPLY", {});
    const misfit = answerMisfit(work.asking, command.value);
    if (misfit === undefined) return [answered(work, work.asking, command.value)];
    if ("keyword" in misfit) return refused(command, "ANSWER_SCHEMA", misfit);
    return refused(command, "ANSWER_TYPE", misfit);
  }
  const problem = typeProblem(work, command.value);
  if (problem !== undefined) return mistyped(command, problem);
  return completed(run, work, { output: command.value, tools: [], usage: NO_USAGE }, at);
}

/** Facts that refuse an answer, with the parameters of the matching failure. */
function mistyped(command: Input & Command, { params = {} }: Failure): Fact[] {
  return [fact("input.refused", { command: saidIn(command), code: "ANSWER_TYPE", params })];
}

/** A fan-out as a whole neither asks nor is in doubt. Its items may. */
const standing = ({ item, step, status }: Work): string =>
  item === null && step.fan !== undefined ? "expanded" : status;

/** A person says what becomes of a call that could not be undone. */
function settleUndoing(run: Run, command: Input & Command & { type: "settle" }): Fact[] {
  const call = failedUndoing(run);
  const { verdict, doubt } = command;
  const ref = stepRef(command);
  if (call?.ref.step !== ref.step || call.ref.item !== ref.item)
    return refused(command, "NOT_UNKNOWN", { ...ref, status: "compensating" });
  if (!isUndoingVerdict(verdict))
    return refused(command, "WRONG_VERDICT", { ...ref, verdict, verdicts: UNDOING_VERDICTS });
  if (doubt !== undefined && doubt !== call.undoing?.attempt) return refused(command, "STALE_DOUBT", ref);
  return [undoingSettled(call, verdict)];
}

function settle(run: Run, command: Input & Command & { type: "settle" }, at: number): Fact[] {
  if (compensatingOf(run) !== undefined) return settleUndoing(run, command);
  const work = findWork(run, command);
  const ref = stepRef(command);
  if (work === undefined) return refused(command, "UNKNOWN_STEP", ref);
  if (work.status === "unusable" && work.unusable !== undefined)
    return settleUnusable(run, work, work.unusable, command);
  if (work.status !== "unknown") return refused(command, "NOT_UNKNOWN", { ...ref, status: standing(work) });
  if (command.doubt !== undefined && command.doubt !== work.doubts) return refused(command, "STALE_DOUBT", ref);
  const { verdict, output } = command;
  if (!isDoubtVerdict(verdict)) return refused(command, "WRONG_VERDICT", { ...ref, verdict, verdicts: DOUBT_VERDICTS });
  const resolved = resolvedBy(work, command, work.doubt?.key ?? work.effectKey, verdict);
  if (verdict === "not-happened") return [resolved];
  if (verdict === "abort") return [resolved, ...aborted(run, work, at)];
  const { spec } = work.step;
  // Inside an agent step the output is that of one call. The step continues with it.
  if (isConversation(spec)) return [resolved];
  const problem = typeProblem(work, output ?? null) ?? toolProblem(work.step.tool, output ?? null);
  if (problem !== undefined) return mistyped(command, problem);
  const tool = directTool(spec);
  const tools = tool === undefined ? [] : [tool];
  return [resolved, ...completed(run, work, { output: output ?? null, tools, usage: NO_USAGE }, at)];
}

function resolvedBy(
  work: Work,
  { output, doubt }: Command & { type: "settle" },
  key: string,
  verdict: DoubtVerdict | UnusableVerdict,
): Fact {
  const said = { ...(output === undefined ? {} : { output }), ...(doubt === undefined ? {} : { doubt }) };
  return fact("step.resolved", { ...refOf(work), key, verdict, ...said });
}

/**
 * The call acted. A value from a person takes the place of its output, or the step is skipped, fails, or acts again.
 */
function settleUnusable(
  run: Run,
  work: Work,
  { key, tool }: Unusable,
  command: Input & Command & { type: "settle" },
): Fact[] {
  const { verdict, output = null, at } = command;
  const ref = stepRef(command);
  if (isDoubtVerdict(verdict) || verdict === "undone" || verdict === "leave")
    return refused(command, "WRONG_VERDICT", { ...ref, verdict, verdicts: UNUSABLE_VERDICTS });
  if (command.doubt !== undefined && command.doubt !== work.doubts) return refused(command, "STALE_DOUBT", ref);
  const resolved = resolvedBy(work, command, key, verdict);
  const { error } = work;
  if (verdict === "again" || error === undefined) return [resolved];
  if (verdict === "skip") return [resolved, ...skippedByPerson(run, work, error)];
  if (verdict === "fail") return [resolved, ...failed(run, work, error, at)];
  const problem = replacementProblem(work, output);
  if (problem !== undefined) return mistyped(command, problem);
  return [resolved, ...completed(run, work, { output, tools: [tool], usage: NO_USAGE }, at)];
}

function aborted(run: Run, work: Work, at: number): Fact[] {
  return failed(run, work, failWith("ABORTED", { how: "given-up" }), at);
}

function edit(run: Run, command: Input & Command & { type: "edit" }, at: number): Fact[] {
  const { hash, plan } = command;
  const pending = run.approvals.pending.get(hash);
  if (pending === undefined) return notPending(run, command, hash);
  if (pending.subject !== "plan") return refused(command, "NOT_A_PLAN", { hash });
  if (plan.hash === hash) return refused(command, "NOTHING_CHANGED", {});
  const revision = revise(run, plan, undefined);
  if (!revision.ok) return refused(command, "EDIT_INVALID", { finding: revision.findings[0]! });
  const comment = command.comment === undefined ? {} : { comment: beginning(command.comment, LIMITS.feedbackChars) };
  const denied = fact("approval.denied", { subject: "plan", hash, cause: "superseded", ...comment });
  return [denied, ...revisionProposed(run, plan, revision, { cause: "edit", at, mustAsk: { code: "PLAN_EDITED" } })];
}

function pause(run: Run, command: Input & Command & { type: "pause" }): Fact[] {
  if (isCancelling(run)) return refused(command, "RUN_CANCELLING", {});
  if (run.paused) return refused(command, "ALREADY_PAUSED", {});
  return [fact("run.paused", { comment: commentIn(command) })];
}

const commentIn = ({ reason }: { readonly reason: string }): string => beginning(reason, LIMITS.feedbackChars);

function unpause(run: Run, command: Input & Command & { type: "unpause" }): Fact[] {
  if (!run.paused) return refused(command, "NOT_PAUSED", {});
  return [fact("run.unpaused", { comment: commentIn(command) })];
}

/** Running work is awaited first. A plan that waits for approval was for the old goal. */
function changeGoal(run: Run, command: Input & Command & { type: "goal" }): Fact[] {
  const goal = command.goal.trim();
  if (isCancelling(run)) return refused(command, "RUN_CANCELLING", {});
  if (isFailing(run)) return refused(command, "RUN_FAILING", {});
  if (run.request.models.planner === null && !isChosenAnew(run)) return refused(command, "NO_PLANNER", {});
  if (goal === "" || goal.length > LIMITS.goalChars) {
    return refused(command, "GOAL_INVALID", { limit: LIMITS.goalChars });
  }
  if (goal === run.request.goal) return refused(command, "SAME_GOAL", {});
  return [
    ...withdrawn(run, asksForPlan),
    fact("goal.changed", { goal, comment: commentIn(command), ...planFor(run, commentIn(command)) }),
    ...draftsStopped(run, "other-goal"),
  ];
}

/** Who writes a plan for the new goal, and when: the present planning goes on with it, or running work ends first. */
function planFor(run: Run, comment: string): Pick<EventData["goal.changed"], "change" | "replan"> {
  const change = { mode: "full", cause: "goal", reason: { code: "GOAL_CHANGED", comment } } as const;
  if (run.mode.phase !== "planning") return { change: { ...change, failed: changeOf(run)?.failed ?? [] } };
  const replan = replanOf(run);
  return replan === undefined ? {} : { replan: { ...replan, ...change } };
}

function cancel(run: Run, command: Input & Command & { type: "cancel" }): Fact[] {
  if (isCancelling(run)) return refused(command, "ALREADY_CANCELLING", {});
  const { hash, compensate } = command;
  const denied = hash === undefined ? undefined : run.approvals.pending.get(hash);
  if (hash !== undefined && denied === undefined) return notPending(run, command, hash);
  if (denied !== undefined && denied.subject !== "plan") return refused(command, "NOT_A_PLAN", { hash: denied.hash });
  return [
    ...withdrawn(run, undefined, "cancelled"),
    fact("cancel.requested", { comment: commentIn(command), ...(compensate === undefined ? {} : { compensate }) }),
  ];
}
