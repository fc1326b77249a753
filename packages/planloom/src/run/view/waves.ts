// The waves of a plan: the longest path of needs to each step. In: a plan as the run follows it. Out: numbers from 1. The
// needs are in the log, so no expression is read again.
import type { ProposedPlan } from "../state.js";
import { needsIn } from "../steps.js";

export interface Waves {
  /** By step id. */
  readonly wave: ReadonlyMap<string, number>;
  readonly needs: ReadonlyMap<string, readonly string[]>;
  /** The highest wave. */
  readonly last: number;
}

/** A plan that passed check has no cycle. Steps of a cycle in an edited log have wave 1. */
export function wavesIn({ plan, needs: referred }: Pick<ProposedPlan, "plan" | "needs">): Waves {
  const needs = new Map(plan.steps.map((step) => [step.id, [...needsIn(referred, step)]]));
  const dependents = new Map<string, string[]>(plan.steps.map(({ id }) => [id, []]));
  const waiting = new Map<string, number>();
  for (const [id, ids] of needs) {
    const known = ids.filter((need) => dependents.has(need));
    waiting.set(id, known.length);
    for (const need of known) dependents.get(need)?.push(id);
  }
  const wave = new Map(plan.steps.map(({ id }) => [id, 1]));
  const free = [...waiting].filter(([, count]) => count === 0).map(([id]) => id);
  // The loop also visits the steps that are added during it.
  for (const id of free) {
    for (const dependent of dependents.get(id) ?? []) {
      wave.set(dependent, Math.max(wave.get(dependent) ?? 1, (wave.get(id) ?? 1) + 1));
      const left = (waiting.get(dependent) ?? 0) - 1;
      waiting.set(dependent, left);
      if (left === 0) free.push(dependent);
    }
  }
  return { wave, needs, last: Math.max(0, ...wave.values()) };
}
