// Places `{name}` in the goal and in the texts of a playbook. In: a text and the inputs of a run. Out: the text with the
// values. Only a value that nobody else wrote stands in such a text: a model reads it as an order.
import { inputLabel, type InputTrust } from "../label.js";
import { own, type Json } from "../json.js";
import type { InputSpec, Plan } from "../plan.js";
import { canonicalJson } from "../json.js";
import { isBounded, unlikeType } from "./bounded.js";

type Inputs = { readonly [name: string]: Json };

export const inputMark = (name: string): string => `{${name}}`;

/**
 * The text with each `{name}` of a declared input replaced. A value stands in it if the caller calls it trusted, if it
 * is a number or a boolean, if its type lists or bounds its values, or if it is the plan's own default. For any other
 * value the text names the input.
 */
export function withValues(
  text: string,
  { inputs: declared }: Pick<Plan, "inputs">,
  inputs: Inputs,
  trust: { readonly [name: string]: InputTrust } = {},
): string {
  return text.replaceAll(/\{([a-z]\w{0,63})\}/gu, (place, name: string) => {
    const spec = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (spec === undefined) return place;
    const value = own(inputs, name) ?? spec.default;
    if (value === undefined || value === null || typeof value === "object") return namedOnly(name);
    return isOrder(value, spec, trust[name]) ? String(value) : namedOnly(name);
  });
}

const namedOnly = (name: string): string => `(the input ${name})`;

function isOrder(value: Json, spec: InputSpec, trust: InputTrust | undefined): boolean {
  if (trust === "trusted" || trust === "public") return true;
  if (inputLabel(value, trust).untrusted) return false;
  if (typeof value !== "string") return true;
  const isOwn = spec.default !== undefined && canonicalJson(spec.default) === canonicalJson(value);
  return isOwn || (isBounded(spec.type) && unlikeType(value, spec.type) === undefined);
}
