// The inputs of a run from a playbook. In: the inputs that the playbook declares, and the values as given. Out: what is
// wrong with them, for a person who is asked or told.
import type { Json } from "../../plan/json.js";
import { nearestNames } from "../../plan/nearest.js";
import type { InputSpec, Plan } from "../../plan/plan.js";
import { isBounded, unlikeType, wantedOf } from "../../plan/playbook/bounded.js";
import { exampleText } from "../../plan/type/value-for.js";
import { PlanloomError } from "../../words/planloom-error.js";

type Values = { readonly [name: string]: Json };

export interface InputFault {
  readonly input: string;
  readonly problem: "unknown" | "missing" | "type";
  /** What the value should be, in a few words. */
  readonly wanted?: string;
  /** A value as a person writes it. */
  readonly example?: string;
}

/** All faults, unknown names first. */
export function inputFaults({ inputs: declared }: Pick<Plan, "inputs">, given: Values): readonly InputFault[] {
  const unknown = Object.keys(given)
    .filter((input) => !Object.hasOwn(declared, input))
    .map((input) => ({ input, problem: "unknown" as const }));
  const others = Object.entries(declared).flatMap(([input, spec]): InputFault[] => {
    const value = Object.hasOwn(given, input) ? given[input] : spec.default;
    if (value === undefined) return [{ input, problem: "missing", ...told(spec) }];
    return unlikeType(value, spec.type) === undefined ? [] : [{ input, problem: "type", ...told(spec) }];
  });
  return [...unknown, ...others];
}

const told = ({ type, default: usual }: InputSpec) => ({
  wanted: type === undefined ? "any value" : wantedOf(type),
  example: usual === undefined ? (type === undefined ? "VALUE" : exampleOf(type)) : textOf(usual),
});

/** A pattern has no example that a rule could write. */
const exampleOf = (type: NonNullable<InputSpec["type"]>): string =>
  typeof type === "object" && isBounded(type) && typeof type["pattern"] === "string" ? "VALUE" : exampleText(type);

const textOf = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Throws PLAYBOOK_INPUT for the first fault. */
export function assertInputs(playbook: string, plan: Pick<Plan, "inputs">, given: Values): void {
  const [first] = inputFaults(plan, given);
  if (first === undefined) return;
  const inputs = Object.keys(plan.inputs);
  const more = first.problem === "unknown" ? { inputs, near: nearestNames(first.input, inputs, 1) } : {};
  throw new PlanloomError("PLAYBOOK_INPUT", { playbook, ...first, ...more });
}
