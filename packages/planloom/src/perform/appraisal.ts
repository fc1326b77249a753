// What is said of a plan before anybody approves it: what it will take, and whether the program's own function wants a person
// asked. In: a checked plan and the run that it is for. Out: the same with both. Separate from check, which is pure and decides
// alone whether a plan can run: nothing here forbids a plan or fails a run, and a function that does not decide is no yes.
import { messageOf } from "../error.js";
import { LIMITS } from "../limits.js";
import { estimatePlan, type Estimate } from "../plan/estimate/estimate.js";
import type { RoleModels } from "../plan/estimate/step.js";
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
 * Whether a person is asked for a plan: true or a reason = yes, false = no. `estimate` is of the steps that are still to run.
 * Whatever else it gives or throws, and no answer within LIMITS.approvalFunctionMs, counts as yes.
 */
export type ApprovalFunction = (plan: Plan, estimate: EstimateInWords) => boolean | string | Promise<boolean | string>;

export interface Appraised {
  /** The policy of the run. */
  readonly approval: ApprovalPolicy;
  /** Steps whose output is there already. */
  readonly done?: ReadonlySet<string>;
}

/** Never rejects. Under the policy `never` the plan is given back as it is: nobody would read what is said of it. */
export type Appraise = (checked: CheckedPlan, of: Appraised, signal?: AbortSignal) => Promise<CheckedPlan>;

export interface Appraiser {
  readonly store: EventStore;
  readonly clock: Clock;
  /** A planner that is a function is null: what it plans with is its own affair. */
  readonly models: RoleModels;
  readonly priceOf: PriceOf;
  /** The policy of the configuration, where that is a function. */
  readonly decide?: ApprovalFunction | undefined;
}

export function appraiseWith(appraiser: Appraiser): Appraise {
  return async (checked, { approval, done }, signal = new AbortController().signal) => {
    if (approval === "never") return checked;
    const { store, clock, decide } = appraiser;
    // A plan is not lost because earlier runs cannot be read.
    const history = await readHistory(store, clock).catch(() => NO_HISTORY);
    const estimate = estimatePlan(rest(checked, done), { ...appraiser, history });
    const said = { ...checked, estimate: estimate as unknown as JsonObject };
    if (approval !== "function" || decide === undefined) return said;
    return { ...said, approval: await decision(decide, checked.plan, estimate, signal, clock) };
  };
}

function rest(checked: CheckedPlan, done: ReadonlySet<string> = new Set()): CheckedPlan {
  const steps = checked.plan.steps.filter(({ id }) => !done.has(id));
  return { ...checked, plan: { ...checked.plan, steps } };
}

async function decision(
  decide: ApprovalFunction,
  plan: Plan,
  estimate: Estimate,
  signal: AbortSignal,
  clock: Clock,
): Promise<NonNullable<CheckedPlan["approval"]>> {
  // A copy: what it changes of the plan is not what was checked.
  const ask = async (): Promise<unknown> => decide(structuredClone(plan), estimateInWords(estimate));
  const { end } = await inTime(ask, signal, LIMITS.approvalFunctionMs, clock);
  if (end === undefined) return asked({ code: "FUNCTION_LATE", ms: LIMITS.approvalFunctionMs });
  if ("thrown" in end) return asked({ code: "FUNCTION_FAILED", text: messageOf(end.thrown) });
  return decided(end.value);
}

function decided(value: unknown): NonNullable<CheckedPlan["approval"]> {
  if (value === false) return { required: false, reason: { code: "FUNCTION_ALLOWS" } };
  const text = typeof value === "string" ? value.trim().slice(0, LIMITS.messageChars) : "";
  if (value === true || typeof value === "string") {
    return asked({ code: "FUNCTION_ASKS", ...(text === "" ? {} : { text }) });
  }
  return asked({ code: "FUNCTION_UNCLEAR" });
}

const asked = (reason: FunctionReason) => ({ required: true, reason });

/** The steps of a plan whose output this run has already. */
export function doneIn(run: Run, plan: CheckedPlan): ReadonlySet<string> {
  const parts = partsOf(run, { plan });
  return new Set(parts.ok ? parts.reused : []);
}
