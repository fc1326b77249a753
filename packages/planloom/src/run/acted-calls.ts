// Calls that acted, or may have: remembered over all plans, so that they can be undone. In: a run and what its events
// tell of calls. Out: the same run with the calls noted; which of them can be undone, and in which order.
import type { Json } from "../plan/json.js";
import { callName, directTool } from "../plan/step-kind.js";
import type { ChildActs } from "./event/child.js";
import type { ActedRef, CannotUndo, MadeCall } from "./event.js";
import { callText } from "./keys.js";
import { toolIn } from "./lookup.js";
import type { Run } from "./state.js";
import { holdsDoubt } from "./steps.js";
import type { ActedCall, Work } from "./work.js";

type Args = { readonly [name: string]: Json };

type Noted = Pick<ActedCall, "key" | "tool" | "args" | "state" | "output" | "partial" | "inside">;

/** A call that is noted again moves to the end: it has just become known that it acted. */
function note(run: Run, work: Work, call: Noted, at: number): void {
  const { calls } = run.compensation;
  const before = calls.get(call.key);
  if (before?.undoing?.status === "undone") return;
  run.compensation.undoneCalls.delete(callText(call.tool, call.args));
  const { spec, tool: own } = work.step;
  const tool = own?.name === call.tool ? own : toolIn(run, call.tool);
  const { compensates, approval } = tool ?? {};
  const ref = work.item === null ? { step: spec.id } : { step: spec.id, item: work.item };
  calls.delete(call.key);
  calls.set(call.key, {
    ...call,
    ref,
    spec,
    ...(compensates === undefined ? {} : { undoes: compensates === "once" ? compensates : "idempotent" }),
    ...(approval === undefined ? {} : { asks: true }),
    at,
  });
}

/** The call of a tool step acted. `state` unknown: it may have. */
export function noteOwnCall(run: Run, work: Work, said: Pick<Noted, "state" | "output" | "partial">, at: number): void {
  const { tool, spec } = work.step;
  const isCall =
    directTool(spec) !== undefined && work.effects !== "none" && work.effectKey !== "" && work.notCalled !== true;
  if (tool === undefined || !isCall) return;
  note(run, work, { key: work.effectKey, tool: tool.name, args: work.args ?? {}, ...said }, at);
}

/** What an agent step tells of its calls. It tells of all of them each time. */
export function noteInnerCalls(run: Run, work: Work, calls: readonly MadeCall[], at: number): void {
  for (const { key, tool, args, output, partial, error, uncertain } of calls) {
    const state = uncertain === true ? "unknown" : error === undefined ? "done" : "unusable";
    if (run.compensation.calls.get(key)?.state === state) continue;
    const returned = {
      ...(output === undefined ? {} : { output }),
      ...(partial === undefined ? {} : { partial }),
    };
    note(run, work, { key, tool, args, state, inside: true, ...returned }, at);
  }
}

/** A call inside an agent step is in doubt. */
export function noteInnerDoubt(
  run: Run,
  work: Work,
  { key, tool, args = {} }: Pick<Noted, "key" | "tool"> & { readonly args?: Args },
  at: number,
): void {
  note(run, work, { key, tool, args, state: "unknown", inside: true }, at);
}

/**
 * The calls of a child run count as one call of its step: they are undone together, in the child run. `acts` undefined:
 * none of them has acted, or all are undone.
 */
export function noteChild(run: Run, work: Work, acts: ChildActs | undefined, at: number): void {
  const { calls } = run.compensation;
  const { child, args = {}, item, step } = work;
  const before = child && calls.get(child.run);
  if (child === undefined || before?.undoing?.status === "undone") return;
  calls.delete(child.run);
  if (acts === undefined) return;
  const { spec } = step;
  const ref = item === null ? { step: spec.id } : { step: spec.id, item };
  const undoes = acts === "undoable" ? ({ undoes: "idempotent" } as const) : {};
  calls.set(child.run, {
    key: child.run,
    ref,
    spec,
    tool: callName(spec),
    args,
    state: "done",
    child: true,
    ...undoes,
    at,
  });
}

/** Whether the step may be tried again for a better output: nothing that it did acts twice by that. */
export function mayBeTriedAgain(run: Run, { effects, child }: Work): boolean {
  const acts = child === undefined ? undefined : run.compensation.calls.get(child.run);
  return effects !== "once" && (acts === undefined || acts.undoing?.status === "undone");
}

/** What is known now of a call in doubt: its output, or that it did not happen. */
export function settleDoubt(run: Run, work: Work, key: string, output: Json | undefined, at: number): void {
  const { calls } = run.compensation;
  const before = calls.get(key);
  if (before?.state !== "unknown") return;
  calls.delete(key);
  if (output === undefined) return;
  const { tool, args, inside } = before;
  note(run, work, { key, tool, args, state: "done", output, ...(inside === undefined ? {} : { inside }) }, at);
}

/** The calls whose effects are still there, or may be: the last one first. */
export function standingCalls({ compensation: { calls } }: Run): readonly ActedCall[] {
  return [...calls.values()].filter(({ undoing }) => undoing?.status !== "undone").reverse();
}

/**
 * Why a call cannot be undone; undefined if it can. A step that holds a doubt continues after an answer, so none of its
 * calls is undone before.
 */
export function whyNotUndone(run: Run, { state, undoes, ref }: ActedCall): CannotUndo | undefined {
  if (undoes === undefined) return "no-compensate";
  if (state !== "done") return state;
  const step = run.execution.steps.get(ref.step);
  return step !== undefined && holdsDoubt(step) ? "unknown" : undefined;
}

/** The calls that an undoing of the run would undo, in order, and those that it would leave. */
export function dividedCalls(run: Run): {
  readonly calls: readonly ActedCall[];
  readonly left: readonly { readonly call: ActedCall; readonly because: CannotUndo }[];
} {
  const standing = standingCalls(run).map((call) => ({ call, because: whyNotUndone(run, call) }));
  return {
    calls: standing.flatMap(({ call, because }) => (because === undefined ? [call] : [])),
    left: standing.flatMap(({ call, because }) => (because === undefined ? [] : [{ call, because }])),
  };
}

/** Whether something of the run can be undone. */
export const canUndo = (run: Run): boolean => standingCalls(run).some((call) => whyNotUndone(run, call) === undefined);

/** A step of these whose call may have been undone, and may not: its output may be gone. undefined if there is none. */
export function stepOfDoubtfulUndoing(run: Run, steps: { has(id: string): boolean }): string | undefined {
  return standingCalls(run).find(({ ref, undoing }) => undoing?.uncertain === true && steps.has(ref.step))?.ref.step;
}

export const actedRef = ({ key, ref, tool }: ActedCall): ActedRef => ({ ...ref, key, tool });

/** Whether a call of this tool with these arguments was undone, and none was made since. */
export const repeatsUndone = ({ compensation: { undoneCalls } }: Run, tool: string, args: Args): boolean =>
  undoneCalls.size > 0 && undoneCalls.has(callText(tool, args));

/** Whether the call with this key was undone. A renewed call gets another key. */
export const isUndone = ({ compensation: { calls } }: Run, key: string): boolean =>
  calls.get(key)?.undoing?.status === "undone";

/**
 * The key of a call: the `occurrence`-th of the keys that no undone call has. A service that knows keys would take a
 * call with the key of an undone one for that call.
 */
export function freshKey(run: Run, occurrence: number, keyAt: (occurrence: number) => string): string {
  for (let at = 0, left = occurrence; ; at++) {
    const key = keyAt(at);
    if (!isUndone(run, key) && left-- === 0) return key;
  }
}
