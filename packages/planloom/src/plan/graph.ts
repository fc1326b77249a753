// The graph of a plan: what each step waits for, waves for display, the path of a cycle, and drawings. In: steps as
// completed by plan.ts. Out: ids and text. The kernel, check and the surfaces use it.
import type { Json } from "./json.js";
import type { Plan, Step } from "./plan.js";
import { referencedNames } from "./expression/reference.js";
import { takesContext } from "./step-kind.js";

const NOT_STEPS: ReadonlySet<string> = new Set(["inputs", "index", "item", "output", "secrets"]);

/** The ids that a step waits for: `dependsOn`, then its references in order of appearance; no duplicates. */
export function needsOf(step: Step): readonly string[] {
  return [...new Set([...step.dependsOn, ...dataNeedsOf(step)])];
}

/**
 * The steps that each step refers to beyond its `dependsOn`, by step id. Steps without such references are absent. With
 * `dependsOn` this is all that a step waits for.
 */
export function referredNeeds({ steps }: Steps): { readonly [step: string]: readonly string[] } {
  const ids = new Set(steps.map(({ id }) => id));
  return Object.fromEntries(
    steps.flatMap((step) => {
      const needs = dataNeedsOf(step).filter((id) => ids.has(id) && !step.dependsOn.includes(id));
      return needs.length === 0 ? [] : [[step.id, needs]];
    }),
  );
}

/** All expressions of a step. */
export const expressionsOf = ({ when, forEach, with: given, expect, repeat }: Step): readonly Json[] => [
  when ?? "",
  forEach ?? "",
  given,
  expect ?? "",
  ...(repeat === undefined ? [] : [repeat.until]),
];

/** The names that only the rounds of a step with `repeat` can see. */
export const ROUND_NAMES: ReadonlySet<string> = new Set(["previous", "round"]);

/** The ids that a step takes data from through the references in its expressions. */
export function dataNeedsOf(step: Step): readonly string[] {
  const isOwn = (name: string): boolean =>
    (step.forEach !== undefined && name === step.as) || (step.repeat !== undefined && ROUND_NAMES.has(name));
  return referencedNames(expressionsOf(step)).filter((name) => !NOT_STEPS.has(name) && !isOwn(name));
}

/** The ids whose outputs a step receives: its references, and `dependsOn` of an agent or `fill` step. */
export function contextNeedsOf(step: Step): readonly string[] {
  return takesContext(step) ? needsOf(step) : dataNeedsOf(step);
}

/** The ids whose outputs the answer is made from. */
export function answerNeedsOf(plan: Plan): readonly string[] {
  if (plan.answer.kind === "from") return plan.answer.from;
  return referencedNames(plan.answer.value).filter((name) => !NOT_STEPS.has(name));
}

export interface Edge {
  readonly from: string;
  readonly to: string;
  /** data: `to` refers to `from`; order: only `dependsOn` names it. */
  readonly kind: "data" | "order";
}

/** The part of a step that a drawing needs. The step may belong to a whole plan, or to the sound part of a draft. */
type Steps = Pick<Plan, "steps">;

export function edgesOf(plan: Steps): readonly Edge[] {
  return plan.steps.flatMap((step) => {
    const data = new Set(dataNeedsOf(step));
    return needsOf(step).map((from): Edge => ({ from, to: step.id, kind: data.has(from) ? "data" : "order" }));
  });
}

/**
 * Steps by the earliest moment at which they could run, in plan order within a wave. For display only: a run waits for
 * steps, never for a wave. Steps of a cycle are left out. Ids that are no steps are ignored.
 */
export function wavesOf(plan: Steps): string[][] {
  const order = new Map(plan.steps.map((step, index) => [step.id, index]));
  const waiting = new Map(plan.steps.map((step) => [step.id, 0]));
  const edges = edgesOf(plan).filter(({ from }) => order.has(from));
  for (const { to } of edges) waiting.set(to, (waiting.get(to) ?? 0) + 1);
  const dependants = dependantsOf(edges);
  const waves: string[][] = [];
  let wave = plan.steps.map((step) => step.id).filter((id) => waiting.get(id) === 0);
  while (wave.length > 0) {
    waves.push(wave);
    wave = released(wave, dependants, waiting).sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  }
  return waves;
}

/** The ids that wait for nothing more once `ended` have ended. Decrements `waiting`. */
function released(
  ended: readonly string[],
  dependants: ReadonlyMap<string, readonly string[]>,
  waiting: Map<string, number>,
): string[] {
  const free: string[] = [];
  for (const id of ended) {
    for (const dependant of dependants.get(id) ?? []) {
      const left = (waiting.get(dependant) ?? 0) - 1;
      waiting.set(dependant, left);
      if (left === 0) free.push(dependant);
    }
  }
  return free;
}

