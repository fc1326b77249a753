// Decides whether a step starts while its plan is still being written, and the fate of early steps. In: a run and a
// drafted step, or the complete plan. Out: facts. Early steps have no effects. Only their outputs are used, or thrown
// away.
import { needsOf } from "../../plan/graph.js";
import { isObject, type Json } from "../../plan/json.js";
import type { Plan, Step } from "../../plan/plan.js";
import { inSameWords } from "../../plan/revise/step-hash.js";
import type { ToolSpec } from "../../plan/tool-spec.js";
import { NO_USAGE } from "../../plan/usage.js";
import { fact, type EventData, type Fact } from "../event.js";
import { mayBeGuarded } from "../guard.js";
import { draftingOf, isDrafting } from "../status.js";
import { refOf } from "./failure.js";
import type { Drafted } from "../input.js";
import type { StopReason } from "../reason.js";
import { type Run } from "../state.js";
import { isFinished, worksOf } from "../steps.js";
import { asksPerson, isSubPlan, mayActThrough } from "../../plan/step-kind.js";

/** Records a drafted step. After a crash, a planner may write a known step again: no facts follow. */
export function drafted(run: Run, { key, index, step, tools }: Drafted): Fact[] {
  const known = draftingOf(run) === key ? run.execution.steps.get(idOf(step)) : undefined;
  if (known !== undefined && inSameWords(known.spec, step as unknown as Step)) return [];
  const begins = known === undefined && tools !== undefined && mayBegin(run, key, step as unknown as Step, tools);
  const used = tools === undefined ? {} : { tools };
  const needs = begins ? { needs: needsOf(step as unknown as Step) } : {};
  return [fact("plan.stepDrafted", { request: key, index, step, begins, ...used, ...needs })];
}

function idOf(step: Json): string {
  const id = isObject(step) ? step["id"] : undefined;
  return typeof id === "string" ? id : "";
}

/**
 * Whether the step may start: it has no effects, asks nobody, reads only steps that have started, and its plan is a
 * first plan that needs no approval.
 */
function mayBegin(run: Run, key: string, step: Step, tools: readonly ToolSpec[]): boolean {
  const {
    request: { settings },
    planning: { plans, rejected },
    execution: { steps },
  } = run;
  if (!settings.eager || plans.length > 0 || rejected.length > 0) return false;
  if (asksPerson(step) || isSubPlan(step) || step.approval === "required") return false;
  if (tools.some((tool) => tool.approval === "required" || mayActThrough(step, tool))) return false;
  if (mayBeGuarded(run, step, tools)) return false;
  return needsOf(step).every((id) => draftingOf(run) === key && steps.has(id));
}

/** Whether the plan contains every early step unchanged. Then they continue. */
function standsAsDrafted(run: Run, key: string | undefined, plan: Plan): boolean {
  if (key === undefined || draftingOf(run) !== key) return false;
  const written = new Map(plan.steps.map((step) => [step.id, step]));
  return [...run.execution.steps.values()].every(({ spec }) => {
    const step = written.get(spec.id);
    return step !== undefined && inSameWords(step, spec);
  });
}

/** The fate of early steps, as fields of the proposal. */
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

/** Facts that stop early steps whose plan will not come. */
export function draftsStopped(run: Run, because: (StopReason & { readonly code: "DRAFT_DROPPED" })["because"]): Fact[] {
  if (!isDrafting(run)) return [];
  const reason = { code: "DRAFT_DROPPED", because } as const;
  return [...run.execution.steps.values()]
    .flatMap(worksOf)
    .filter(({ status, asking }) => status === "running" || asking !== undefined)
    .map((work) => fact("step.cancelled", { ...refOf(work), attempt: work.attempt, reason, usage: NO_USAGE }));
}
