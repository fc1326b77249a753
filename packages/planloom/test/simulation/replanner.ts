// Writes the replans of the planner, and a person's edits. In: the state of a run, and chance. Out: the planner's text,
// or a checked plan; the same for the same run and seed. models.ts decides when and how a reply fails.
import { check } from "../../src/plan/check/check.js";
import type { JsonObject } from "../../src/plan/json.js";
import { writePlan } from "../../src/plan/write.js";
import { planOf } from "../../src/run/lookup.js";
import { followedPlan, fixedSteps } from "../../src/run/followed-plan.js";
import type { PlanEffect } from "../../src/run/effect.js";
import type { CheckedPlan } from "../../src/run/command.js";
import { type ProposedPlan, type Run, type RunRequest } from "../../src/run/state.js";
import { dice, type Dice } from "./dice.js";
import type { Scenario } from "./scenario.js";
import { TOOL_SPECS } from "./service.js";

type Written = JsonObject & { readonly id: string };
type Steps = readonly Written[];

/** The text of the planner. It is sometimes unusable; after the findings on it, it is usable. */
export function replanned(seed: number, { round, rejected, replan }: PlanEffect, run: Run): string {
  const d = dice(seed, `plan ${run.planning.plans.length} ${round} ${rejected.length} ${run.planning.replans}`);
  if (round < 3 && d.chance(0.25)) return unusable(run, d);
  const steps = stepsOf(followedPlan(run)!);
  const failed = new Set(replan?.failed.map(({ step }) => step));
  const more = added(run, d, replan?.cause === "review");
  // After three refusals the planner writes a plan from the beginning.
  if (round >= 3) return JSON.stringify({ steps: [{ id: `r${run.log.seq}`, tool: "look", with: { x: "anew" } }] });
  const better = steps.filter(({ id }) => failed.has(id)).map((step) => mended(run, step, d));
  if (replan?.mode === "patch") {
    const operations = [
      ...better.map((step) => ({ op: "replace", id: step.id, step })),
      ...more.map((step) => ({ op: "add", step })),
    ];
    return JSON.stringify({ operations });
  }
  const byId = new Map(better.map((step) => [step.id, step]));
  const fixed = fixedSteps(run);
  const all = [...steps.map((step) => byId.get(step.id) ?? step), ...more];
  // What has finished may be left out: it stays all the same.
  return JSON.stringify({ steps: d.chance(0.5) ? all : all.filter(({ id }) => !fixed.has(id)) });
}

/** Whether the rest makes sense: so it is where nothing is wrong with the world. */
export function reviewed({ seed, misfortune }: Pick<Scenario, "seed" | "misfortune">, run: Run): string {
  const d = dice(seed, `review ${run.planning.reviews}`);
  if (!misfortune.trouble || d.chance(0.7)) return JSON.stringify({ verdict: "go on", reason: "It does." });
  return d.chance(0.5) ? JSON.stringify({ verdict: "replan", reason: "It does not." }) : "Well.";
}

/** What a person makes of the present plan; undefined where nothing comes to mind. */
export function edited(seed: number, run: Run): CheckedPlan | undefined {
  const d = dice(seed, `edit ${run.planning.plans.length}`);
  const own = { id: `e${run.planning.plans.length}`, tool: "look", with: { x: "e" } };
  const present = planOf(run);
  // Some would have what has been done otherwise.
  const [done] = d.chance(0.5) ? fixedSteps(run) : [];
  const steps = stepsOf(present).map((step) =>
    step.id === done && "tool" in step ? { ...step, with: { x: `${subjectOf(step)} otherwise` } } : step,
  );
  const made = checkedPlan(run.request, { steps: [...steps, own, ...added(run, d, false)] });
  return made?.hash === present.hash ? undefined : made;
}

/** A plan as it is written, for this run; undefined where it is not sound. */
export function checkedPlan(
  { goal, inputs }: Pick<RunRequest, "goal" | "inputs">,
  plan: unknown,
): CheckedPlan | undefined {
  const made = check(plan, { tools: TOOL_SPECS }, { inputs, goal });
  if (!made.ok) return undefined;
  return { plan: made.plan, hash: made.hash, inputs: made.inputs, tools: made.tools, findings: made.findings };
}

const stepsOf = ({ plan }: ProposedPlan) => writePlan(plan)["steps"] as Steps;

/** The same done by another tool, or said otherwise to the agent; what others need of it keeps its type. */
function mended(run: Run, step: Written, d: Dice): Written {
  const revision = run.planning.plans.length;
  const { id, agent, tool, with: _with, fill: _fill, ask: _ask, output: _output, ...rest } = step;
  if (typeof agent === "string" && d.chance(0.5)) return { ...step, agent: `${agent} Try ${revision}.` };
  const others = Object.fromEntries(Object.entries(rest).filter(([field]) => KEPT.includes(field)));
  const instead = tool === "list" ? "list" : d.pick(["look", "put", "pay", "wire"]);
  return { ...others, id, tool: instead, with: { x: `${subjectOf(step)} again ${revision}` } };
}

/** Another one for each item. */
function subjectOf({ id, with: given = {}, forEach }: Written): string {
  const { x } = given as JsonObject;
  return typeof x === "string" ? x : forEach === undefined ? id : "${{ index }}";
}

const KEPT: readonly string[] = ["dependsOn", "forEach", "repeat", "as", "maxParallel", "retry", "approval"];

function added(run: Run, d: Dice, must: boolean): Steps {
  const id = `n${run.planning.plans.length}`;
  return must || d.chance(0.4) ? [{ id, tool: d.pick(["look", "pay", "put", "wire"]), with: { x: id } }] : [];
}

/** Prose, what failed already, and what may not be touched. */
function unusable(run: Run, d: Dice): string {
  const steps = stepsOf(followedPlan(run)!);
  const [first] = fixedSteps(run);
  const otherwise = { id: first ?? "s1", tool: "look", with: { x: "otherwise" } };
  return d.pick([
    () => "I would rather not.",
    () => JSON.stringify({ steps }),
    () => JSON.stringify({ operations: [{ op: "replace", id: otherwise.id, step: otherwise }] }),
    () => JSON.stringify({ operations: [{ op: "drop", id: otherwise.id }] }),
    () => JSON.stringify({ steps: [...steps.filter(({ id }) => id !== otherwise.id), otherwise] }),
  ])();
}
