// Calls that acted and whose output cannot be used: remembered by tool and arguments, so that nothing repeats them.
// In: a run and a call. Out: the earlier call, or the same run with the call noted.
import { hashOf } from "../plan/hash.js";
import type { Json } from "../plan/json.js";
import type { Run } from "./state.js";
import type { UnusableCall } from "./work.js";

type Args = { readonly [name: string]: Json };

const callName = (tool: string, args: Args): string => hashOf([tool, args]);

export function noteUnusable(run: Run, args: Args, call: UnusableCall): void {
  const { unusableCalls } = run.execution;
  const name = callName(call.tool, args);
  const others = (unusableCalls.get(name) ?? []).filter(({ key }) => key !== call.key);
  unusableCalls.set(name, [...others, call]);
}

/** The call was undone, so a step may make it anew. */
export function forgetUnusable(run: Run, tool: string, args: Args, key: string): void {
  const { unusableCalls } = run.execution;
  const name = callName(tool, args);
  const others = (unusableCalls.get(name) ?? []).filter((call) => call.key !== key);
  if (others.length === 0) unusableCalls.delete(name);
  else unusableCalls.set(name, others);
}

/** A person ordered this call again. */
export function allowAgain(run: Run, tool: string, args: Args, key: string): void {
  for (const call of run.execution.unusableCalls.get(callName(tool, args)) ?? []) call.allowed.add(key);
}

/** The call that a planned one would repeat. `revision` is that of the plan of its step. */
interface Planned {
  readonly tool: string;
  readonly args: Args;
  /** Absent if nobody knows it yet. */
  readonly key?: string;
  readonly revision: number;
}

/**
 * The earlier call that this one would repeat: the same step again, or a step of a later plan with the same tool and
 * arguments. Two steps of one plan may make the same call twice: that is what the plan says.
 */
export function repeatedCall(run: Run, { tool, args, key, revision }: Planned): UnusableCall | undefined {
  if (run.execution.unusableCalls.size === 0) return undefined;
  const calls = run.execution.unusableCalls.get(callName(tool, args)) ?? [];
  return calls.find(
    (call) => (call.key === key || revision > call.revision) && (key === undefined || !call.allowed.has(key)),
  );
}
