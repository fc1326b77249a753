// The facts of a run that a planner reads in a replan. In: the run, and the reason of the replan. Out: facts, with as
// much text of tools and models as `replanContext` allows. Pure. It decides which untrusted text a planner sees.
import { beginning } from "../../beginning.js";
import { LIMITS } from "../../limits.js";
import type { Json, JsonObject } from "../../plan/json.js";
import type { Plan } from "../../plan/plan.js";
import { typeOfValue, typeText } from "../../plan/type/type.js";
import { followedPlan, fixedSteps } from "../../run/followed-plan.js";
import type { EventData } from "../../run/event.js";
import { isFailure, type Failure } from "../../run/failure.js";
import type { ReplanContext } from "../../run/settings.js";
import type { Run } from "../../run/state.js";
import { worksOf } from "../../run/steps.js";
import type { FanOut, StepState, StepStatus, Work } from "../../run/work.js";
import { failureText, isKnownCode } from "../../words/failures.js";
import { reasonText } from "../../words/reasons.js";
import { textOf } from "../preview.js";

export interface ReplanFacts {
  /** patch: operations on the failed step and on the steps that wait for it. full: a new plan for the rest. */
  readonly mode: "patch" | "full";
  readonly cause: EventData["replan.requested"]["cause"] | "rejection" | "answers";
  /** In Planloom's words, or a person's. */
  readonly reason: string;
  /** The text of a review: a model's words, so data. */
  readonly review?: string;
  /** The plan that was followed until now. */
  readonly plan: Plan;
  /** For a patch: the failed step. */
  readonly failing?: string;
  /** Ids of the steps that have finished, or whose outcome is unknown. A replan cannot change them. */
  readonly fixed: readonly string[];
  /** In the order of the plan. */
  readonly steps: readonly StepReport[];
}

/**
 * The result of a step. `code` is a constant; `message`, `type` and `output` are untrusted data of tools and models.
 */
export interface StepReport extends ErrorFacts {
  readonly id: string;
  readonly state: StepStatus;
  /** The type of the output, and its beginning. */
  readonly type?: string;
  readonly output?: string;
  /** Calls with effects that an unfinished agent step has made. `args` and `output` are data. */
  readonly calls?: readonly { readonly tool: string; readonly args?: string; readonly output?: string }[];
  /** Calls without effects that an agent step made until its turns were used up, the last ones. Data, as above. */
  readonly looked?: readonly { readonly tool: string; readonly args?: string; readonly output?: string }[];
  /** Only for a fan-out. */
  readonly items?: { readonly total: number; readonly completed: number; readonly failed: readonly ItemFacts[] };
}

interface ErrorFacts {
  /** Its call has acted, although its output cannot be used. */
  readonly acted?: true;
  readonly code?: string;
  readonly message?: string;
}

export interface ItemFacts extends ErrorFacts {
  readonly item: number;
}

/** A call without effects, as the journal of a step holds it. */
export interface LookedCall {
  readonly tool: string;
  readonly args: JsonObject;
  readonly output?: Json;
  readonly error?: Failure;
}

/** By step: what it looked at before its turns were used up. */
export type LookedCalls = { readonly [step: string]: readonly LookedCall[] };

/** The agent steps whose turns were used up, and that another plan answers: it is told what they have seen. */
export const outOfTurns = (run: Run): readonly string[] =>
  [...run.planning.failures].flatMap(([step, failure]) => (isFailure(failure, "TURN_LIMIT") ? [step] : []));

/**
 * undefined if nothing has been done yet that another plan would have to consider. `request` is absent if a person has
 * rejected a plan and no replan was requested.
 */
export function replanFacts(
  run: Run,
  request: EventData["replan.requested"] | undefined,
  looked: LookedCalls = {},
): ReplanFacts | undefined {
  const followed = followedPlan(run);
  const fixed = fixedSteps(run);
  if (followed === undefined || (request === undefined && fixed.size === 0)) return undefined;
  const { replanContext } = run.request.settings;
  return {
    ...replanReason(request, replanContext),
    plan: followed.plan,
    fixed: followed.plan.steps.map(({ id }) => id).filter((id) => fixed.has(id)),
    steps: followed.plan.steps.map(({ id }) => ({
      ...stepFacts(run, id, replanContext),
      ...lookedFacts(looked[id] ?? [], replanContext),
    })),
  };
}

