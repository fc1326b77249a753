// Keeps finished steps in a plan that is written anew. In: the plan before, its finished steps, and the new draft or
// plan. Out: the draft with the finished steps, or findings if it uses one of them differently. A new plan may leave
// finished steps out, repeat them, or reuse their ids; a patch cannot touch them.
import { LIMITS } from "../../limits.js";
import { collectFindings } from "../check/report.js";
import { completeStep } from "../complete.js";
import type { Finding } from "../finding.js";
import { needsOf } from "../graph.js";
import { canonicalJson, depthOf, isObject, own, type Json, type JsonObject } from "../json.js";
import { stepSchema, type Plan, type Step } from "../plan.js";
import { sourceIn, type Revised } from "./revise.js";
import { definitionOf, sameDefinition, stepHashes } from "./step-hash.js";
import { writePlan } from "../write.js";

/**
 * A new draft with all finished steps of the plan. They come first, in their old order and unchanged; the draft's own
 * steps follow. If the draft has a step with the same id and another definition, that step stays, and check and
 * finishedTouched report it. Inputs that only the old plan declares stay declared, because its steps may read them. A
 * draft without a list of steps is returned unchanged, for check to report. `finished` must include the steps that
 * finished steps need, also skipped ones: a kept step must not refer to a missing one.
 */
export function withFinished(draft: JsonObject, plan: Plan, finished: ReadonlySet<string>): Revised {
  const written = own(draft, "steps");
  if (!Array.isArray(written) || depthOf(draft, LIMITS.jsonDepth) > LIMITS.jsonDepth) {
    return { draft, sourceOf: (pointer) => pointer };
  }
  const slots = (written as readonly Json[]).map((step, index) => ({ step, source: `/steps/${index}` }));
  const before = writePlan(plan);
  const kept = keptSlots(plan, before["steps"] as readonly JsonObject[], finished, slots);
  const keptSources = new Set(kept.map(({ source }) => source));
  const list = [...kept, ...slots.filter(({ source }) => !keptSources.has(source))];
  return {
    draft: { ...draft, ...inputsOf(draft, before), steps: list.map(({ step }) => step) },
    sourceOf: sourceIn(
      list.map(({ source }) => source),
      Object.keys(draft),
    ),
  };
}

interface Slot {
  readonly step: Json;
  readonly source?: string;
}

/** `documents` are the steps of the plan as written. */
function keptSlots(
  plan: Plan,
  documents: readonly JsonObject[],
  finished: ReadonlySet<string>,
  slots: readonly Required<Slot>[],
): readonly Slot[] {
  // Backwards, so that the first of several steps with one id keeps it.
  const byId = new Map([...slots].reverse().map((slot) => [isObject(slot.step) ? slot.step["id"] : undefined, slot]));
  return plan.steps.flatMap((step, index): Slot[] => {
    if (!finished.has(step.id)) return [];
    const given = byId.get(step.id);
    const document = documents[index]!;
    if (given === undefined) return [{ step: document }];
    return [{ step: repeats(given.step, step) ? document : given.step, source: given.source }];
  });
}

/** Whether a step as written equals a finished one. A planner that repeats a step may omit its title. */
function repeats(written: Json, step: Step): boolean {
  const parsed = stepSchema.safeParse(written);
  return parsed.success && sameDefinition(completeStep(parsed.data), step);
}

function inputsOf(draft: JsonObject, before: JsonObject): JsonObject {
  const old = before["inputs"];
  const declared = own(draft, "inputs") ?? {};
  return isObject(old) && isObject(declared) ? { inputs: { ...old, ...declared } } : {};
}

/**
 * Findings (FINISHED_CHANGED) if a finished step's output would no longer be valid in the new plan: the step has
 * another definition, or an unfinished step that it was made from has.
 */
export function finishedTouched(before: Plan, after: Plan, finished: ReadonlySet<string>): readonly Finding[] {
  const { report, findings } = collectFindings();
  const old = new Map(before.steps.map((step) => [step.id, step]));
  const isOther = othersIn(before, after);
  const present = new Set(after.steps.map(({ id }) => id));
  const isReported = (id: string): boolean => finished.has(id) && old.has(id) && present.has(id) && isOther(id);
  after.steps.forEach((step, index) => {
    const was = old.get(step.id);
    if (was === undefined || !isReported(step.id)) return;
    const fields = changedFields(was, step);
    if (fields.length > 0) return report("FINISHED_CHANGED", `/steps/${index}`, { step: step.id, fields });
    const causes = causesOf(was, step, isOther).filter((id) => !isReported(id));
    if (causes.length > 0)
      report("FINISHED_CHANGED", `/steps/${index}`, { step: step.id, causes: causes.slice(0, 12) });
  });
  return findings(undefined);
}

/**
 * Whether a step differs between the two plans. Inputs and tools are equal (here: none), so only the plans can differ.
 */
function othersIn(before: Plan, after: Plan): (id: string) => boolean {
  const [was, is] = [stepHashes(before, {}, []), stepHashes(after, {}, [])];
  return (id) => was.get(id) !== is.get(id);
}

function changedFields(before: Step, after: Step): readonly string[] {
  const [was, is] = [definitionOf(before), definitionOf(after)];
  const fields = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...fields].filter((field) => canonicalJson(was[field]) !== canonicalJson(is[field]));
}

/** The needs that differ, and those that only one of the two has. */
function causesOf(before: Step, after: Step, isOther: (id: string) => boolean): readonly string[] {
  const [was, is] = [new Set(needsOf(before)), new Set(needsOf(after))];
  return [...new Set([...was, ...is])].filter((id) => isOther(id) || was.has(id) !== is.has(id));
}
