// Decides how an ended run continues: which steps are kept and which are restarted, or why there is no retry. In: a run
// and the request of a person. Out: a preview, and the same as facts.
import { isFirstChosen } from "../strategy.js";
import { beginning } from "../../beginning.js";
import { OWN, type Label } from "../../plan/label.js";
import { LIMITS } from "../../limits.js";
import { referredNeeds } from "../../plan/graph.js";
import { hashOf } from "../../plan/hash.js";
import { canonicalJson } from "../../plan/json.js";
import type { Step } from "../../plan/plan.js";
import { stepHashes } from "../../plan/revise/step-hash.js";
import { toolsByName, type ToolSpec } from "../../plan/tool-spec.js";
import { isUndone, stepOfDoubtfulUndoing } from "../acted-calls.js";
import { sameWordsIn } from "../approval.js";
import { fact, type Change, type EventData, type Fact, type MadeCall, type StepRef } from "../event.js";
import { kernelOn } from "../kernel-version.js";
import { currentPlan, planOf, stepIn } from "../lookup.js";
import { followedPlan } from "../followed-plan.js";
import { refusal, type Refusal, type RefusalCode, type RefusalParams } from "../refusal.js";
import type { RoleNames, Settings } from "../settings.js";
import type { CheckedPlan, Command, PlanMarks } from "../command.js";
import { endOf, isEnded } from "../status.js";
import type { StepState, Work } from "../work.js";
import { refOf } from "./failure.js";
import { approvalReason, proposalFacts, stricter } from "./proposal.js";
import { holdsDoubt, isDoubtful, isFinished, isUnusable, worksOf } from "../steps.js";
import { type Run } from "../state.js";
import { stepStates } from "../steps.js";
import { isConversation, isSubPlan, mayActThrough } from "../../plan/step-kind.js";

/** The request of a person for an ended run. */
export interface RetryRequest {
  /** Restart this step, although it has finished, and all steps that depend on it. */
  readonly from?: string;
  /** What should be different. The planner is asked for another plan. */
  readonly feedback?: string;
  /** Use this plan instead of the current one. It may be the same plan with other inputs. */
  readonly plan?: CheckedPlan;
  /** The models from here on, if they change. */
  readonly models?: RoleNames;
}

/** The steps by their fate. Ids are in plan order. */
export interface RetryPreview {
  readonly ok: true;
  readonly stage: EventData["run.reopened"]["stage"];
  /** Steps whose output is reused. Nothing is called for them. */
  readonly reused: readonly string[];
  /** Steps that will run: new, unfinished or restarted ones. */
  readonly runs: readonly string[];
  /** The steps in `runs` that start from the beginning. */
  readonly restarted: readonly string[];
  /** The steps in `runs` that have run before, at least in part, and may act a second time. */
  readonly actAgain: readonly string[];
  /** The steps in `runs` with a call that was undone. They start from the beginning, and their calls wait for a person. */
  readonly undone: readonly string[];
  /** Steps with a call whose outcome is still unknown. A person is asked. */
  readonly unknown: readonly string[];
  /** Steps whose call acted with an unusable output. It is not repeated: a person is asked. */
  readonly unusable: readonly string[];
  /** Calls with effects that agent steps in `runs` have made. A step that is not restarted goes on after them. */
  readonly calls: readonly (StepRef & MadeCall)[];
  /** Steps and items whose state goes over to another plan: begun or finished, and not restarted. */
  readonly kept: readonly StepRef[];
}

export type NoRetry = { readonly ok: false } & Refusal;

/** The effect of a retry with the current or the given models. Refuses a run that has not ended. */
export function retryPreview(run: Run, request: RetryRequest): RetryPreview | NoRetry {
  if (!isEnded(run)) return NOT_ENDED;
  const unheard = feedbackProblem(run, request);
  if (unheard !== undefined) return unheard;
  if (request.plan === undefined && lacksPlan(run)) return withoutPlan(run, request);
  const parts = partsOf(run, request);
  if (!parts.ok) return parts;
  const isSame = request.plan === undefined && request.from === undefined && request.feedback === undefined;
  if (isSame && parts.undone.length === 0 && endOf(run)?.how === "completed") {
    return no("NOTHING_TO_RETRY", { because: "completed" });
  }
  return parts;
}

/** Why feedback changes nothing. undefined if it does, and if there is none. */
function feedbackProblem(run: Run, { feedback, plan, models = run.request.models }: RetryRequest): NoRetry | undefined {
  if (feedback === undefined) return undefined;
  if (feedback.trim() === "") return no("NO_FEEDBACK", { because: "empty" });
  if (plan !== undefined) return no("NO_FEEDBACK", { because: "plan-given" });
  if (lacksPlan(run)) return no("NO_FEEDBACK", { because: "no-plan" });
  return models.planner === null ? no("NO_PLANNER", {}) : undefined;
}

