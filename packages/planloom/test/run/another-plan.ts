// Plans that a planner might give in a replan, and that a person might make of a plan. In: a run, and a number to
// choose by. Out: a checked plan: mended, shortened, the same, one that drops what has finished, one that acts.
// Separate from the play, which only says when.
import { check } from "../../src/plan/check/check.js";
import type { JsonObject } from "../../src/plan/json.js";
import { needsOf } from "../../src/plan/graph.js";
import { writePlan } from "../../src/plan/write.js";
import type { CheckedPlan } from "../../src/run/command.js";
import { currentPlan } from "../../src/run/lookup.js";
import { type Run } from "../../src/run/state.js";
import { replanOf } from "../../src/run/status.js";
import { ALL_TOOLS } from "./any-plan.js";

type Steps = readonly JsonObject[];
type Change = (run: Run, steps: Steps, serial: number) => Steps;

const VALUE = { value: "done" };

/** The first one is what goes well. */
const CHANGES: readonly Change[] = [
  mended,
  (run, steps, serial) => mended(run, steps, serial).filter(({ id }) => !waitsForOpen(run, id as string)),
  (run, steps, serial) => [...mended(run, steps, serial), { id: `n${serial}`, tool: "pay", with: { x: serial } }],
  (run, steps, serial) => [...withoutOpen(run, steps), { id: `n${serial}`, tool: "look", with: { x: serial } }],
  (run, steps) => withoutOpen(run, steps),
  (_run, steps) => steps,
  (_run, _steps, serial) => [{ id: `n${serial}`, tool: "put", with: { x: serial } }],
  (_run, steps) => steps.slice(1),
  (_run, steps) => steps.map((step) => ({ ...step, approval: "required" })),
];

/** undefined where no such plan can be made. */
export function anotherPlan(run: Run, how: number, serial: number): CheckedPlan | undefined {
  const before = currentPlan(run);
  if (before === undefined) return undefined;
  const { plan } = before;
  const steps = (writePlan(plan)["steps"] ?? []) as Steps;
  const changed = CHANGES[how % CHANGES.length]!(run, steps, serial);
  return sound({ steps: changed, answer: VALUE }, run);
}

function sound(draft: JsonObject, run: Run): CheckedPlan | undefined {
  const made = check(draft, { tools: ALL_TOOLS }, { inputs: run.request.inputs, goal: run.request.goal });
  if (!made.ok) return undefined;
  const { plan, hash, inputs, tools, findings } = made;
  return { plan, hash, inputs, tools, findings };
}

/** What failed is done by another tool, with another argument. */
function mended(run: Run, steps: Steps, serial: number): Steps {
  const failed = new Set(replanOf(run)?.failed.map(({ step }) => step));
  const broken = failed.size > 0 ? failed : new Set([firstOpen(run, steps)]);
  return steps.map((step) => {
    if (!broken.has(step["id"] as string)) return step;
    const { dependsOn, forEach } = step;
    const kept = { ...(dependsOn === undefined ? {} : { dependsOn }), ...(forEach === undefined ? {} : { forEach }) };
    return { id: step["id"]!, tool: serial % 2 === 0 ? "look" : "put", with: { x: serial }, ...kept };
  });
}

const isOpen = (run: Run, id: string) =>
  !["completed", "skipped"].includes(run.execution.steps.get(id)?.work.status ?? "");

const firstOpen = (run: Run, steps: Steps) => steps.find(({ id }) => isOpen(run, id as string))?.["id"] as string;

const withoutOpen = (run: Run, steps: Steps) =>
  steps.filter(
    ({ id }) => !isOpen(run, id as string) || run.execution.steps.get(id as string)?.work.status === "unknown",
  );

function waitsForOpen(run: Run, id: string): boolean {
  const state = run.execution.steps.get(id);
  return state !== undefined && needsOf(state.spec).some((need) => isOpen(run, need));
}
