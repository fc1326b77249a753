// Whether a plan was tried before. In: a new plan, and those that failed. Out: yes or no, and a finding. Titles and
// descriptions are ignored: other words for the same steps are the same plan.
import { findingOf, type Finding } from "../finding.js";
import type { FindingParams } from "../finding-params.js";
import { canonicalJson } from "../json.js";
import type { Plan } from "../plan.js";

/**
 * Whether two plans have the same steps, apart from titles, descriptions and order. Goal, inputs and answer are
 * ignored, because a step failed.
 */
export function samePlan(a: Plan, b: Plan): boolean {
  return a.steps.length === b.steps.length && stepsText(a) === stepsText(b);
}

function stepsText(plan: Plan): string {
  const steps = plan.steps.map(({ title: _title, description: _description, ...step }) => step);
  return canonicalJson(steps.sort((a, b) => (a.id < b.id ? -1 : 1)));
}

/** The finding (PLAN_REPEATED) if a plan equals one that failed, with the reason of that failure; else none. */
export function repeatFindings(
  plan: Plan,
  failed: readonly ({ readonly plan: Plan } & FindingParams["PLAN_REPEATED"])[],
): readonly Finding[] {
  const known = failed.find((tried) => samePlan(plan, tried.plan));
  return known === undefined ? [] : [findingOf("PLAN_REPEATED", { pointer: "/steps" }, { reason: known.reason })];
}