/** Whether `retryPreview` would allow a retry of an ended run as it is. It works out no part of the preview. */
export function mayRetry(run: Run): boolean {
  if (lacksPlan(run)) return run.request.models.planner !== null || isFirstChosen(run);
  const { steps } = run.execution;
  if (stepOfDoubtfulUndoing(run, steps) !== undefined) return false;
  const unfinished = [...steps.values()].filter(({ work }) => !isFinished(work));
  const runs = reach(
    steps,
    unfinished.map(({ spec }) => spec.id),
  );
  const begunAnew = reach(
    steps,
    unfinished.filter(({ work }) => work.status === "undone").map(({ spec }) => spec.id),
  );
  // A step in doubt goes on as it is, so it is not begun anew, and nothing before it may run again.
  return (
    ![...begunAnew].some((id) => holdsDoubt(stepIn(steps, id))) &&
    ![...runs].some((id) => stepIn(steps, id).dependents.some(holdsDoubt))
  );
}

const no = <Code extends RefusalCode>(code: Code, params: RefusalParams[Code]): NoRetry => ({
  ok: false,
  ...refusal(code, params),
});

export const NOT_ENDED = no("RUN_NOT_ENDED", {});

const lacksPlan = (run: Run) => currentPlan(run) === undefined || planOf(run).denied === "rejected";

function withoutPlan(run: Run, { from, models = run.request.models }: RetryRequest): RetryPreview | NoRetry {
  if (from !== undefined) return unknownStep(from);
  if (models.planner === null && !isFirstChosen(run)) return no("NOTHING_TO_RETRY", { because: "no-plan" });
  return {
    ok: true,
    stage: "plan",
    reused: [],
    runs: [],
    restarted: [],
    actAgain: [],
    undone: [],
    unknown: [],
    unusable: [],
    calls: [],
    kept: [],
  };
}

/** Which steps are kept and which run, if `from` is restarted or another plan replaces the current one. */
export function partsOf(run: Run, request: RetryRequest): RetryPreview | NoRetry {
  const steps = request.plan === undefined ? run.execution.steps : stepsOf(run, request.plan);
  if (request.from !== undefined && !steps.has(request.from)) return unknownStep(request.from);
  const inDoubt = stepOfDoubtfulUndoing(run, steps);
  if (inDoubt !== undefined) return no("UNDOING_UNKNOWN", { step: inDoubt });
  const { lost, ...parts } = divided(run, steps, request);
  if (lost === undefined) return parts;
  return no("STEP_UNKNOWN", { step: lost });
}

/**
 * The same for a plan that replaces the current one in a live run. `lost` names a step in doubt that it would change.
 */
export const partsUnder = (run: Run, plan: CheckedPlan) => divided(run, stepsOf(run, plan), { plan });

/** `lost` is a step in doubt that would not keep its state. */
function divided(
  run: Run,
  steps: ReadonlyMap<string, StepState>,
  { from, plan }: RetryRequest,
): RetryPreview & { readonly lost: string | undefined } {
  const ids = [...steps.keys()];
  const tools = plan?.tools ?? [...(currentPlan(run)?.tools.values() ?? [])];
  const before = run.execution.steps;
  const finished = (id: string) => before.has(id) && isFinished(stepIn(before, id).work);
  const undone = ids.filter((id) => before.get(id)?.work.status === "undone");
  const restarted = reach(steps, [
    ...undone,
    ...(plan === undefined ? [] : changedSteps(run, plan)),
    ...(from === undefined ? [] : [from]),
  ]);
  const runs = reach(steps, [...restarted, ...ids.filter((id) => !finished(id))]);
  const late = new Set([...runs].flatMap((id) => stepIn(steps, id).dependents.map(({ spec }) => spec.id)));
  const goesOn = (id: string) => runs.has(id) && !restarted.has(id) && !late.has(id);
  // A new plan mends a fan-out only for its failed items.
  const itemsStay = (id: string) =>
    plan !== undefined && !isEnded(run) && !finished(id) && !late.has(id) && sameList(run, plan, stepIn(steps, id));
  const unknown = [...before.values()].filter(holdsDoubt).map(({ spec }) => spec.id);
  return {
    lost: unknown.find((id) => !goesOn(id)),
    ok: true,
    stage: "execution",
    reused: ids.filter((id) => !runs.has(id)),
    runs: ids.filter((id) => runs.has(id)),
    restarted: ids.filter((id) => restarted.has(id)),
    actAgain: ids.filter((id) => restarted.has(id) && hasRun(run, id) && mayAct(stepIn(steps, id), tools)),
    undone,
    unknown,
    unusable: ids.filter((id) => runs.has(id) && before.has(id) && worksOf(stepIn(before, id)).some(isUnusable)),
    calls: ids.flatMap((id) => (runs.has(id) && before.has(id) ? callsIn(run, stepIn(before, id)) : [])),
    kept: ids.flatMap((id) =>
      !runs.has(id) ? [{ step: id }] : goesOn(id) ? partsKept(before.get(id)) : itemsStay(id) ? itemsKept(run, id) : [],
    ),
  };
}

