// The calls of a plan whose arguments are known before it runs, and the calls that may change the world before them. In:
// a checked plan with its tools. Out: calls as data. Prechecks are made for these calls only.
import { resolveValue } from "./expression/reference.js";
import { descendantsIn } from "./graph.js";
import { isObject, type JsonObject } from "./json.js";
import type { Plan, Step } from "./plan.js";
import { holdsSecret } from "./secret.js";
import { asksPerson, directTool, directToolIn, givesTool, isFilled } from "./step-kind.js";
import { toolsByName, type ToolReach, type ToolSpec } from "./tool-spec.js";

export interface LiteralCall {
  readonly step: string;
  /** The index of the step in the plan. */
  readonly at: number;
  readonly tool: string;
  readonly args: JsonObject;
  /** Calls with effects that are not certain to come later. They may make the state that this call needs. */
  readonly earlier: readonly EarlierCall[];
}

export interface EarlierCall {
  readonly tool: string;
  /** Absent: they are not known before the plan runs. */
  readonly args?: JsonObject;
}

/** A checked plan, or the beginning of one, with its tools. */
export interface CallsOf {
  readonly plan: Pick<Plan, "steps">;
  readonly tools: readonly ToolSpec[];
}

export interface LiteralCallOptions {
  /** Steps that already have an output. */
  readonly done: ReadonlySet<string>;
  /** Whether somebody asks about the call of a step. What comes before it is read for these calls only. */
  readonly isAsked: (step: string, tool: string) => boolean;
  /** Default: all. */
  readonly most?: number;
}

/**
 * The calls whose arguments have neither references nor secrets. Left out are steps in `done`, steps that may be
 * skipped or may fail, and steps that a person may be asked before.
 */
export function literalCalls(
  { plan, tools: used }: CallsOf,
  { done, isAsked, most = Infinity }: LiteralCallOptions,
): readonly LiteralCall[] {
  const tools = toolsByName(used);
  const asked = plan.steps
    .map((step, at) => ({ step, at, spec: directToolIn(tools, step) }))
    .filter(({ step, spec }) => spec !== undefined && isAsked(step.id, spec.name) && !done.has(step.id));
  if (asked.length === 0) return [];
  const laterThan = descendantsIn(plan);
  const calls: LiteralCall[] = [];
  for (const { step, at, spec } of asked) {
    if (calls.length >= most) break;
    const call = callOf(step, at, spec!);
    if (call !== undefined) calls.push(call);
  }
  return calls;

  function callOf(step: Step, at: number, spec: ToolSpec): LiteralCall | undefined {
    const args = literalArgs(step);
    if (args === undefined || mayBeMissed(step)) return undefined;
    const later = laterThan(step.id);
    const before = plan.steps.filter(({ id }) => id !== step.id && !later.has(id) && !done.has(id));
    // A person may make the state before they answer.
    if (before.some(asksPerson)) return undefined;
    const earlier = before.flatMap((one) => earlierCalls(one, used)).filter(({ spec: other }) => mayMeet(other, spec));
    return { step: step.id, at, tool: spec.name, args, earlier: earlier.map(({ call }) => call) };
  }
}

/** The plan goes on without the step. */
const mayBeMissed = ({ when, forEach, optional, onFailure }: Step): boolean =>
  when !== undefined || forEach !== undefined || optional || onFailure === "skip";

function literalArgs(step: Step): JsonObject | undefined {
  if (directTool(step) === undefined || isFilled(step) || step.forEach !== undefined || holdsSecret(step.with))
    return undefined;
  const resolved = resolveValue(step.with, () => undefined);
  return resolved.ok && isObject(resolved.value) ? resolved.value : undefined;
}

function earlierCalls(
  step: Step,
  tools: readonly ToolSpec[],
): readonly { readonly spec: ToolSpec; readonly call: EarlierCall }[] {
  const args = literalArgs(step);
  return tools
    .filter((spec) => spec.effects !== "none" && givesTool(step, spec))
    .map((spec) => ({ spec, call: { tool: spec.name, ...(args === undefined ? {} : { args }) } }));
}

/** Two tools that say what they reach, and reach nothing in common, cannot change each other's state. */
function mayMeet({ reach: one }: ToolSpec, { reach: other }: ToolSpec): boolean {
  if (one === undefined || other === undefined) return true;
  return share(one, other, "roots", isWithin) || share(one, other, "hosts", (host, same) => host === same);
}

const share = (
  one: ToolReach,
  other: ToolReach,
  part: "roots" | "hosts",
  meet: (a: string, b: string) => boolean,
): boolean => (one[part] ?? []).some((a) => (other[part] ?? []).some((b) => meet(a, b) || meet(b, a)));

const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