function dependantsOf(edges: readonly Edge[]): ReadonlyMap<string, readonly string[]> {
  const dependants = new Map<string, string[]>();
  for (const { from, to } of edges) {
    const known = dependants.get(from);
    if (known === undefined) dependants.set(from, [to]);
    else known.push(to);
  }
  return dependants;
}

/** The ids that depend on a step, directly or through others, nearest first. The step itself is not included. */
export const descendantsOf = (plan: Steps, id: string): ReadonlySet<string> => descendantsIn(plan)(id);

/** `descendantsOf` for several steps of one plan: its edges are read once. */
export function descendantsIn(plan: Steps): (id: string) => ReadonlySet<string> {
  const dependants = dependantsOf(edgesOf(plan));
  return (id) => {
    const found = new Set([id]);
    // Iteration over a set includes elements that are added during it.
    for (const at of found) for (const dependant of dependants.get(at) ?? []) found.add(dependant);
    found.delete(id);
    return found;
  };
}

/**
 * The path of one cycle, with the first id again at the end (`[a, b, a]`: a needs b, b needs a), or undefined.
 * Iterative, so a chain of 100,000 steps does not exhaust the stack.
 */
export function cycleIn(ids: readonly string[], needs: (id: string) => readonly string[]): string[] | undefined {
  const done = new Set<string>();
  for (const id of ids) {
    const cycle = cycleFrom(id, needs, done);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

function cycleFrom(start: string, needs: (id: string) => readonly string[], done: Set<string>): string[] | undefined {
  if (done.has(start)) return undefined;
  const path = [{ id: start, rest: needs(start)[Symbol.iterator]() }];
  const onPath = new Set([start]);
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const next = top.rest.next();
    if (next.done === true) {
      path.pop();
      onPath.delete(top.id);
      done.add(top.id);
    } else if (onPath.has(next.value)) {
      const ids = path.map((entry) => entry.id);
      return [...ids.slice(ids.indexOf(next.value)), next.value];
    } else if (!done.has(next.value)) {
      path.push({ id: next.value, rest: needs(next.value)[Symbol.iterator]() });
      onPath.add(next.value);
    }
  }
  return undefined;
}

type StatusOf = (id: string) => string | undefined;

/** A Mermaid flowchart; solid arrows carry data, dotted ones are order only. `status` gives a step's status word. */
export function graphMermaid(plan: Plan, status?: StatusOf): string {
  const nodes = plan.steps.map((step) => `  n_${step.id}["${mermaidText(label(step, status))}"]`);
  const edges = edgesOf(plan).map(({ from, to, kind }) => `  n_${from} ${kind === "data" ? "-->" : "-.->"} n_${to}`);
  return ["flowchart TD", ...nodes, ...edges].join("\n") + "\n";
}

function label(step: Step, status: StatusOf | undefined): string {
  const word = status?.(step.id);
  return `${step.id}: ${step.title}${word === undefined ? "" : ` (${word})`}`;
}

/** Mermaid reads entities by `#`. No part of a title may end the quotes or become markup. */
function mermaidText(text: string): string {
  const entities: Record<string, string> = {
    '"': "#quot;",
    "#": "#35;",
    "<": "#lt;",
    ">": "#gt;",
    "&": "#amp;",
    "`": "#96;",
  };
  return text.replace(/\s+/g, " ").replace(/["#<>&`]/g, (char) => entities[char] ?? char);
}

/** Numbered steps in waves, each with the numbers of the steps that it needs. */
export function graphAscii(plan: Plan, status?: StatusOf): string {
  const waves = wavesOf(plan);
  const steps = new Map(plan.steps.map((step) => [step.id, step]));
  const numbers = new Map(waves.flat().map((id, index) => [id, index + 1]));
  const width = String(numbers.size).length;
  const lines = waves.flatMap((wave, index) => [
    `wave ${index + 1}`,
    ...wave.map((id) => `  ${String(numbers.get(id)).padStart(width)}. ${asciiStep(steps.get(id)!, numbers, status)}`),
  ]);
  return lines.join("\n") + "\n";
}

function asciiStep(step: Step, numbers: ReadonlyMap<string, number>, status: StatusOf | undefined): string {
  const needs = needsOf(step).map((id) => String(numbers.get(id) ?? id));
  const rounds = step.repeat === undefined ? "" : ` [up to ${step.repeat.most} rounds]`;
  const each = step.forEach === undefined ? rounds : " [for each]";
  return `${label(step, status).replace(/\s+/g, " ")}${each}${needs.length === 0 ? "" : ` <- ${needs.join(", ")}`}`;
}
