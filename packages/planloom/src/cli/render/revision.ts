// Shows a proposed plan with all that a person must know to approve it. In: a run, and the proposal from its log. Out:
// lines. Pure. The lines of a run, its review at the terminal and `planloom diff` show the same text.
import { diffPlans, diffText, type PlanDiff } from "../../plan/revise/diff.js";
import { onlyStep } from "../../plan/one-step.js";
import type { Plan, Step } from "../../plan/plan.js";
import { standsInPlan, whyApproval } from "../../run/approval.js";
import { isFinished } from "../../run/steps.js";
import type { EventData, StepRef } from "../../run/event.js";
import type { Run } from "../../run/state.js";
import { reasonText } from "../../words/reasons.js";
import { findingWords } from "../../words/findings.js";
import { askingLines, scoutedLines } from "./asking.js";
import { planLines, stepWork } from "./plan.js";
import { count, oneLine, paint, type Paint } from "../style.js";

type Proposed = EventData["plan.proposed"];

/** The proposal, the reason for another plan and its changes, then its steps. `run` is the current state. */
export function proposedLines(run: Run, proposed: Proposed): readonly string[] {
  const { plan, tools, findings, revision } = proposed;
  const before = run.planning.plans[revision - 2]?.plan;
  const only = isPlain(proposed) ? onlyStep(plan) : undefined;
  if (only !== undefined) return plainLines(only, proposed);
  const isDone = (id: string) =>
    revision > 1 && run.execution.steps.has(id) && isFinished(run.execution.steps.get(id)!.work);
  return [
    `  plan: ${revisionTitle(proposed)}, ${count(plan.steps.length, "step")}${keptText(proposed)}`,
    ...(before === undefined ? [] : [...whyLines(run, proposed), ...changeLines(before, plan, revision - 1)]),
    ...planLines(plan, tools, (id) => (isDone(id) ? "finished" : undefined)),
    ...warningLines(findings),
    ...askingLines(proposed.asking),
    ...scoutedLines(proposed.scouted),
  ];
}

/** A first plan that no person wrote. */
const isPlain = ({ cause }: Proposed): boolean => cause === "strategy" || cause === "goal";

/** One step whose output is the answer needs no table. */
const plainLines = (step: Step, { tools, findings, asking, scouted }: Proposed): readonly string[] => [
  `  one step: ${oneLine(step.title, 70)}  ${stepWork(step, tools)}`,
  ...warningLines(findings),
  ...askingLines(asking),
  ...scoutedLines(scouted),
];

const warningLines = (findings: Proposed["findings"]): readonly string[] =>
  findings.map((found) => paint("yellow", `  warning ${found.code}: ${oneLine(findingWords(found).message)}`));

/** The revision, and its author if it is not the planner. */
export function revisionTitle({ cause, revision }: Pick<Proposed, "cause" | "revision">): string {
  if (cause === "given") return "the plan as given";
  if (cause === "strategy") return "one step for the whole goal";
  if (cause === "fork") return "the plan of the fork";
  return `revision ${revision}${CAUSES[cause] ?? ""}`;
}

const CAUSES: { readonly [cause: string]: string } = {
  questions: ", the questions of the planner",
  edit: ", changed by a person",
  patch: ", a patch",
  replan: ", planned anew",
  "goal-change": ", for the new goal",
};

/** `; keeps a, b[1]`: the steps and items that a new revision keeps. */
export function keptText({ kept = [], revision }: Pick<Proposed, "kept" | "revision">): string {
  if (kept.length === 0) return "";
  // A first plan keeps steps that started while it was being written.
  return `; ${revision === 1 ? "begun already:" : "keeps"} ${oneLine(namesOf(kept))}`;
}

/** `a, b[1] failed: `: the failures that a replan answers. */
export const failedText = (failed: readonly StepRef[]): string =>
  failed.length === 0 ? "" : `${oneLine(namesOf(failed), 500)} failed: `;

const namesOf = (steps: readonly StepRef[]): string =>
  steps.map(({ step, item }) => (item === undefined ? step : `${step}[${item}]`)).join(", ");

/** The steps of the plan before that are dropped, added or changed, and the reason. */
export function whyLines(run: Run, { revision, reason, cause, dropped, added, changed }: Proposed): readonly string[] {
  const rejected = cause === "rejection" ? run.planning.rejected.at(-1)?.comment : undefined;
  const failed = failedText(run.planning.plans[revision - 1]?.replan?.failed ?? []);
  const why = [reason === undefined ? undefined : `${failed}${reasonText(reason)}`, rejected].filter(
    (text) => text !== undefined && text !== "",
  );
  const parts = Object.entries({ drops: dropped, adds: added, changes: changed }).flatMap(([verb, ids = []]) =>
    ids.length === 0 ? [] : [`${verb} ${oneLine(ids.join(", "))}`],
  );
  return [
    ...why.map((text) => `  why: ${oneLine(text!, 2_000)}`),
    ...(parts.length === 0 ? [] : [`  it ${parts.join("; ")}`]),
  ];
}

function changeLines(before: Plan, after: Plan, revision: number): readonly string[] {
  return [`  against revision ${revision}:`, ...diffLines(diffPlans(before, after)).map((line) => `    ${line}`)];
}

/** The difference with colours. Always at least one line. */
export function diffLines(diff: PlanDiff): readonly string[] {
  return diffText(diff)
    .trimEnd()
    .split("\n")
    .map((line) => {
      const colour = SIGNS[line.trimStart().charAt(0)];
      return colour === undefined ? line : paint(colour, line);
    });
}

const SIGNS: { readonly [sign: string]: Paint } = { "+": "green", "-": "red", "~": "yellow" };

/** Calls that need an approval of their own although the plan is approved, each with its reason. */
export function callsToApprove(
  run: Run,
): readonly { readonly id: string; readonly reason: string; readonly stands: boolean }[] {
  return [...run.execution.steps.values()].flatMap(({ spec, work }) => {
    const reason = isFinished(work) ? undefined : whyApproval(run, work, spec.with);
    return reason === undefined ? [] : [{ id: spec.id, reason: reasonText(reason), stands: standsInPlan(spec) }];
  });
}

export function approvalLines(run: Run): readonly string[] {
  return callsToApprove(run).map(
    ({ id, reason, stands }) =>
      `  asks     ${id}: its call waits for a person, too: ${oneLine(reason)}${stands ? " (its arguments stand in the plan; with --calls the approval of the plan covers it)" : ""}`,
  );
}
