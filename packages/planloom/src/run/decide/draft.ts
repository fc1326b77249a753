// Whether work begins while its plan is still being written, and what becomes of it. In: a run and a step as it was drafted, or
// the whole plan. Out: facts. Nothing may come of it but outputs that the plan then uses, or does not.
import { needsOf } from "../../plan/graph.js";
import { isObject, type Json } from "../../plan/json.js";
import type { Plan, Step } from "../../plan/plan.js";
import { inSameWords } from "../../plan/revise/step-hash.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import { NO_USAGE } from "../../plan/usage.js";
import { fact, type EventData, type Fact } from "../event.js";
import { draftingOf, isDrafting } from "../status.js";
import { refOf } from "./failure.js";
import type { Drafted } from "../input.js";
import type { StopReason } from "../reason.js";
import { type Run } from "../state.js";
import { isFinished, worksOf } from "../steps.js";
import { asksPerson, mayActThrough } from "../../plan/step-kind.js";

/** A step has been written. One that a planner writes again after a crash, in the same words, is known already. */
export function drafted(run: Run, { key, index, step, tools }: Drafted): Fact[] {
  const known = draftingOf(run) === key ? run.execution.steps.get(idOf(step)) : undefined;
  if (known !== undefined && inSameWords(known.spec, step as unknown as Step)) return [];
  const begins = known === undefined && tools !== undefined && mayBegin(run, key, step as unknown as Step, tools);
  return [fact("plan.stepDrafted", { request: key, index, step, begins, ...(tools === undefined ? {} : { tools }) })];
}

function idOf(step: Json): string {
  const id = isObject(step) ? step["id"] : undefined;
  return typeof id === "string" ? id : "";
}

/** Nothing that acts, asks, or reads what is not there yet; and only under a first plan that no person is asked about. */
function mayBegin(run: Run, key: string, step: Step, tools: readonly ToolSpec[]): boolean {
  const {
    request: { settings },
    planning: { plans, rejected },
    execution: { steps },
  } = run;
  if (!settings.eager || plans.length > 0 || rejected.length > 0) return false;
  if (asksPerson(step) || step.approval === "required") return false;
  if (tools.some((tool) => tool.approval === "required" || mayActThrough(step, tool))) return false;
  return needsOf(step).every((id) => draftingOf(run) === key && steps.has(id));
}

/** Whether all that has begun early stands in the plan as it was drafted: then it goes on. */
function standsAsDrafted(run: Run, key: string | undefined, plan: Plan): boolean {
  if (key === undefined || draftingOf(run) !== key) return false;
  const written = new Map(plan.steps.map((step) => [step.id, step]));
  return [...run.execution.steps.values()].every(({ spec }) => {
    const step = written.get(spec.id);
    return step !== undefined && inSameWords(step, spec);
  });
}

/** What becomes of what has begun early, as the proposal says it. */
export function draftChanges(
  run: Run,
  key: string,
  plan: Plan,
): Pick<EventData["plan.proposed"], "kept" | "dropped" | "adopts"> {
  if (draftingOf(run) !== key) return {};
  const adopts = standsAsDrafted(run, key, plan);
  const said = adopts ? { adopts } : {};
  if (run.execution.steps.size === 0) return said;
  const begun = [...run.execution.steps.values()].filter(
    ({ work }) => work.startedAt !== undefined || isFinished(work),
  );
  const ids = begun.map(({ spec }) => spec.id);
  return adopts ? { kept: ids.map((step) => ({ step })), ...said } : { dropped: ids };
}

/** Facts that stop what runs for a plan that will not come. */
export function draftsStopped(run: Run, because: (StopReason & { readonly code: "DRAFT_DROPPED" })["because"]): Fact[] {
  if (!isDrafting(run)) return [];
  const reason = { code: "DRAFT_DROPPED", because } as const;
  return [...run.execution.steps.values()]
    .flatMap(worksOf)
    .filter(({ status }) => status === "running")
    .map((work) => fact("step.cancelled", { ...refOf(work), attempt: work.attempt, reason, usage: NO_USAGE }));
}
