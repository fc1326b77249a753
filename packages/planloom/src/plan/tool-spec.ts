// The description of a tool for planning and the kernel: name, schemas and effect class, as data. In: nothing. Out:
// types. The log records it with each plan. tools/ has the callable.
import type { Json, JsonObject } from "./json.js";
import type { Specialist } from "./specialist.js";

/**
 * none: a call changes nothing. idempotent: two calls with one key have the effect of one. once: a call acts in the
 * world and is never repeated automatically.
 */
export type EffectClass = "none" | "idempotent" | "once";

/** From the most harmless to the one that acts each time. */
export const EFFECT_CLASSES = ["none", "idempotent", "once"] as const satisfies readonly EffectClass[];

/** Each list in alphabetical order. */
export interface ToolReach {
  /** Folders, by their real paths. */
  readonly roots?: readonly string[];
  /** Hosts, as an address names them. For `fetch_url`: those beside the public ones. */
  readonly hosts?: readonly string[];
  /** Patterns of files in these folders that are open, although they control programs or hold secrets. */
  readonly open?: readonly string[];
}

const BUILTIN = "planloom/";

/** The `version` of a built-in tool. Raise the number when a call means something else than before. */
export const builtinVersion = (number: number): string => `${BUILTIN}${number}`;

export const isBuiltin = ({ version }: ToolSpec): boolean => version?.startsWith(BUILTIN) === true;

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema (2020-12) of the arguments; always of type object. */
  readonly input: JsonObject;
  /** JSON Schema of the output; absent = unknown. */
  readonly output?: JsonObject;
  readonly effects: EffectClass;
  /** Each call waits for approval by a person. */
  readonly approval?: "required";
  /** Its output is trusted (for example own documents). Absent = untrusted. */
  readonly trusted?: true;
  /** Its output is public; absent = private. */
  readonly public?: true;
  /** pass: its output has the labels of its arguments. `trusted` and `public` then say nothing. */
  readonly labels?: "pass";
  /** Its arguments leave this machine. */
  readonly egress?: true;
  /** Arguments that the tool only passes on; absent = those with a usual name. The others choose what the call does. */
  readonly content?: readonly string[];
  /** Names what the tool does. A built-in tool changes it when a call means something else than before. */
  readonly version?: string;
  /** The folders and hosts that a call can reach; absent = not known. */
  readonly reach?: ToolReach;
  /** Time limit of one call, in ms. */
  readonly timeoutMs?: number;
  /** The tool can tell later whether a call with its key happened. It is asked before a person is. */
  readonly reconciles?: true;
  /** A finished call can be undone. once: the undoing acts once, and is never repeated automatically. */
  readonly compensates?: true | "once";
  /** The run is simulated and does not call this tool: it makes up an output. The effect class that the tool really has. */
  readonly simulated?: Exclude<EffectClass, "none">;
}

/** The tools that a draft is checked against, and notes for the planner about missing tools. */
export interface Inventory {
  readonly tools: readonly ToolSpec[];
  /** Sentences for the planner, for example that no search is available. */
  readonly notes?: readonly string[];
  /** Servers that were not asked for their tools yet, by name. The names of their tools begin with it and a dot. */
  readonly unopened?: readonly string[];
  /** The specialists that a step may name as its `executor`. Absent: there is none. */
  readonly executors?: readonly Specialist[];
}

/** The inventory with the tools of these names only. undefined: all. */
export function narrowedTo(inventory: Inventory, names: readonly string[] | undefined): Inventory {
  if (names === undefined) return inventory;
  const wanted = new Set(names);
  return { ...inventory, tools: inventory.tools.filter(({ name }) => wanted.has(name)) };
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
