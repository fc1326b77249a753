// What planning and the kernel know of a tool: its name, schemas and effect class, as data. In: nothing. Out: types.
// The callable itself lives in tools/; this part is recorded in the log with each plan.
import type { Json, JsonObject } from "./json.js";

/**
 * none: calling it changes nothing. idempotent: calling it twice with one key is calling it once.
 * once: it acts in the world and must never be repeated by itself.
 */
export type EffectClass = "none" | "idempotent" | "once";

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema (2020-12) of the arguments; always of type object. */
  readonly input: JsonObject;
  /** JSON Schema of the output; absent = unknown. */
  readonly output?: JsonObject;
  readonly effects: EffectClass;
  /** A call of it waits for a person. */
  readonly approval?: "required";
  /** Its output may be believed (documents of one's own); absent = untrusted. */
  readonly trusted?: true;
  /** Its output is public; absent = private. */
  readonly public?: true;
  /** pass: its output has the labels of its arguments. `trusted` and `public` then say nothing. */
  readonly labels?: "pass";
  /** Its arguments leave this machine. */
  readonly egress?: true;
  /** Arguments that the tool only passes on; absent = none. All others choose what the call does, and to whom. */
  readonly content?: readonly string[];
  /** One call may take so long, in ms. */
  readonly timeoutMs?: number;
  /** It can say later whether a call with its key happened, so that it is asked before a person is. */
  readonly reconciles?: true;
}

/** What a draft is checked against: the tools, and what is said to the planner about those that are missing. */
export interface Inventory {
  readonly tools: readonly ToolSpec[];
  /** Sentences for the planner, for example that no search is available. */
  readonly notes?: readonly string[];
}

export const toolsByName = (tools: readonly ToolSpec[]): ReadonlyMap<string, ToolSpec> =>
  new Map(tools.map((tool) => [tool.name, tool]));

export function toolNamed(inventory: Inventory, name: string): ToolSpec | undefined {
  return inventory.tools.find((tool) => tool.name === name);
}

/** The name of the only required argument of type string, which a plan may give as plain text; else undefined. */
export function soleTextArgument(spec: ToolSpec): string | undefined {
  const required = spec.input["required"];
  if (!Array.isArray(required) || required.length !== 1) return undefined;
  const name = (required as Json[])[0] as string;
  const properties = spec.input["properties"] as JsonObject | undefined;
  const argument = properties?.[name] as JsonObject | undefined;
  return argument?.["type"] === "string" ? name : undefined;
}