/** Whether a changed fan-out still has the same list. Then finished items are not repeated. */
function sameList(run: Run, { inputs }: CheckedPlan, { spec }: StepState): boolean {
  const before = run.execution.steps.get(spec.id);
  if (before?.fan === undefined || before.fan.rounds !== undefined || hashOf(inputs) !== hashOf(run.request.inputs))
    return false;
  const shape = ({ forEach, as, output }: Step) => canonicalJson([forEach ?? null, as ?? null, output ?? null]);
  return shape(spec) === shape(before.spec);
}

const unknownStep = (id: string) => no("UNKNOWN_STEP", { step: id });

function stepsOf(run: Run, { plan, tools }: CheckedPlan): ReadonlyMap<string, StepState> {
  return stepStates(plan, {
    revision: run.planning.plans.length + 1,
    tools: toolsByName(tools),
    needs: referredNeeds(plan),
    attempts: run.execution.attempts,
    doubts: run.execution.doubts,
  });
}

const mayAct = ({ spec }: StepState, tools: readonly ToolSpec[]) => tools.some((tool) => mayActThrough(spec, tool));

/** Steps that are new or whose meaning has changed. A changed tool does not invalidate a finished call. */
function changedSteps(run: Run, { plan, inputs }: CheckedPlan): readonly string[] {
  const before = currentPlan(run);
  if (before === undefined) return [];
  const was = stepHashes(before.plan, run.request.inputs, before.tools.values());
  const is = stepHashes(plan, inputs, before.tools.values());
  return [...is.keys()].filter((id) => was.get(id) !== is.get(id));
}

/** These steps and all that depend on them. */
function reach(steps: ReadonlyMap<string, StepState>, from: readonly string[]): Set<string> {
  const reached = new Set(from);
  for (const id of reached) for (const { spec } of stepIn(steps, id).dependents) reached.add(spec.id);
  return reached;
}

/**
 * A tool that failed with its own error has not acted. An agent step may have called any number of tools before it
 * failed.
 */
function hasRun(run: Run, id: string): boolean {
  const state = run.execution.steps.get(id);
  if (state === undefined) return false;
  const { spec } = state;
  const ran = ({ status, startedAt, effectKey, unusable, calls }: Work) =>
    status === "completed" ||
    status === "undone" ||
    unusable !== undefined ||
    calls !== undefined ||
    run.execution.acted.has(effectKey) ||
    ((isConversation(spec) || isSubPlan(spec)) && startedAt !== undefined);
  return worksOf(state).some(ran);
}

const callsIn = (run: Run, state: StepState): readonly (StepRef & MadeCall)[] =>
  worksOf(state).flatMap((work) =>
    [...(work.calls?.values() ?? [])].flatMap((call) => (isUndone(run, call.key) ? [] : [{ ...refOf(work), ...call }])),
  );

const itemsKept = (run: Run, step: string): readonly StepRef[] =>
  run.execution.steps.get(step)?.fan?.items.flatMap((work, item) => (isFinished(work) ? [{ step, item }] : [])) ?? [];

/** The parts of an unfinished step that were begun: finished items, doubts, paid calls and approvals. */
function partsKept(state: StepState | undefined): readonly StepRef[] {
  if (state === undefined) return [];
  const step = state.spec.id;
  if (state.fan === undefined) return wasBegun(state.work) ? [{ step }] : [];
  return state.fan.items.flatMap((work, item) => (wasBegun(work) ? [{ step, item }] : []));
}

const wasBegun = (work: Work) =>
  isFinished(work) ||
  isDoubtful(work) ||
  (work.startedAt ?? work.filled ?? work.settled ?? work.calls ?? work.child) !== undefined;

