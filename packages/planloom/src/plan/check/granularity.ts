// Warns if a plan has too many or too few steps. In: its steps, its goal and the wanted granularity. Out: warnings.
// Counts and shapes can only hint at a problem, never prove one.
import type { Report } from "./report.js";
import type { Outline, StepNode } from "./shape.js";
import type { Needs } from "./order.js";
import type { Step } from "../plan.js";
import { referencedNames } from "../expression/reference.js";
import { hasTools, isConversation } from "../step-kind.js";

export type Granularity = "coarse" | "normal" | "fine";

/** The wanted number of steps. The planner is told it, and a plan with more or fewer is warned of. */
export const WISHED_STEPS: {
  readonly [granularity in Granularity]: { readonly least: number; readonly most: number };
} = {
  coarse: { least: 1, most: 4 },
  normal: { least: 3, most: 10 },
  fine: { least: 8, most: 20 },
};

/** Number of tasks in a goal that count as several, and number of calls in a row that count as a chain. */
const SEVERAL = 3;

/** Only for a draft without errors. Otherwise the hand-off between steps is not known. */
export function checkGranularity(
  outline: Outline,
  needs: ReadonlyMap<string, Needs>,
  goal: string,
  granularity: Granularity,
  report: Report,
): void {
  const { least, most } = WISHED_STEPS[granularity];
  const count = outline.nodes.length;
  if (count > most) tooMany(count, granularity, report);
  for (const chain of chainsOf(outline, needs)) combinable(chain, report);
  const things = thingsToDo(goal).length;
  if (things >= SEVERAL && things > count && count < least && outline.nodes.every(({ step }) => isWhole(step)))
    report("UNDER_DECOMPOSED", "/steps", { things, steps: count }, "warning");
}

function tooMany(count: number, granularity: Granularity, report: Report): void {
  report("OVER_DECOMPOSED", "/steps", { steps: count, ...WISHED_STEPS[granularity] }, "warning");
}

function combinable(chain: readonly StepNode[], report: Report): void {
  const ids = chain.flatMap(({ id }) => id ?? []);
  report("OVER_DECOMPOSED", chain[0]?.pointer ?? "/steps", { chain: ids }, "warning");
}

/** A direct call or a question cannot be divided further. */
const isWhole = (step: Step | undefined): boolean =>
  step !== undefined && isConversation(step) && step.forEach === undefined;

/**
 * Chains of at least three plain model calls, where each takes all its data from the one before and from nothing else.
 */
function chainsOf(outline: Outline, needs: ReadonlyMap<string, Needs>): readonly (readonly StepNode[])[] {
  const [takers, named] = [takersOf(needs), namedIn(outline)];
  const nodes = new Map(outline.nodes.flatMap((node) => (node.id === undefined ? [] : [[node.id, node] as const])));
  const isPlain = (id: string | undefined): boolean => id !== undefined && isPlainCall(nodes.get(id)?.step);
  const nextOf = (id: string): string | undefined => {
    const [next, ...others] = takers.get(id) ?? [];
    if (next === undefined || others.length > 0 || needs.get(next)?.all.length !== 1) return undefined;
    return isPlain(next) && !named.has(id) ? next : undefined;
  };
  const inner = new Set([...nodes.keys()].filter(isPlain).map(nextOf));
  const starts = [...nodes.keys()].filter((id) => isPlain(id) && !inner.has(id));
  const chains = starts.map((start) => follow(start, nextOf).flatMap((id) => nodes.get(id) ?? []));
  return chains.filter((chain) => chain.length >= SEVERAL);
}

function takersOf(needs: ReadonlyMap<string, Needs>): ReadonlyMap<string, readonly string[]> {
  const takers = new Map<string, string[]>();
  for (const [id, { all }] of needs) {
    for (const need of all) {
      const known = takers.get(need);
      if (known === undefined) takers.set(need, [id]);
      else known.push(id);
    }
  }
  return takers;
}

function follow(start: string, nextOf: (id: string) => string | undefined): readonly string[] {
  const path = [start];
  for (let next = nextOf(start); next !== undefined; next = nextOf(next)) path.push(next);
  return path;
}

/** A single model call without tools and without rules for its output. */
function isPlainCall(step: Step | undefined): boolean {
  if (step === undefined || !isConversation(step) || hasTools(step) || step.optional) return false;
  const said = [step.when, step.forEach, step.output, step.expect, step.approval, step.model, step.onFailure];
  return said.every((field) => field === undefined);
}

/** The steps from which the answer is written, as the plan says. */
function namedIn({ answer }: Outline): ReadonlySet<string> {
  if (answer === undefined) return new Set();
  return new Set("value" in answer ? referencedNames(answer.value) : answer.from);
}

/**
 * Sentences, and the text after `then`, `finally` or a semicolon. A sentence that only describes the situation does not
 * count.
 */
function thingsToDo(goal: string): readonly string[] {
  return goal
    .slice(0, 4_000)
    .split(/[.!?;:]\s+|[\n;]|,?\s+(?:and\s+)?(?:then|finally|afterwards|after that)[\s,]+|,\s+and\s+/iu)
    .map((part) => part.trim().replace(/^(?:[-*]|\d+[.)])\s*/u, ""))
    .filter((part) => /\S\s+\S/u.test(part) && !TELLS.test(part));
}

const TELLS =
  /^(?:i|it|its|the|a|an|there|this|these|that|those|my|we|our|they|he|she|you|your|if|when|because|since|note|with|for example)\b/iu;
