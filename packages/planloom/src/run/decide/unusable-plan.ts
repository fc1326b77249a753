// Finds what a new plan may not do about calls that acted with an unusable output: make them again, refer to the
// missing output, or drop a step that a person is asked about. In: a run and a plan. Out: findings.
import { findingOf, type Finding } from "../../plan/finding.js";
import { answerNeedsOf, contextNeedsOf } from "../../plan/graph.js";
import { canonicalJson } from "../../plan/json.js";
import type { Plan, Step } from "../../plan/plan.js";
import { inSameWords } from "../../plan/revise/step-hash.js";
import { directTool } from "../../plan/step-kind.js";
import { standsInPlan } from "../approval.js";
import { currentPlan } from "../lookup.js";
import type { Run } from "../state.js";
import { isFinished, isUnusable, waitsUnusable, worksOf } from "../steps.js";
import { repeatedCall } from "../unusable-call.js";

const STEPS = { pointer: "/steps" };

/** None if no call of this run had an unusable output. */
export function unusableFindings(run: Run, plan: Plan): readonly Finding[] {
  if (run.execution.unusableCalls.size === 0) return [];
  return [...askedSteps(run, plan), ...repeatingSteps(run, plan), ...referringSteps(run, plan)];
}

/** The step stands as it did, in the plan before. */
function stands(run: Run, step: Step): boolean {
  const before = run.execution.steps.get(step.id);
  return before !== undefined && inSameWords(before.spec, step);
}

function askedSteps(run: Run, { steps }: Plan): Finding[] {
  const kept = new Set(steps.filter((step) => stands(run, step)).map(({ id }) => id));
  return [...run.execution.steps.values()]
    .filter((state) => waitsUnusable(state) && !kept.has(state.spec.id))
    .map(({ spec }) => findingOf("ACTED_UNUSABLE", STEPS, { step: spec.id, why: "asked" }));
}

/** Arguments that are known only later are compared when the step begins. */
function repeatingSteps(run: Run, { steps }: Plan): Finding[] {
  const revision = run.planning.plans.length + 1;
  return steps.flatMap((step) => {
    const before = run.execution.steps.get(step.id);
    const tool = directTool(step);
    if (tool === undefined) return [];
    const same = before !== undefined && stands(run, step);
    if (same && (isFinished(before.work) || waitsUnusable(before))) return [];
    if (same && worksOf(before).some(isUnusable)) return [repeats(step.id, tool, step.id)];
    const call = standsInPlan(step) ? repeatedCall(run, { tool, args: step.with, revision }) : undefined;
    const isOwn = call?.refused === true && call.ref.step === step.id;
    return call === undefined || isOwn ? [] : [repeats(call.ref.step, tool, step.id)];
  });
}

const repeats = (step: string, tool: string, by: string): Finding =>
  findingOf("ACTED_UNUSABLE", STEPS, { step, why: "repeats", tool, by });

/** A step that referred to the output before may stay: it waits for a person, or is skipped. */
function referringSteps(run: Run, plan: Plan): Finding[] {
  const missing = new Set(
    plan.steps
      .filter((step) => stands(run, step) && worksOf(run.execution.steps.get(step.id)!).some(lacksOutput))
      .map(({ id }) => id),
  );
  const refers = (by: string | undefined, ids: readonly string[]) =>
    ids
      .filter((id) => missing.has(id))
      .map((step) => findingOf("ACTED_UNUSABLE", STEPS, { step, why: "refers", ...(by === undefined ? {} : { by }) }));
  const written = plan.steps.filter((step) => !stands(run, step));
  const { answer: before } = currentPlan(run)?.plan ?? {};
  const answer = canonicalJson(before ?? null) === canonicalJson(plan.answer) ? [] : answerNeedsOf(plan);
  return [...written.flatMap((step) => refers(step.id, contextNeedsOf(step))), ...refers(undefined, answer)];
}

/** A skipped step keeps the mark. */
const lacksOutput = ({ unusable, status }: { readonly unusable?: object; readonly status: string }): boolean =>
  unusable !== undefined && status !== "completed";
