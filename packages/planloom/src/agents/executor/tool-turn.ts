// The tool calls of one turn of an executor. In: the calls that the model asks for. Out: their results for the model.
// Each call is a checkpoint of its own. Its ending decides whether it may be repeated.
import { LIMITS } from "../../limits.js";
import type { ToolCall, ToolResult } from "../../model/port.js";
import type { JsonObject } from "../../plan/json.js";
import { leavesOut } from "../../plan/step-kind.js";
import type { Tool } from "../../tools/tool.js";
import { attemptCall } from "./call-attempt.js";
import { outcomeIn, outcomeText, type CallOutcome } from "./call-outcome.js";
import { CallHeld, type AgentContext } from "../checkpoint.js";
import { actedText, editedText } from "../prompts.js";
import type { Trace } from "./repetition.js";
import { tallyOf, type Tally, type ToolBench } from "./tool-bench.js";
import { recordedArgs, understand, unknownToolText, type UnderstoodCall } from "./understood-call.js";

/** The results of one turn's calls, and how often this turn, or the latest few, came in a row. */
export interface TurnResults {
  readonly results: readonly ToolResult[];
  readonly times: number;
}

/**
 * Performs the calls of one reply in order. Calls without effects that follow each other are made side by side, at most
 * LIMITS.concurrency at once; a call with effects is made alone, after all calls before it. Failures are results.
 * Throws UnknownOutcome if a tool with effects "once" ended without returning and without a ToolError. Throws the
 * signal's reason when it was aborted.
 */
export async function callTools(
  calls: readonly ToolCall[],
  bench: ToolBench,
  context: AgentContext,
): Promise<TurnResults> {
  const wanted = calls.map((call) => understand(call, bench));
  // The model wrote these calls before it saw the result of any of them.
  const seen = [...bench.called];
  const results: Traced[] = [];
  for (const group of besideEachOther(wanted)) {
    const settled = await inOrder(group, (one) => {
      context.signal.throwIfAborted();
      return resultOf(one, seen, bench, context);
    });
    for (const one of settled) {
      if (one.status === "rejected") throw one.reason;
      results.push(one.value);
      if (one.value.called !== undefined) bench.called.add(one.value.called);
    }
  }
  const times = bench.turns.add(results.map(({ trace }) => trace));
  return { results: results.map(({ result }) => result), times };
}

/** The calls in groups, in their order. The calls of a group are made side by side. */
function besideEachOther(wanted: readonly UnderstoodCall[]): readonly (readonly UnderstoodCall[])[] {
  const groups: UnderstoodCall[][] = [];
  let isOpen = false;
  for (const one of wanted) {
    const harmless = !("tool" in one) || one.tool.spec.effects === "none";
    if (harmless && isOpen) groups.at(-1)!.push(one);
    else groups.push([one]);
    isOpen = harmless;
  }
  return groups;
}

/**
 * Does the work of each part, at most LIMITS.concurrency at once. They begin in their order, so that a replay meets
 * their rows in the same order. After a failure no other one begins.
 */
async function inOrder<T, R>(
  parts: readonly T[],
  work: (part: T) => Promise<R>,
): Promise<readonly PromiseSettledResult<R>[]> {
  const settled: PromiseSettledResult<R>[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < parts.length && !settled.some((one) => one?.status === "rejected")) {
      const at = next++;
      [settled[at]] = await Promise.allSettled([(async () => work(parts[at]!))()]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(LIMITS.concurrency, parts.length) }, worker));
  return settled;
}

interface Traced {
  readonly result: ToolResult;
  readonly trace: Trace;
  /** The tool that was called. */
  readonly called?: string;
}

function unknownTool({ id, name, args }: ToolCall, bench: ToolBench): Traced {
  const text = unknownToolText({ id, name, args }, bench);
  return { result: { id, name, text, isError: true }, trace: [name, args, text] };
}