function replanReason(request: EventData["replan.requested"] | undefined, context: ReplanContext) {
  if (request === undefined) {
    return { mode: "full" as const, cause: "rejection" as const, reason: "a person rejected the plan" };
  }
  const { mode, failed } = request;
  const cause = request.reason.code === "QUESTIONS_ANSWERED" ? ("answers" as const) : request.cause;
  const reason = reasonText(request.reason);
  const [first] = failed;
  const failing = mode === "patch" && first !== undefined ? { failing: first.step } : {};
  if (cause !== "review") return { mode, cause, reason, ...failing };
  const review = context === "codes" ? {} : { review: excerpt(reason, LIMITS.errorExcerptChars) };
  return { mode, cause, reason: "a review found that the rest of the plan makes no sense any more", ...review };
}

function stepFacts(run: Run, id: string, context: ReplanContext): StepReport {
  const state = run.execution.steps.get(id);
  const failure = run.planning.failures.get(id);
  const { status = "pending", output, error } = (state?.work ?? {}) as Partial<Work>;
  // A plan that was proposed and then rejected has restarted its steps. Their earlier failures are known all the same.
  const begun = status !== "pending" && status !== "ready";
  if (!begun && failure !== undefined) return { id, state: "failed", ...errorFacts(failure, context) };
  // A retry begins it anew. What it had done was undone.
  if (!begun && run.compensation.undoneSteps.has(id)) return { id, state: "undone" };
  return {
    id,
    state: status,
    ...(error === undefined || status === "completed"
      ? {}
      : { ...actedFacts(run, state), ...errorFacts(error, context) }),
    ...(output === undefined || status !== "completed" || context === "codes" ? {} : outputFacts(output, context)),
    ...(state === undefined || status === "completed" ? {} : callFacts(state, context)),
    ...(state?.fan === undefined || status === "completed" ? {} : { items: itemsFacts(state.fan, context) }),
  };
}

/** A call that acts once is not repeated either if `expect` refused its output. */
function actedFacts({ execution: { acted } }: Run, state: StepState | undefined): Pick<ErrorFacts, "acted"> {
  return state !== undefined && acted.get(state.work.effectKey)?.known === true ? { acted: true } : {};
}

function errorFacts(failure: Failure, context: ReplanContext): ErrorFacts {
  const { code, params } = failure;
  const acted = params?.["acted"] === true ? ({ acted: true } as const) : {};
  if (context === "codes") return { code: isKnownCode(code) ? code : "TOOL_FAILED", ...acted };
  const message = failureText(failure);
  return { code, ...acted, message: context === "full" ? message : excerpt(message, LIMITS.errorExcerptChars) };
}

function callFacts(state: StepState, context: ReplanContext): Pick<StepReport, "calls"> {
  const calls = worksOf(state).flatMap((work) => [...(work.calls?.values() ?? [])]);
  if (calls.length === 0) return {};
  if (context === "codes") return { calls: calls.map(({ tool }) => ({ tool })) };
  const most = context === "full" ? LIMITS.previewChars : LIMITS.excerptChars;
  const of = (value: Json) => excerpt(textOf(value), most);
  return {
    calls: calls.map(({ tool, args, output }) => ({
      tool,
      args: of(args),
      ...(output === undefined ? {} : { output: of(output) }),
    })),
  };
}

function lookedFacts(looked: readonly LookedCall[], context: ReplanContext): Pick<StepReport, "looked"> {
  const last = looked.slice(-LIMITS.lookedCalls);
  if (last.length === 0) return {};
  if (context === "codes") return { looked: last.map(({ tool }) => ({ tool })) };
  const most = context === "full" ? LIMITS.previewChars : LIMITS.excerptChars;
  const of = (value: Json) => excerpt(textOf(value), most);
  return {
    looked: last.map(({ tool, args, output, error }) => ({
      ...{ tool, args: of(args) },
      ...(error === undefined ? {} : { output: excerpt(failureText(error), most) }),
      ...(output === undefined ? {} : { output: of(output) }),
    })),
  };
}

function outputFacts(output: Json, context: "excerpt" | "full"): Pick<StepReport, "type" | "output"> {
  const most = context === "full" ? LIMITS.previewChars : LIMITS.excerptChars;
  const type = excerpt(typeText(typeOfValue(output)), LIMITS.inputTypeChars);
  return { type, output: excerpt(textOf(output), most) };
}

function itemsFacts({ items }: FanOut, context: ReplanContext): NonNullable<StepReport["items"]> {
  const failed = items.filter(({ status }) => status === "failed").slice(0, LIMITS.failedItems);
  return {
    total: items.length,
    completed: items.filter(({ status }) => status === "completed" || status === "skipped").length,
    failed: failed.map(({ item, error }) => ({
      item: item!,
      ...(error === undefined ? {} : errorFacts(error, context)),
    })),
  };
}

function excerpt(text: string, most: number): string {
  const part = beginning(text, most);
  return part === text ? text : `${part}\n[characters 0 to ${part.length} of ${text.length}]`;
}
