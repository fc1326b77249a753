// What a standing approval of a playbook may leave open. In: a plan, its tools, and the inputs that stay free. Out: the
// free inputs that may choose what a call with effects does although their type does not bound them. Pure.
import { readsOf } from "../expression/reference.js";
import { isControl } from "../label.js";
import type { Json } from "../json.js";
import type { Plan, Step } from "../plan.js";
import { asksPerson, directToolIn, handedTo, isConversation, isFilled, usesTool } from "../step-kind.js";
import { toolsByName, type ToolSpec } from "../tool-spec.js";
import { isBounded } from "./bounded.js";
import { inputMark } from "./places.js";

/** `through`: not the input itself ends in the argument, but what a step or a model makes of it. */
export interface OpenInput {
  readonly input: string;
  readonly step: string;
  readonly tool: string;
  /** Absent: a model chooses the arguments. */
  readonly argument?: string;
  readonly through?: true;
}

/** One place for each free input that is not bounded and may end in a control argument. */
export function openInputs(plan: Plan, tools: readonly ToolSpec[], free: readonly string[]): readonly OpenInput[] {
  return free.flatMap((input) => {
    const spec = Object.hasOwn(plan.inputs, input) ? plan.inputs[input] : undefined;
    if (isBounded(spec?.type)) return [];
    const isInGoal = plan.goal.includes(inputMark(input));
    const traced = { input, isInGoal, made: stepsMadeOf(plan, tools, { input, isInGoal }) };
    const found = plan.steps.map((step) => placeIn(step, tools, traced)).find((one) => one !== undefined);
    return found === undefined ? [] : [found];
  });
}

/** An input, and the steps whose outputs may be made of it. */
interface Traced {
  readonly input: string;
  /** The goal says its value. Every model that performs a step reads the goal. */
  readonly isInGoal: boolean;
  readonly made: ReadonlySet<string>;
}

/** What a value is made of: the input itself, or an output that is made of it. */
function madeOf(
  value: Json,
  step: Step,
  { input, made }: Pick<Traced, "input" | "made">,
): "input" | "output" | undefined {
  const { names, inputs } = readsOf(value);
  if (readsInput({ names, inputs }, input)) return "input";
  const list = names.includes(step.as ?? "item") && step.forEach !== undefined ? readsOf(step.forEach) : undefined;
  if (list !== undefined && readsInput(list, input)) return "input";
  const isOwn = names.includes("previous") && made.has(step.id);
  return isOwn || [...names, ...(list?.names ?? [])].some((name) => made.has(name)) ? "output" : undefined;
}

const readsInput = ({ names, inputs }: ReturnType<typeof readsOf>, input: string): boolean =>
  names.includes("inputs") && (inputs === undefined || inputs.includes(input));

function stepsMadeOf(plan: Plan, tools: readonly ToolSpec[], of: Omit<Traced, "made">): ReadonlySet<string> {
  const made = new Set<string>();
  const specs = toolsByName(tools);
  for (let before = -1; before !== made.size;) {
    before = made.size;
    for (const step of plan.steps) {
      if (made.has(step.id) || asksPerson(step) || isUntrusted(directToolIn(specs, step))) continue;
      if (isMadeOf(step, { ...of, made })) made.add(step.id);
    }
  }
  return made;
}

const isMadeOf = (step: Step, traced: Traced): boolean =>
  (traced.isInGoal && (isConversation(step) || isFilled(step))) ||
  madeOf(step.with, step, traced) !== undefined ||
  handedTo(step).some((id) => traced.made.has(id));

/** The guard has a person see each control argument that is made of such an output. */
const isUntrusted = (tool: ToolSpec | undefined): boolean =>
  tool !== undefined && tool.labels !== "pass" && tool.trusted !== true;

const isGuarded = ({ effects, egress }: ToolSpec): boolean => effects !== "none" || egress === true;

function placeIn(step: Step, tools: readonly ToolSpec[], traced: Traced): OpenInput | undefined {
  const { input } = traced;
  const tool = directToolIn(toolsByName(tools), step);
  const at = (name: string) => ({ input, step: step.id, tool: name });
  if (tool === undefined) {
    const acts = asksPerson(step) ? undefined : tools.find((one) => isGuarded(one) && usesTool(step, one.name));
    return acts !== undefined && isMadeOf(step, traced) ? { ...at(acts.name), through: true } : undefined;
  }
  if (!isGuarded(tool)) return undefined;
  for (const [argument, value] of Object.entries(step.with)) {
    const made = isControl(tool, argument) ? madeOf(value, step, traced) : undefined;
    if (made !== undefined) return { ...at(tool.name), argument, ...(made === "output" && { through: true as const }) };
  }
  return isFilled(step) && isMadeOf(step, traced) ? { ...at(tool.name), through: true } : undefined;
}

/**
 * Steps whose call a standing approval covers: all of their arguments are literals, or made of inputs that `covers`
 * accepts.
 */
export const callsCovered = ({ steps }: Plan, covers: (input: string) => boolean, direct: (step: Step) => boolean) =>
  steps
    .filter((step) => {
      if (!direct(step) || isFilled(step) || step.forEach !== undefined || step.repeat !== undefined) return false;
      const { names, inputs } = readsOf(step.with);
      if (names.some((name) => name !== "inputs")) return false;
      return names.length === 0 || (inputs?.every(covers) ?? false);
    })
    .map(({ id }) => id);
