// Checks the order of a draft. In: steps with their needs. Out: an order in which needs come first, and findings on
// dependencies that are unknown, form a cycle or contradict the references. It needs neither types nor tools.
import { LIMITS } from "../../limits.js";
import { Later, type Report } from "./report.js";
import type { StepNode } from "./shape.js";
import { cycleIn, dataNeedsOf, needsOf, wavesOf } from "../graph.js";
import { nearestNames } from "../nearest.js";
import type { Step } from "../plan.js";

export interface Needs {
  readonly data: ReadonlySet<string>;
  readonly all: readonly string[];
}

/** The needs of the sound steps, by id. Ids that are no steps are left out. */
export function needsById(byId: ReadonlyMap<string, StepNode>): ReadonlyMap<string, Needs> {
  const needs = new Map<string, Needs>();
  for (const [id, { step }] of byId) {
    if (step === undefined) continue;
    const isStep = (name: string): boolean => name !== id && byId.has(name);
    needs.set(id, { data: new Set(dataNeedsOf(step).filter(isStep)), all: needsOf(step).filter(isStep) });
  }
  return needs;
}

/** The steps in an order where needs come first. Steps of a cycle come last, as written. */
export function inOrder(byId: ReadonlyMap<string, StepNode>): StepNode[] {
  const nodes = [...byId.values()];
  const steps = nodes.flatMap(({ step }) => (step === undefined ? [] : [step]));
  const first = wavesOf({ steps }).flat();
  const seen = new Set(first);
  const ordered = first.flatMap((id) => byId.get(id) ?? []);
  return [...ordered, ...nodes.filter(({ id }) => id === undefined || !seen.has(id))];
}

export function checkDependencies(
  nodes: readonly StepNode[],
  byId: ReadonlyMap<string, StepNode>,
  report: Report,
): void {
  const near = new Map<string, readonly string[]>();
  // One invented name often occurs in many steps.
  const nearestTo = (id: string): readonly string[] => {
    const known = near.get(id) ?? nearestNames(id, byId.keys(), 4);
    near.set(id, known);
    return known;
  };
  for (const { step, pointer } of nodes) {
    step?.dependsOn.forEach((id, i) => {
      if (id === step.id) {
        report("SELF_REFERENCE", `${pointer}/dependsOn/${i}`, { step: id, in: "dependsOn" });
      } else if (!byId.has(id)) {
        const make = () => ({ name: id, ...otherSteps(step, nearestTo(id), [...byId.keys()]) });
        report("UNKNOWN_DEPENDENCY", `${pointer}/dependsOn/${i}`, new Later(id, make));
      }
    });
  }
}

function otherSteps(step: Step, near: readonly string[], ids: readonly string[]) {
  const others = (list: readonly string[], most: number): readonly string[] =>
    list.filter((id) => id !== step.id).slice(0, most);
  return { near: others(near, 3), steps: others(ids, 12) };
}

export function checkCycles(
  byId: ReadonlyMap<string, StepNode>,
  needs: ReadonlyMap<string, Needs>,
  report: Report,
): void {
  const left = new Set(needs.keys());
  for (let found = 0; found < LIMITS.cycles; found++) {
    const cycle = cycleIn([...left], (id) => (needs.get(id)?.all ?? []).filter((need) => left.has(need)));
    if (cycle === undefined) return;
    reportCycle(cycle, byId, needs, report);
    for (const id of cycle) left.delete(id);
  }
}

function reportCycle(
  cycle: readonly string[],
  byId: ReadonlyMap<string, StepNode>,
  needs: ReadonlyMap<string, Needs>,
  report: Report,
): void {
  const links = cycle.slice(1).map((to, i) => ({ from: cycle[i] as string, to }));
  const carries = ({ from, to }: { readonly from: string; readonly to: string }): boolean =>
    needs.get(from)?.data.has(to) === true;
  const order = links.filter((link) => !carries(link));
  const contradiction = order.length === links.length ? undefined : order[0];
  if (contradiction !== undefined) return contradicting(contradiction, cycle, byId, report);
  const pointer = byId.get(cycle[0] as string)?.pointer ?? "/steps";
  report("CYCLE", pointer, { path: shortPath(cycle) });
}

function contradicting(
  { from, to }: { readonly from: string; readonly to: string },
  cycle: readonly string[],
  byId: ReadonlyMap<string, StepNode>,
  report: Report,
): void {
  const node = byId.get(from);
  const at = node?.step?.dependsOn.indexOf(to) ?? -1;
  const pointer = `${node?.pointer ?? "/steps"}/dependsOn/${at}`;
  report("CONTRADICTING_ORDER", pointer, { from, to, path: shortPath(cycle) });
}

/** The first eight and the last three ids of a long path. */
const shortPath = (cycle: readonly string[]): readonly string[] =>
  cycle.length <= 12 ? cycle : [...cycle.slice(0, 8), "...", ...cycle.slice(-3)];
