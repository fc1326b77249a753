// Appraises a plan before its approval: its estimate, and whether the program's own function requires a person. In: a
// checked plan and its run. Out: the plan with both. An appraisal never forbids a plan and never fails a run. A
// function that does not decide counts as requiring a person.
import { beginning } from "../beginning.js";
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import { estimatePlan, type Estimate } from "../plan/estimate/estimate.js";
import type { JudgingModels, RoleModels } from "../plan/estimate/step.js";
import { NO_HISTORY } from "../plan/estimate/history.js";
import type { JsonObject } from "../plan/json.js";
import type { Plan } from "../plan/plan.js";
import type { PriceOf } from "../plan/estimate/price.js";
import type { ApprovalPolicy } from "../run/settings.js";
import type { CheckedPlan } from "../run/command.js";
import { partsOf } from "../run/decide/retry.js";
import type { FunctionReason } from "../run/reason.js";
import type { Run } from "../run/state.js";
import type { EventStore } from "../store/event-store.js";
import type { Clock } from "../clock.js";
import { inTime } from "../deadline.js";
import { readHistory } from "./history.js";
import { estimateInWords, type EstimateInWords } from "../words/estimate.js";

/**
 * Whether a plan needs approval: true or a reason = yes, false = no. `estimate` covers the steps that are still to run.
 * Any other result, an error, or no answer within LIMITS.approvalFunctionMs counts as yes.
 */
export type ApprovalFunction<C = unknown> = (
  plan: Plan,
  estimate: EstimateInWords,
  of: { readonly context: C },
) => boolean | string | Promise<boolean | string>;

export interface Appraised {
  /** The policy of the run. */
  readonly approval: ApprovalPolicy;
  /** The playbook that gave the plan: samples of its runs come first. */
  readonly playbook?: string;
  /** Steps that already have an output. */
  readonly done?: ReadonlySet<string>;
  /** Gives the context of the run. Absent: it has none. */
  readonly context?: () => Promise<unknown>;
}

/** Never rejects. Under the policy `never` the plan is returned unchanged, because nobody would read the appraisal. */
export type Appraise = (checked: CheckedPlan, of: Appraised, signal?: AbortSignal) => Promise<CheckedPlan>;

export interface Appraiser {
  readonly store: EventStore;
  readonly clock: Clock;
  /** The planner's model. null if the planner is a function, whose model is unknown. */
  readonly models: RoleModels;
  /** The models that judge outputs and answers. */
  readonly judging?: JudgingModels;
  readonly priceOf: PriceOf;
  /** Models that may answer instead of a model. */
  readonly alternatives?: (model: string) => readonly string[];
  /** The policy of the configuration, if it is a function. */
  readonly decide?: ApprovalFunction | undefined;
}

export function appraiseWith(appraiser: Appraiser): Appraise {
  return async (checked, { approval, done, context, playbook }, signal = new AbortController().signal) => {
    if (approval === "never") return checked;
    const { store, clock, decide } = appraiser;
    // A plan is not lost if earlier runs cannot be read.
    const history = await readHistory(store, clock, playbook).catch(() => NO_HISTORY);
    const estimate = estimatePlan(rest(checked, done), { ...appraiser, history });
    const said = { ...checked, estimate: estimate as unknown as JsonObject };
    if (approval !== "function" || decide === undefined) return said;
    return { ...said, approval: await decision(decide, { plan: checked.plan, estimate, context }, signal, clock) };
  };
}

function rest(checked: CheckedPlan, done: ReadonlySet<string> = new Set()): CheckedPlan {
  const steps = checked.plan.steps.filter(({ id }) => !done.has(id));
  return { ...checked, plan: { ...checked.plan, steps } };
}

/** What the function is asked about. */
interface Asked {
  readonly context: Appraised["context"] | undefined;
  readonly plan: Plan;
  readonly estimate: Estimate;
}

async function decision(
  decide: ApprovalFunction,
  { plan, estimate, context }: Asked,
  signal: AbortSignal,
  clock: Clock,
): Promise<NonNullable<CheckedPlan["approval"]>> {
  // A copy, so that the function cannot change the checked plan.
  const ask = async (): Promise<unknown> =>
    decide(structuredClone(plan), estimateInWords(estimate), { context: await context?.() });
  const { end } = await inTime(ask, signal, LIMITS.approvalFunctionMs, clock);
  if (end === undefined) return asked({ code: "FUNCTION_LATE", ms: LIMITS.approvalFunctionMs });
  if ("thrown" in end) return asked({ code: "FUNCTION_FAILED", text: messageOf(end.thrown) });
  return decided(end.value);
}

function decided(value: unknown): NonNullable<CheckedPlan["approval"]> {
  if (value === false) return { required: false, reason: { code: "FUNCTION_ALLOWS" } };
  const text = typeof value === "string" ? beginning(value.trim(), LIMITS.messageChars) : "";
  if (value === true || typeof value === "string") {
    return asked({ code: "FUNCTION_ASKS", ...(text === "" ? {} : { text }) });
  }
  return asked({ code: "FUNCTION_UNCLEAR" });
}

const asked = (reason: FunctionReason) => ({ required: true, reason });

/** The steps of a plan that already have an output in this run. */
export function doneIn(run: Run, plan: CheckedPlan): ReadonlySet<string> {
  const parts = partsOf(run, { plan });
  return new Set(parts.ok ? parts.reused : []);
}
