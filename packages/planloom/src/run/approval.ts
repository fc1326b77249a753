// Tells which calls an approval of a plan covers, and which need an approval of their own. In: a plan or a run. Out:
// step ids, reasons, facts. begin.ts, proposals and the review at the terminal must agree.
import { canonicalJson, type Json } from "../plan/json.js";
import type { Plan, Step } from "../plan/plan.js";
import { referencedNames } from "../plan/expression/reference.js";
import { inSameWords } from "../plan/revise/step-hash.js";
import type { ToolSpec } from "../plan/tool-spec.js";
import { repeatsUndone } from "./acted-calls.js";
import { changesToSee } from "./changed-tools.js";
import { fact, type Fact } from "./event.js";
import type { RestOfStep } from "./command.js";
import { guardStep, haveOneHost } from "./guard.js";
import { isControl } from "../plan/label.js";
import { currentPlan, findWork, toolIn } from "./lookup.js";
import type { ApprovalReason } from "./reason.js";
import { type PendingApproval, type ProposedPlan, type Run } from "./state.js";
import { directTool, directToolIn, isFilled, isSubPlan, mayActThrough } from "../plan/step-kind.js";
import type { StepState, Work } from "./work.js";

type Args = { readonly [name: string]: Json };

/** Whether the plan shows all arguments of this step's only call. None of them is computed later. */
export const standsInPlan = (step: Step): boolean =>
  directTool(step) !== undefined &&
  !isFilled(step) &&
  step.forEach === undefined &&
  referencedNames(step.with).length === 0;

/** Steps of a plan that stand in the plan before in the same words, whatever has become of their tools since. */
export function sameWordsIn(plan: Plan, before: ProposedPlan | undefined): readonly string[] {
  const were = new Map(before?.plan.steps.map((step) => [step.id, step]));
  return plan.steps.filter((step) => were.has(step.id) && inSameWords(step, were.get(step.id)!)).map(({ id }) => id);
}

/** Steps that are new since the plan before, or have other words, or whose tool has another definition. */
export function writtenIn(
  plan: Plan,
  tools: ReadonlyMap<string, ToolSpec>,
  before: ProposedPlan | undefined,
): ReadonlySet<string> {
  const sameWords = new Set(sameWordsIn(plan, before));
  const toolOf = (step: Step, all: ReadonlyMap<string, ToolSpec> | undefined) =>
    canonicalJson(directToolIn(all, step) ?? null);
  const same = (step: Step) => sameWords.has(step.id) && toolOf(step, tools) === toolOf(step, before?.tools);
  return new Set(plan.steps.filter((step) => !same(step)).map(({ id }) => id));
}

/**
 * Why a person must approve this call with its arguments. undefined if nobody must, or if the plan's approval covers
 * it.
 */
export function whyApproval(run: Run, work: Work, args: Args): ApprovalReason | undefined {
  const changes = changesToSee(run, work.step).map(({ present: { name: tool }, differences }) => ({
    tool,
    differences,
  }));
  const also = whyUnchanged(run, work, args);
  return changes.length === 0 ? also : { code: "TOOL_CHANGED", changes, ...(also === undefined ? {} : { also }) };
}

/** The same, as if no tool had changed. */
function whyUnchanged(run: Run, { step, item, seen: isSeen }: Work, args: Args): ApprovalReason | undefined {
  const { spec, tool } = step;
  if (currentPlan(run)?.callsGranted.has(spec.id) === true) return undefined;
  const seen = tool === undefined || isSeen === true || (item !== null && step.itemsSeen === true);
  // The guard comes first: a rule that grants what the plan asks for does not grant what others chose.
  const again =
    tool !== undefined && repeatsUndone(run, tool.name, args) ? ({ code: "WAS_UNDONE" } as const) : undefined;
  return (seen ? undefined : guardStep(run, spec, tool, args)) ?? whyAsked(run, step) ?? again;
}

/**
 * Why a person must approve each call of a step, whatever its arguments are. The reason that no rule grants comes
 * first: text of others may also have written that the step asks.
 */
export function whyAsked(run: Run, { spec, tool }: StepState): ApprovalReason | undefined {
  // A sub-plan acts in its child run, whose plan or calls are asked about: see perform/child-start.ts.
  const isOwn = !isSubPlan(spec);
  if (isOwn && run.planning.mustApprove.has(spec.id)) return { code: "UNTRUSTED_READ" };
  if (run.compensation.undoneSteps.has(spec.id) && mayActIn(run, spec)) return { code: "WAS_UNDONE" };
  if (isOwn && spec.approval === "required") return { code: "STEP_ASKS" };
  return tool?.approval === "required" ? { code: "TOOL_ASKS", tool: tool.name } : undefined;
}

const mayActIn = (run: Run, spec: Step): boolean =>
  [...(currentPlan(run)?.tools.values() ?? [])].some((tool) => mayActThrough(spec, tool));

/** The tool of a call whose arguments a person can change when approving it; undefined if nobody can. */
export function editableTool(
  run: Run,
  { subject, call, items, reason, undoes }: PendingApproval,
): ToolSpec | undefined {
  if (subject === "plan" || items !== undefined || undoes !== undefined || reason.code === "TOOL_CHANGED")
    return undefined;
  return call === undefined ? findWork(run, subject)?.step.tool : toolIn(run, call.tool);
}

/** How an approval can also cover later calls of the same agent step. */
export function restsOf(run: Run, { call, args = {} }: PendingApproval): readonly RestOfStep[] {
  const tool = call === undefined ? undefined : toolIn(run, call.tool);
  if (tool === undefined) return [];
  const hasHost = Object.entries(args).some(([name, value]) => isControl(tool, name) && haveOneHost(value, value));
  return hasHost ? ["values", "host"] : ["values"];
}

/** Facts that withdraw open requests for approval, because their plan is not followed, or not any more. */
export function withdrawn(
  run: Run,
  which: (approval: PendingApproval) => boolean = () => true,
  cause: "superseded" | "cancelled" = "superseded",
): Fact[] {
  return [...run.approvals.pending.values()]
    .filter(which)
    .map(({ subject, hash }) => fact("approval.denied", { subject, hash, cause }));
}
