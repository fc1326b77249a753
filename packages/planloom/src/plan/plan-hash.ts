// The two hashes of a plan. In: a plan, inputs, definitions of tools. Out: SHA-256 over their canonical JSON. Logs keep
// the version of the hashes beside them, so that a reader can compute them again.
import { hashOf } from "./hash.js";
import type { Json } from "./json.js";
import type { Plan } from "./plan.js";
import type { ToolSpec } from "./tool-spec.js";

/** The version of the hashes that this build makes. Version 1 had one hash over all three parts. */
export const HASH_VERSION = 2;

type Inputs = { readonly [name: string]: Json };

/** Hash of the program: the plan with its defaults, and the definitions of the tools that it uses. */
export function programHash(plan: Plan, tools: readonly ToolSpec[]): string {
  return hashOf({ plan, tools: inOrder(tools) });
}

/** Hash of a run: its program and its inputs. A person approves this hash. */
export function planHash(plan: Plan, inputs: Inputs, tools: readonly ToolSpec[]): string {
  return runHash(programHash(plan, tools), inputs);
}

const runHash = (program: string, inputs: Inputs): string => hashOf({ program, inputs });

const inOrder = (tools: readonly ToolSpec[]) => [...tools].sort((a, b) => (a.name < b.name ? -1 : 1));

/** The hash of a run by a version of the hashes; undefined for an unknown version. */
export function planHashBy(
  version: number,
  { plan, inputs, tools }: { readonly plan: Plan; readonly inputs: Inputs; readonly tools: readonly ToolSpec[] },
): string | undefined {
  if (version === 1) return hashOf({ plan, inputs, tools: inOrder(tools) });
  return version === HASH_VERSION ? planHash(plan, inputs, tools) : undefined;
}
