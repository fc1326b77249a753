// Tools whose effects are simulated: their calls are not made. In: the definition of a tool, or a checked plan. Out: the
// same for a run that must not act, and a made-up output that says that it is one. Pure.
import type { Json, JsonObject } from "./json.js";
import type { Plan } from "./plan.js";
import { planHash } from "./plan-hash.js";
import type { ToolSpec } from "./tool-spec.js";
import { typeFromSchema } from "./type/schema.js";
import { membersOf, type RecordType, type Type } from "./type/type.js";

/** The text that stands where a made-up output has a text. */
const SIMULATED_TEXT = "(simulated: the call was not made)";

/**
 * The definition of a tool in a simulated run. A tool with effects calls nothing there: it changes nothing, gives
 * nothing away, and nobody has to approve it. `simulated` keeps its real effect class. Others stay as they are.
 */
export function simulatedSpec(spec: ToolSpec): ToolSpec {
  if (spec.effects === "none") return spec;
  const { approval: _approval, egress: _egress, reconciles: _reconciles, compensates: _compensates, ...same } = spec;
  return { ...same, effects: "none", simulated: spec.effects };
}

interface OfTools {
  readonly plan: Plan;
  readonly inputs: { readonly [name: string]: Json };
  readonly tools: readonly ToolSpec[];
  readonly hash: string;
}

/** A checked plan for a simulated run, with the hash that it has there. */
export function simulatedPlan<P extends OfTools>(checked: P): P {
  const tools = checked.tools.map(simulatedSpec);
  return { ...checked, tools, hash: planHash(checked.plan, checked.inputs, tools) };
}

/**
 * An output for a call that is not made, of the type that the tool declares. `preview`: what the tool says that the call
 * would change. undefined: no value of this type can say that it is made up, so none is made.
 */
export function madeUpOutput({ output }: ToolSpec, preview?: string): Json | undefined {
  const text = preview === undefined ? SIMULATED_TEXT : `${SIMULATED_TEXT}\n${preview}`;
  const made = output === undefined ? unknownOutput(text) : madeUp(typeFromSchema(output), text);
  return made.says ? made.value : undefined;
}

interface MadeUp {
  readonly value: Json;
  /** Whether the value says that it is made up. */
  readonly says: boolean;
}

const unknownOutput = (text: string): MadeUp => ({ value: { simulated: true, text }, says: true });

const silent = (value: Json): MadeUp => ({ value, says: false });

function madeUp(type: Type, text: string): MadeUp {
  switch (type.kind) {
    case "unknown":
      return unknownOutput(text);
    case "string":
      return { value: text, says: true };
    case "number":
      return silent(0);
    case "boolean":
      return silent(true);
    case "null":
      return silent(null);
    case "literal":
      return silent(type.value);
    case "list":
      return madeUpList(type.of, text);
    case "record":
      return madeUpRecord(type, text);
    case "union":
      return madeUpOneOf(type, text);
  }
}

/** A list with one element that says that it is made up; else an empty one. */
function madeUpList(of: Type, text: string): MadeUp {
  const element = madeUp(of, text);
  return element.says ? { value: [element.value], says: true } : silent([]);
}

/** The required fields, and those that can say that they are made up. */
function madeUpRecord({ fields, rest, closed }: RecordType, text: string): MadeUp {
  const made = Object.entries(fields).map(([name, field]) => ({ name, field, ...madeUp(field.type, text) }));
  const kept = made.filter(({ field, says }) => !field.optional || says);
  const marked = closed === true || rest !== undefined ? {} : { simulated: true };
  const own: JsonObject = Object.fromEntries(kept.map(({ name, value }) => [name, value]));
  return { value: { ...marked, ...own }, says: "simulated" in marked || kept.some(({ says }) => says) };
}

/** A member that says that it is made up; else null, which claims nothing; else the first. */
function madeUpOneOf(type: Type, text: string): MadeUp {
  const made = membersOf(type).map((member) => madeUp(member, text));
  return made.find(({ says }) => says) ?? made.find(({ value }) => value === null) ?? made[0] ?? silent(null);
}