async function resultOf(
  wanted: UnderstoodCall,
  seen: readonly string[],
  bench: ToolBench,
  context: AgentContext,
): Promise<Traced> {
  const { id, name } = wanted.call;
  if (!("tool" in wanted)) {
    const { text, isError } = wanted;
    return { result: { id, name, text, ...(isError && { isError }) }, trace: [name, wanted.call.args, text] };
  }
  const { tool } = wanted;
  const before = await recordedArgs(wanted.call, tool, context);
  if (before === undefined && leavesOut(bench.step, tool.spec)) return unknownTool(wanted.call, bench);
  const asked = before ?? wanted.args;
  const { args, instead } = edited(tool, asked, bench);
  const number = ++bench.count;
  if (tallyOf(bench, tool.spec.name, args).acted) {
    context.progress(`calls ${tool.spec.name}`);
    return notAgain(wanted.call, tool, args);
  }
  const outcome = await callOnce(tool, { args, instead, asked }, seen, bench, context);
  const trace = traceOf(tool, args, outcome);
  const called = !outcome.ok && outcome.own === true ? {} : { called: tool.spec.name };
  const note = instead === undefined ? "" : editedText(args);
  if (!outcome.ok)
    return { result: { id, name, text: note + outcomeText(outcome, tool), isError: true }, trace, ...called };
  const text = note + bench.previews.show(`call ${number}`, outcome.output, tool.spec.trusted === true);
  return { result: { id, name, text }, trace, ...called };
}

/**
 * The arguments that a person gave this call, if any, and the key of the call that the model asked for. That call is
 * not made, and counts as settled.
 */
function edited(
  tool: Tool,
  asked: JsonObject,
  bench: ToolBench,
): { readonly args: JsonObject; readonly instead?: string } {
  const { name } = tool.spec;
  const tally = tallyOf(bench, name, asked);
  const instead = bench.keyOf(name, asked, tally.made);
  const args = bench.edits(instead);
  if (args === undefined) return { args: asked };
  tally.made++;
  tally.settled++;
  // A person may have been asked about these arguments, too, and may have changed them.
  return { instead, ...edited(tool, args, bench) };
}

/**
 * The call acted, so it is not made again, whatever the model asks for. The same request again counts as a repetition.
 */
function notAgain({ id, name }: ToolCall, tool: Tool, args: JsonObject): Traced {
  const text = actedText(tool.spec.name, "", true);
  return { result: { id, name, text, isError: true }, trace: [tool.spec.name, args, text] };
}

/** A call that has changed something counts as different from every other call. */
function traceOf({ spec: { name, effects } }: Tool, args: JsonObject, outcome: CallOutcome): Trace {
  if (outcome.ok) return effects === "none" ? [name, args, outcome.output] : undefined;
  return outcome.uncertain === true || outcome.acted === true ? undefined : [name, args, outcome.failure];
}

/**
 * One call as one checkpoint. A repeated call is a new row with a new key. Exception: an idempotent tool that may have
 * acted without a known ending is called again under the same key.
 */
async function callOnce(
  tool: Tool,
  {
    args,
    instead,
    asked,
  }: { readonly args: JsonObject; readonly instead: string | undefined; readonly asked: JsonObject },
  seen: readonly string[],
  bench: ToolBench,
  context: AgentContext,
): Promise<CallOutcome> {
  const { name, effects } = tool.spec;
  const tally = tallyOf(bench, name, args);
  const row = bench.keyOf(name, args, tally.made++);
  const key = effects === "idempotent" ? bench.keyOf(name, args, tally.settled) : row;
  const options = {
    effects,
    tool: name,
    intent: { tool: name, args, ...(instead === undefined ? {} : { asked }), ...(key === row ? {} : { key }) },
    ...(effects === "none" ? {} : { key: row }),
    instead: (again: boolean): CallOutcome | undefined => {
      const answer = bench.guard(tool.spec, { args, key: row, ...(instead === undefined ? {} : { instead }) }, seen);
      if (answer === "call") return undefined;
      if (answer === "wait") throw new CallHeld({ key: row, tool: name, called: seen }, args);
      return { ok: false, failure: answer.refused, own: true, ...(again && { uncertain: true }) };
    },
  };
  let made = false;
  const recorded = await context.checkpoint<CallOutcome>(`tool ${name}`, options, (again) => {
    made = true;
    context.progress(`calls ${name}`);
    return attemptCall(tool, args, key, context, again === true || tally.doubtful);
  });
  const outcome = outcomeIn(recorded);
  if (!made && outcome.usage !== undefined) context.budget?.spend(outcome.usage);
  count(tally, outcome);
  if (outcome.usage !== undefined) bench.spend(outcome.usage);
  return outcome;
}

function count(tally: Tally, outcome: CallOutcome): void {
  // What is refused says nothing about a call before it.
  const before = !outcome.ok && outcome.own === true && tally.doubtful;
  tally.doubtful = before || (!outcome.ok && outcome.uncertain === true);
  tally.acted = !outcome.ok && outcome.acted === true;
  if (!tally.doubtful) tally.settled++;
}