/** Facts that continue an ended run as requested, or one fact that refuses. */
export function retry(run: Run, command: Command & { readonly type: "retry" }, at: number): Fact[] {
  const parts = retryPreview(run, command);
  if (!parts.ok) {
    const { ok: _ok, ...why } = parts;
    return [fact("input.refused", { command, ...why })];
  }
  const { plan, from = null, models, reason, given, trust, feedback } = command;
  // The run takes the new settings, but the approval policy never asks for less than before.
  const { approval } = command.settings;
  const { simulated } = run.request.settings;
  const policy = stricter(run.request.settings.approval, approval);
  const settings = { ...command.settings, approval: policy, ...(simulated && { simulated }) };
  const { stage, kept } = parts;
  const restarted = plan === undefined ? parts.restarted : [];
  const said = reason === undefined ? {} : { comment: beginning(reason, LIMITS.feedbackChars) };
  const requested = settings.approval === approval ? {} : { requestedApproval: approval };
  const reopened = fact("run.reopened", {
    ...said,
    from,
    restarted,
    stage,
    settings,
    ...requested,
    models,
    ...(given === undefined ? {} : { given }),
    ...(trust === undefined ? {} : { trust }),
    ...(feedback === undefined ? {} : { change: changeFor(feedback) }),
    ...kernelOn(run),
  });
  if (plan !== undefined) {
    const mustAsk = run.planning.plans.at(-1)?.denied === "rejected" ? EARLIER_REJECTED : undefined;
    const fresh = new Set(parts.runs);
    const changes = { kept, ...marksKept(run, plan) };
    return [
      reopened,
      ...proposalFacts(plan, {
        revision: run.planning.plans.length + 1,
        cause: "edit",
        replaces: followedPlan(run),
        changes,
        fresh,
        mustAsk,
        settings,
        at,
      }),
    ];
  }
  // The new plan asks for approval itself.
  if (stage === "plan" || feedback !== undefined) return [reopened];
  return [reopened, ...renewedApproval(run, parts, settings, at)];
}

const changeFor = (feedback: string): Change => ({
  mode: "full",
  cause: "feedback",
  failed: [],
  reason: { code: "FEEDBACK", text: beginning(feedback, LIMITS.feedbackChars) },
});

export const EARLIER_REJECTED = { code: "EARLIER_REJECTED" } as const;

/** A person's plan is trusted. Steps that a planner wrote after it had read untrusted text stay marked. */
export function marksKept(run: Run, checked: CheckedPlan): PlanMarks {
  const kept = sameWordsIn(checked.plan, currentPlan(run));
  const mustApprove = kept.filter((id) => run.planning.mustApprove.has(id));
  return withOwnMarks({ mustApprove, ...afterUntrusted(run, kept, OWN) }, checked);
}

/** The marks with those that the plan brought along. */
export function withOwnMarks(
  { mustApprove = [], afterUntrusted: marks }: PlanMarks,
  { mustApprove: own = [], afterUntrusted: ownMarks }: PlanMarks,
): PlanMarks {
  const steps = [...new Set([...(marks?.steps ?? []), ...(ownMarks?.steps ?? [])])];
  const isPrivate = marks?.private === true || ownMarks?.private === true;
  return {
    mustApprove: [...new Set([...mustApprove, ...own])],
    ...(steps.length === 0 ? {} : { afterUntrusted: { steps, ...(isPrivate ? { private: true } : {}) } }),
  };
}

/**
 * The steps that were written after untrusted text was read: those of the present plan among `kept`, and `fresh`, which
 * were written after text with the label `read`.
 */
export function afterUntrusted(
  run: Run,
  kept: readonly string[],
  read: Label,
  fresh: readonly string[] = [],
): Pick<CheckedPlan, "afterUntrusted"> {
  const before = currentPlan(run)?.afterUntrusted;
  const stay = kept.filter((id) => before?.steps.has(id));
  const steps = read.untrusted ? [...new Set([...stay, ...fresh])] : stay;
  const isPrivate = read.private || (stay.length > 0 && before?.private === true);
  return steps.length === 0 ? {} : { afterUntrusted: { steps, ...(isPrivate ? { private: true } : {}) } };
}

/** Asks for approval of a plan whose approval expired, and of a plan that may act a second time. */
function renewedApproval(
  run: Run,
  { actAgain: all, undone, runs }: RetryPreview,
  settings: Settings,
  at: number,
): Fact[] {
  // The call of an undone step is asked for by itself.
  const actAgain = all.filter((id) => !undone.includes(id));
  const { plan, tools, hash, denied } = planOf(run);
  const more =
    settings.approval === run.request.settings.approval
      ? undefined
      : approvalReason({ plan, tools: [...tools.values()] }, settings.approval, new Set(runs));
  const actsAgain = { code: "MAY_ACT_AGAIN", steps: actAgain } as const;
  const again = actAgain.length > 0 && settings.approval !== "never" ? actsAgain : more;
  const reason = denied === undefined ? again : ({ code: "NOT_APPROVED_BEFORE" } as const);
  if (reason === undefined) return [];
  return [fact("approval.requested", { subject: "plan", hash, reason, expiresAt: at + settings.approvalMs })];
}
